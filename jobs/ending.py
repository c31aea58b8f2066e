"""That this process was told to end: what is at hand is finished, and nothing more is begun."""

from __future__ import annotations

import threading

ending = threading.Event()

"""States of operations in words."""

from __future__ import annotations

from core.i18n import N_

STATES = {"planned": N_("Waits for approval"), "approved": N_("About to begin"), "running": N_("At work"), "paused": N_("Paused"),
          "done": N_("Done"), "failed": N_("Ended early"), "cancelled": N_("Cancelled"), "undone": N_("Taken back")}

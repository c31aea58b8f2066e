"""Closing what a browser test opened, when nothing is on its way any more."""

from __future__ import annotations

from contextlib import suppress
from typing import Any


def close(context: Any) -> None:
    """Let each page come to rest on an empty one first: a browser that closes in the middle of a navigation may hang."""
    from playwright.sync_api import Error

    for page in context.pages:
        with suppress(Error):               # interrupted by a navigation that had just begun
            page.goto("about:blank")
        page.wait_for_load_state()
        page.goto("about:blank")
    context.close()

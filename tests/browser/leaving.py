"""Closing what a browser test opened, when nothing is on its way any more."""

from __future__ import annotations

from contextlib import suppress
from typing import Any


def close(context: Any) -> None:
    """Let each page come to rest on an empty one first: a browser that closes in the middle of a navigation may hang."""
    for page in context.pages:
        _rest(page)
    context.close()


def _rest(page: Any) -> None:
    """A navigation that the page had just begun interrupts ours: it ends first, and may begin another."""
    from playwright.sync_api import Error

    for _ in range(5):
        with suppress(Error):
            page.goto("about:blank", timeout=5_000)
            return
        page.wait_for_load_state()

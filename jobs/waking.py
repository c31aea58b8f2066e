"""The job that wakes snoozed tickets whose time has come."""

from __future__ import annotations

from core.database import database
from desk.tickets.states import wake_sleepers


def run() -> None:
    """Wake everything that is due, a batch a transaction."""
    while True:
        with database().write() as db:
            if not wake_sleepers(db):
                return

"""The job that rings for activities that are due."""

from __future__ import annotations

from core.database import database
from desk.reminding import remind


def run() -> None:
    """Ring for everything that is due, a batch a transaction."""
    while True:
        with database().write() as db:
            if not remind(db):
                return

"""Every morning: owners of legal holds are reminded of those that are to be reviewed."""

from __future__ import annotations

from core.database import database
from desk.legal_holds import remind_of_reviews


def holds() -> None:
    """Ring the bell for every hold whose review is due, once for each review."""
    while True:
        with database().write() as db:
            if not remind_of_reviews(db):
                return

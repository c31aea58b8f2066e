"""The jobs of the desk's figures."""

from __future__ import annotations

from core.database import database
from core.queue import ring
from desk.reports import keeping_up, monthly


def keep_up() -> None:
    """Fold what came or changed since the last time into the desk's figures, so that they stay when tickets go."""
    for _done in keeping_up.keep_up():
        pass


def mail_the_month() -> None:
    """On the first of a month, ask for the report of the month before for those who get it by mail, once."""
    with database().write() as db:
        asked = monthly.ask_due(db)
    if asked:
        ring("operations")

"""The job that mails what has changed on followed cards."""

from __future__ import annotations

from core.database import database
from core.queue import ring
from desk.digesting import send_due


def run() -> None:
    """Write to whom it is time for."""
    with database().write() as db:
        sent = send_due(db)
    if sent:
        ring("outbound")

"""The job that rings for those who subscribe to a person or a company."""

from __future__ import annotations

from core.database import database
from desk.subscribing import tell


def run() -> None:
    """Ring for what was changed since the last look."""
    with database().write() as db:
        tell(db)

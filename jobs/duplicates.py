"""Once a night: the register is looked through for duplicates."""

from __future__ import annotations

from contacts import duplicate_scan
from core.database import database


def scan() -> None:
    """Ask for a scan of the register for duplicates; a worker does it in slices."""
    with database().write() as db:
        duplicate_scan.scan(db)

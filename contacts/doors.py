"""The door through which a person is saved: each may treat duplicates in its own way (REQUIREMENTS 0.5)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.options import option

#: Doors that an option says something about. Through any other (a mail, a ticket) nobody is ever kept out.
DOORS = ("form", "quick", "import", "api")


@dataclass(frozen=True, slots=True)
class Door:
    """Which door, and whether somebody has seen the warning and saves nevertheless."""

    name: str
    nevertheless: bool = False


@contextmanager
def through(db: Session, name: str, *, nevertheless: bool = False) -> Iterator[None]:
    """What is saved within comes through this door."""
    before = db.info.get("door")
    db.info["door"] = Door(name, nevertheless)
    try:
        yield
    finally:
        db.info["door"] = before


def treatment(db: Session, how: str = "form") -> str:
    """What becomes of a duplicate here: block, warn or queue. ``how`` names the door where no other is known; what comes from a
    mail or a ticket is let in whatever the door."""
    door: Door = db.info.get("door") or Door(how)
    if how not in DOORS or door.name not in DOORS:
        return "queue"
    chosen: str = option(db, f"contacts.duplicates_{door.name}")
    return "queue" if chosen == "warn" and door.nevertheless else chosen

"""Who must not come back, or not be written to, known by a keyed hash alone: it stays when the card is erased.

Two lists of four (PRIVACY.md, section 5): *erased* and *objected*. Addresses that bounce (``Address.health``) and those that are blocked
(``Address.suppression``) are lists of their own, with effects of their own. The key of the hash lies in the data folder's ``keys``, so that a
copy of the database alone says nothing of anybody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import islice
from unicodedata import normalize

from sqlalchemy import String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session

from contacts.address import without_tag
from core.among import among
from core.clock import now
from core.database import Base, Row, personal, plain, take_turns
from core.tokens import digest

LISTS = ("erased", "objected")
#: Asked about at a time.
LOT = 500
#: A kind of address (email, phone) and its normalised value, as ``contacts.address.Address`` has them.
Value = tuple[str, str]


class Suppression(Row, Base):
    """One address on one list, for one purpose or (empty) for all. ``fingerprint`` is an HMAC-SHA-256 of kind and normalised value; ``reason``
    is a word, never one of the person's."""

    __tablename__ = "suppressions"
    list_name: Mapped[str] = plain("list", String(10))
    purpose: Mapped[str] = plain(String(40), default="")
    kind: Mapped[str] = plain(String(10))
    fingerprint: Mapped[str] = personal(String(32), erase="keep")
    reason: Mapped[str] = plain(String(60), default="")
    at: Mapped[datetime] = plain(default=now)
    __table_args__ = (UniqueConstraint("list", "purpose", "fingerprint"),)


def suppress(db: Session, name: str, kind: str, normalised: str, purpose: str | None = None, reason: str = "") -> Suppression:
    """Put an address on a list, for one purpose or for all. What stands there already stays as it is."""
    if name not in LISTS:
        raise ValueError(name)
    take_turns(db, "suppressions")
    made = Suppression(list_name=name, purpose=purpose or "", kind=kind, fingerprint=fingerprint(kind, normalised), reason=reason)
    row = db.scalar(select(Suppression).where(Suppression.list_name == name, Suppression.purpose == made.purpose,
                                              Suppression.fingerprint == made.fingerprint))
    if row is None:
        db.add(made)
        db.flush()
    return row or made


def suppressed(db: Session, name: str, values: Iterable[Value], purpose: str | None = None) -> set[Value]:
    """Those of these addresses that are on a list: for this purpose or for all; without one, for whichever."""
    found, rest = set[Value](), iter(dict.fromkeys(values))
    while lot := list(islice(rest, LOT)):
        known = {value: fingerprint(*value) for value in lot}
        some = [] if purpose is None else [Suppression.purpose.in_(("", purpose))]
        listed = set(db.scalars(select(Suppression.fingerprint).where(
            Suppression.list_name == name, among(Suppression.fingerprint, set(known.values())), *some)))
        found |= {value for value, one in known.items() if one in listed}
    return found


def lift(db: Session, name: str, values: Collection[Value], purpose: str | None = None) -> int:
    """Take addresses off a list: what was put there for this purpose (None: for all purposes). How many stood there."""
    prints = [fingerprint(*value) for value in values]
    done = db.execute(delete(Suppression).where(
        Suppression.list_name == name, Suppression.purpose == (purpose or ""), Suppression.fingerprint.in_(prints)))
    return int(done.rowcount)  # type: ignore[attr-defined]


def fingerprint(kind: str, normalised: str) -> str:
    """What an address is known by; with any ``+tag``, and in whatever width its letters are written, it is the same mailbox."""
    if kind == "email":
        normalised = without_tag(normalize("NFKC", normalised))
    return digest("suppression", f"{kind}:{normalised}")


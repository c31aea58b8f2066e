"""What a move may take along, by kind: a line here, and a kind of record joins (W91, S38)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from contacts.activity import Activity, ActivityParticipant
from contacts.file import File
from contacts.note import Note
from contacts.order import Order
from contacts.person import Person
from contacts.sale import Sale
from core.i18n import N_, beginning

LOT = 500


class Movable(NamedTuple):
    """A kind of record: which of it are a person's, and the moment each is of. Its table says with which company it was
    (``company_id``), and counts versions."""

    key: str
    label: str
    row: Any
    theirs: Callable[[Person], ColumnElement[bool]]
    moment: ColumnElement[datetime]


def _takes_part(person: Person) -> ColumnElement[bool]:
    return Activity.id.in_(select(ActivityParticipant.activity_id).where(ActivityParticipant.person_id == person.id))


def _about(person: Person) -> ColumnElement[bool]:
    """Nobody but its author is to learn that there is a private note (T29), or to read a deleted one: they stay where they were written."""
    return (Note.person_id == person.id) & ~Note.private.expression & Note.binned_at.is_(None)


def _theirs(person: Person) -> ColumnElement[bool]:
    return (File.person_id == person.id) & File.binned_at.is_(None)


MOVABLE = (
    Movable("activities", N_("Activities"), Activity, _takes_part, func.coalesce(Activity.at, Activity.created_at)),
    Movable("sales", N_("Sales"), Sale, lambda person: Sale.person_id == person.id, func.coalesce(Sale.at, Sale.created_at)),
    Movable("orders", N_("Orders"), Order, lambda person: Order.person_id == person.id, func.coalesce(Order.at, Order.created_at)),
    Movable("notes", N_("Notes"), Note, _about, Note.at.expression),
    Movable("files", N_("Files"), File, _theirs, File.at.expression),
)
KINDS = tuple(one.key for one in MOVABLE)


def parted(kind: Movable, person: Person, company_id: int | None, take: str, after: date | None) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Of the person's records with a company: which go along and which stay, where all ``stay``, ``all`` go, or those from a day on
    (``after``; the day itself is among them, as the first one in a new job)."""
    here = kind.theirs(person) & (kind.row.company_id == company_id)
    never: ColumnElement[bool] = kind.row.id == 0       # found by the key to be none, where IS NULL would read them all
    if take == "all":
        return here, never
    if take == "after" and after is not None:
        return here & (kind.moment >= beginning(after)), here & (kind.moment < beginning(after))
    return never, here


def carry(db: Session, kind: Movable, ids: Sequence[int], of: int | None, to: int | None) -> set[int]:
    """Let them be with another company; which of them were still with ``of``: what a colleague has put elsewhere at this very moment stays
    there. They are locked in one order. Whoever has one of them before them hears of it when they save."""
    gone: set[int] = set()
    for n in range(0, len(ids), LOT):
        still = db.scalars(select(kind.row.id).where(kind.row.id.in_(ids[n:n + LOT]), kind.row.company_id == of).order_by(
            kind.row.id).with_for_update()).all()
        db.execute(update(kind.row).where(kind.row.id.in_(still)).values(company_id=to, version=kind.row.version + 1))
        gone |= set(still)
    return gone

"""The bin a page at a time: what lies in it, found by what it is called, and what was deleted in one go. For admins."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, joinedload

from contacts.address import Address, Holding
from contacts.agent import Agent
from contacts.bin import Binned, kept
from contacts.company import Company
from contacts.person import Person
from core.errors import Unknown
from core.fold import fold
from core.i18n import N_
from core.operations import Operation
from core.search import escape_like
from desk.access import needs_admin
from desk.tickets.ticket import Ticket

#: Kind → its table.
TABLES: dict[str, Any] = {"person": Person, "company": Company, "ticket": Ticket}
#: So many are restored in one go without a worker.
MOST = 100


@dataclass(frozen=True, slots=True)
class Lying:
    """A row of the bin with its record, and when it will be gone; ``together``: how many were deleted with it, itself among them."""

    row: Binned
    record: Any
    gone_at: datetime
    together: int

    @property
    def name(self) -> str:
        """What it is called: here alone it is read while it is deleted, or nobody could tell which to bring back."""
        return (self.record.subject if self.row.of == "ticket" else self.record.name) or ""


def lying(
    db: Session, agent: Agent, of: str, *, q: str = "", act: str = "", before: int | None = None, most: int = 50,
) -> Sequence[Lying]:
    """What of a kind lies in the bin, the latest first; ``q`` is part of a name or an address, of a subject, or a ticket's number. Raises
    Forbidden."""
    needs_admin(agent)
    kind = TABLES[of]
    fits: list[ColumnElement[bool]] = [Binned.of == of]
    if act:
        fits.append(Binned.act == act)
    if before is not None:
        fits.append(Binned.id < before)
    if q:
        fits.append(_called(kind, q))
    rows = db.scalars(select(Binned).join(kind, kind.id == Binned.record_id).where(*fits).order_by(Binned.id.desc()).limit(most).options(
        joinedload(Binned.by).lazyload(Agent.addresses))).all()
    return _with_records(db, rows)


def count(db: Session, agent: Agent, *, act: str = "", most: int = 1000) -> dict[str, int]:
    """Kind → how many of it lie there; no more than ``most`` are counted."""
    needs_admin(agent)
    narrowed = [Binned.act == act] if act else []
    return {of: db.scalar(select(func.count()).select_from(select(Binned.id).where(Binned.of == of, *narrowed).limit(most).subquery())) or 0
            for of in TABLES}


def chosen(db: Session, agent: Agent, ids: Collection[int]) -> Sequence[Lying]:
    """Those with these numbers, in the order in which they were deleted. Raises Forbidden."""
    needs_admin(agent)
    return _with_records(db, db.scalars(select(Binned).where(Binned.id.in_(ids)).order_by(Binned.id).limit(MOST)).all())


def of_act(db: Session, agent: Agent, act: str) -> tuple[Operation | None, Sequence[Lying]]:
    """What was deleted in one go: the bulk act it was, if it was one, and what of it still lies there, as far as it is restored at once.
    Raises Unknown, Forbidden."""
    needs_admin(agent)
    rows = db.scalars(select(Binned).where(Binned.act == act).order_by(Binned.id.desc()).limit(MOST)).all()
    if not rows:
        raise Unknown(N_("Nothing of it is in the bin any more."))
    return db.scalar(select(Operation).where(Operation.uid == act)), _with_records(db, rows)


def _called(kind: Any, q: str) -> ColumnElement[bool]:
    part = f"%{escape_like(fold(q[:200]))}%"
    if kind is Ticket:
        number = Ticket.id == int(q) if q.isdecimal() and len(q) < 10 else None
        subject: ColumnElement[bool] = Ticket.subject.ilike(f"%{escape_like(q[:200])}%", escape="\\")
        return subject if number is None else number
    named: ColumnElement[bool] = kind.sort_name.like(part, escape="\\")
    if kind is Company:
        return named
    words = fold(q[:200]).split()
    turned = Person.sort_name.like(f"%{'%'.join(map(escape_like, reversed(words)))}%", escape="\\")
    return named | turned | exists().where(Holding.person_id == Person.id, Holding.address_id == Address.id, Address.normalised.like(part, escape="\\"))


def _with_records(db: Session, rows: Sequence[Binned]) -> Sequence[Lying]:
    found: dict[tuple[str, int], Any] = {}
    for of, kind in TABLES.items():
        if ids := [row.record_id for row in rows if row.of == of]:
            found |= {(of, one.id): one for one in db.scalars(select(kind).where(kind.id.in_(ids)))}
    together = dict(db.execute(select(Binned.act, func.count()).where(Binned.act.in_({row.act for row in rows})).group_by(Binned.act)).all()) if rows else {}
    last = kept(db)
    return [Lying(row, found[row.of, row.record_id], row.at + last, together[row.act]) for row in rows if (row.of, row.record_id) in found]

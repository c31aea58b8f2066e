"""What rows are found by and stand in order by, made anew of the words that are left of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.company import Company
from contacts.creating import index_company
from contacts.editing import reindex
from contacts.matter_kinds import KINDS
from contacts.matter_search import index_matter
from contacts.order import Order, OrderLine
from contacts.ordering import put_in_order
from contacts.person import Employment, Person
from contacts.project import Project
from contacts.selection import Selection
from core.alphabet import order_key
from core.fold import fold
from core.search import forget, index_message
from desk.privacy.kept import drop_printed
from desk.tickets.message import Message


def messages(db: Session, numbers: Sequence[int]) -> None:
    """Found by their new words alone."""
    for one in db.execute(select(Message.id, Message.ticket_id, Message.subject, Message.from_name, Message.from_address, Message.text).where(
            Message.id.in_(numbers))):
        forget(db, "message_search", one.id)
        index_message(db, one.id, one.ticket_id, [one.subject, one.from_name, one.from_address, one.text])


def companies(db: Session, numbers: Sequence[int]) -> None:
    """And the persons who are found by where they work."""
    for company in _now(db, Company, numbers):
        put_in_order(company)
        index_company(db, company)
    for person in db.scalars(select(Person).where(Person.merged_into_id.is_(None), Person.id.in_(
            select(Employment.person_id).where(Employment.company_id.in_(numbers), Employment.ended_on.is_(None))))):
        reindex(db, person)


def selections(db: Session, numbers: Sequence[int]) -> None:
    """In order by their name."""
    for one in _now(db, Selection, numbers):
        one.sort_name, one.order_key = fold(one.name)[:120], order_key(one.name)[:120]
    db.flush()


def order_lines(db: Session, numbers: Sequence[int]) -> None:
    """An order is found by its lines."""
    for one in _now(db, OrderLine, numbers):
        index_matter(db, _now(db, Order, [one.order_id])[0])


def _matters(row: Any) -> Callable[[Session, Sequence[int]], None]:
    def reindexed(db: Session, numbers: Sequence[int]) -> None:
        for one in _now(db, row, numbers):
            if isinstance(one, Project):
                one.sort_name = fold(one.title)[:200]
            index_matter(db, one)
        db.flush()
    return reindexed


def _now(db: Session, kind: Any, numbers: Sequence[int]) -> Sequence[Any]:
    """As they were just written."""
    return db.scalars(select(kind).where(kind.id.in_(numbers)).execution_options(populate_existing=True)).all()


#: Table → what is made anew for the rows of it that changed.
AFTERWARDS: dict[str, Callable[[Session, Sequence[int]], None]] = {
    "messages": messages, "privacy_report_parts": drop_printed, "companies": companies, "selections": selections, "order_lines": order_lines, **{one.key: _matters(one.row) for one in KINDS.values()}}

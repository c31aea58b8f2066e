"""Where something of a person is kept: every table whose columns declare that a privacy report shows them (``report=True``).

A new column of a table that is here is told by itself, and so is a new table that points at persons. One that does neither has a line here or
a reason in :data:`ELSEWHERE`: a test asks for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, LargeBinary, Select, Table, and_, or_, select

from contacts.facts import LegalHoldChanged
from contacts.order import Order
from contacts.suppression import fingerprint
from core.database import Base
from core.history import FactRow, FactSubject
from desk.erasing.subject import Subject
from desk.inbound import InboundMail
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket

Whose = Callable[[Subject, Table], ColumnElement[bool]]
SECTIONS = ("card", "addresses", "employments", "bases", "rights", "origin", "recipients", "notes", "activities", "matters", "relations", "files",
            "conversations", "ledger", "mentions", "history", "other")
#: Sections of the register, which a person may have corrected: what is other in them than in the report before is told (S60).
CORRECTED = ("card", "addresses", "employments", "bases", "relations")

#: Facts whose changes are why we think that the law wants something: that there is a hold is told, the reasoning is ours.
REASONED = (LegalHoldChanged.kind,)


@dataclass(frozen=True, slots=True)
class Place:
    """A table, and which of its rows are the person's.

    ``of``: a column, and the table it leads to, whose columns are told in the same entry. ``beside`` and ``of_beside`` are columns that say nothing
    of a person but make the others plain. ``at`` is the column (of either) with the moment, ``ticket`` the ticket a row belongs to. ``same`` are
    columns that hold the words of another one once more.
    """

    table: str
    section: str
    whose: Whose
    beside: tuple[str, ...] = ()
    of: tuple[str, str] | None = None
    of_beside: tuple[str, ...] = ()
    at: str = ""
    ticket: Callable[[Table], Any] | None = None
    same: frozenset[str] = frozenset()

    @property
    def rows(self) -> Table:
        """The table."""
        return Base.metadata.tables[self.table]


def theirs(subject: Subject, table: Table) -> ColumnElement[bool]:
    """Rows that point at one of the persons, by whichever column."""
    return or_(*(column.in_(subject.persons) for column in pointing(table)))


def pointing(table: Table) -> list[Column[Any]]:
    """Columns that lead to persons."""
    return [one for one in table.columns if any(key.column.table.name == "persons" for key in one.foreign_keys)]


def _near(subject: Subject, table: Table) -> ColumnElement[bool]:
    return table.c.ticket_id.in_(subject.near_tickets)


def _own_tickets(subject: Subject) -> Select[int]:
    return select(Ticket.id).where(subject.own_tickets)


def _held(subject: Subject, table: Table) -> ColumnElement[bool]:
    return or_(table.c.person_id.in_(subject.persons), table.c.origin_person_id.in_(subject.persons))


def _arrived(subject: Subject) -> ColumnElement[bool]:
    return or_(InboundMail.message_id.in_(select(Message.id).where(subject.own_messages)), and_(
        InboundMail.message_id.is_(None), InboundMail.envelope_sender.in_(subject.aliases.addresses)))


def _prints(subject: Subject) -> list[str]:
    aliases = subject.aliases
    return [*(fingerprint("email", one) for one in aliases.addresses), *(fingerprint("phone", one) for one in aliases.phones)]


def _of_message(table: Table) -> Any:
    return select(Message.ticket_id).where(Message.id == table.c.message_id).scalar_subquery()


def _of_ticket(table: Table) -> Any:
    return table.c.ticket_id


PLACES = (
    Place("persons", "card", lambda subject, table: table.c.id.in_(subject.persons), beside=("created_at",), at="created_at"),
    Place("custom_values", "card", theirs, of=("field_id", "custom_fields"), of_beside=("name",)),
    Place("infotagged", "card", theirs, beside=("at",), at="at"),
    Place("bin", "card", lambda subject, table: and_(table.c.of == "person", table.c.record_id.in_(subject.persons)), beside=("at",), at="at"),
    Place("holdings", "addresses", _held, beside=("since", "until"), of=("address_id", "addresses"), at="since"),
    Place("employments", "employments", theirs, of=("company_id", "companies")),
    Place("legal_bases", "bases", theirs, beside=("at",), of=("wording_id", "consent_wordings"), of_beside=("text",), at="at"),
    Place("suppressions", "bases", lambda subject, table: table.c.fingerprint.in_(_prints(subject)), beside=("list", "purpose", "reason", "at"), at="at",
          same=frozenset({"fingerprint"})),
    Place("restrictions", "rights", theirs, beside=("at", "lifted_at", "told"), at="at"),
    Place("rights_cases", "rights", theirs, beside=("kind", "state", "received_at", "due_at", "decided_at"), at="received_at", ticket=_of_ticket),
    Place("legal_holds", "rights", lambda subject, table: and_(table.c.of == "person", table.c.record_id.in_(subject.persons)),
          beside=("review_on", "restricted_at", "lifted_at")),
    Place("contact_notes", "notes", theirs, beside=("at", "company_id", "project_id"), at="at"),
    Place("activity_participants", "activities", theirs, of=("activity_id", "activities"), of_beside=("kind", "state", "at", "ends_at", "done_at", "company_id"), at="at"),
    Place("sales", "matters", theirs, beside=("state", "stage_id", "amount", "currency", "at", "company_id"), at="at"),
    Place("sale_members", "matters", theirs, of=("sale_id", "sales"), of_beside=("state",)),
    Place("projects", "matters", theirs, beside=("state", "starts_on", "ends_on", "company_id"), at="created_at"),
    Place("project_members", "matters", theirs, of=("project_id", "projects"), of_beside=("state",)),
    Place("campaign_members", "matters", theirs, beside=("status",), of=("campaign_id", "campaigns"), of_beside=("state",)),
    Place("orders", "matters", theirs, beside=("number", "state", "total", "currency", "at", "company_id"), at="at"),
    Place("order_lines", "matters", lambda subject, table: table.c.order_id.in_(select(Order.id).where(Order.person_id.in_(subject.persons))),
          beside=("order_id", "quantity", "price", "amount")),
    Place("relations", "relations", theirs, beside=("kind_id", "company_id", "other_company_id"), at="created_at"),
    Place("contact_files", "files", theirs, beside=("type", "size", "source", "at"), at="at"),
    Place("attachments", "files", lambda subject, table: table.c.message_id.in_(select(Message.id).where(Message.ticket_id.in_(subject.near_tickets))),
          beside=("type", "size"), at="created_at", ticket=_of_message),
    Place("tickets", "conversations", lambda subject, table: table.c.id.in_(_own_tickets(subject)), beside=("created_at", "state", "channel"), at="created_at",
          ticket=lambda table: table.c.id, same=frozenset({"preview", "verdict"})),
    Place("messages", "conversations", _near, beside=("direction", "channel"), at="at", ticket=_of_ticket, same=frozenset({"visible", "html", "verdict"})),
    Place("drafts", "conversations", lambda subject, table: table.c.ticket_id.in_(_own_tickets(subject)), beside=("kind",), at="updated_at", ticket=_of_ticket,
          same=frozenset({"html"})),
    Place("inbound_mails", "ledger", lambda subject, table: table.c.id.in_(select(InboundMail.id).where(_arrived(subject))),
          beside=("transport", "size"), at="received_at", ticket=_of_message),
    Place("inbound_raws", "ledger", lambda subject, table: table.c.inbound_id.in_(select(InboundMail.id).where(_arrived(subject)))),
    Place("outbound_mails", "ledger", lambda subject, table: or_(table.c.ticket_id.in_(_own_tickets(subject)), table.c.person_uid.in_(subject.uids)),
          beside=("kind", "state", "sent_at"), at="created_at", ticket=_of_ticket, same=frozenset({"html"})),
    Place("changes", "history", lambda subject, table: table.c.fact_id.in_(select(FactSubject.fact_id).join(FactRow, FactRow.id == FactSubject.fact_id).where(
        FactSubject.subject_uid.in_(subject.uids), FactRow.kind.not_in(REASONED))),
          beside=("field",), of=("fact_id", "facts"), of_beside=("kind", "at"), at="at"),
)
#: Tables that declare such columns and have no place of their own, with the reason.
ELSEWHERE = {
    "company_domains": "domains of a company say nothing of who works there",
}


@cache
def places() -> tuple[Place, ...]:
    """All of them; a table that points at persons and has no line above is among the others."""
    known = {one.table for one in PLACES} | {one.of[1] for one in PLACES if one.of} | set(ELSEWHERE)
    new = tuple(Place(table.name, "other", theirs) for table in Base.metadata.sorted_tables
                if table.name not in known and shown(table) and pointing(table))
    return PLACES + new


def unplaced() -> list[str]:
    """Tables with columns for the report that nobody has said anything about."""
    known = {one.table for one in places()} | {one.of[1] for one in places() if one.of} | set(ELSEWHERE)
    return [table.name for table in Base.metadata.sorted_tables if shown(table) and table.name not in known]


def shown(table: Table) -> list[Column[Any]]:
    """The columns that a report shows; who it is about is no news in it."""
    leading = set(pointing(table))
    return [one for one in table.columns if one.info.get("report") and one not in leading]


def told(place: Place) -> list[tuple[str, Column[Any]]]:
    """What is told of a row: the name of a value, and its column."""
    found = [(one.name, one) for one in place.rows.columns if one.name in place.beside or (one in shown(place.rows) and one.name not in place.same)]
    if place.of:
        other = Base.metadata.tables[place.of[1]]
        found += [(one.name, one) for one in other.columns if one.name in place.of_beside or one in shown(other)]
    return found


def is_bytes(column: Column[Any]) -> bool:
    """Whether only its size is told."""
    return isinstance(column.type, LargeBinary)


def key_of(table: Table) -> Column[Any]:
    """The number by which rows are read in order."""
    keys = list(table.primary_key.columns)
    assert len(keys) == 1, table.name
    return keys[0]


def leads_to(column: Column[Any]) -> Table | None:
    """The table whose row a column names, where that has a name to tell: never a person or one of us."""
    for key in column.foreign_keys:
        table = key.column.table
        if table.name not in ("persons", "agents", "addresses"):
            return table
    return None

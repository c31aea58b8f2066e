"""What others wrote about the person: every text of every table is read, and the words that name them are taken out of it.

All columns are read that a person's word may stand in, so that a new one is not forgotten: those that are declared as somebody's, and long texts
and JSON of every other. What is certain (an address, a telephone number, the full name where the person takes part) is replaced by itself;
what is not is shown to whoever approves (PRIVACY 4.3). All else stays, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    LargeBinary,
    RowMapping,
    Select,
    String,
    Table,
    Text,
    bindparam,
    false,
    func,
    not_,
    select,
    update,
)
from sqlalchemy.orm import Session

from contacts.activity import ActivityParticipant
from contacts.order import Order
from contacts.project import Project, ProjectMember
from contacts.sale import Sale, SaleMember
from core.among import among
from core.database import Base
from desk.erasing.companies import WHOLE
from desk.erasing.reading import Reader
from desk.erasing.reindexing import AFTERWARDS
from desk.erasing.subject import Subject
from desk.erasing.tombstones import other_messages
from desk.privacy.kept import ReportPerson
from desk.tickets.message import Message

#: Tables that other steps see to, or that hold no words of customers.
ELSEWHERE = frozenset({
    "persons", "addresses", "holdings", "agents", "agent_addresses", "mailboxes", "mailbox_aliases", "mailbox_sign_ins", "mailbox_tokens", "merges",
    "options", "leases", "inbound_raws", "sign_in_failures", "ended_sessions", "password_resets", "api_tokens", "imap_cursors", "fact_subjects",
    "name_keys", "imported_rows", "automatic_sent"})
#: A text shorter than this holds a code of ours.
SHORT = 40
#: Rows at a time: a lot holds SQLite's one lock for as long as it takes to read them.
LOT = 100


@dataclass(frozen=True, slots=True)
class Place:
    """One field of one row that names the person: what stands there and what would (excerpts), and why somebody should look (``review``)."""

    table: str
    row: int
    column: str
    uid: str | None
    before: str
    after: str
    review: bool
    at: tuple[int, int] = (0, 0)


#: Rows, each with its places.
Found = list[tuple[dict[str, Any], list[Place]]]


@dataclass(slots=True)
class Decisions:
    """What is done with what is not certain: all of it (``erase``, ``keep``), or by place (table, row, column) as somebody has said."""

    everywhere: str = "ask"
    places: dict[tuple[str, int, str], str] = field(default_factory=dict)

    def erases(self, place: Place) -> bool:
        """Whether the uncertain words of a place go too."""
        everywhere = "keep" if place.column == WHOLE else self.everywhere           # a company goes because somebody looked at it
        return self.places.get((place.table, place.row, place.column), everywhere) == "erase"

    def rows(self) -> set[tuple[str, int]]:
        """Rows (table, row) of which somebody has said that uncertain words go: what else holds the same words, as the bytes of a mail, follows."""
        return {(table, row) for (table, row, column), said in self.places.items() if column != WHOLE and said == "erase"}


def tables() -> list[Table]:
    """Those that are read, in the order of their names."""
    found = [one for one in Base.metadata.sorted_tables if one.name not in ELSEWHERE and _numbered(one) is not None and texts(one)]
    return sorted(found, key=lambda one: one.name)


@cache
def texts(table: Table) -> tuple[Column[Any], ...]:
    """The columns in which a word about somebody may stand."""
    return tuple(one for one in table.columns if _may_name(one))


def walk(
    db: Session, subject: Subject, reader: Reader, table: Table, after: int, *, but: int = 0, most: int = LOT,
) -> tuple[int | None, Found]:
    """Read a lot of rows but those that go whole, and but what an operation (``but``) itself keeps, which goes at its end: where to go on after, and
    for each row that names the person the row and its places."""
    key, columns = _numbered(table), texts(table)
    assert key is not None
    named = [table.c.uid] if "uid" in table.c else []
    others = [OTHERS[table.name](subject)] if table.name in OTHERS else []
    others += [table.c[OF_OPERATION[table.name]] != but] if table.name in OF_OPERATION else []
    rows = db.execute(select(key, *named, *columns).where(key > after, *others).order_by(key).limit(most)).mappings().all()
    if not rows:
        return None, []
    near = _near(db, subject, table, [row[key.name] for row in rows])
    found: Found = []
    for row in rows:
        places = list(_places(reader, table, row, row[key.name], near=row[key.name] in near))
        if places:
            found.append((dict(row), places))
    return int(rows[-1][key.name]), found


def take_out(
    db: Session, reader: Reader, table: Table, found: Found, near: Collection[int], decisions: Decisions,
) -> list[int]:
    """Write those rows without the words; the ids of the rows that changed."""
    key = _numbered(table)
    assert key is not None
    changed: list[int] = []
    for row, places in found:
        number, values = row[key.name], {}
        for place in {(one.column): one for one in places}.values():
            of_column = [one for one in places if one.column == place.column]
            everything = any(one.review and decisions.erases(one) for one in of_column)
            value = reader.without(row[place.column], near=number in near, everything=everything, **how(place.column))
            if value != row[place.column]:
                values[place.column] = _cut(table.c[place.column], value)
        if values:
            db.execute(update(table).where(key == bindparam("row")).values({table.c[name]: value for name, value in values.items()}), {"row": number})
            changed.append(number)
    if changed and table.name in AFTERWARDS:
        AFTERWARDS[table.name](db, changed)
    return changed


def near_rows(db: Session, subject: Subject, table: Table, numbers: Sequence[int]) -> set[int]:
    """Those of these rows that are about something in which the person takes part."""
    return _near(db, subject, table, numbers)


def how(column: str) -> dict[str, bool]:
    """How what stands there is read: as HTML, as Message-IDs, or as text."""
    return {"markup": column == "html", "ids": column in ("references", "rfc_message_id")}


def _places(reader: Reader, table: Table, row: RowMapping, number: int, *, near: bool) -> Iterator[Place]:
    for column in texts(table):
        if row[column.name]:
            for hit in reader.read(row[column.name], near=near, **how(column.name)):
                yield Place(table.name, number, column.name, row.get("uid"), hit.before, hit.after, hit.review, hit.at)


def _near(db: Session, subject: Subject, table: Table, numbers: Sequence[int]) -> set[int]:
    asked = NEAR.get(table.name)
    key = _numbered(table)
    if asked is None or key is None:
        return set()
    found = set(db.scalars(select(key).where(key.in_(numbers), asked(subject, table))))
    return found | _told(db, subject, table, numbers) if table.name == "outbound_mails" else found


def _of_ticket(subject: Subject, table: Table) -> ColumnElement[bool]:
    return subject.takes_part(table.c["id" if table.name == "tickets" else "ticket_id"])


def _told(db: Session, subject: Subject, table: Table, numbers: Sequence[int]) -> set[int]:
    """Mails by which the desk itself tells agents of cards, where they lead to theirs."""
    mails = db.execute(select(table.c.id, table.c.text).where(table.c.id.in_(numbers), table.c.kind == "notification", table.c.ticket_id.is_(None)))
    return {number for number, text in mails if any(uid in text for uid in subject.uids)}


def _of_message(subject: Subject, table: Table) -> ColumnElement[bool]:
    return table.c.message_id.in_(select(Message.id).where(Message.id == table.c.message_id, subject.takes_part(Message.ticket_id)))


def _of_person(subject: Subject, table: Table) -> ColumnElement[bool]:
    return among(table.c.person_id, subject.persons)


def _of_matter(members: Any, kind: Any) -> Callable[[Subject, Table], ColumnElement[bool]]:
    def asked(subject: Subject, table: Table) -> ColumnElement[bool]:
        joined: Select[int] = select(members.matter_id).where(among(members.person_id, subject.persons))
        return table.c.id.in_(joined) | table.c.id.in_(select(kind.id).where(among(kind.person_id, subject.persons)))
    return asked


#: Table → of which rows the person is near: there their full name goes by itself.
NEAR: dict[str, Callable[[Subject, Table], ColumnElement[bool]]] = {
    "tickets": _of_ticket, "messages": _of_ticket, "drafts": _of_ticket, "outbound_mails": _of_ticket, "attachments": _of_message,
    "contact_notes": _of_person, "contact_files": _of_person, "employments": _of_person, "legal_bases": _of_person,
    "rights_cases": _of_person,
    "relations": lambda subject, table: among(table.c.person_id, subject.persons) | among(table.c.other_person_id, subject.persons),
    "activities": lambda subject, table: table.c.id.in_(select(ActivityParticipant.activity_id).where(
        among(ActivityParticipant.person_id, subject.persons))),
    "sales": _of_matter(SaleMember, Sale), "projects": _of_matter(ProjectMember, Project),
    "orders": lambda subject, table: table.c.id.in_(select(Order.id).where(among(Order.person_id, subject.persons))),
}


def _of_other_reports(subject: Subject, column: str) -> ColumnElement[bool]:
    table = Base.metadata.tables["privacy_reports" if column == "id" else "privacy_report_parts"]
    return table.c[column].not_in(select(ReportPerson.report_id).where(ReportPerson.person_uid.in_(subject.uids)))


#: Table → rows that do not go whole by another step.
OTHERS: dict[str, Callable[[Subject], ColumnElement[bool]]] = {
    "messages": other_messages, "tickets": lambda subject: not_(func.coalesce(subject.own_tickets, false())),
    "privacy_report_parts": lambda subject: _of_other_reports(subject, "report_id"), "privacy_reports": lambda subject: _of_other_reports(subject, "id")}


#: Table → its column that says which operation a row is of.
OF_OPERATION = {"operations": "id", "operation_items": "operation_id"}


def _may_name(column: Column[Any]) -> bool:
    if column.primary_key or column.foreign_keys or isinstance(column.type, LargeBinary):
        return False
    words = isinstance(column.type, JSON) or (isinstance(column.type, String) and (
        isinstance(column.type, Text) or (column.type.length or SHORT) >= SHORT))
    return words and not (column.name == "uid" or column.name.endswith(("_uid", "_key", "digest")))


def _numbered(table: Table) -> Column[Any] | None:
    keys = list(table.primary_key.columns)
    return keys[0] if len(keys) == 1 and keys[0].type.python_type is int else None


def _cut(column: Column[Any], value: Any) -> Any:
    length = getattr(column.type, "length", None)
    return value[:length] if isinstance(value, str) and length else value

"""What a report tells beside the rows of the places: where each record is from, who has received something, where else the person is named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.lookup import lookups
from contacts.person import Person
from core.database import Base
from core.retelling import retell
from desk.disclosures import OURS, Recipient, recipients
from desk.erasing import mentions
from desk.erasing.reading import Reader
from desk.erasing.subject import Subject
from desk.mailboxes import Mailbox
from desk.privacy.gathering import Entry, Gatherer
from desk.retention.planned import Planned, planned, said
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket

#: Where a person may be named by others, with the column that says when.
NAMED_IN = {"messages": "at", "contact_notes": "at", "activities": "created_at"}


def origins(db: Session, gatherer: Gatherer) -> list[Entry]:
    """How each record of the person came to be (GDPR, Article 15(1)(g)), with the ticket of their first message and how that came."""
    found = []
    for person in db.scalars(select(Person).where(Person.id.in_(gatherer.subject.persons)).order_by(Person.id)):
        first = db.scalar(select(Message.ticket_id).where(Message.origin_person_id == person.id).order_by(Message.id).limit(1))
        first = first or db.scalar(select(Message.ticket_id).where(Message.person_id == person.id).order_by(Message.id).limit(1))
        fields: dict[str, Any] = {"created_how": person.created_how, "created_why": gatherer.veil.over(retell(person.created_why))}
        if first and person.created_how in ("mail", "ticket"):
            fields |= {"ticket": f"#{first}", "channel": db.scalar(select(Ticket.channel).where(Ticket.id == first))}
        found.append(_entry("origin", person.uid, person.created_at, fields))
    return found


def got_by(db: Session, gatherer: Gatherer) -> list[Entry]:
    """Who got data of the person (:mod:`desk.disclosures`): others by name (C-154/21), a colleague's file by which it was and on which days, a calendar by its
    kind alone; and which of our mailboxes hold them. Whom only locked mail went to is held back."""
    found, ours = [], dict[str, Recipient]()
    for one in recipients(db, gatherer.subject.persons, most=None):
        if one.way in OURS:
            ours.setdefault(f"{one.way}:{one.file}".rstrip(":"), Recipient(one.way, "", file=one.file)).gather(one)
            continue
        held = {"held_back": "mail"} if one.tickets and gatherer.locked.issuperset(one.tickets) else {}
        found.append(_got(one, f"{one.way}:{one.address}", {"name": one.name, "address": one.address}) | held)
    found = sorted(found, key=lambda entry: str(entry["fields"]["address"])) + [_got(one, name, {}) for name, one in sorted(ours.items())]
    boxes = db.execute(select(Mailbox.uid, Mailbox.name).where(Mailbox.id.in_(
        select(Ticket.mailbox_id).where(gatherer.subject.own_tickets))).order_by(Mailbox.name))
    return found + [_entry("staff", uid, None, {"mailbox": name}) for uid, name in boxes]


def named_elsewhere(db: Session, gatherer: Gatherer, reader: Reader, table_name: str, after: int) -> tuple[int | None, list[Entry]]:
    """Rows in which others certainly name the person and they take no part: the words that name them, never what stands around these."""
    table = Base.metadata.tables[table_name]
    further, found = mentions.walk(db, gatherer.subject, reader, table, after)
    rows = {places[0].row: places for _row, places in found}
    rows = {number: places for number, places in rows.items() if number not in mentions.near_rows(db, gatherer.subject, table, list(rows))} if rows else {}
    times = dict(db.execute(select(table.c.id, table.c[NAMED_IN[table_name]]).where(table.c.id.in_(list(rows)))).all()) if rows else {}
    entries = []
    for number, places in sorted(rows.items()):
        words = dict.fromkeys(one.before[one.at[0]:one.at[1]] for one in places if not one.review)
        if words:
            entries.append(_entry("mention", f"{table_name}:{number}", times.get(number), {"where": table_name, "words": list(words)}))
    return further, entries


def planned_deletion(db: Session, persons: Sequence[Person]) -> dict[str, Any]:
    """Until when they are kept by the rules as they are, and why: ``{at: ISO day or None, why: sentence}``, of several the one who is kept longest."""
    found = [*planned(db, [one for one in persons if one.merged_into_id is None]).values()] or [Planned("no_rule")]
    longest = max(found, key=lambda one: one.on or date.max)
    return {"at": longest.on.isoformat() if longest.on else None, "why": said(longest)}


def look_ups(db: Session, subject: Subject) -> list[Entry]:
    """How often they were looked up in a month and what for, with the first and the last day, without who did (C-579/21)."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for one in lookups(db, subject.persons):
        told = found.setdefault((one.month, one.purpose), {"looked_for": one.purpose, "times": 0, "first": one.first, "last": one.last})
        told |= {"times": told["times"] + one.count, "first": min(told["first"], one.first), "last": max(told["last"], one.last)}
    return [_entry("look_up", f"{month}:{purpose}", None, told | {name: told[name].isoformat() for name in ("first", "last")})
            for (month, purpose), told in sorted(found.items())]


def _got(one: Recipient, name: str, fields: dict[str, Any]) -> Entry:
    days = {"days": [day.isoformat() for day in one.days]} if one.days else {
        "first": one.first.isoformat() if one.first else "", "last": one.last.isoformat() if one.last else ""}
    return _entry("recipient", name, one.last, fields | {"way": one.way, "file": one.file, "mails" if one.way not in OURS else "times": one.count or ""} | days)


def _entry(record: str, name: str, at: datetime | None, fields: dict[str, Any]) -> Entry:
    return {"record": record, "id": name, "at": at.isoformat() if at else None, "fields": {key: value for key, value in fields.items() if value not in (None, "")}}

"""What a report tells beside the rows of the places: where each record is from, who has received something, where else the person is named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import Address, Holding, normalise_email
from contacts.person import Person
from core.database import Base
from core.retelling import retell
from desk.erasing import mentions
from desk.erasing.reading import Reader
from desk.erasing.subject import Subject
from desk.mailboxes import Mailbox
from desk.outbound import OutboundMail
from desk.privacy.gathering import Entry, Gatherer
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket

#: Mail that goes to people outside about a ticket.
ABROAD = ("reply", "forward", "acknowledgement")
LOT = 500
#: Where a person may be named by others, with the column that says when.
NAMED_IN = {"messages": "at", "contact_notes": "at", "activities": "created_at"}


def origins(db: Session, gatherer: Gatherer) -> list[Entry]:
    """How each record of the person came to be (GDPR, Article 15(1)(g)), with the ticket of their first message."""
    found = []
    for person in db.scalars(select(Person).where(Person.id.in_(gatherer.subject.persons)).order_by(Person.id)):
        first = db.scalar(select(Message.ticket_id).where(Message.origin_person_id == person.id).order_by(Message.id).limit(1))
        first = first or db.scalar(select(Message.ticket_id).where(Message.person_id == person.id).order_by(Message.id).limit(1))
        fields: dict[str, Any] = {"created_how": person.created_how, "created_why": gatherer.veil.over(retell(person.created_why))}
        if first and person.created_how in ("mail", "ticket"):
            fields["ticket"] = f"#{first}"
        found.append(_entry("origin", person.uid, person.created_at, fields))
    return found


def recipients(db: Session, gatherer: Gatherer) -> list[Entry]:
    """Who got mail of ours about the person's tickets, by name (C-154/21), and which of our mailboxes hold them."""
    subject, veil, after = gatherer.subject, gatherer.veil, 0
    own = select(Ticket.id).where(subject.own_tickets)
    got: dict[str, dict[str, Any]] = {}
    while rows := db.execute(select(OutboundMail.id, OutboundMail.ticket_id, OutboundMail.recipients, OutboundMail.sent_at, Message.to, Message.cc).join(
            Message, Message.id == OutboundMail.message_id, isouter=True).where(
            OutboundMail.ticket_id.in_(own), OutboundMail.kind.in_(ABROAD), OutboundMail.sent_at.is_not(None), OutboundMail.id > after).order_by(
            OutboundMail.id).limit(LOT)).all():
        after = rows[-1].id
        for row in rows:
            names = {str(pair[1]).lower(): str(pair[0] or "") for pair in (*(row.to or ()), *(row.cc or ())) if len(pair) == 2}
            for address in (str(one).lower() for one in row.recipients):
                if not veil.known(address):
                    one = got.setdefault(address, {"name": "", "address": address, "mails": 0, "first": row.sent_at, "last": row.sent_at, "open": False})
                    one |= {"mails": one["mails"] + 1, "last": max(one["last"], row.sent_at), "first": min(one["first"], row.sent_at),
                            "name": one["name"] or names.get(address, ""), "open": one["open"] or row.ticket_id not in gatherer.locked}
    known = _called(db, list(got))
    found = [_entry("recipient", address, one["last"], {
        "name": one["name"] or known.get(address, ""), "address": address, "mails": one["mails"], "first": one["first"].isoformat(),
        "last": one["last"].isoformat()}) | ({} if one["open"] else {"held_back": "mail"}) for address, one in sorted(got.items())]
    boxes = db.execute(select(Mailbox.uid, Mailbox.name).where(Mailbox.id.in_(select(Ticket.mailbox_id).where(subject.own_tickets))).order_by(Mailbox.name))
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


def planned_deletion(db: Session, subject: Subject) -> dict[str, Any] | None:
    """Until when the person is kept, and why: ``{at: ISO, why: sentence}``. Here retention joins; without it there is no such day."""
    return None


def look_ups(db: Session, subject: Subject, after: int) -> tuple[int | None, list[Entry]]:
    """When the person was looked up, and what for, without who did (C-579/21). Here the log of look-ups joins."""
    return None, []


def _called(db: Session, addresses: Sequence[str]) -> dict[str, str]:
    """Address → the name of who holds it."""
    wanted = {normalise_email(one): one for one in addresses}
    rows: Iterator[Any] = iter(db.execute(select(Address.normalised, Person.first_name, Person.last_name).join(
        Holding, Holding.address_id == Address.id).join(Person, Person.id == Holding.person_id).where(
        Address.normalised.in_(wanted), Person.binned_at.is_(None))).all()) if wanted else iter(())
    return {wanted[row.normalised]: f"{row.first_name} {row.last_name}".strip() for row in rows}


def _entry(record: str, name: str, at: datetime | None, fields: dict[str, Any]) -> Entry:
    return {"record": record, "id": name, "at": at.isoformat() if at else None, "fields": {key: value for key, value in fields.items() if value not in (None, "")}}

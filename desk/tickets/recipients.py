"""Whom an answer goes to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from contacts.address import Address, is_among, normalise_email
from contacts.agent import Agent
from desk.tickets.merging import shown_ids
from desk.tickets.message import Message
from desk.tickets.taking_part import by_the_invited
from desk.tickets.ticket import Ticket

_PART = re.compile(r'(?:"[^"]*"|[^,;\n"])+')
_NAMED = re.compile(r'(?:"([^"]*)"|([^"<]*?))\s*<([^<>]+)>')


@dataclass(frozen=True, slots=True)
class Recipient:
    """An address with the name that was written beside it."""

    address: str
    name: str = ""


def written(text: str) -> list[Recipient]:
    """``"Per Lunde" <per@x.example>, ole@y.example`` as recipients; what is no address stays as it is written."""
    found = []
    for part in _PART.findall(text):
        if bare := part.strip():
            named = _NAMED.fullmatch(bare)
            found.append(Recipient(named[3].strip(), (named[1] or named[2] or "").strip()) if named else Recipient(bare))
    return found


def as_written(one: Recipient) -> str:
    """A recipient as :func:`written` reads them."""
    return f'"{one.name.replace(chr(34), "")}" <{one.address}>' if one.name else one.address


def last_of(db: Session, ticket: Ticket, by: Agent) -> Message | None:
    """The customer's last message: of a person, by mail; also on a ticket merged into this one, as far as the agent sees
    it. Nobody's who wrote in uninvited: what they wrote is answered when an agent wants that."""
    return last_and_newest_of(db, ticket, by)[0]


def last_and_newest_of(db: Session, ticket: Ticket, by: Agent) -> tuple[Message | None, Message | None]:
    """The customer's last message, and the last of anybody's who wrote in: mostly the same."""
    invited = by_the_invited(ticket.id)
    newest, answered = (db.execute(_by_people(db, ticket, by).add_columns(invited)).first() or (None, True))
    return newest if answered else db.scalar(_by_people(db, ticket, by).where(invited)), newest


def colleagues_answer(db: Session, ticket: Ticket, by: Agent) -> tuple[int, str]:
    """The id of the last mail that another agent sent on this ticket, and their name; 0 where nobody did."""
    found = db.execute(select(Message.id, Agent.name).join(Message.author).where(
        Message.ticket_id.in_(shown_ids(db, by, ticket)), Message.direction == "out", Message.author_id != by.id).order_by(
            Message.id.desc()).limit(1)).first()
    return (found.id, found.name) if found else (0, "")


def _by_people(db: Session, ticket: Ticket, by: Agent) -> Select[Message]:
    return select(Message).where(
        Message.ticket_id.in_(shown_ids(db, by, ticket)), Message.direction == "in", Message.automatic == "",
        Message.author_id.is_(None), Message.from_address != "").order_by(Message.at.desc(), Message.id.desc()).limit(1)


def answer_to(ticket: Ticket, last: Message | None, *, own: frozenset[str]) -> tuple[list[Recipient], list[Recipient]]:
    """To and Cc of an answer: where the customer's last message wants it, else the requester; all others in copy,
    and the requester with them where somebody else wrote.

    ``own`` are the addresses of our mailboxes, which no answer goes to: where the message wants its answer there, it
    goes to whom it is from, and where that is one of ours too, to the requester. Where the mail is not from the
    domain it claims, the answer goes to whom it claims to be from, never where the forger wants it.
    """
    asker = ticket.requester_address
    ways = [Recipient(asker.value, ticket.requester_name)] if asker is not None and asker.kind == "email" else []
    if last is None or _is_another_persons(ticket, last):
        return _usable(ways, own)[:1], []
    wanted = "" if last.trust.get("result") == "fail" else last.reply_to
    to = _usable([Recipient(wanted, last.from_name), Recipient(last.from_address, last.from_name), *ways], own)[:1]
    others = [Recipient(address, name) for name, address in (*last.to, *last.cc)]
    if not _is_by_requester(ticket, last):
        others += ways
    return to, _fresh(others, {normalise_email(one.address) for one in to}, own)


def _is_another_persons(ticket: Ticket, last: Message) -> bool:
    """Whether an agent has said since that somebody else asks, who does not hold the address it came from."""
    return last.id <= int(ticket.identification.get("answered_elsewhere", 0))


def _is_by_requester(ticket: Ticket, message: Message) -> bool:
    return message.sender_address_id == ticket.requester_address_id or (
        message.person_id is not None and message.person_id == ticket.requester_id)


def _usable(ways: Sequence[Recipient], own: frozenset[str]) -> list[Recipient]:
    return [one for one in ways if one.address and not is_among(normalise_email(one.address), own)]


def name_of(db: Session, address: str) -> str:
    """What whoever holds an address is called; "" when nobody knows."""
    row = db.scalar(select(Address).where(Address.kind == "email", Address.normalised == normalise_email(address)))
    holder = next((h.person for h in row.holdings if h.until is None and h.person.living), None) if row else None
    return holder.name if holder else (row.name if row else "")


def _fresh(recipients: Sequence[Recipient], seen: set[str], own: frozenset[str]) -> list[Recipient]:
    found = []
    for one in recipients:
        normalised = normalise_email(one.address)
        if normalised not in seen and not is_among(normalised, own):
            seen.add(normalised)
            found.append(one)
    return found

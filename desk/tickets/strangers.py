"""A stranger as their mail shows them: what they call themselves, their signature's phones, and the tickets it leads to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts import resembling
from contacts.address import Address, Holding, normalise_email
from contacts.identifying import holders, holding_it
from contacts.phones import phones_in
from contacts.stranger import Stranger, Trace
from core.database import LARGEST_ID
from core.tokens import message_key
from desk.letter import Letter, Party
from desk.tickets.message import Message
from desk.tickets.threads import messages_under, outbound_by_id
from desk.tickets.ticket import Participant, Ticket
from rules.threading import tokens

MOST_IDS = 5
MOST_NAMED = 5
#: How people name a ticket in Norwegian, Danish, Swedish, Finnish, German and English.
_NUMBER = re.compile(
    r"(?:(?:\b(?:sak|saken|saks|sag|sagen|ärende|ärendet|ärendenummer|saksnummer|sagsnummer|tapaus|fall|vorgang|ticket|case|"
    r"request|henvendelse)\b(?:\s*(?:nr|no|nummer|number|id)\b\.?)?[\s:]*#?)|#)(\d{1,9})\b", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")


def of_letter(
    db: Session, letter: Letter, sender: Party | None, address: Address | None, *, belongs_to: Sequence[int] = (),
) -> Stranger:
    """The sender of a letter that is being filed; ``belongs_to`` is the ticket that it answers, by whatever sign."""
    return _stranger(db, sender.name if sender else "", address, letter.language, letter.visible or letter.text,
                     letter.subject, dict.fromkeys((*_answered(db, letter.references), *belongs_to), True))


def of_ticket(db: Session, ticket: Ticket) -> Stranger:
    """The requester of a ticket, by the first mail of theirs on it."""
    first = db.scalar(select(Message).where(
        Message.ticket_id == ticket.id, Message.direction == "in",
        Message.sender_address_id == ticket.requester_address_id).order_by(Message.id).limit(1))
    if first is None:
        return Stranger()
    answered = dict.fromkeys(_answered(db, first.references.split()[::-1]), True)
    if ticket.continues_id is not None:
        answered[ticket.continues_id] = True
    answered.pop(ticket.id, None)
    return _stranger(db, first.from_name, ticket.requester_address, ticket.language, first.shown, first.subject, answered)


def candidates_now(db: Session, ticket: Ticket) -> list[dict[str, Any]]:
    """Who may have written a ticket, as the register is now: a ticket may wait for days, and whom it waits for may have been
    added, renamed or ruled out since. Whoever has got its address since is among them, also where no record was to be kept."""
    kept: list[dict[str, Any]] = ticket.identification.get("candidates") or []
    address = ticket.requester_address
    if ticket.requester_id is not None or address is None:
        return kept
    if living := [holding for holding in holders(db, address) if holding.person.living]:
        named = {one["person_id"] for one in kept}
        return [*holding_it([holding for holding in living if holding.person.uid not in named], address), *kept]
    return resembling.candidates(db, of_ticket(db, ticket)) if ticket.held else kept


def _stranger(
    db: Session, name: str, address: Address | None, language: str | None, text: str, subject: str,
    answered: Mapping[int, bool],
) -> Stranger:
    named = [*tokens(subject), *(int(number) for number in _NUMBER.findall(f"{subject}\n{text[:20_000]}"))]
    numbers = dict.fromkeys((n for n in named if 0 < n <= LARGEST_ID), False)
    numbers = {number: numbers[number] for number in list(numbers)[:MOST_NAMED]} | dict(answered)
    own = address.normalised if address else ""
    mentions = dict.fromkeys(normalise_email(one) for one in _ADDRESS.findall(text[:20_000])[:2 * MOST_NAMED])
    return Stranger(
        name=name, address=own, address_id=address.id if address else None, language=language,
        phones=phones_in(text), mentions=tuple(one for one in mentions if one != own)[:MOST_NAMED],
        traces=tuple(_traces(db, numbers)))


def _answered(db: Session, ids: Iterable[str]) -> list[int]:
    """The tickets of the mails that a mail answers."""
    found: dict[int, None] = {}
    for one in list(ids)[:MOST_IDS]:
        ours = outbound_by_id(db, one)
        if ours is not None and ours.ticket_id:
            found[ours.ticket_id] = None
        found |= dict.fromkeys(known.ticket_id for known in messages_under(db, message_key(one)))
    return list(found)


def _traces(db: Session, numbers: Mapping[int, bool]) -> list[Trace]:
    """Who asked and who took part on these tickets; whoever is deleted since is sorted out later."""
    if not numbers:
        return []
    asked = db.execute(select(Ticket.id, Ticket.requester_id).where(
        Ticket.id.in_(numbers), Ticket.requester_id.is_not(None), Ticket.binned_at.is_(None)))
    took_part = db.execute(select(Participant.ticket_id, Holding.person_id).join(
        Holding, Holding.address_id == Participant.address_id).join(Ticket, Ticket.id == Participant.ticket_id).where(
        Participant.ticket_id.in_(numbers), Ticket.binned_at.is_(None), Holding.until.is_(None)).limit(50))
    return [*(Trace(person, ticket, numbers[ticket], asked=True) for ticket, person in asked if person is not None),
            *(Trace(person, ticket, numbers[ticket], asked=False) for ticket, person in took_part)]

"""Consumer ``acknowledge``: a new request is acknowledged, in the person's language, unless there is a reason not to."""

from __future__ import annotations

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import Address, is_among, normalise_email
from contacts.identifying import agent_at
from core.history import Fact, FactRow
from core.options import option
from desk.arrivals import from_archive, message_of, ticket_of
from desk.language import language_for
from desk.loops import within_budget
from desk.mailboxes import own_addresses
from desk.outbound import OutboundMail, enqueue
from desk.tickets.facts import TicketOpened
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket
from desk.wording import render
from rules.acknowledging import Clues, why_not
from rules.automatic import MailClues, is_from_a_robot

log = structlog.get_logger(__name__)


def acknowledge(db: Session, fact: Fact, row: FactRow) -> None:
    """Write the acknowledgement of a new ticket into the outbound ledger, or leave it."""
    if not isinstance(fact, TicketOpened):
        return
    ticket, message = ticket_of(db, fact.ticket_uid), message_of(db, fact.message_uid)
    if ticket is None or message is None:
        return
    clues = clues_of(db, fact, ticket, message)
    if reason := why_not(clues):
        log.debug("acknowledge.not", ticket=ticket.number, why=reason)
    elif within_budget(db, ticket, clues.address):
        _write(db, ticket, clues.address)


def clues_of(db: Session, fact: TicketOpened, ticket: Ticket, message: Message) -> Clues:
    """What the rules look at. The answer goes where the sender asked for it (Reply-To), unless that is an address of
    ours; else to the sender."""
    own, wanted = own_addresses(db), normalise_email(message.reply_to)
    address = normalise_email(message.from_address) if not wanted or is_among(wanted, own) else wanted
    known = _row_of(db, ticket, address)
    return Clues(
        wanted=option(db, "desk.acknowledge", ticket.mailbox.uid), channel=fact.channel, direction=message.direction,
        quiet=fact.quiet, held=ticket.held or fact.held, archive=from_archive(db, message), state=ticket.state,
        trust=str(message.trust.get("result", "none")), automatic=message.automatic,
        forwarded="forwarded_by" in message.identification,
        address=address if "@" in address else "", bouncing=known is not None and known.health == "bouncing",
        blocked=known is not None and known.suppression == "blocked",
        ours=is_among(address, own),
        agent=agent_at(db, address) is not None, nobody=is_from_a_robot(MailClues({}, from_address=address)))


def _row_of(db: Session, ticket: Ticket, address: str) -> Address | None:
    asker = ticket.requester_address
    if asker is not None and asker.normalised == address:
        return asker
    return db.scalar(select(Address).where(Address.kind == "email", Address.normalised == address))


def _write(db: Session, ticket: Ticket, address: str) -> OutboundMail:
    language, _why = language_for(ticket)
    mail = render(db, "acknowledgement", language, ticket.mailbox, name=ticket.requester_name or address,
                  number=f"#{ticket.number}", subject=ticket.subject, mailbox=ticket.mailbox.name)
    return enqueue(db, kind="acknowledgement", mailbox=ticket.mailbox, recipients=[address], ticket_id=ticket.id,
                   subject=mail.subject, text=mail.text, html=mail.html, language=language)

"""Consumer ``acknowledge``: a new request is acknowledged, in the person's language, unless there is a reason not to."""

from __future__ import annotations

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import Address, domain_of, is_among, normalise_email
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
    """What the rules look at."""
    own = own_addresses(db)
    address = _where_to(message, own)
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


def _where_to(message: Message, own: frozenset[str]) -> str:
    """Where the sender asked for it (Reply-To), as far as they may: at their own domain, anywhere when their mail is
    authenticated, and for a form on our own site; never an address of ours. Else to the sender, so that nobody has us write to
    others (RFC 3834 section 4)."""
    sender, wanted = normalise_email(message.from_address), normalise_email(message.reply_to)
    may = domain_of(wanted) == domain_of(sender) or message.trust.get("result") == "pass" or is_among(sender, own)
    return wanted if wanted and may and not is_among(wanted, own) else sender


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

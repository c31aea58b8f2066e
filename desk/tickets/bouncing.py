"""A mail of ours came back: the report goes to the message that bounced, and marks the *address*, not the person."""

from __future__ import annotations

from sqlalchemy.orm import Session

from contacts.address import Address
from contacts.facts import AddressHealth
from contacts.identifying import address_row
from core.history import record
from core.i18n import gettext as _
from desk.letter import Failure
from desk.outbound import OutboundMail
from desk.tickets.facts import MailBounced
from desk.tickets.message import Message
from desk.tickets.replying import append
from desk.tickets.situation import Situation
from desk.tickets.ticket import Ticket
from rules.intake import Verdict


def append_bounce(db: Session, s: Situation, verdict: Verdict, files: list[str]) -> tuple[Ticket, Message]:
    """The report joins the ticket quietly; a hard failure (5.x.x) marks the address as bouncing, a soft one (4.x.x)
    as ailing.

    The state stays, as with all that machines write; but a ticket nobody was reached on counts as unread.
    """
    ticket, message = append(db, s, verdict, files)
    assert s.returned is not None
    for failure in failures_of(s, s.returned):
        ticket.unread = ticket.unread or failure.hard
        address = address_row(db, failure.address)
        mark(db, address, failure.hard, s)
        record(db, MailBounced(ticket.uid, message.uid, address.uid, failure.hard), at=s.row.received_at)
    note_on(s.returned, s)
    return ticket, message


def failures_of(s: Situation, mail: OutboundMail) -> list[Failure]:
    """Whom the report speaks of. Only those we wrote to count; a report that names nobody means all of them,
    softly."""
    written = {str(r).casefold() for r in mail.recipients}
    named = [f for f in (s.letter.bounce.failures if s.letter.bounce else ()) if f.address.casefold() in written]
    if named or not written:
        return named
    hard = any(f.hard for f in (s.letter.bounce.failures if s.letter.bounce else ()))
    return [Failure(r, "", hard and len(written) == 1) for r in sorted(written)]


def mark(db: Session, address: Address, hard: bool, s: Situation) -> None:
    """Note on the address how mail to it fares."""
    health = "bouncing" if hard else ("soft" if address.health != "bouncing" else "bouncing")
    if address.health != health:
        address.health, address.health_at = health, s.row.received_at
        record(db, AddressHealth(address.uid, health), at=s.row.received_at)


def mark_unreached(db: Session, s: Situation, mail: OutboundMail) -> None:
    """What the desk itself wrote to a customer (the link that confirms an address, a mass mail) came back: their address says so. Where it
    wrote to its agents, it is from no mailbox."""
    if mail.kind in ("system", "mass") and mail.mailbox_id is not None:
        for failure in failures_of(s, mail):
            mark(db, address_row(db, failure.address), failure.hard, s)


def note_on(mail: OutboundMail, s: Situation) -> None:
    """Say on the outbound row that it came back from whom, and why; sending that is still under way keeps it."""
    said = next((f.diagnostic or f.status for f in (s.letter.bounce.failures if s.letter.bounce else ())), "")
    came_back = {failure.address.casefold() for failure in failures_of(s, mail)}
    mail.outcomes = mail.outcomes | {
        address: ["returned", said[:500]] for address in mail.recipients if address.casefold() in came_back}
    mail.reason = _("Came back: %(said)s", said=said).strip(": ")[:500]

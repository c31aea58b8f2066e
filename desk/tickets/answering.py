"""What agents write: replies, forwards, internal notes, and tickets they begin themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import Address, Holding, is_among, normalise_email
from contacts.agent import Agent
from contacts.identifying import address_row, identify, origin_of
from contacts.masking import needs_living
from contacts.person import Person
from core.clock import now
from core.errors import Refused
from core.history import record
from core.html import sanitise_own, to_text
from core.i18n import gettext as _
from core.rendering import paragraphs
from desk.access import answers_from
from desk.locked_mail import needs_reading
from desk.mailboxes import Mailbox, own_addresses
from desk.tickets.attaching import attach, near
from desk.tickets.facts import NoteAdded, TicketOpened
from desk.tickets.forwarding import original_of
from desk.tickets.message import Message
from desk.tickets.opening import new_ticket
from desk.tickets.recipients import name_of
from desk.tickets.routing import Routed, category_of, companies_of, route, write_down
from desk.tickets.sending import send
from desk.tickets.ticket import Ticket
from desk.tickets.writing import preview_of, touch, write_message
from rules.routing import Clues

MOST_RECIPIENTS = 50


def reply(
    db: Session, ticket: Ticket, *, by: Agent, html: str = "", text: str = "", to: Sequence[str] | None = None,
    cc: Sequence[str] = (), files: Sequence[str] = (), close: bool = False, subject: str = "", kind: str = "reply",
    language: str = "", original: Message | None = None,
) -> Message:
    """Answer a ticket; the mail leaves when the caller has committed and rung ``outbound``.

    ``to`` defaults to the requester's address of this ticket; ``files`` are uids of uploaded attachments. A
    ``forward`` goes to others than the requester and leaves the state alone. ``language`` is what the mail says it
    is written in; empty means the requester's. ``original`` is the message that a forward takes along, below what is
    written, which may then be nothing. Raises Refused without text, without or with malformed recipients, and for a ticket that is merged or deleted.
    """
    _may_write(ticket)
    needs_reading(db, ticket.id)
    html, text = _body(html, text) if original is None else _above(html, text, original)
    recipients = recipients_of(db, ticket, to, kind)
    own = own_addresses(db)
    copies = _each_once(map(check_address, cc), own, but=recipients)
    if len(recipients) + len(copies) > MOST_RECIPIENTS:
        raise Refused(_("At most %(n)s recipients.", n=MOST_RECIPIENTS), {"cc": "Too many recipients."})
    needs_living(db, [*recipients, *copies], asker=ticket.requester_id)
    subject = subject.strip() or ticket.subject
    mailbox = answers_from(db, by, ticket)
    message = _write(db, ticket, "out", by, channel="mail", html=html, text=text, subject=subject,
                     to=[[name_of(db, a), a] for a in recipients], cc=[[name_of(db, a), a] for a in copies],
                     from_address=mailbox.address, from_name=mailbox.name)
    attach(db, message, files, by)
    send(db, ticket, message, by=by, kind=kind, language=language, close=close)
    return message


def note(db: Session, ticket: Ticket, *, by: Agent, html: str = "", text: str = "", files: Sequence[str] = ()) -> Message:
    """An internal note: seen by agents alone, sent to nobody."""
    if ticket.merged_into_id is not None:
        raise Refused("This ticket is merged. Write on the ticket it was merged into.")
    html, text = _body(html, text)
    message = _write(db, ticket, "note", by, html=html, text=text)
    attach(db, message, files, by)
    record(db, NoteAdded(ticket.uid, message.uid), by=by.uid)
    touch(ticket, at=message.at)
    db.flush()
    return message


def begin(
    db: Session, mailbox: Mailbox, *, by: Agent, subject: str, html: str = "", text: str = "", channel: str = "mail",
    to: Sequence[str] = (), cc: Sequence[str] = (), requester: Person | None = None, caller: str = "", files: Sequence[str] = (),
) -> Ticket:
    """A ticket by an agent: a mail to somebody (channel *mail*), or a call noted down (*phone*).

    ``caller`` is what somebody we do not know called themselves. Raises Refused without subject, without text, or without anybody it is about.
    """
    html, text = _body(html, text)
    if not subject.strip():
        raise Refused("The ticket needs a subject.", {"subject": "Say in a few words what it is about."})
    addresses = [check_address(a) for a in to]
    address = address_row(db, addresses[0], lock=True) if addresses else _primary(db, requester)
    if channel == "mail" and address is None:
        raise Refused("Nobody to write to.", {"to": "Give an address, or a person who has one."})
    known = identify(db, address, own=own_addresses(db)) if address and requester is None else None
    person = requester or (known.person if known and known.state == "known" else None)
    language = person.preferred_language if person else mailbox.language
    asked = Clues(mailbox.uid, person.uid if person else "", companies_of(db, person), category_of(db, person), language or "",
                  subject=subject, text=text)
    routed = route(db, mailbox, person, lambda: asked, assigns=False) if channel == "phone" else Routed()
    ticket = new_ticket(db, subject=subject.strip()[:500], mailbox_id=mailbox.id, at=now(),
                        person=person, origin_requester_id=origin_of(db, person, address.id if address else None), address=address, name=caller, state="open", channel=channel, assignee_id=by.id, unread=False,
                        preview=preview_of(text), language=language, verdict=routed.told(),
                        identification={"how": "agent", "evidence": known.evidence if known else [],
                                        "candidates": known.candidates if known else []},
                        **{"team_id": mailbox.team_id, **routed.fields})
    write_down(db, ticket, routed)
    if channel == "phone":
        first = _write(db, ticket, "in", by, html=html, text=text, subject=ticket.subject, person_id=ticket.requester_id,
                       origin_person_id=ticket.origin_requester_id, from_name=ticket.requester_name,
                       from_address=address.value if address and address.kind == "email" else "")
        attach(db, first, files, by)
    else:
        assert address is not None
        first = reply(db, ticket, by=by, html=html, to=addresses or [address.value], cc=cc, files=files)
    record(db, TicketOpened(ticket.uid, first.uid, person.uid if person else None, channel, quiet=True), by=by.uid)
    db.flush()
    return ticket


def check_address(value: str) -> str:
    """An address somebody typed (``Name <address>`` too), as it will be written to. Raises Refused."""
    bare = value.strip()
    if bare.endswith(">") and "<" in bare:
        bare = bare[bare.rindex("<") + 1:-1].strip()
    try:
        return validate_email(bare, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise Refused(_("%(address)s is not a mail address.", address=bare or _("An empty line")),
                      {"to": "Write it like nora@company.example."}) from error


def _each_once(addresses: Iterable[str], own: frozenset[str], but: Sequence[str] = ()) -> list[str]:
    """Each address once, however it is written; none of ours, and none of those it goes to already."""
    found: dict[str, str] = {}
    gone = {normalise_email(address) for address in but}
    for address in addresses:
        matched = normalise_email(address)
        if matched not in gone and not is_among(matched, own):
            found.setdefault(matched, address)
    return list(found.values())


def recipients_of(db: Session, ticket: Ticket, to: Sequence[str] | None, kind: str = "reply") -> list[str]:
    """Whom a reply goes to: those named, else the requester's address; never an address of ours. Raises Refused."""
    if to is None and kind == "reply":
        to = [ticket.requester_address.value] if ticket.requester_address else []
    own = own_addresses(db)
    found = _each_once(map(check_address, to or ()), own)
    if not found:
        raise Refused("There is nobody to send this to. Add an address.", {"to": "Add an address."})
    if len(found) > MOST_RECIPIENTS:
        raise Refused(_("At most %(n)s recipients.", n=MOST_RECIPIENTS), {"to": "Too many recipients."})
    return found


def _write(db: Session, ticket: Ticket, direction: str, by: Agent, **fields: Any) -> Message:
    return write_message(db, ticket, direction=direction, author_id=by.id, at=now(), **fields)


def _body(html: str, text: str) -> tuple[str, str]:
    clean = sanitise_own(near(html)) if html.strip() else str(paragraphs(text))
    plain = to_text(clean).strip() if html.strip() else text.strip()
    if not plain and "<img" not in clean:
        raise Refused("Write something first.", {"text": "Nothing is written yet."})
    return clean, plain


def _above(html: str, text: str, original: Message) -> tuple[str, str]:
    """What is written, if anything, with the message that is sent on below it."""
    own, said = _body(html, text) if html.strip() or text.strip() else ("", "")
    below = str(original_of(original))
    return own + below, f"{said}\n\n{to_text(below)}".strip()


def _may_write(ticket: Ticket) -> None:
    if ticket.merged_into_id is not None:
        raise Refused("This ticket is merged. Write on the ticket it was merged into.")
    if ticket.binned_at is not None:
        raise Refused("This ticket is deleted. Restore it first.")


def _primary(db: Session, person: Person | None) -> Address | None:
    if person is None:
        return None
    holding = db.scalar(select(Holding).join(Holding.address).where(
        Holding.person_id == person.id, Holding.until.is_(None), Address.kind == "email", Address.health != "bouncing",
    ).order_by(Holding.primary.desc(), Holding.id))
    return holding.address if holding else None


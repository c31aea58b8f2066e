"""Everything a mail needs, gathered from the database at once, so that it is composed with no transaction open."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from core.errors import Refused
from core.i18n import N_, language, speaking
from core.operations import Operation
from core.options import option
from core.settings import settings
from core.tokens import unseal
from desk.addressing import bounce_address, notification_address, reply_address
from desk.mailboxes import Mailbox
from desk.outbound import OutboundMail
from desk.privacy.handing import printed_for
from desk.signature import signature_of
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket
from mailgate.conversation import answered, references_to, subject_of
from mailgate.dkim import NotYet
from mailgate.enclosing import Enclosed, Quote, enclosures, quote_of
from mailgate.heading import Pair

#: Kind → Auto-Submitted (RFC 3834 section 5); what people wrote carries none.
AUTOMATIC = {"acknowledgement": "auto-replied", "notification": "auto-generated", "system": "auto-generated", "certificate": "auto-generated"}


@dataclass(frozen=True, slots=True)
class Signing:
    """With what a mail is signed: selector and domain name the DNS record, the key is PEM."""

    selector: str
    domain: str
    key: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One mail before it is bytes. Ids are without brackets, ``files`` are read when it is composed."""

    message_id: str
    envelope_sender: str                # "" is the null sender
    sender: Pair
    to: list[Pair]
    cc: list[Pair]
    reply_to: str
    subject: str
    in_reply_to: str
    references: list[str]
    auto_submitted: str
    headers: dict[str, str]
    language: str
    text: str
    html: str                           # a whole document where ``whole``, else the agent's own words
    whole: bool
    signature: str
    quote: Quote | None
    files: list[Enclosed]
    signing: Signing | None
    copied: bool = True                 # whether a copy may lie among what the mailbox has sent


def gather(db: Session, row: OutboundMail) -> Outgoing:
    """What ``row`` is to become. Reads only."""
    mailbox = sending_mailbox(db, row)
    ticket = db.get(Ticket, row.ticket_id) if row.ticket_id else None
    with speaking(row.language, option(db, "desk.timezone")):
        return _gathered(db, row, ticket, mailbox)


def sending_mailbox(db: Session, row: OutboundMail) -> Mailbox:
    """Whom a mail is from: its mailbox; for the desk's own mail the first active one, under the desk's name."""
    if row.mailbox is not None:
        return row.mailbox
    found = db.scalar(select(Mailbox).where(Mailbox.active).order_by(Mailbox.id).limit(1))
    if found is not None:
        return found
    host = settings().url.split("//")[-1].split("/")[0].rsplit(":", 1)[0]
    return Mailbox(address=f"skranke@{host}", name=option(db, "desk.name"), relay_url="", plus_addressing=False)


def _gathered(db: Session, row: OutboundMail, ticket: Ticket | None, mailbox: Mailbox) -> Outgoing:
    message = db.get(Message, row.message_id) if row.message_id and row.kind in ("reply", "forward") else None
    before = answered(db, ticket, message, row.kind) if ticket else None
    to, cc = _named(row, message, ticket)
    own_name = option(db, "desk.name") if row.mailbox_id is None else mailbox.name
    return Outgoing(
        message_id=row.rfc_message_id,
        envelope_sender="" if row.kind in ("acknowledgement", "certificate") else bounce_address(row, mailbox),
        sender=(own_name, mailbox.address), to=to, cc=cc, reply_to=_reply_to(db, row, ticket, mailbox),
        subject=subject_of(row, message, ticket, before), in_reply_to=before.rfc_message_id if before else "",
        references=references_to(before), auto_submitted=AUTOMATIC.get(row.kind, ""),
        headers={str(name): str(value) for name, value in row.headers.items()}, language=language(),
        text=message.text if message else row.text, html=message.html if message else row.html,
        whole=message is None, signature=signature_of(mailbox, message.author, row.language or "") if message else "",
        quote=quote_of(before, to + cc) if row.kind == "reply" else None,
        files=enclosures(db, message) + report_of(db, row), signing=_signing(mailbox), copied=row.kind != "certificate")


def report_of(db: Session, row: OutboundMail) -> list[Enclosed]:
    """The file that a worker made for this mail. Raises Refused where it is no longer kept."""
    if not row.operation_uid:
        return []
    report = printed_for(db, row.operation_uid)
    if report is not None:
        return [Enclosed(report.name, "application/pdf", len(report.pdf), sha256(report.pdf).hexdigest(), "", content=report.pdf)]
    operation = db.scalar(select(Operation).where(Operation.uid == row.operation_uid))
    if operation is None or operation.file is None:
        raise Refused(N_("The file of this mail is no longer kept."))
    name = operation.given.get("name") or f"{operation.given['first']}-{operation.given['last']}.pdf"
    return [Enclosed(name, "application/pdf", len(operation.file), sha256(operation.file).hexdigest(), "", content=operation.file)]


def _named(row: OutboundMail, message: Message | None, ticket: Ticket | None) -> tuple[list[Pair], list[Pair]]:
    """To and Cc as the mail shows them, each address once; who is in neither (Bcc) is in the envelope alone."""
    if message is None:
        name = ticket.requester_name if ticket and row.kind == "acknowledgement" else ""
        return [(name, address) for address in row.recipients], []
    seen: set[str] = set()
    return _once(message.to, seen), _once(message.cc, seen)


def _once(pairs: list[list[str]], seen: set[str]) -> list[Pair]:
    kept = []
    for name, address in pairs:
        if address.casefold() not in seen:
            seen.add(address.casefold())
            kept.append((name or "", address))
    return kept


def _reply_to(db: Session, row: OutboundMail, ticket: Ticket | None, mailbox: Mailbox) -> str:
    if ticket is None:
        return ""
    agent = db.get(Agent, row.agent_id) if row.kind == "notification" and row.agent_id else None
    told = db.get(Message, row.message_id) if agent and row.message_id else None
    note = told is not None and told.direction == "note"
    address = notification_address(ticket, mailbox, agent, note=note) if agent else reply_address(ticket, mailbox)
    return "" if address == mailbox.address else address


def _signing(mailbox: Mailbox) -> Signing | None:
    if not mailbox.dkim_selector or not mailbox.dkim_key:
        return None
    try:
        key = unseal(mailbox.dkim_key)
    except Refused as refused:
        raise NotYet(refused.sentence) from refused
    return Signing(mailbox.dkim_selector, mailbox.address.rpartition("@")[2], key)

"""A ticket of a customer, and an agent's answer to it, as rows: what the sending side starts from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

from contacts.address import Address, normalise_email
from contacts.agent import Agent
from core import files
from core.clock import now
from desk.mailboxes import Mailbox, add_mailbox
from desk.outbound import OutboundMail, enqueue
from desk.tickets.message import Attachment, Message
from desk.tickets.ticket import Ticket

WRITTEN = datetime(2026, 3, 14, 10, 11, tzinfo=UTC)
CUSTOMER = "ole@kunde.example"


@dataclass
class Conversation:
    """What a test has in hand."""

    mailbox: Mailbox
    ticket: Ticket
    asked: Message
    nora: Agent


def a_mailbox(db: Session, address: str = "support@desk.example", **fields: Any) -> Mailbox:
    """A mailbox called Support."""
    mailbox = add_mailbox(db, address, fields.pop("name", "Support"), **fields)
    db.flush()
    return mailbox


def an_agent(db: Session, name: str = "Nora Vik", **fields: Any) -> Agent:
    """An agent at the desk's own domain."""
    agent = Agent(email=f"{name.split()[0].lower()}@desk.example", name=name, **fields)
    db.add(agent)
    db.flush()
    return agent


def a_conversation(db: Session, mailbox: Mailbox | None = None, **asked: Any) -> Conversation:
    """Ole Vang asks Support about a lamp."""
    mailbox = mailbox or a_mailbox(db)
    address = asked.get("from_address", CUSTOMER)
    known = Address(value=address, normalised=normalise_email(address), name="Ole Vang")
    db.add(known)
    db.flush()
    ticket = Ticket(subject="The lamp is dark", mailbox_id=mailbox.id, moved_at=now(), requester_name="Ole Vang",
                    requester_address_id=known.id, language="en")
    db.add(ticket)
    db.flush()
    message = a_message(db, ticket, **{
        "direction": "in", "from_address": address, "from_name": "Ole Vang", "text": "The lamp is dark.\nWhy?",
        "rfc_message_id": "first.1@kunde.example", "subject": "The lamp is dark", "written_at": WRITTEN, **asked})
    return Conversation(mailbox, ticket, message, an_agent(db))


def a_message(db: Session, ticket: Ticket, **fields: Any) -> Message:
    """One message of a ticket."""
    message = Message(ticket_id=ticket.id, at=fields.pop("at", WRITTEN), **fields)
    db.add(message)
    db.flush()
    return message


def an_answer(db: Session, talk: Conversation, *, kind: str = "reply", **fields: Any) -> OutboundMail:
    """Nora's answer, on its way: the ledger row, its message written."""
    to = fields.pop("to", [["Ole Vang", CUSTOMER]])
    cc = fields.pop("cc", [])
    recipients = fields.pop("recipients", [address for _, address in (*to, *cc)])
    language = fields.pop("language", "en")
    message = a_message(db, talk.ticket, direction="out", author_id=talk.nora.id, to=to, cc=cc,
                        **{"text": "Turn the switch.", "html": "<div>Turn the <b>switch</b>.</div>", **fields})
    row = enqueue(db, kind=kind, mailbox=talk.mailbox, recipients=recipients, ticket_id=talk.ticket.id,
                  message_id=message.id, agent_id=talk.nora.id, language=language)
    message.rfc_message_id, message.message_key = row.rfc_message_id, row.message_key
    db.flush()
    return row


def a_file(db: Session, message: Message, name: str, content: bytes, type_: str = "text/plain",
           **fields: Any) -> Attachment:
    """A file of a message, its bytes kept."""
    kept = Attachment(message_id=message.id, name=name, type=type_, size=len(content), digest=files.put(content),
                      **fields)
    db.add(kept)
    db.flush()
    db.refresh(message, ["attachments"])
    return kept

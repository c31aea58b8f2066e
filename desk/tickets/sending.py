"""The end that all answers share, written in the desk or by mail: the mail leaves, whoever gets it takes part, the ticket moves."""

from __future__ import annotations

from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.editing import confirm_language
from contacts.identifying import address_row
from core.history import record
from core.options import LANGUAGES
from desk.access import answers_from
from desk.language import language_for
from desk.outbound import enqueue
from desk.tickets.facts import ReplySent
from desk.tickets.message import Message
from desk.tickets.states import change_state
from desk.tickets.taking_part import add_participant
from desk.tickets.ticket import Ticket
from desk.tickets.writing import preview_of, touch


def send(
    db: Session, ticket: Ticket, message: Message, *, by: Agent, kind: str = "reply", language: str = "", close: bool = False,
) -> None:
    """Let a message go to whom its ``to`` and ``cc`` name; it leaves when the caller has committed and rung ``outbound``.

    ``language`` is what the mail says it is written in; empty means the requester's. A ``forward`` leaves the state
    of the ticket alone.
    """
    recipients = [address for _name, address in (*message.to, *message.cc)]
    mail = enqueue(db, kind=kind, mailbox=answers_from(db, by, ticket), recipients=recipients, ticket_id=ticket.id,
                   message_id=message.id, agent_id=by.id,
                   language=language if language in LANGUAGES else language_for(ticket)[0])
    message.rfc_message_id, message.message_key = mail.rfc_message_id, mail.message_key
    for address in recipients:
        add_participant(db, ticket, address_row(db, address).id, "cc")
    record(db, ReplySent(ticket.uid, message.uid, kind), by=by.uid)
    if kind == "reply":
        ticket.answered_at, ticket.due_at = ticket.answered_at or message.at, None
        change_state(db, ticket, "closed" if close else "waiting", by=by)
        if ticket.requester is not None and ticket.requester.answered:
            confirm_language(db, ticket.requester, mail.language)
    touch(ticket, preview=preview_of(message.text), at=message.at)
    db.flush()

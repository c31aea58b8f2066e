"""An agent answers a notification by mail: which one, on which ticket, and whether it may go to the customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from contacts.address import Address
from contacts.agent import Agent
from core.errors import Unknown
from core.tokens import message_key
from desk.access import ticket_for
from desk.addressing import notification_of
from desk.letter import Letter
from desk.outbound import OutboundMail, is_our_message_id
from desk.tickets.message import Message
from desk.tickets.threads import messages_under, outbound_by_id, survivor
from desk.tickets.ticket import Ticket

MOST_IDS = 5


@dataclass(frozen=True, slots=True)
class AgentsAnswer:
    """``how``: proven, foreign (not written from an address of the agent, or forged), withdrawn (the agent may no longer see the
    ticket) or deleted (the ticket is). ``note``: the notification told of a note, so the answer is one."""

    agent: Agent
    ticket: Ticket
    how: str
    note: bool


def agents_answer(
    db: Session, letter: Letter, recipients: Sequence[str], sender: Address | None, *, trust: str,
) -> AgentsAnswer | None:
    """The notification that a letter answers, by its signed return address or by the id of the notification.

    The id alone counts for the agent alone: whoever else answers it had the notification forwarded.
    """
    named = next(filter(None, map(notification_of, recipients)), None)
    mail = _notification(db, letter)
    agent_id = named.agent_id if named else mail.agent_id if mail else None
    number = named.number if named else mail.ticket_id if mail else None
    agent = db.get(Agent, agent_id) if agent_id else None
    ticket = survivor(db, number) if number else None
    if agent is None or ticket is None:
        return None
    theirs = sender is not None and sender.normalised in agent.writes_from
    if not theirs and named is None:
        return None
    note = (named is not None and named.note) or (mail is not None and _told_of_a_note(db, mail))
    return AgentsAnswer(agent, ticket, _how(db, agent, ticket) if theirs and trust != "fail" else "foreign", note)


def _how(db: Session, agent: Agent, ticket: Ticket) -> str:
    if ticket.binned_at is not None:
        return "deleted"
    try:
        ticket_for(db, agent, ticket.number)
    except Unknown:
        return "withdrawn"
    return "proven" if agent.active else "withdrawn"


def _notification(db: Session, letter: Letter) -> OutboundMail | None:
    """The notification among the mails that a letter answers. What stands on a ticket is none."""
    ours = (i for i in letter.references[:MOST_IDS] if is_our_message_id(i) and not messages_under(db, message_key(i)))
    mails = (outbound_by_id(db, i) for i in ours)
    return next((mail for mail in mails if mail is not None and mail.kind == "notification"), None)


def _told_of_a_note(db: Session, mail: OutboundMail) -> bool:
    told = db.get(Message, mail.message_id) if mail.message_id else None
    return told is not None and told.direction == "note"

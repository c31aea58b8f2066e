"""What facts speak of, for those who act on them: asked one by one, or foreseen for a whole batch."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from contacts.agent import Agent
from core.batch import MISSING, recall, remember
from core.history import FactRow
from desk.inbound import InboundMail
from desk.tickets.message import Message, Wording
from desk.tickets.ticket import Ticket


def foresee(db: Session, facts: Iterable[FactRow]) -> None:
    """Look up what the consumers of these facts will ask, once for all, and lock the tickets; inside a batch (core.batch) only."""
    spoken = list(facts)
    tickets = {fact.data.get("ticket_uid") for fact in spoken}
    uids = {fact.data.get("message_uid") for fact in spoken}
    for uid in tickets:
        remember(db, "ticket", uid, None)
    for uid in uids:
        remember(db, "message", uid, None)
    for ticket in db.scalars(select(Ticket).where(Ticket.uid.in_(tickets)).options(
            joinedload(Ticket.mailbox), joinedload(Ticket.assignee), joinedload(Ticket.requester),
            joinedload(Ticket.requester_address)).order_by(Ticket.id).with_for_update(of=Ticket, key_share=True)):
        remember(db, "ticket", ticket.uid, ticket)
    messages = db.scalars(select(Message).where(Message.uid.in_(uids)).options(joinedload(Message.author))).all()
    old = set(db.scalars(select(InboundMail.message_id).where(
        InboundMail.message_id.in_([message.id for message in messages]), InboundMail.archive)))
    for message in messages:
        remember(db, "message", message.uid, message)
        remember(db, "archive", message.id, message.id in old)
    _agents(db)
    remember(db, "wordings", None, {
        (row.mail, row.language, row.mailbox_id): row for row in db.scalars(select(Wording))})


def ticket_of(db: Session, uid: str) -> Ticket | None:
    """The ticket a fact speaks of."""
    known = recall(db, "ticket", uid)
    return db.scalar(select(Ticket).where(Ticket.uid == uid)) if known is MISSING else known


def message_of(db: Session, uid: str) -> Message | None:
    """The message a fact speaks of."""
    known = recall(db, "message", uid)
    return db.scalar(select(Message).where(Message.uid == uid)) if known is MISSING else known


def from_archive(db: Session, message: Message) -> bool:
    """Whether the message was imported from an archive: old mail that nobody is told of."""
    known = recall(db, "archive", message.id)
    return bool(db.scalar(select(InboundMail.archive).where(InboundMail.message_id == message.id).limit(1))
                if known is MISSING else known)


def _agents(db: Session) -> None:
    agents: dict[str, Agent] = {}
    for agent in db.scalars(select(Agent).where(Agent.active)):
        agents |= dict.fromkeys(agent.writes_from, agent)
    remember(db, "agents", None, agents)

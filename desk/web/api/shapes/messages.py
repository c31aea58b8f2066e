"""Messages as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, lazyload, selectinload

from contacts.agent import Agent
from contacts.masking import masked
from desk.locked_mail import hidden_mail
from desk.outbound import OutboundMail
from desk.tickets.merging import shown_ids
from desk.tickets.message import MOST_SHOWN, Message
from desk.tickets.ticket import Ticket
from desk.web.api.schemas import tickets as shapes
from desk.web.presenting.masking import Pairs, is_masked, parties


def messages_of(db: Session, agent: Agent, ticket: Ticket) -> list[shapes.Message]:
    """What was said on a ticket and on those merged into it as far as the agent sees them, in order of time: the latest
    thousand, as on its page."""
    return shown(db, db.scalars(select(Message).where(Message.ticket_id.in_(shown_ids(db, agent, ticket))).order_by(
        Message.at.desc(), Message.id.desc()).limit(MOST_SHOWN).options(*LOADED)).all()[::-1])


def shown(db: Session, messages: Sequence[Message]) -> list[shapes.Message]:
    """Messages in the order given; how those that went out fare is asked once."""
    ids = [message.id for message in messages if message.direction == "out"]
    states: dict[int | None, str] = dict(db.execute(select(OutboundMail.message_id, OutboundMail.state).where(
        OutboundMail.message_id.in_(ids), or_(OutboundMail.kind == "reply", OutboundMail.kind == "forward"),
    ).order_by(OutboundMail.id)).all()) if ids else {}
    gone = masked(db, parties(messages), asker=messages[0].ticket.requester_id if messages else None)
    return [_message(message, states.get(message.id), gone, locked=hidden_mail(db, message)) for message in messages]


def one(db: Session, message: Message) -> shapes.Message:
    """A message that was just written."""
    db.flush()
    db.expire(message, ["attachments", "author"])
    return shown(db, [message])[0]


LOADED = (selectinload(Message.attachments), joinedload(Message.author).options(lazyload(Agent.addresses)))


def _message(message: Message, state: str | None, gone: frozenset[str], *, locked: bool) -> shapes.Message:
    return shapes.Message(
        id=message.uid, direction=message.direction, channel=message.channel,
        from_="" if is_masked(message.from_address, gone) else message.from_address,
        to=_living(message.to, gone), cc=_living(message.cc, gone),
        subject=message.subject, text=message.text, visible=message.shown, html=message.html,
        attachments=[shapes.File(id=f.uid, name=f.name, type=f.type, size=f.size, sha256=f.digest)
                     for f in message.attachments if not locked], locked=locked,
        message_id=message.rfc_message_id, at=message.at, by=message.author.email if message.author else None,
        state=state, trust=_trust(message))


def _living(pairs: Pairs, gone: frozenset[str]) -> list[str]:
    """Addresses, without those of who is in the bin."""
    return [address for _name, address in pairs if not is_masked(address, gone)]


def _trust(message: Message) -> shapes.Trust | None:
    """What was proven of its sender; of what nobody sent us, nothing."""
    told = message.trust if message.direction == "in" else {}
    return shapes.Trust(result=told["result"], why=told.get("why", "")) if told else None

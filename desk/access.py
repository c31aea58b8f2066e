"""Who may see and do what. Every view and route asks here; what an agent may not see does not exist for them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, lazyload

from contacts.agent import Agent, TeamMember
from core.alphabet import in_order
from core.database import LARGEST_ID
from core.errors import Forbidden, Unknown
from desk.locked_mail import needs_reading
from desk.mailboxes import Mailbox, MailboxAccess
from desk.tickets.message import Attachment, Message, Notification
from desk.tickets.ticket import AlsoIn, Ticket


def visible_mailbox_ids(db: Session, agent: Agent) -> list[int]:
    """Ids of the mailboxes an agent may see: all for admins, else the open ones, their own and their teams'."""
    cached: dict[int, list[int]] = db.info.setdefault("visible", {})
    if agent.id not in cached:
        cached[agent.id] = list(db.scalars(_visible(agent)))
    return cached[agent.id]


def forget_visible(db: Session) -> None:
    """Who sees which mailbox has changed in this transaction."""
    for name in ("visible", "visible_mailboxes"):
        db.info.pop(name, None)


def visible_mailboxes(db: Session, agent: Agent) -> Sequence[Mailbox]:
    """The same as records, by name."""
    cached: dict[int, Sequence[Mailbox]] = db.info.setdefault("visible_mailboxes", {})
    if agent.id not in cached:
        ids = visible_mailbox_ids(db, agent)
        cached[agent.id] = in_order(db.scalars(select(Mailbox).where(Mailbox.id.in_(ids)).order_by(Mailbox.id).options(
            lazyload(Mailbox.aliases), lazyload(Mailbox.access))))
    return cached[agent.id]


def may_see_mailbox(db: Session, agent: Agent, mailbox: Mailbox) -> bool:
    """Whether an agent may see what came to a mailbox."""
    return mailbox.id in visible_mailbox_ids(db, agent)


def answers_from(db: Session, agent: Agent, ticket: Ticket) -> Mailbox:
    """The mailbox that an agent's answer leaves from: the ticket's own, else the one in which they see the ticket too."""
    visible = visible_mailbox_ids(db, agent)
    if ticket.mailbox_id in visible:
        return ticket.mailbox
    return db.scalar(select(Mailbox).join(AlsoIn, AlsoIn.mailbox_id == Mailbox.id).where(
        AlsoIn.ticket_id == ticket.id, Mailbox.id.in_(visible)).order_by(Mailbox.id).limit(1)) or ticket.mailbox


def agents_of(db: Session, mailbox: Mailbox) -> list[Agent]:
    """The active agents who may see a mailbox."""
    agents = db.scalars(select(Agent).where(Agent.active).order_by(Agent.id).options(
        lazyload(Agent.addresses))).all()
    if mailbox.open_to_all:
        return list(agents)
    named = set(db.scalars(select(MailboxAccess.agent_id).where(MailboxAccess.mailbox_id == mailbox.id)))
    named |= set(db.scalars(select(TeamMember.agent_id).join(
        MailboxAccess, MailboxAccess.team_id == TeamMember.team_id).where(MailboxAccess.mailbox_id == mailbox.id)))
    return [agent for agent in agents if agent.admin or agent.id in named]


def ticket_for(db: Session, agent: Agent, number: int, *, lock: bool = False) -> Ticket:
    """The ticket, if this agent may see it. Raises Unknown otherwise; binned ones are seen by admins alone."""
    query = select(Ticket).where(Ticket.id == number)
    ticket = db.scalar(query.with_for_update(of=Ticket) if lock else query) if 0 < number <= LARGEST_ID else None
    if ticket is None or not may_see_ticket(db, agent, ticket):
        raise Unknown("There is no such ticket, or it is in a mailbox that you do not see.")
    return ticket


def message_for(db: Session, agent: Agent, uid: str) -> Message:
    """The message, if this agent may see its ticket. Raises Unknown otherwise."""
    message = db.scalar(select(Message).where(Message.uid == uid))
    if message is None:
        raise Unknown("There is no such message.")
    ticket_for(db, agent, message.ticket_id)
    return message


def attachment_for(db: Session, agent: Agent, uid: str) -> Attachment:
    """The file, if this agent may see its ticket, or uploaded it for a draft. Raises Unknown otherwise, Forbidden where mail is locked."""
    attachment = db.scalar(select(Attachment).where(Attachment.uid == uid))
    if attachment is None:
        raise Unknown("There is no such file.")
    if attachment.message_id is not None:
        message = db.get_one(Message, attachment.message_id)
        ticket_for(db, agent, message.ticket_id)
        if message.direction != "note":
            needs_reading(db, message.ticket_id)
    elif attachment.uploaded_by_id != agent.id:
        raise Unknown("There is no such file.")
    return attachment


def seen_tickets(db: Session, agent: Agent) -> tuple[ColumnElement[bool], ...]:
    """Conditions on Ticket: those that an agent sees, in a mailbox of theirs or also in one."""
    mailboxes = visible_mailbox_ids(db, agent)
    also = select(AlsoIn.ticket_id).where(AlsoIn.ticket_id == Ticket.id, AlsoIn.mailbox_id.in_(mailboxes)).exists()
    return (or_(Ticket.mailbox_id.in_(mailboxes), also), *(() if agent.admin else (Ticket.binned_at.is_(None),)))


def told_of(db: Session, agent: Agent) -> ColumnElement[bool]:
    """A condition on what the bell tells, joined with its ticket: of tickets that the agent (still) sees, or of another record."""
    return or_(Notification.ticket_id.is_(None), and_(*seen_tickets(db, agent)))


def hidden_tickets(db: Session, agent: Agent, uids: set[str]) -> set[str]:
    """Those of these tickets, by uid, that an agent does not see."""
    return uids - set(db.scalars(select(Ticket.uid).where(Ticket.uid.in_(uids), *seen_tickets(db, agent)))) if uids else set()


def admin_ids(db: Session) -> Sequence[int]:
    """Ids of the admins who are here, for what the bell tells them."""
    return db.scalars(select(Agent.id).where(Agent.active, Agent.role == "admin").order_by(Agent.id)).all()


def needs_admin(agent: Agent) -> None:
    """Raises Forbidden for anybody but admins."""
    if not agent.admin:
        raise Forbidden("Only an admin can do this.")


def _visible(agent: Agent) -> Select[int]:
    if agent.admin:
        return select(Mailbox.id).order_by(Mailbox.id)
    teams = select(TeamMember.team_id).where(TeamMember.agent_id == agent.id)
    named = select(MailboxAccess.mailbox_id).where(
        or_(MailboxAccess.agent_id == agent.id, MailboxAccess.team_id.in_(teams)))
    return select(Mailbox.id).where(or_(Mailbox.open_to_all, Mailbox.id.in_(named))).order_by(Mailbox.id)


def may_see_ticket(db: Session, agent: Agent, ticket: Ticket) -> bool:
    """Whether an agent may see a ticket: in a mailbox of theirs, or also in one."""
    if ticket.binned_at is not None and not agent.admin:
        return False
    visible = visible_mailbox_ids(db, agent)
    if ticket.mailbox_id in visible:
        return True
    return db.scalar(select(AlsoIn.ticket_id).where(
        AlsoIn.ticket_id == ticket.id, AlsoIn.mailbox_id.in_(visible)).limit(1)) is not None

"""Consumer ``notify``: agents are told of new, assigned and answered tickets, each in the way they chose.

The bell is a row; a mail goes through the outbound ledger. Nobody is told of what they did themselves, of what
they may not see, or of what a robot wrote; a bounce of a notification makes no fact and so no notification.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from contacts.address import normalise_email
from contacts.agent import Agent, Team
from contacts.identifying import agent_at
from contacts.masking import called_instead
from core.batch import MISSING, defer, recall, remember
from core.history import Fact, FactRow
from core.i18n import N_, speaking
from core.i18n import gettext as _
from core.settings import settings
from desk import access
from desk.arrivals import from_archive, message_of, ticket_of
from desk.locked_mail import INSTEAD, locked_for_others
from desk.loops import within_budget
from desk.mailboxes import own_addresses
from desk.outbound import OutboundMail, enqueue
from desk.system_mails import MAILS
from desk.tickets import facts
from desk.tickets.message import Message, Notification
from desk.tickets.ticket import AlsoIn, Ticket
from desk.wording import render

#: Event → what the bell says; ``%(who)s`` is the requester, ``%(by)s`` the colleague.
SENTENCES = {
    "new": N_("New from %(who)s: %(subject)s"),
    "assigned": N_("Yours now: %(subject)s"),
    "answered": N_("%(who)s answered: %(subject)s"),
    "replied": N_("A colleague answered %(who)s: %(subject)s"),
    "noted": N_("A colleague wrote a note: %(subject)s"),
    "bounced": N_("A mail came back: %(subject)s"),
    "failed": N_("A mail could not be sent: %(subject)s"),
    "due": N_("Due now: %(subject)s"),
    "review": N_("To be reviewed: legal hold on %(subject)s"),
    "changed": N_("%(subject)s: %(what)s"),
    "rights_new": N_("A new request for rights: %(subject)s"),
    "rights_half": N_("Half of the time to answer is over: %(subject)s"),
    "rights_week": N_("A week is left to answer: %(subject)s"),
    "rights_over": N_("The time to answer is over: %(subject)s"),
}
#: Event → the wish that governs it; events that are not here are always told, by the bell alone.
WISHES = {"new": "new", "assigned": "assigned", "answered": "answered", "replied": "answered", "noted": "answered"}
LONGEST = 3_000


@dataclass(frozen=True, slots=True)
class News:
    """What happened, on which ticket, who should hear of it; ``words`` stand in place of the message's."""

    event: str
    ticket: Ticket
    hearers: Iterable[Agent]
    message: Message | None = None
    words: str = ""


def notify(db: Session, fact: Fact, row: FactRow) -> None:
    """Tell the agents whom a fact concerns."""
    ticket = ticket_of(db, getattr(fact, "ticket_uid", ""))
    tell = NEWS.get(type(fact))
    if ticket is None or tell is None or not ticket.living or ticket.state == "spam":
        return
    news = tell(db, fact, ticket)
    if news is None:
        return
    by = db.scalar(select(Agent).where(Agent.uid == row.by_uid)) if row.by_uid else None
    unconcerned = {by, _writer(db, news.message)}
    if locked_for_others(db, ticket):        # who is to act on it is who reads it
        news = replace(news, hearers=[agent for agent in _audience(db, ticket) if agent.admin], words=INSTEAD)
    for agent in dict.fromkeys(news.hearers):
        if agent.active and agent not in unconcerned and _sees(db, agent, ticket):
            _tell(db, news, agent, row, by)


def _opened(db: Session, fact: facts.TicketOpened, ticket: Ticket) -> News | None:
    message = message_of(db, fact.message_uid)
    if message is None or ticket.state == "closed" or from_archive(db, message):
        return None
    if ticket.assignee is not None:
        return News("assigned", ticket, [ticket.assignee], message)
    return News("new", ticket, _audience(db, ticket), message)


def _received(db: Session, fact: facts.MessageReceived, ticket: Ticket) -> News | None:
    """The assignee hears of it; while nobody has the ticket, who wrote on it; else all who see the mailbox."""
    message = message_of(db, fact.message_uid)
    if message is None or fact.automatic or from_archive(db, message):
        return None
    hearers = [ticket.assignee] if ticket.assignee else _writers(db, ticket)
    return News("answered", ticket, hearers or _audience(db, ticket), message)


def _assigned(db: Session, fact: facts.TicketAssigned, ticket: Ticket) -> News | None:
    last = _last_message(db, ticket)
    if fact.assignee_uid:
        return News("assigned", ticket, db.scalars(select(Agent).where(Agent.uid == fact.assignee_uid)).all(), last)
    team = db.scalar(select(Team).where(Team.uid == fact.team_uid)) if fact.team_uid else None
    return News("new", ticket, team.members, last) if team else None


def _replied(db: Session, fact: facts.ReplySent, ticket: Ticket) -> News | None:
    return News("replied", ticket, [ticket.assignee] if ticket.assignee else [], message_of(db, fact.message_uid))


def _noted(db: Session, fact: facts.NoteAdded, ticket: Ticket) -> News | None:
    return News("noted", ticket, [ticket.assignee] if ticket.assignee else [], message_of(db, fact.message_uid))


def _bounced(db: Session, fact: facts.MailBounced, ticket: Ticket) -> News | None:
    return News("bounced", ticket, [ticket.assignee] if ticket.assignee else _writers(db, ticket)[:1])


def _failed(db: Session, fact: facts.MailFailed, ticket: Ticket) -> News | None:
    mail = db.scalar(select(OutboundMail).where(OutboundMail.uid == fact.outbound_uid))
    if mail is None or mail.kind not in ("reply", "forward"):
        return None
    author = db.get(Agent, mail.agent_id) if mail.agent_id else None
    return News("failed", ticket, filter(None, (author, ticket.assignee)))


NEWS: dict[type[Fact], Callable[..., News | None]] = {
    facts.TicketOpened: _opened, facts.MessageReceived: _received, facts.TicketAssigned: _assigned,
    facts.ReplySent: _replied, facts.NoteAdded: _noted, facts.MailBounced: _bounced, facts.MailFailed: _failed,
}


def _tell(db: Session, news: News, agent: Agent, row: FactRow, by: Agent | None) -> None:
    wish = WISHES.get(news.event)
    if wish is None or agent.wants(wish, "bell"):
        defer(db, _ring, {"agent_id": agent.id, "ticket_id": news.ticket.id, "fact_id": row.id, "event": news.event})
    if wish is not None and agent.wants(wish, "mail") and f"notify_{news.event}" in MAILS:
        _mail(db, news, agent, by)


def _ring(db: Session, rows: list[Any]) -> None:
    db.execute(insert(Notification), rows)


def _mail(db: Session, news: News, agent: Agent, by: Agent | None) -> None:
    ticket, message = news.ticket, news.message
    if normalise_email(agent.email) in own_addresses(db) or not within_budget(db, ticket, agent.email, agent=True):
        return
    words = {"number": f"#{ticket.number}", "subject": ticket.subject, "requester": _requester(ticket, agent),
             "mailbox": ticket.mailbox.name, "text": _text(news, agent),
             "link": f"{settings().url}/tickets/{ticket.number}", "by": by.name if by else ticket.mailbox.name}
    mail = render(db, f"notify_{news.event}", agent.language, ticket.mailbox,
                  **{word.name: words[word.name] for word in MAILS[f"notify_{news.event}"].words})
    enqueue(db, kind="notification", mailbox=ticket.mailbox, recipients=[agent.email], ticket_id=ticket.id,
            message_id=message.id if message else None, agent_id=agent.id, subject=mail.subject, text=mail.text,
            html=mail.html, language=agent.language)


def _text(news: News, agent: Agent) -> str:
    if news.words:
        with speaking(agent.language):
            return _(news.words)
    return news.message.shown[:LONGEST].strip() if news.message else ""


def _requester(ticket: Ticket, agent: Agent) -> str:
    if ticket.of_a_deleted:
        with speaking(agent.language):
            return called_instead(ticket.requester)
    return ticket.requester_name or (ticket.requester_address.value if ticket.requester_address else "")


def _last_message(db: Session, ticket: Ticket) -> Message | None:
    return db.scalar(select(Message).where(Message.ticket_id == ticket.id, Message.direction == "in")
                     .order_by(Message.id.desc()).limit(1))


def _writers(db: Session, ticket: Ticket) -> list[Agent]:
    """Agents who wrote on the ticket, the last first."""
    ids = db.scalars(select(Message.author_id).where(
        Message.ticket_id == ticket.id, Message.author_id.is_not(None)).order_by(Message.id.desc()).limit(50)).all()
    return [db.get_one(Agent, agent_id) for agent_id in dict.fromkeys(ids) if agent_id is not None]


def _writer(db: Session, message: Message | None) -> Agent | None:
    """The agent who wrote the message, also as a customer from an address of theirs."""
    if message is None:
        return None
    return message.author or agent_at(db, normalise_email(message.from_address))


def _audience(db: Session, ticket: Ticket) -> list[Agent]:
    """The agents who see the ticket's mailbox."""
    known: list[Agent] = recall(db, "audience", ticket.mailbox_id)
    return remember(db, "audience", ticket.mailbox_id, access.agents_of(db, ticket.mailbox)) \
        if known is MISSING else known


def _sees(db: Session, agent: Agent, ticket: Ticket) -> bool:
    if agent in _audience(db, ticket):
        return True
    visible = access.visible_mailbox_ids(db, agent)
    return ticket.mailbox_id in visible or bool(set(visible) & set(db.scalars(
        select(AlsoIn.mailbox_id).where(AlsoIn.ticket_id == ticket.id))))

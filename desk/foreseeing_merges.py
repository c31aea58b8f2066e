"""What a merge of two persons would move, and what taking them apart would: counted by kind, as far as the agent may know."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.following import FOLLOWERS, Follower
from contacts.merged import root_of, tree_of
from contacts.note import Note
from contacts.person import Person
from desk.access import seen_tickets
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Kind → how many rows, of those the agent sees; ``unseen``: there are more, of which nothing is told."""

    counts: Mapping[str, int]
    unseen: bool


def foreseen_merge(db: Session, agent: Agent, person: Person, into: Person) -> Foreseen:
    """What would go from one person to the other."""
    return _counted(db, agent, lambda one: one.going(person.id, into.id))


def foreseen_unmerge(db: Session, agent: Agent, person: Person) -> Foreseen:
    """What would come back to a person who is part of another."""
    tree = tree_of(db, person)
    rest = set(tree_of(db, root_of(db, person))) - set(tree)
    return _counted(db, agent, lambda one: one.returning(rest, tree))


def _counted(db: Session, agent: Agent, conditions: Callable[[Follower], list[ColumnElement[bool]]]) -> Foreseen:
    counts, unseen = {}, False
    for one in FOLLOWERS:
        moving = _count(db, one, conditions(one))
        seen = _count(db, one, [*conditions(one), *SEEN[one.kind](db, agent)]) if moving and one.kind in SEEN else moving
        counts[one.name], unseen = seen, unseen or seen < moving
    return Foreseen({name: count for name, count in counts.items() if count}, unseen)


def _count(db: Session, one: Follower, conditions: Sequence[ColumnElement[bool]]) -> int:
    return db.scalar(select(func.count()).select_from(one.kind).where(*conditions)) or 0


def _of_seen_tickets(db: Session, agent: Agent) -> Sequence[ColumnElement[bool]]:
    return [select(Ticket.id).where(Ticket.id == Message.ticket_id, *seen_tickets(db, agent)).exists()]


def _own_or_open(db: Session, agent: Agent) -> Sequence[ColumnElement[bool]]:
    """A private note is its author's alone (T29)."""
    return [or_(~Note.private, Note.author_id == agent.id)]


#: Kinds of which an agent does not see all.
SEEN: dict[type[Any], Callable[[Session, Agent], Sequence[ColumnElement[bool]]]] = {
    Ticket: seen_tickets, Message: _of_seen_tickets, Note: _own_or_open}

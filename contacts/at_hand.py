"""Keeping records at hand: favourites, and what an agent opened last (S8, S9, S11, W28)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeVar

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.company import Company
from contacts.favourite import AtHand
from contacts.person import Person
from core.clock import now

#: Recently opened ones that are kept of each kind.
RECENT = 20
MOST = 200
KIND = {Person: "person", Company: "company"}
Kept = TypeVar("Kept", Person, Company)
Which = Literal["favourite", "subscribed"]


def opened(db: Session, agent_id: int, kind: str, uid: str) -> None:
    """An agent looks at a record. Older ones than the last twenty are let go of, unless they are more than that."""
    insert = insert_sqlite if db.get_bind().dialect.name == "sqlite" else insert_postgresql
    db.execute(insert(AtHand).values(agent_id=agent_id, subject_uid=uid, kind=kind, opened_at=now()).on_conflict_do_update(
        index_elements=["agent_id", "subject_uid"], set_={"opened_at": now()}))
    older = db.scalars(select(AtHand.subject_uid).where(
        AtHand.agent_id == agent_id, AtHand.kind == kind, ~AtHand.favourite, ~AtHand.subscribed).order_by(
        AtHand.opened_at.desc()).offset(RECENT)).all()
    if older:
        db.execute(delete(AtHand).where(AtHand.agent_id == agent_id, AtHand.subject_uid.in_(older)))


def keep(db: Session, agent: Agent, kind: str, uid: str, which: Which, *, on: bool) -> None:
    """Make a record a favourite, or be told of its changes; or no more."""
    row = db.get(AtHand, (agent.id, uid)) or AtHand(agent_id=agent.id, subject_uid=uid, kind=kind, opened_at=None)
    setattr(row, which, on)
    if which == "subscribed":
        row.subscribed_at = now() if on else None
    db.add(row)
    db.flush()


def kept(db: Session, agent: Agent, uid: str) -> AtHand | None:
    """How an agent keeps a record."""
    return db.get(AtHand, (agent.id, uid))


def recent(db: Session, agent: Agent, kind: type[Kept]) -> Sequence[Kept]:
    """What they opened last, the latest first; living ones."""
    uids = db.scalars(select(AtHand.subject_uid).where(
        AtHand.agent_id == agent.id, AtHand.kind == KIND[kind], AtHand.opened_at.is_not(None)).order_by(
        AtHand.opened_at.desc()).limit(RECENT)).all()
    found = {one.uid: one for one in _living(db, kind, uids)}
    return [found[uid] for uid in uids if uid in found]


def latest(db: Session, agent: Agent, *, most: int = 12) -> Sequence[AtHand]:
    """What they opened last of all kinds, the latest first."""
    return db.scalars(select(AtHand).where(AtHand.agent_id == agent.id, AtHand.opened_at.is_not(None)).order_by(
        AtHand.opened_at.desc()).limit(most)).all()


def starred(db: Session, agent: Agent, *, most: int = 12) -> Sequence[AtHand]:
    """Their favourites of all kinds, some of them."""
    return db.scalars(select(AtHand).where(AtHand.agent_id == agent.id, AtHand.favourite).limit(most)).all()


def favourites(db: Session, agent: Agent, kind: type[Kept]) -> Sequence[Kept]:
    """Their favourites, by name."""
    uids = db.scalars(select(AtHand.subject_uid).where(
        AtHand.agent_id == agent.id, AtHand.kind == KIND[kind], AtHand.favourite).limit(MOST)).all()
    return sorted(_living(db, kind, uids), key=lambda one: (one.order_key, one.id))


def _living(db: Session, kind: type[Kept], uids: Sequence[str]) -> Sequence[Kept]:
    merged = [Person.merged_into_id.is_(None)] if kind is Person else []
    return db.scalars(select(kind).where(kind.uid.in_(uids), kind.binned_at.is_(None), *merged)).all()

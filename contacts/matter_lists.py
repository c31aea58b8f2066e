"""Lists of matters, the latest first, by pages: everybody's, mine, a person's, a company's (C11, C12)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select, union
from sqlalchemy.orm import Session, joinedload

from contacts.agent import Agent
from contacts.company import Company
from contacts.matter_kinds import Kind
from contacts.matter_search import found
from contacts.person import Employment, Person
from contacts.sale import Sale, SaleStage
from core.fold import fold


@dataclass(frozen=True, slots=True)
class Found:
    """One page, and the id that the next begins below."""

    rows: Sequence[Any]
    next: int | None


def of_person(kind: Kind, person: Person) -> ColumnElement[bool]:
    """Those with the person, and those in which the person takes part (C12)."""
    ways = [select(kind.row.id).where(kind.row.person_id == person.id)] if kind.customer else []
    if kind.members is not None:
        ways.append(select(kind.members.matter_id).where(kind.members.person_id == person.id))
    return kind.row.id.in_(union(*ways) if len(ways) > 1 else ways[0])  # type: ignore[no-any-return]


def of_company(kind: Kind, company: Company) -> ColumnElement[bool]:
    """Those with the company; campaigns that turn to somebody who works there."""
    if kind.customer:
        return kind.row.company_id == company.id  # type: ignore[no-any-return]
    return kind.row.id.in_(select(kind.members.matter_id).join(  # type: ignore[no-any-return]
        Employment, Employment.person_id == kind.members.person_id).where(Employment.company_id == company.id, Employment.ended_on.is_(None)))


def at_stages(stages: Collection[str]) -> ColumnElement[bool]:
    """Sales that are at one of these stages (uids)."""
    return Sale.stage_id.in_(select(SaleStage.id).where(SaleStage.uid.in_(stages)))


def of_agent(kind: Kind, agent: Agent) -> ColumnElement[bool]:
    """Those that the agent owns."""
    return kind.row.owner_id == agent.id  # type: ignore[no-any-return]


def matters(
    db: Session, kind: Kind, *whose: ColumnElement[bool], states: Collection[str] = (), query: str = "", before: int | None = None, limit: int = 50,
) -> Found:
    """A page of them; ``states`` narrows it to several at once, ``query`` to those that any part of the words finds."""
    fits = [kind.row.binned_at.is_(None), *whose]
    if 0 < len(states) < len(kind.states):
        fits.append(kind.row.state.in_(states))
    if fold(query):
        fits.append(found(db, kind, query, fits, before=before, limit=limit))
    if before:
        fits.append(kind.row.id < before)
    loaded = [joinedload(kind.row.owner).lazyload(Agent.addresses)]
    if kind.customer:
        loaded += [joinedload(kind.row.person), joinedload(kind.row.company)]
    if kind.of == "sale":
        loaded.append(joinedload(kind.row.stage))
    rows = db.scalars(select(kind.row).where(*fits).order_by(kind.row.id.desc()).limit(limit + 1).options(*loaded)).all()
    return Found(rows[:limit], rows[limit - 1].id if len(rows) > limit else None)


def those_of(kind: Kind, whose: Person | Company) -> Select[int]:
    """A question: the ids of those of a kind that a card has."""
    fits = of_person(kind, whose) if isinstance(whose, Person) else of_company(kind, whose)
    return select(kind.row.id).where(kind.row.binned_at.is_(None), fits)

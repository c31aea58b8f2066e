"""Who looked at whom, counted by day, agent and purpose: no content, and not when in the day (Art. 15; CJEU C-579/21).

A file that was saved is a purpose too, one for each kind of file: so what is asked of it (which list, in which format, by which agent, on which days)
stands in rows that are bounded, merged, erased and forgotten already, and a second list of everybody in every file is not kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Date, ForeignKey, Index, Select, String, cast, delete, func, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Mapped, Session

from contacts.agent import Agent
from contacts.person import Person
from core.clock import now
from core.database import Base, plain
from core.i18n import N_
from core.options import option

#: Files that hold persons, by the purpose that is counted: which list, and its format. *export* is of before it was counted which.
FILES = {"persons": N_("List of persons (CSV)"), "cards": N_("Address book (vCard)"), "card": N_("The card alone (vCard)"), "sales": N_("List of sales (CSV)"),
         "projects": N_("List of projects (CSV)"), "export": N_("In a file that was saved")}
#: What somebody was looked up for: a purpose is the kind of page or file.
PURPOSES = {"page": N_("Card opened"), "search": N_("Card opened from a search"), "ticket": N_("Beside a ticket"), **FILES, "api": N_("Read by a program")}
LOT = 200


class Lookup(Base):
    """How often an agent looked at a person on a day, for what. The person stands by uid, so that what was looked at while two were
    one goes with neither; erasing takes the rows along (:mod:`desk.erasing.card`)."""

    __tablename__ = "lookups"
    subject_uid: Mapped[str] = plain(String(24), primary_key=True)
    day: Mapped[date] = plain(Date, primary_key=True)
    purpose: Mapped[str] = plain(String(10), primary_key=True)
    agent_id: Mapped[int] = plain(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True)
    count: Mapped[int] = plain(default=1)
    __table_args__ = (Index("ix_lookups_day", "day"),)


@dataclass(frozen=True, slots=True)
class Looked:
    """``count`` look-ups of a month (``2026-05``) for a purpose, by an agent, from the ``first`` day to the ``last``."""

    month: str
    purpose: str
    agent: str
    count: int
    first: date
    last: date


def looked_at(db: Session, uids: Iterable[str], purpose: str, agent_id: int) -> None:
    """Count one look at each of these persons: one statement for every few hundred."""
    insert = insert_sqlite if db.get_bind().dialect.name == "sqlite" else insert_postgresql
    found = sorted(set(uids))
    for start in range(0, len(found), LOT):
        rows = [{"subject_uid": uid, "day": now().date(), "purpose": purpose, "agent_id": agent_id, "count": 1} for uid in found[start:start + LOT]]
        db.execute(insert(Lookup).values(rows).on_conflict_do_update(
            index_elements=["subject_uid", "day", "purpose", "agent_id"], set_={"count": Lookup.count + 1}))


def counts(db: Session) -> bool:
    """Whether look-ups are counted at all: the option may keep them for no days."""
    return bool(option(db, "privacy.lookup_days"))


def lookups(db: Session, person_ids: Sequence[int]) -> list[Looked]:
    """Of these persons and of whoever is part of them, the latest month first: for admins by agent, for the person by month and purpose."""
    month = func.substr(cast(Lookup.day, String), 1, 7)
    return [Looked(*row) for row in db.execute(select(month, Lookup.purpose, Agent.name, func.sum(Lookup.count), func.min(Lookup.day), func.max(Lookup.day)).join(Agent, Agent.id == Lookup.agent_id).where(
        Lookup.subject_uid.in_(uids_of(db, person_ids))).group_by(month, Lookup.purpose, Agent.name).order_by(month.desc(), Lookup.purpose, Agent.name))]


def uids_of(db: Session, person_ids: Sequence[int]) -> Select[str]:
    """Under which uids these persons stand here, with whoever is part of them."""
    ids, level = set(person_ids), set(person_ids)
    while level:
        level = set(db.scalars(select(Person.id).where(Person.merged_into_id.in_(level)))) - ids
        ids |= level
    return select(Person.uid).where(Person.id.in_(ids))


def forget_old(db: Session) -> None:
    """Let go of what is older than ``privacy.lookup_days``."""
    db.execute(delete(Lookup).where(Lookup.day < now().date() - timedelta(days=option(db, "privacy.lookup_days"))))

"""Selections: saved sets of persons, companies or projects. Static ones list their members, dynamic ones say what members have in common,
combined ones are made of two others."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, aliased, relationship

from contacts.agent import Agent, Team
from contacts.company import Company, Ordered
from contacts.following import follows
from contacts.person import Person
from contacts.project import Project
from core.clock import now
from core.database import Base, Guarded, Json, Row, personal, plain
from core.i18n import N_


class Of(NamedTuple):
    """A class with ``uid`` and ``binned_at``, the column of a member, what its list goes by, and what one is called."""

    row: type[Any]
    member: str
    order: tuple[Any, ...]
    name: str = "name"


#: What a selection may be of. One line a noun.
OF = {"persons": Of(Person, "person_id", (Person.order_key, Person.id)), "companies": Of(Company, "company_id", (Company.order_key, Company.id)),
      "projects": Of(Project, "project_id", (Project.id.desc(),), "title")}
KINDS = ("static", "dynamic", "combined")
JOINS = ("all", "any")
HOWS = ("union", "intersection", "difference")
SHARINGS = ("private", "team", "all")


class Selection(Row, Guarded, Base):
    """A set ``of`` persons, companies or projects. ``criteria`` (each {field, op, value}) are joined with *all* or *any* of them; a combined one
    is ``how`` of its ``first`` and ``second``. A private one is seen by its owner alone."""

    __tablename__ = "selections"
    name: Mapped[str] = plain(String(120))
    sort_name: Mapped[str] = plain(String(120))
    order_key: Mapped[str] = plain(Ordered)
    of: Mapped[str] = plain(String(12))
    kind: Mapped[str] = plain(String(10), default="static")
    criteria: Mapped[list[Any]] = personal(Json, erase="keep", report=False, default=list)
    joined: Mapped[str] = plain(String(4), default="all")
    how: Mapped[str | None] = plain(String(12))
    first_id: Mapped[int | None] = plain(ForeignKey("selections.id"), index=True)
    second_id: Mapped[int | None] = plain(ForeignKey("selections.id"), index=True)
    owner_id: Mapped[int | None] = plain(ForeignKey("agents.id", ondelete="SET NULL"))
    sharing: Mapped[str] = plain(String(8), default="private")
    team_id: Mapped[int | None] = plain(ForeignKey("teams.id", ondelete="SET NULL"))
    owner: Mapped[Agent | None] = relationship()
    team: Mapped[Team | None] = relationship()
    first: Mapped[Selection | None] = relationship(foreign_keys=[first_id], remote_side="Selection.id")
    second: Mapped[Selection | None] = relationship(foreign_keys=[second_id], remote_side="Selection.id")
    __table_args__ = (Index("ix_selections_order_key", "order_key", "id"),)


class SelectionMember(Base):
    """A person (``origin_…``: whom it was before any merge), a company or a project in a static selection."""

    __tablename__ = "selection_members"
    id: Mapped[int] = plain(primary_key=True)
    selection_id: Mapped[int] = plain(ForeignKey("selections.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = plain(ForeignKey("persons.id", ondelete="CASCADE"))
    origin_person_id: Mapped[int | None] = plain()
    company_id: Mapped[int | None] = plain(ForeignKey("companies.id", ondelete="CASCADE"))
    project_id: Mapped[int | None] = plain(ForeignKey("projects.id", ondelete="CASCADE"))
    added_at: Mapped[datetime] = plain(default=now)
    __table_args__ = (UniqueConstraint("selection_id", "person_id"), UniqueConstraint("selection_id", "company_id"),
                      UniqueConstraint("selection_id", "project_id"), Index("ix_selection_members_person", "person_id"),
                      Index("ix_selection_members_company", "company_id"), Index("ix_selection_members_project", "project_id"))


def _in_both(of: int, into: int) -> ColumnElement[bool]:
    """Both are in the selection."""
    other = aliased(SelectionMember)
    return select(other.id).where(other.person_id == into, other.selection_id == SelectionMember.selection_id).exists()


follows("selections", N_("Selections"), SelectionMember.person_id, SelectionMember.origin_person_id, _in_both)

"""What sales, projects, campaigns and orders have in common: a title and a text, a state, an owner, and persons who take part.

We call the four *matters*. Each has a table of its own (:mod:`contacts.sale`, :mod:`contacts.project`, :mod:`contacts.campaign`,
:mod:`contacts.order`); what is done with them is done alike (:mod:`contacts.matters`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, Text, select, text
from sqlalchemy.orm import Mapped, aliased, declared_attr, relationship

from contacts.agent import Agent
from contacts.company import Company
from contacts.person import Person
from core.database import Guarded, Row, personal, plain

_BINNED = text("binned_at IS NOT NULL")


class Matter(Row, Guarded):
    """One of the four. ``over_at`` is set while it is over: sold or lost, done, delivered or called off."""

    title: Mapped[str] = personal(Text, erase="rewrite", default="")
    text: Mapped[str] = personal(Text, erase="rewrite", default="")
    over_at: Mapped[datetime | None] = plain()
    binned_at: Mapped[datetime | None] = plain()
    owner_id: Mapped[int | None] = plain(ForeignKey("agents.id", ondelete="SET NULL"))
    created_by_id: Mapped[int | None] = plain(ForeignKey("agents.id", ondelete="SET NULL"))

    @declared_attr
    def owner(cls: Any) -> Mapped[Agent | None]:  # noqa: N805 - called on the class
        """Whose it is."""
        return relationship(foreign_keys=f"{cls.__name__}.owner_id")

    @property
    def called(self) -> str:
        """What it goes by."""
        return self.title


class WithCustomer:
    """A matter with a person, a company or both. ``company_id`` is the company it was begun with, which stays when the person
    changes jobs unless a move takes it along (S38-S41); ``origin_person_id`` is whom it was with before any merge."""

    person_id: Mapped[int | None] = personal(ForeignKey("persons.id", ondelete="SET NULL"))
    origin_person_id: Mapped[int | None] = plain()
    company_id: Mapped[int | None] = plain(ForeignKey("companies.id", ondelete="SET NULL"))

    @declared_attr
    def person(cls: Any) -> Mapped[Person | None]:  # noqa: N805 - called on the class
        """Whom it is with."""
        return relationship(foreign_keys=f"{cls.__name__}.person_id")

    @declared_attr
    def company(cls: Any) -> Mapped[Company | None]:  # noqa: N805 - called on the class
        """The company it is with."""
        return relationship(foreign_keys=f"{cls.__name__}.company_id")


class Member(Row):
    """A person who takes part in a matter (``origin_person_id``: whom it was before any merge)."""

    person_id: Mapped[int] = personal(ForeignKey("persons.id", ondelete="CASCADE"), erase="delete_row")
    origin_person_id: Mapped[int | None] = plain()

    @declared_attr
    def person(cls: Any) -> Mapped[Person]:  # noqa: N805 - called on the class
        """Who."""
        return relationship(foreign_keys=f"{cls.__name__}.person_id")


def indexes(table: str, *, customer: bool = True) -> tuple[Index, ...]:
    """What lists of a kind are found by: state, owner, person, company, and the bin."""
    names = ("state", "owner_id", *(("person_id", "company_id") if customer else ()))
    return (*(Index(f"ix_{table}_{name.removesuffix('_id')}", name, "id") for name in names),
            Index(f"ix_{table}_binned", "binned_at", sqlite_where=_BINNED, postgresql_where=_BINNED))


def both_take_part(member: Any, matter_id: Any) -> Callable[[int, int], ColumnElement[bool]]:
    """Of a merge: the other takes part in the same already."""
    def both(of: int, into: int) -> ColumnElement[bool]:
        other = aliased(member)
        return select(other.id).where(other.person_id == into, getattr(other, matter_id.key) == matter_id).exists()
    return both

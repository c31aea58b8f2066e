"""Relations: typed, two-way-named, dated links between persons and companies (S44-S53)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, relationship

from contacts.company import Company
from contacts.following import follows
from contacts.person import Person
from core.clock import now
from core.database import Base, Guarded, Row, personal, plain
from core.i18n import N_

#: What a kind of relation ties.
BETWEEN = ("person-person", "person-company", "company-company")
#: What the desk does about a kind: nothing, suggest the assistant in copy, show who stands in.
MEANINGS = ("", "assistant", "deputy")


class RelationKind(Row, Guarded, Base):
    """A kind that an admin edits: what the first is to the second (``name``: "deputy of"), and the second to the first (``reverse``:
    "has as deputy"). With a ``meaning`` the first is the assistant, or the deputy, of the second."""

    __tablename__ = "relation_kinds"
    between: Mapped[str] = plain(String(16))
    name: Mapped[str] = plain(String(80))
    reverse: Mapped[str] = plain(String(80))
    meaning: Mapped[str] = plain(String(12), default="")
    place: Mapped[int] = plain(default=0)
    archived: Mapped[bool] = plain(default=False)


class Relation(Row, Guarded, Base):
    """One relation. On each side stands a person (``origin_…``: whom it was before any merge) or a company."""

    __tablename__ = "relations"
    kind_id: Mapped[int] = plain(ForeignKey("relation_kinds.id"))
    person_id: Mapped[int | None] = plain(ForeignKey("persons.id", ondelete="CASCADE"))
    origin_person_id: Mapped[int | None] = plain()
    company_id: Mapped[int | None] = plain(ForeignKey("companies.id", ondelete="CASCADE"))
    other_person_id: Mapped[int | None] = plain(ForeignKey("persons.id", ondelete="CASCADE"))
    other_origin_person_id: Mapped[int | None] = plain()
    other_company_id: Mapped[int | None] = plain(ForeignKey("companies.id", ondelete="CASCADE"))
    details: Mapped[str] = personal(Text, erase="rewrite", default="")
    since: Mapped[date | None] = personal(erase="keep")
    until: Mapped[date | None] = personal(erase="keep")
    created_at: Mapped[datetime] = plain(default=now)
    kind: Mapped[RelationKind] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    company: Mapped[Company | None] = relationship(foreign_keys=[company_id])
    other_person: Mapped[Person | None] = relationship(foreign_keys=[other_person_id])
    other_company: Mapped[Company | None] = relationship(foreign_keys=[other_company_id])
    __table_args__ = (
        Index("ix_relations_person", "person_id", "id"), Index("ix_relations_company", "company_id", "id"),
        Index("ix_relations_other_person", "other_person_id", "id"), Index("ix_relations_other_company", "other_company_id", "id"))


follows("relations", N_("Relations"), Relation.person_id, Relation.origin_person_id)
follows("relations_to", N_("Relations of others to them"), Relation.other_person_id, Relation.other_origin_person_id)

"""Persons: one row a human, with employments, legal bases, and how and why we hold them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, and_, func, or_, select, text
from sqlalchemy.orm import Mapped, aliased, relationship

from contacts.agent import Agent
from contacts.company import Business, Category, Company, Ordered, ServiceLevel
from contacts.following import follows
from contacts.purpose import ConsentWording
from core.clock import now
from core.database import Base, Guarded, Row, personal, plain
from core.i18n import N_

#: Events of a legal basis after which it holds.
HOLDING = ("given", "changed")
#: What selections go by.
SELECTED = ("category", "business", "service_level", "our_contact", "support_contact")


class Person(Row, Guarded, Base):
    """One human we hold data on.

    ``created_how`` is the channel (mail, form, api, import, ticket, demo), ``created_why`` the rule or purpose
    (S6, S7). A binned person stays, masked; so does a restricted one, who has ``restricted_at`` beside ``binned_at``
    (:mod:`contacts.restricting`); a merged one points to its survivor. ``photo_digest`` names a picture in
    :mod:`core.files` (C9).
    """

    __tablename__ = "persons"
    first_name: Mapped[str] = personal(String(120), default="")
    last_name: Mapped[str] = personal(String(120), default="")
    sort_name: Mapped[str] = personal(String(250), report=False, default="")
    order_key: Mapped[str] = personal(Ordered, report=False, default="")
    title: Mapped[str | None] = personal(String(120))
    status: Mapped[str] = personal(String(10), erase="keep", default="active")
    preferred_language: Mapped[str | None] = personal(String(2))
    language_guessed: Mapped[bool] = plain(default=False)
    name_guessed: Mapped[bool] = plain(default=False)
    service_level_id: Mapped[int | None] = personal(ForeignKey("service_levels.id", ondelete="SET NULL"), erase="keep")
    support_contact_id: Mapped[int | None] = plain(ForeignKey("agents.id", ondelete="SET NULL"))
    our_contact_id: Mapped[int | None] = plain(ForeignKey("agents.id", ondelete="SET NULL"))
    category_id: Mapped[int | None] = personal(ForeignKey("categories.id", ondelete="SET NULL"), erase="keep")
    business_id: Mapped[int | None] = personal(ForeignKey("businesses.id", ondelete="SET NULL"), erase="keep")
    private_customer: Mapped[bool] = personal(default=False, erase="keep")
    customer_number: Mapped[str | None] = personal(String(40), unique=True)
    block_mass_mail: Mapped[bool] = personal(default=False, erase="keep")
    photo_digest: Mapped[str | None] = personal(String(64))
    to_be_completed: Mapped[bool] = plain(default=False)
    created_how: Mapped[str] = personal(String(20), erase="keep", default="form")
    created_why: Mapped[str] = personal(Text, default="")
    created_by_id: Mapped[int | None] = plain(ForeignKey("agents.id", ondelete="SET NULL"))
    binned_at: Mapped[datetime | None] = plain()
    restricted_at: Mapped[datetime | None] = plain()
    merged_into_id: Mapped[int | None] = plain(ForeignKey("persons.id"))
    mail_locked_at: Mapped[datetime | None] = plain()

    service_level: Mapped[ServiceLevel | None] = relationship()
    category: Mapped[Category | None] = relationship()
    business: Mapped[Business | None] = relationship()
    support_contact: Mapped[Agent | None] = relationship(foreign_keys=[support_contact_id])
    our_contact: Mapped[Agent | None] = relationship(foreign_keys=[our_contact_id])
    created_by: Mapped[Agent | None] = relationship(foreign_keys=[created_by_id])
    employments: Mapped[list[Employment]] = relationship(
        back_populates="person", order_by="Employment.primary.desc(), Employment.id", cascade="all, delete-orphan")
    legal_bases: Mapped[list[LegalBasis]] = relationship(order_by="LegalBasis.id", cascade="all, delete-orphan")
    __table_args__ = (Index("ix_persons_sort_name", "sort_name", "id"),
                      Index("ix_persons_order_key", "order_key", "id", "sort_name"),
                      Index("ix_persons_to_be_completed", "order_key", "id", sqlite_where=text("to_be_completed = 1"),
                            postgresql_where=text("to_be_completed")),
                      Index("ix_persons_merged_into", "merged_into_id", sqlite_where=text("merged_into_id IS NOT NULL"),
                            postgresql_where=text("merged_into_id IS NOT NULL")),
                      Index("ix_persons_photo", "photo_digest", sqlite_where=text("photo_digest IS NOT NULL"),
                            postgresql_where=text("photo_digest IS NOT NULL")),
                      *(Index(f"ix_persons_{name}", f"{name}_id", sqlite_where=text(f"{name}_id IS NOT NULL"),
                              postgresql_where=text(f"{name}_id IS NOT NULL")) for name in SELECTED),
                      Index("ix_persons_created", "created_at"),
                      Index("ix_persons_left", "id", sqlite_where=text("status = 'left'"), postgresql_where=text("status = 'left'")),
                      Index("ix_persons_mail_locked", "id", sqlite_where=text("mail_locked_at IS NOT NULL"),
                            postgresql_where=text("mail_locked_at IS NOT NULL")),
                      Index("ix_persons_restricted", "id", sqlite_where=text("restricted_at IS NOT NULL"),
                            postgresql_where=text("restricted_at IS NOT NULL")),
                      Index("ix_persons_binned", "id", sqlite_where=text("binned_at IS NOT NULL"),
                            postgresql_where=text("binned_at IS NOT NULL")))

    @property
    def name(self) -> str:
        """First and last name as read aloud; empty when none is known."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def living(self) -> bool:
        """Neither binned, nor restricted, nor merged into another."""
        return self.binned_at is None and self.merged_into_id is None

    @property
    def in_bin(self) -> bool:
        """Whether they lie in the bin; who is restricted does not."""
        return self.binned_at is not None and self.restricted_at is None

    @property
    def answered(self) -> bool:
        """Whether what they write is theirs and is answered: who lives, and who is restricted."""
        return self.merged_into_id is None and (self.binned_at is None or self.restricted_at is not None)

    @property
    def employment(self) -> Employment | None:
        """The primary employment that holds today; none at a company in the bin."""
        return next((e for e in self.employments if e.primary and e.ended_on is None and e.company.binned_at is None), None)

    def employment_on(self, day: date) -> Employment | None:
        """The main employment of a day (C14-C16)."""
        return main_on(self.employments, day)

    @property
    def standing_bases(self) -> dict[str, LegalBasis]:
        """Purpose → what was said of it last."""
        return {one.purpose: one for one in sorted(self.legal_bases, key=lambda one: (one.at, one.id))}


class Employment(Row, Base):
    """A person at a company for a time. A job change closes one and opens another (C14-C16).

    ``ended_on`` is the last day. ``guessed``: from the domain they wrote from, and no agent has saved the card since.
    ``was_primary``: it was the main one when it ended, so that the card of then can be shown.
    """

    __tablename__ = "employments"
    person_id: Mapped[int] = plain(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    origin_person_id: Mapped[int | None] = plain()
    company_id: Mapped[int] = plain(ForeignKey("companies.id"), index=True)
    position: Mapped[str | None] = personal(String(120))
    status: Mapped[str] = personal(String(10), erase="keep", default="active")
    primary: Mapped[bool] = plain("is_primary", default=True)
    started_on: Mapped[date | None] = personal()
    ended_on: Mapped[date | None] = personal()
    guessed: Mapped[bool] = plain(default=False)
    was_primary: Mapped[bool] = plain(default=False)
    person: Mapped[Person] = relationship(back_populates="employments")
    company: Mapped[Company] = relationship()

    def held_on(self, day: date) -> bool:
        """Whether the person worked there on a day. Without a beginning: ever since; without an end: until now."""
        return (self.started_on is None or self.started_on <= day) and (self.ended_on is None or day <= self.ended_on)


def main_on(jobs: Iterable[Employment], day: date) -> Employment | None:
    """Of the employments of one person the main one of a day: the one that was primary, of several the one that began last."""
    held = [job for job in jobs if job.held_on(day)]
    return max(held, key=lambda job: (job.primary or job.was_primary, job.started_on or date.min, job.id), default=None)


class LegalBasis(Row, Base):
    """What a person said, or we decided, about being held for a purpose: append-only, the latest of a purpose holds (S7, S27).

    ``event``: given, changed (another basis from now on), withdrawn, objected. ``source`` says where that is from; ``proof`` what shows it: word
    (an agent's), message, link, one_click, form, import, api, or nothing, with ``proof_uid`` naming the message, mail or operation. ``wording``
    are the words that were agreed to. ``by_uid`` is the agent who noted it; none where the person did it by themselves.
    """

    __tablename__ = "legal_bases"
    person_id: Mapped[int] = plain(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    origin_person_id: Mapped[int | None] = plain()
    purpose: Mapped[str] = personal(String(40), erase="keep", default="service")
    basis: Mapped[str] = personal(String(40), erase="keep", default="legitimate_interest")
    source: Mapped[str] = personal(Text, default="")
    at: Mapped[datetime] = plain(default=now)
    event: Mapped[str] = personal(String(10), erase="keep", default="given")
    proof: Mapped[str] = personal(String(10), erase="keep", default="")
    proof_uid: Mapped[str | None] = plain(String(24))
    wording_id: Mapped[int | None] = plain(ForeignKey("consent_wordings.id"))
    by_uid: Mapped[str | None] = plain(String(24))
    wording: Mapped[ConsentWording | None] = relationship()

    @property
    def holds(self) -> bool:
        """Whether the person may be held by it: not what they withdrew or objected to."""
        return self.event in HOLDING


def _same_position(of: int, into: int) -> ColumnElement[bool]:
    """Both work at the company today, in the same position as far as is known."""
    other = aliased(Employment)
    return and_(Employment.ended_on.is_(None), select(other.id).where(
        other.person_id == into, other.company_id == Employment.company_id, other.ended_on.is_(None),
        or_(func.coalesce(Employment.position, "") == "", Employment.position == other.position)).exists())


follows("employments", N_("Positions"), Employment.person_id, Employment.origin_person_id, _same_position)
follows("legal_bases", N_("Legal bases"), LegalBasis.person_id, LegalBasis.origin_person_id)

"""Persons: one row a human, with employments, legal bases, and how and why we hold them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, relationship

from contacts.agent import Agent
from contacts.company import Business, Category, Company, ServiceLevel
from core.clock import now
from core.database import Base, Guarded, Row, personal, plain


class Person(Row, Guarded, Base):
    """One human we hold data on.

    ``created_how`` is the channel (mail, form, api, import, ticket, demo), ``created_why`` the rule or purpose
    (S6, S7). A binned person stays, masked; a merged one points to its survivor.
    """

    __tablename__ = "persons"
    first_name: Mapped[str] = personal(String(120), default="")
    last_name: Mapped[str] = personal(String(120), default="")
    sort_name: Mapped[str] = personal(String(250), report=False, default="")
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
    to_be_completed: Mapped[bool] = plain(default=False)
    created_how: Mapped[str] = personal(String(20), erase="keep", default="form")
    created_why: Mapped[str] = personal(Text, default="")
    created_by_id: Mapped[int | None] = plain(ForeignKey("agents.id", ondelete="SET NULL"))
    binned_at: Mapped[datetime | None] = plain()
    merged_into_id: Mapped[int | None] = plain(ForeignKey("persons.id"))

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
                      Index("ix_persons_to_be_completed", "sort_name", "id", sqlite_where=text("to_be_completed = 1"),
                            postgresql_where=text("to_be_completed")),
                      Index("ix_persons_merged_into", "merged_into_id", sqlite_where=text("merged_into_id IS NOT NULL"),
                            postgresql_where=text("merged_into_id IS NOT NULL")),
                      Index("ix_persons_binned", "id", sqlite_where=text("binned_at IS NOT NULL"),
                            postgresql_where=text("binned_at IS NOT NULL")))

    @property
    def name(self) -> str:
        """First and last name as read aloud; empty when none is known."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def living(self) -> bool:
        """Neither binned nor merged into another."""
        return self.binned_at is None and self.merged_into_id is None

    @property
    def employment(self) -> Employment | None:
        """The primary employment that holds today."""
        return next((e for e in self.employments if e.primary and e.ended_on is None), None)


class Employment(Row, Base):
    """A person at a company for a time. A job change closes one and opens another (C14-C16)."""

    __tablename__ = "employments"
    person_id: Mapped[int] = plain(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    company_id: Mapped[int] = plain(ForeignKey("companies.id"), index=True)
    position: Mapped[str | None] = personal(String(120))
    status: Mapped[str] = personal(String(10), erase="keep", default="active")
    primary: Mapped[bool] = plain("is_primary", default=True)
    started_on: Mapped[date | None] = personal()
    ended_on: Mapped[date | None] = personal()
    person: Mapped[Person] = relationship(back_populates="employments")
    company: Mapped[Company] = relationship()


class LegalBasis(Row, Base):
    """Why we may hold the person for a purpose: append-only, the latest holds (S7, S27)."""

    __tablename__ = "legal_bases"
    person_id: Mapped[int] = plain(ForeignKey("persons.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = personal(String(40), erase="keep", default="service")
    basis: Mapped[str] = personal(String(40), erase="keep", default="legitimate_interest")
    source: Mapped[str] = personal(Text, default="")
    at: Mapped[datetime] = plain(default=now)

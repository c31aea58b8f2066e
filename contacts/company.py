"""Companies, and the short lists that persons and companies are sorted by."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, relationship

from contacts.agent import Agent
from core.database import Base, Guarded, Row, personal, plain
from core.i18n import N_
from core.i18n import gettext as _

#: What is said in place of a name (S65).
DELETED_COMPANY = N_("Deleted company")
#: Compared letter by letter on both databases (:mod:`core.alphabet`).
Ordered = String(250).with_variant(String(250, collation="C"), "postgresql")


class Category(Row, Base):
    """What a person or company is to us: customer, prospect, supplier."""

    __tablename__ = "categories"
    name: Mapped[str] = plain(String(80), unique=True)


class Business(Row, Base):
    """The line of business a person or company is in."""

    __tablename__ = "businesses"
    name: Mapped[str] = plain(String(80), unique=True)


class ServiceLevel(Row, Guarded, Base):
    """What a customer may expect: minutes to the first and to each further answer, counted in business hours or round the
    clock, and priority (1 is highest). An archived one stays with who has it and is offered to nobody else."""

    __tablename__ = "service_levels"
    name: Mapped[str] = plain(String(80), unique=True)
    first_answer_minutes: Mapped[int | None] = plain()
    next_answer_minutes: Mapped[int | None] = plain()
    business_hours: Mapped[bool] = plain(default=False)
    priority: Mapped[int] = plain(default=3)
    place: Mapped[int] = plain(default=0)
    archived_at: Mapped[datetime | None] = plain()


class Company(Row, Guarded, Base):
    """A company. One-person firms make even a company's name and address personal."""

    __tablename__ = "companies"
    name: Mapped[str] = personal(String(200), erase="keep")
    sort_name: Mapped[str] = personal(String(200), erase="keep", report=False)
    order_key: Mapped[str] = personal(Ordered, erase="keep", report=False, default="")
    organisation_number: Mapped[str | None] = personal(String(20), erase="keep", index=True)
    category_id: Mapped[int | None] = plain(ForeignKey("categories.id", ondelete="SET NULL"))
    business_id: Mapped[int | None] = plain(ForeignKey("businesses.id", ondelete="SET NULL"))
    our_contact_id: Mapped[int | None] = plain(ForeignKey("agents.id", ondelete="SET NULL"))
    language: Mapped[str | None] = plain(String(2))
    phone: Mapped[str | None] = personal(String(60), erase="keep")
    address: Mapped[str | None] = personal(Text, erase="keep")
    website: Mapped[str | None] = personal(String(200), erase="keep")
    binned_at: Mapped[datetime | None] = plain()
    category: Mapped[Category | None] = relationship()
    business: Mapped[Business | None] = relationship()
    our_contact: Mapped[Agent | None] = relationship()
    __table_args__ = (Index("ix_companies_sort_name", "sort_name", "id"),
                      Index("ix_companies_order_key", "order_key", "id", "sort_name"),
                      *(Index(f"ix_companies_{name}", f"{name}_id", sqlite_where=text(f"{name}_id IS NOT NULL"),
                              postgresql_where=text(f"{name}_id IS NOT NULL")) for name in ("category", "business", "our_contact")),
                      Index("ix_companies_created", "created_at"),
                      Index("ix_companies_binned", "id", sqlite_where=text("binned_at IS NOT NULL"),
                            postgresql_where=text("binned_at IS NOT NULL")))

    @property
    def called(self) -> str:
        """The name, as long as the company is not in the bin."""
        return self.name if self.binned_at is None else _(DELETED_COMPANY)


class CompanyDomain(Base):
    """A mail domain that belongs to a company: strangers who write from it are put there."""

    __tablename__ = "company_domains"
    domain: Mapped[str] = personal(String(253), erase="keep", primary_key=True)
    company_id: Mapped[int] = plain(ForeignKey("companies.id", ondelete="CASCADE"), index=True)

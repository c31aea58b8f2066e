"""What we hold persons for: purposes, of a list that an admin keeps, and the words in which persons were asked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from core.clock import now
from core.database import Base, Guarded, Row, plain
from core.i18n import N_
from core.i18n import gettext as _

#: What a fresh desk has (``0006_legal_bases_and_mailings`` writes them): key → name, and whether it is direct marketing. The name is shown in
#: the reader's language until an admin writes something else.
PURPOSES = {"service": (N_("Service and support"), False), "contract": (N_("Contract and invoices"), False), "marketing": (N_("Marketing"), True)}
#: The one every person is held for.
USUAL = "service"
#: The grounds on which a person may be held (GDPR, Article 6).
BASES = {"legitimate_interest": N_("Legitimate interest"), "contract": N_("Contract"), "consent": N_("Consent"),
         "legal_obligation": N_("Legal obligation")}


class Purpose(Row, Guarded, Base):
    """One purpose. ``key`` is its name in bases and never changes. ``marketing``: direct marketing, to which an objection is absolute
    (GDPR, Article 21), and whose mail wants a basis. A retired one stays where it is named, and is offered no more."""

    __tablename__ = "purposes"
    key: Mapped[str] = plain(String(40), unique=True)
    name: Mapped[str] = plain(String(80))
    marketing: Mapped[bool] = plain(default=False)
    retired_at: Mapped[datetime | None] = plain()
    wordings: Mapped[list[ConsentWording]] = relationship(order_by="ConsentWording.id")

    @property
    def label(self) -> str:
        """What it is called in the language in force."""
        return _(self.name) if self.name in {name for name, _marketing in PURPOSES.values()} else self.name


class ConsentWording(Row, Base):
    """The words in which persons are asked for a purpose, in one language: a version is never changed, another one follows it."""

    __tablename__ = "consent_wordings"
    purpose_id: Mapped[int] = plain(ForeignKey("purposes.id"))
    language: Mapped[str] = plain(String(2))
    version: Mapped[int] = plain()
    text: Mapped[str] = plain(Text)
    since: Mapped[datetime] = plain(default=now)
    by_uid: Mapped[str | None] = plain(String(24))
    purpose: Mapped[Purpose] = relationship(back_populates="wordings")
    __table_args__ = (UniqueConstraint("purpose_id", "language", "version"),)

"""Addresses as rows of their own, and who holds them when.

An address outlives its holders: whoever wrote from it in March stays the sender of March's mail when another
person takes it over in May.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import ColumnElement, ForeignKey, Index, String, UniqueConstraint, and_, select, text
from sqlalchemy.orm import Mapped, aliased, relationship

from contacts.following import follows
from contacts.person import Person
from core.clock import now
from core.database import Base, Row, personal, plain
from core.i18n import N_

KINDS = ("email", "phone", "chat", "link")
PROOFS = ("none", "agent", "link", "authenticated")
#: Compared letter by letter, so that all addresses with one beginning are a stretch of the index.
Matched = String(320).with_variant(String(320, collation="C"), "postgresql")
PLAIN = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+")


class Address(Row, Base):
    """One e-mail address, phone number, chat handle or link; ``normalised`` is what it is matched by, ``reduced`` what is
    left of that without tag and dots (None where it is the same): see :mod:`contacts.variants`.

    ``health``: ok, soft (recent temporary failures) or bouncing. ``suppression``: none, blocked (we take
    nothing from it).
    """

    __tablename__ = "addresses"
    kind: Mapped[str] = personal(String(10), erase="keep", default="email")
    value: Mapped[str] = personal(String(320), erase="rewrite")
    normalised: Mapped[str] = personal(Matched, erase="rewrite", report=False)
    reduced: Mapped[str | None] = personal(String(320), erase="rewrite", report=False)
    name: Mapped[str] = personal(String(200), default="", report=True)
    health: Mapped[str] = personal(String(10), erase="keep", default="ok")
    health_at: Mapped[datetime | None] = plain()
    suppression: Mapped[str] = personal(String(10), erase="keep", default="none")
    created_at: Mapped[datetime] = plain(default=now)
    holdings: Mapped[list[Holding]] = relationship(back_populates="address", order_by="Holding.id")
    # Of the two the address comes first: who asks for the e-mail addresses of some persons must not be led through all there are.
    __table_args__ = (UniqueConstraint("normalised", "kind"),
                      Index("ix_addresses_reduced", "reduced", sqlite_where=text("reduced IS NOT NULL"),
                            postgresql_where=text("reduced IS NOT NULL")),
                      Index("ix_addresses_blocked", "normalised", sqlite_where=text("suppression = 'blocked'"),
                            postgresql_where=text("suppression = 'blocked'")))


class Holding(Row, Base):
    """A person holds an address for a time: primary or alternate, from where we know it, how it was proven; ``asked_at``: a
    link that proves it is on its way since then."""

    __tablename__ = "holdings"
    address_id: Mapped[int] = plain(ForeignKey("addresses.id"))
    person_id: Mapped[int] = plain(ForeignKey("persons.id", ondelete="CASCADE"))
    origin_person_id: Mapped[int | None] = plain()
    primary: Mapped[bool] = plain("is_primary", default=False)
    label: Mapped[str] = personal(String(40), default="")
    origin: Mapped[str] = personal(String(20), erase="keep", default="agent")
    proof: Mapped[str] = personal(String(20), erase="keep", default="none")
    since: Mapped[datetime] = plain(default=now)
    until: Mapped[datetime | None] = plain()
    asked_at: Mapped[datetime | None] = plain()
    address: Mapped[Address] = relationship(back_populates="holdings", lazy="joined")
    person: Mapped[Person] = relationship()
    __table_args__ = (Index("ix_holdings_address", "address_id", "person_id"),
                      Index("ix_holdings_person", "person_id"))


def _same_address(of: int, into: int) -> ColumnElement[bool]:
    """Both hold the address now."""
    other = aliased(Holding)
    return and_(Holding.until.is_(None), select(other.id).where(
        other.person_id == into, other.address_id == Holding.address_id, other.until.is_(None)).exists())


follows("addresses", N_("Addresses"), Holding.person_id, Holding.origin_person_id, _same_address)


@lru_cache(maxsize=4096)
def normalise_email(value: str) -> str:
    """What an e-mail address is matched by: lower case, NFC, the domain in its Unicode form.

    Lower case and no more: folding would make one of ``straße`` and ``strasse``, which are two owners' domains.
    Never refuses: a sender that no standard allows still is a sender. ``+tag`` and dots stay (MAIL.md, Identity).
    """
    value = unicodedata.normalize("NFC", value.strip().strip("<>").replace("\0", ""))
    if PLAIN.fullmatch(value) and "xn--" not in value.lower():
        return value.lower()[:320]           # what the library says of it too, in a hundredth of the time
    try:
        checked = validate_email(value, check_deliverability=False, test_environment=True,
                                 allow_quoted_local=True, allow_domain_literal=True)
    except (EmailNotValidError, ValueError, RecursionError):
        return value.lower()[:320]
    return checked.normalized.lower()[:320]


def without_tag(address: str) -> str:
    """``support+r1.x@desk.example`` → ``support@desk.example``; others come back as they are."""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def reduced(normalised: str) -> str | None:
    """``o.le+news@kunde.example`` → ``ole@kunde.example``; None where nothing is to be left out."""
    local, at, domain = normalised.rpartition("@")
    bare = local.partition("+")[0].replace(".", "") if not local.startswith('"') else local
    return f"{bare}@{domain}" if at and bare and bare != local else None


def is_among(normalised: str, addresses: frozenset[str]) -> bool:
    """Whether an address is one of these, as it stands or without its tag."""
    return normalised in addresses or without_tag(normalised) in addresses


def domain_of(address: str) -> str:
    """The part after the last ``@``, as it is matched."""
    return address.rpartition("@")[2]

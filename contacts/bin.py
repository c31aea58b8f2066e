"""The bin: one row for every person, company or ticket that lies in it, who put it there, when, and what went with it (S70).

What is in the bin is masked wherever it is shown by ``binned_at`` of its own row; this table is the bin's own list. A row goes when
its record is restored, so that nothing is left of a deletion that was taken back.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, relationship

from contacts.agent import Agent
from core.clock import now
from core.database import Base, personal, plain
from core.errors import Refused
from core.i18n import N_
from core.options import option

KINDS = ("person", "company", "ticket")
OVER = N_("It was in the bin for longer than the bin keeps anything. It cannot be restored any more.")


class Binned(Base):
    """A record in the bin. ``act`` names what was deleted in one go: a company with its persons, a bulk act by its uid.

    ``number`` is the person's customer number where another person has got it meanwhile, which is possible only once.
    """

    __tablename__ = "bin"
    id: Mapped[int] = plain(primary_key=True)
    of: Mapped[str] = plain(String(10))
    record_id: Mapped[int] = plain()
    act: Mapped[str] = plain(String(24))
    at: Mapped[datetime] = plain(default=now)
    by_id: Mapped[int | None] = plain(ForeignKey("agents.id", ondelete="SET NULL"))
    number: Mapped[str | None] = personal(String(40))
    by: Mapped[Agent | None] = relationship()
    __table_args__ = (UniqueConstraint("of", "record_id"), Index("ix_bin_of", "of", "id"), Index("ix_bin_act", "act", "id"))


def lay(db: Session, of: str, record_id: int, *, act: str, at: datetime, by: Agent | None) -> None:
    """One more record is in the bin."""
    db.add(Binned(of=of, record_id=record_id, act=act, at=at, by_id=by.id if by else None))


def lying(db: Session, of: str, record_id: int) -> Binned | None:
    """Its row in the bin."""
    return db.scalar(select(Binned).where(Binned.of == of, Binned.record_id == record_id))


def give_way(db: Session, person_id: int, number: str) -> bool:
    """Somebody gets the customer number of a person in the bin, who is asked for it when they come back; whether that may be."""
    row = lying(db, "person", person_id)
    if row is None:
        return False
    row.number = number
    return True


def kept(db: Session) -> timedelta:
    """How long the bin keeps what is in it (``contacts.bin_days``)."""
    return timedelta(days=option(db, "contacts.bin_days"))


def still_kept(db: Session, binned_at: datetime | None) -> None:
    """Raises Refused where the bin's days are over: nothing comes back then, whether or not it is purged yet (S70)."""
    if binned_at is not None and now() - binned_at > kept(db):
        raise Refused(OVER)

"""A case: somebody asks for a right of theirs (GDPR, Articles 15-22), and has to be answered in time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, relationship

from contacts.address import Address
from contacts.agent import Agent
from contacts.following import follows
from contacts.person import Person
from core.database import Base, Guarded, Row, personal, plain
from core.i18n import N_
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket

#: Kind → what it is called, and its article.
KINDS = {"access": (N_("Access"), "15"), "rectification": (N_("Rectification"), "16"), "erasure": (N_("Erasure"), "17"),
         "restriction": (N_("Restriction"), "18"), "portability": (N_("Portability"), "20"), "objection": (N_("Objection"), "21"),
         "other": (N_("Complaint or other"), "12")}
#: In the order in which they follow each other; the last two end it.
STATES = {"new": N_("New"), "identity_asked": N_("Identity asked"), "identity_confirmed": N_("Identity confirmed"), "in_work": N_("In work"),
          "done": N_("Done"), "refused": N_("Refused")}
ENDED = ("done", "refused")
#: Where a case comes from.
ORIGINS = ("agent", "mail", "objection", "api")
#: The grounds on which erasure may be asked for (Article 17(1)).
GROUNDS = {"a": N_("(a) the data are not needed any more"), "b": N_("(b) consent was withdrawn"), "c": N_("(c) they object"),
           "d": N_("(d) the data were held unlawfully"), "e": N_("(e) the law requires it"), "f": N_("(f) consent of a child")}


class RightsCase(Row, Guarded, Base):
    """One request. ``id`` is its number. ``received_at`` and ``due_at`` are days, kept as noon UTC. ``identity``: how it is known who asks (empty: not
    yet; *link*, *agent*), with the address whose link was followed. ``link_key``: a keyed hash of the link that is on its way. ``unproven_why``: why
    somebody went on without. ``phrase``: the words in which a mail asked. ``told``: the stage of the clock that admins were told of last.
    """

    __tablename__ = "rights_cases"
    kind: Mapped[str] = plain(String(20))
    state: Mapped[str] = plain(String(20), default="new")
    closed: Mapped[bool] = plain(default=False)
    origin: Mapped[str] = plain(String(10), default="agent")
    person_id: Mapped[int | None] = plain(ForeignKey("persons.id", ondelete="SET NULL"), index=True)
    origin_person_id: Mapped[int | None] = plain()
    ticket_id: Mapped[int | None] = plain(ForeignKey("tickets.id", ondelete="SET NULL"), index=True)
    message_id: Mapped[int | None] = plain(ForeignKey("messages.id", ondelete="SET NULL"), unique=True)
    owner_id: Mapped[int | None] = plain(ForeignKey("agents.id", ondelete="SET NULL"))
    received_at: Mapped[datetime] = plain()
    due_at: Mapped[datetime] = plain()
    extended_at: Mapped[datetime | None] = plain()
    extended_why: Mapped[str] = personal(Text, erase="rewrite", default="")
    identity: Mapped[str] = plain(String(10), default="")
    identity_at: Mapped[datetime | None] = plain()
    identity_address_id: Mapped[int | None] = plain(ForeignKey("addresses.id", ondelete="SET NULL"), index=True)
    link_key: Mapped[str | None] = plain(String(32), unique=True)
    link_at: Mapped[datetime | None] = plain()
    link_address_id: Mapped[int | None] = plain(ForeignKey("addresses.id", ondelete="SET NULL"), index=True)
    unproven_why: Mapped[str] = personal(Text, erase="rewrite", default="")
    ground: Mapped[str] = plain(String(1), default="")
    phrase: Mapped[str] = personal(Text, erase="rewrite", default="")
    decision: Mapped[str] = personal(Text, erase="rewrite", default="")
    decided_at: Mapped[datetime | None] = plain()
    operation_uid: Mapped[str | None] = plain(String(24), index=True)
    told: Mapped[str] = plain(String(10), default="")
    person: Mapped[Person | None] = relationship()
    ticket: Mapped[Ticket | None] = relationship()
    message: Mapped[Message | None] = relationship()
    owner: Mapped[Agent | None] = relationship()
    identity_address: Mapped[Address | None] = relationship(foreign_keys=[identity_address_id])
    __table_args__: Any = (Index("ix_rights_cases_order", "closed", "due_at", "id"), Index("ix_rights_cases_kind", "kind", "closed", "due_at", "id"),
                           Index("ix_rights_cases_state", "state", "closed", "due_at", "id"))

    @property
    def received(self) -> date:
        """The day of receipt, where the desk is."""
        return self.received_at.date()

    @property
    def due(self) -> date:
        """The last day on which an answer is in time."""
        return self.due_at.date()

    @property
    def known(self) -> bool:
        """Whether it is known who asks."""
        return self.identity_at is not None


follows("rights_cases", N_("Rights cases"), RightsCase.person_id, RightsCase.origin_person_id)

"""What a legal hold keeps from being erased, and what becomes of it meanwhile (PRIVACY 6).

Erasing goes round what is held: everything else goes at once, what is held is restricted, and the same steps finish when the hold lifts. Of a
person under hold nothing goes; of one with a ticket under hold the card stays as far as the ticket needs it. What is erased again after a backup
came back goes round nothing: it was erased when nothing held it any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.facts import LegalHoldChanged
from contacts.file import File
from contacts.legal_hold import LegalHold
from contacts.legal_holds import held_persons, standing
from contacts.note import Note
from contacts.person import Employment, Person
from contacts.restricting import restrict_until_erased
from core.among import among
from core.clock import now
from core.history import record
from core.operations import Operation
from desk.erasing.subject import Subject
from desk.inbound import InboundMail
from desk.outbound import OutboundMail
from desk.tickets.legal_holds import held_tickets, kept_persons
from desk.tickets.message import Attachment, Draft, Message
from desk.tickets.ticket import Ticket


class Holds:
    """What is held, for one slice of an erasing. ``met``: something was left because of it. With ``ignored`` nothing is."""

    def __init__(self, db: Session, *, ignored: bool = False) -> None:
        self.db, self.met = db, False
        self.any = not ignored and db.scalar(select(LegalHold.id).where(LegalHold.lifted_at.is_(None)).limit(1)) is not None

    def among(self, table: str, numbers: Iterable[int]) -> set[int]:
        """Those of these rows of a table that are held. Whoever asks leaves them, and the erasing comes back for them."""
        ids = list(numbers)
        if not self.any or not ids or table not in ROWS:
            return set()
        kind, condition = ROWS[table]
        found = set(self.db.scalars(select(kind.id).where(kind.id.in_(ids), condition())))
        self.met = self.met or bool(found)
        return found

    def free(self, column: Any) -> ColumnElement[bool]:
        """A condition on a column with ids of tickets: those that are not held."""
        return column.not_in(held_tickets()) if self.any else true()

    def all_of(self, subject: Subject) -> bool:
        """Whether somebody who is to be erased is held as a whole."""
        return self.any and self.db.scalar(select(Person.id).where(among(Person.id, subject.persons), Person.id.in_(held_persons())).limit(1)) is not None

    def tickets_of(self, subject: Subject) -> list[int]:
        """Numbers of tickets under hold in which they take part, at most a hundred."""
        return list(self.db.scalars(select(Ticket.id).where(Ticket.id.in_(subject.near_tickets), Ticket.id.in_(held_tickets())).order_by(
            Ticket.id).limit(100))) if self.any else []


def of(db: Session, operation: Operation) -> Holds:
    """The holds that an erasing goes round."""
    return Holds(db, ignored=bool(operation.given.get("replays")))


def purgeable(db: Session, uids: Iterable[str]) -> list[Person]:
    """Of persons whose time is over those whom no hold keeps, and who are not part of another by now."""
    return list(db.scalars(select(Person).where(Person.uid.in_(list(uids)), Person.merged_into_id.is_(None), ~kept_persons())))


def standing_uids(db: Session) -> list[str]:
    """The holds that stand now."""
    return sorted(db.scalars(select(LegalHold.uid).where(LegalHold.lifted_at.is_(None))))


def restrict(db: Session, subject: Subject, by_uid: str | None) -> None:
    """What is held of them is to be erased when its hold lifts, and not used until then (Article 18): the hold says so, and the person is restricted
    where the erasing has not masked them. Their restriction goes with the card."""
    by = db.scalar(select(Agent).where(Agent.uid == by_uid))
    for person in db.scalars(select(Person).where(among(Person.id, subject.persons), Person.merged_into_id.is_(None))).all():
        restrict_until_erased(db, person, by=by)
    for hold in holds_of(db, subject):
        if hold.restricted_at is None:
            hold.restricted_at = now()
            record(db, LegalHoldChanged(hold.uid, "restricted", **{f"{hold.of}_uid": hold.record_uid}))
    db.flush()


def holds_of(db: Session, subject: Subject) -> Sequence[LegalHold]:
    """The holds that keep something of theirs: on them, on a company of theirs, on a ticket in which they take part."""
    jobs = select(Employment.company_id).where(among(Employment.person_id, subject.persons))
    return db.scalars(select(LegalHold).where(
        (standing("person") & among(LegalHold.record_id, subject.persons)) | (standing("company") & LegalHold.record_id.in_(jobs)) | (
            standing("ticket") & LegalHold.record_id.in_(subject.near_tickets))).order_by(LegalHold.id)).all()


def _messages() -> Any:
    return select(Message.id).where(Message.ticket_id.in_(held_tickets()))


#: Table → its rows, and which of them are held.
ROWS: dict[str, tuple[Any, Any]] = {
    "tickets": (Ticket, lambda: Ticket.id.in_(held_tickets())), "messages": (Message, lambda: Message.ticket_id.in_(held_tickets())),
    "drafts": (Draft, lambda: Draft.ticket_id.in_(held_tickets())), "attachments": (Attachment, lambda: Attachment.message_id.in_(_messages())),
    "inbound_mails": (InboundMail, lambda: InboundMail.message_id.in_(_messages())),
    "outbound_mails": (OutboundMail, lambda: OutboundMail.ticket_id.in_(held_tickets()) | OutboundMail.message_id.in_(_messages())),
    "contact_notes": (Note, lambda: Note.person_id.in_(held_persons())), "contact_files": (File, lambda: File.person_id.in_(held_persons())),
}

"""The card itself: every row that is the person's goes; what stands on a company, a project or a sale stays, without them (S63-S65)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Column, ColumnElement, Table, delete, false, or_, select, update
from sqlalchemy.orm import Session

from contacts.address import Address
from contacts.bin import Binned
from contacts.favourite import AtHand
from contacts.file import File
from contacts.imported_row import ImportedRow
from contacts.legal_hold import LegalHold
from contacts.lookup import Lookup
from contacts.person import Person
from contacts.suppression import suppress
from core.database import Base
from core.history import Change, FactSubject
from core.operations import OperationItem
from core.search import forget
from desk.erasing.subject import Subject
from desk.outbound import OutboundMail
from desk.privacy.kept import drop_reports
from desk.telling import Telling
from desk.tickets.forgetting import blank
from desk.tickets.legal_holds import held_tickets
from desk.tickets.message import Message, Notification
from desk.tickets.ticket import Participant, Ticket

#: Uids in one transaction: nobody else writes meanwhile.
MANY = 100
#: Addresses that are known again.
KINDS = ("email", "phone")
#: Records of a company, a project, a ticket or a case: they stay when a person goes.
STAY = frozenset({"sales", "projects", "orders", "tickets", "messages", "rights_cases"})
#: Records of a person or of something else: they stay where they are of that too.
SHARED = {"contact_notes": ("company_id", "project_id"), "contact_files": ("company_id",)}


def erase_card(db: Session, subject: Subject) -> list[str]:
    """Take away everything that is the person's, and the person; returns the digests of their files."""
    ids = subject.persons
    drop_reports(db, subject.uids)
    digests = [one for one in db.scalars(select(Person.photo_digest).where(Person.id.in_(ids))) if one]
    digests += db.scalars(select(File.digest).where(File.person_id.in_(ids))).all()
    for table, columns in _pointing():
        for column in columns:
            stays = _stays(table)
            if column.nullable:
                db.execute(update(table).where(column.in_(ids), stays).values({column: None}))
            db.execute(delete(table).where(column.in_(ids), ~stays))
    for table in Base.metadata.sorted_tables:
        for name in ("origin_person_id", "other_origin_person_id"):
            if name in table.c:
                db.execute(update(table).where(table.c[name].in_(ids)).values({name: None}))
    db.execute(delete(Binned).where(Binned.of == "person", Binned.record_id.in_(ids)))
    db.execute(delete(LegalHold).where(LegalHold.of == "person", LegalHold.record_id.in_(ids)))      # lifted: nothing else gets here
    for one in ids:
        forget(db, "person_search", one)
    db.execute(delete(Person).where(Person.id.in_(ids)))
    return digests


def narrow_card(db: Session, subject: Subject) -> list[str]:
    """Take away what is the person's but for name and addresses, which tickets under hold need: the rest goes when the holds lift."""
    ids, held = subject.persons, held_tickets()
    digests = [one for one in db.scalars(select(Person.photo_digest).where(Person.id.in_(ids))) if one]
    digests += db.scalars(select(File.digest).where(File.person_id.in_(ids))).all()
    for table, columns in _pointing():
        needed = table.c.id.in_(held) if table.name == "tickets" else table.c.ticket_id.in_(held) if table.name == "messages" else false()
        for column in columns if table.name != "holdings" else ():
            if column.nullable:
                db.execute(update(table).where(column.in_(ids), _stays(table), ~needed).values({column: None}))
            db.execute(delete(table).where(column.in_(ids), ~_stays(table)))
    for one in ids:
        forget(db, "person_search", one)
    db.execute(update(Person).where(Person.id.in_(ids)).values(title=None, photo_digest=None, preferred_language=None, created_why=""))
    return digests


def erase_addresses(db: Session, subject: Subject, reason: str) -> None:
    """Their addresses, wherever something still refers to one. A keyed hash of each stays, so that the next mail makes nobody of them again."""
    ids = subject.addresses
    for kind, normalised in db.execute(select(Address.kind, Address.normalised).where(Address.id.in_(ids), Address.kind.in_(KINDS))).all():
        suppress(db, "erased", kind, normalised, reason=reason)
    db.execute(delete(Participant).where(Participant.address_id.in_(ids)))
    db.execute(update(Ticket).where(Ticket.requester_address_id.in_(ids)).values(requester_address_id=None))
    db.execute(update(Message).where(Message.sender_address_id.in_(ids)).values(sender_address_id=None))
    db.execute(delete(Address).where(Address.id.in_(ids)))


def erase_trail(db: Session, subject: Subject, after: int) -> int | None:
    """What the history, the bells and the ledgers say of them: that something happened stays, of whom it was and what had changed does not. Of a lot
    of their uids: behind which one to go on."""
    uids = [*subject.uids, *subject.address_uids]
    some = uids[after:after + MANY]
    facts = select(FactSubject.fact_id).where(FactSubject.subject_uid.in_(some))
    db.execute(delete(Change).where(Change.fact_id.in_(facts)))
    db.execute(delete(Notification).where(Notification.subject_uid.in_(some)))
    db.execute(delete(Telling).where(Telling.subject_uid.in_(some)))
    db.execute(delete(Lookup).where(Lookup.subject_uid.in_(some)))
    db.execute(delete(AtHand).where(AtHand.subject_uid.in_(some)))
    db.execute(delete(ImportedRow).where(ImportedRow.subject_uid.in_(some)))
    db.execute(delete(OperationItem).where(OperationItem.subject_uid.in_(some)))
    db.execute(update(OutboundMail).where(OutboundMail.person_uid.in_(some), OutboundMail.ticket_id.is_(None), OutboundMail.message_id.is_(None)).values(
        **blank(OutboundMail)))       # to them, and on no ticket: a report, a mailing
    db.execute(update(OutboundMail).where(OutboundMail.person_uid.in_(some)).values(person_uid=None, recipient_key=None))
    db.execute(delete(FactSubject).where(FactSubject.subject_uid.in_(some)))
    return after + MANY if after + MANY < len(uids) else None


def _pointing() -> Iterator[tuple[Table, list[Column[object]]]]:
    """Tables that point at persons, with the columns that do; those that others point at last."""
    for table in reversed(Base.metadata.sorted_tables):
        columns = [one for one in table.columns if table.name != "persons" and any(key.column.table.name == "persons" for key in one.foreign_keys)]
        if columns:
            yield table, columns


def _stays(table: Table) -> ColumnElement[bool]:
    if table.name in STAY:
        return table.c.id.is_not(None)
    others = SHARED.get(table.name, ())
    return or_(*(table.c[name].is_not(None) for name in others)) if others else false()



"""Mailing to a selection as a bulk act: who would get it and who not, then row by row into the ledger, no faster than it may go (W20-W24)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contacts.address import Address, Holding
from contacts.mass_mail import WHY, Standing, standings
from contacts.person import Person
from contacts.purposes import purpose_under
from core.bulk import CHUNK, Bulk, Skipped
from core.clock import now
from core.database import new_uid
from core.errors import Refused
from core.i18n import N_
from core.operations import Operation, OperationItem
from core.options import option
from core.tokens import digest
from desk.mailing import KIND, Mailing
from desk.mailing_words import headers, rendered, with_companies
from desk.outbound import OutboundMail, enqueue

SHARED = N_("Somebody else in this mailing has the same address.")
SENT = N_("This address has it already.")
#: The shortest stretch of time, in seconds, that the pace is kept in.
STRETCH = 6.0


@dataclass(slots=True)
class _At:
    """What the items of a chunk need: persons by uid, how each stands, keys of addresses that have the mail, and, while planned, who has
    an address before them."""

    mailing: Mailing
    persons: dict[str, Person]
    standing: dict[int, Standing]
    taken: set[str] = field(default_factory=set)
    before: set[str] = field(default_factory=set)


class MassMailing(Bulk):
    """The kind ``persons.mail``. ``given``: ``{mailing: uid}``. What has gone cannot be taken back."""

    kind = KIND
    takes_back = False

    def room(self, db: Session, operation: Operation) -> int:
        """As many as the mailbox may send in the time since its last ones."""
        mailing, rate = _mailing(db, operation), option(db, "mailing.per_minute")
        stretch = max(STRETCH, 60 / rate)
        lately = db.scalar(select(func.count()).where(OutboundMail.mailbox_id == mailing.mailbox_id, OutboundMail.mailing_id.is_not(None),
                                                      OutboundMail.created_at > now() - timedelta(seconds=stretch))) or 0
        return min(CHUNK, max(1, int(rate * stretch / 60))) - lately

    def prepare(self, db: Session, operation: Operation, items: Sequence[OperationItem]) -> _At:
        """Everybody of the chunk, how they stand at this moment, and who has the address already."""
        mailing, persons = _mailing(db, operation), with_companies(db, [item.subject_uid for item in items if item.subject_uid])
        found = {one.person_id: one for one in standings(db, [one.id for one in persons.values()], purpose_under(db, mailing.purpose))}
        keys = {recipient_key(one.address) for one in found.values() if one.address is not None}
        at = _At(mailing, persons, found, set(db.scalars(select(OutboundMail.recipient_key).where(
            OutboundMail.mailing_id == mailing.id, OutboundMail.recipient_key.in_(keys)))))
        if operation.phase == "plan":
            at.before = _planned_before(db, operation, items, [one.address.id for one in found.values() if one.address is not None])
        return at

    def plan(self, db: Session, operation: Operation, item: OperationItem, at: _At) -> None:
        """The address it would go to, and the language; or why nobody gets it."""
        person = at.persons.get(item.subject_uid or "")
        item.data = {"name": person.name if person else ""}
        address = self._address(at, person)
        if address.normalised in at.before:
            raise Skipped(SHARED)
        at.before.add(address.normalised)
        item.data = {"name": person.name if person else "", "before": {}, "after": {"emails": address.value}, "address": address.normalised}

    def apply(self, db: Session, operation: Operation, item: OperationItem, at: _At) -> None:
        """A row in the ledger, for whoever may still be written to."""
        person = at.persons.get(item.subject_uid or "")
        address = self._address(at, person)
        assert person is not None
        uid, key = new_uid(), recipient_key(address)
        at.taken.add(key)
        mail, language = rendered(db, at.mailing, person, uid)
        enqueue(db, kind="mass", mailbox=at.mailing.mailbox, recipients=[address.value], uid=uid, subject=mail.subject, text=mail.text, html=mail.html,
                headers=headers(at.mailing.mailbox, uid), language=language, mailing_id=at.mailing.id, person_uid=person.uid, recipient_key=key)
        item.data = item.data | {"mail": uid, "after": {"emails": address.value}}

    def undo(self, db: Session, operation: Operation, item: OperationItem) -> None:
        """It has gone."""
        raise Refused(N_("A mail that has gone cannot be taken back."))

    def _address(self, at: _At, person: Person | None) -> Address:
        standing = at.standing.get(person.id) if person is not None else None
        if standing is None or standing.address is None:
            raise Skipped(WHY[standing.why if standing else "gone"])
        if recipient_key(standing.address) in at.taken:
            raise Skipped(SENT)
        return standing.address


def recipient_key(address: Address) -> str:
    """What an address is known by in a mailing."""
    return digest("mailing", address.normalised)


def _mailing(db: Session, operation: Operation) -> Mailing:
    found = db.scalar(select(Mailing).where(Mailing.uid == operation.given["mailing"]))
    if found is None:
        raise Refused(N_("There is no such mailing."))
    return found


def _planned_before(db: Session, operation: Operation, items: Sequence[OperationItem], addresses: Sequence[int]) -> set[str]:
    """Of these addresses those at which somebody is planned already: asked only of addresses that several persons hold."""
    own = {item.subject_uid for item in items}
    sharers = set(db.scalars(select(Person.uid).join(Holding, Holding.person_id == Person.id).where(
        Holding.address_id.in_(addresses), Holding.until.is_(None)))) - own
    if not sharers:
        return set()
    return {item.data["address"] for item in db.scalars(select(OperationItem).where(
        OperationItem.operation_id == operation.id, OperationItem.state == "planned", OperationItem.subject_uid.in_(sharers)))}

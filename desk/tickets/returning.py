"""A deleted person comes back, and with them the tickets that were held because they were deleted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from contacts import binning
from contacts.address import Address, Holding
from contacts.agent import Agent
from contacts.company import Company
from contacts.giving_back import needs_answers
from contacts.identifying import identify
from contacts.person import Person
from core.errors import Refused
from core.i18n import N_
from desk.erasing.asking import has_begun
from desk.mailboxes import own_addresses
from desk.tickets.deciding import settle
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket
from rules.intake import is_from_a_deleted_person

MOST = 500
RESTORED = N_("%(agent)s restored the person, who holds this address.")


def restore_person(db: Session, person: Person, *, by: Agent, answers: Mapping[str, str] | None = None) -> list[Ticket]:
    """Bring a person back; return the held tickets that are theirs again. ``answers`` and what is raised are as in
    :func:`contacts.binning.restore_person`.

    What they wrote into other tickets meanwhile is theirs too. A ticket whose sender may be forged stays held, and so
    does one whose address somebody else holds too. Raises Refused for one whom erasing has begun to take apart.
    """
    if has_begun(db, person.uid):
        raise Refused(N_("This person is being erased, and does not come back. Where that broke off, ask for it once more."))
    addresses, since = _addresses(db, person), person.binned_at
    binning.restore_person(db, person, by=by, answers=answers)
    own = own_addresses(db)
    theirs = [address.id for address in addresses if identify(db, address, own=own).person is person]
    _take_back(db, person, theirs, since)
    waiting = db.scalars(select(Ticket).where(
        Ticket.requester_address_id.in_(theirs), Ticket.held, Ticket.state != "spam", Ticket.binned_at.is_(None),
        Ticket.merged_into_id.is_(None)).order_by(Ticket.id).limit(MOST).with_for_update(of=Ticket))
    found = [ticket for ticket in waiting if _waited_for(ticket)]
    for ticket in found:
        settle(db, ticket, person, by, said=RESTORED)
    return found


def restore_company(db: Session, company: Company, *, by: Agent, answers: Mapping[str, str] | None = None) -> int:
    """Bring a company back and the persons who were deleted with it; return how many these are. Raises as for a person."""
    persons = binning.went_along(db, company)
    needs_answers(db, persons, answers or {})
    binning.restore_company(db, company, by=by)
    for person in persons:
        restore_person(db, person, by=by, answers=answers)
    return len(persons)


def _take_back(db: Session, person: Person, addresses: list[int], since: datetime | None) -> None:
    """Letters that joined tickets while the person was deleted were nobody's."""
    trust = Message.trust["result"].as_string()
    origin = select(Holding.origin_person_id).where(
        Holding.address_id == Message.sender_address_id, Holding.person_id == person.id, Holding.until.is_(None)).limit(1).scalar_subquery()
    db.execute(update(Message).where(
        Message.sender_address_id.in_(addresses), Message.direction == "in", Message.person_id.is_(None), Message.at >= since,
        Message.verdict["act"].as_string() == "append", or_(trust.is_(None), trust != "fail"),
    ).values(person_id=person.id, origin_person_id=func.coalesce(origin, person.id)), execution_options={"synchronize_session": False})


def _addresses(db: Session, person: Person) -> list[Address]:
    """Held until we are done, as by whoever files a letter from one of them: it is filed before us or after us."""
    return list(db.scalars(select(Address).join(Holding, Holding.address_id == Address.id).where(
        Holding.person_id == person.id, Holding.until.is_(None)).order_by(Address.normalised).with_for_update(of=Address)))


def _waited_for(ticket: Ticket) -> bool:
    return ticket.verdict.get("rule") == is_from_a_deleted_person.__name__ and ticket.trust.get("result") != "fail"

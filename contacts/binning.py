"""Deleting persons and companies into the bin, where they are masked and can be restored (S62, S63, S68-S71)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Select, exists, select, update
from sqlalchemy.orm import Session, aliased

from contacts import bin as bins
from contacts.agent import Agent
from contacts.bin import OVER, Binned, still_kept
from contacts.company import Company
from contacts.creating import index_company
from contacts.duplicates import notice
from contacts.editing import reindex
from contacts.facts import CompanyBinned, PersonBinned
from contacts.giving_back import give_back, needs_answers
from contacts.legal_holds import COMPANY_HELD, is_company_held, needs_no_hold
from contacts.merged import tree_of
from contacts.name_keys import forget_keys
from contacts.person import Employment, Person
from core.clock import now
from core.database import new_uid
from core.errors import Refused
from core.history import record
from core.i18n import N_, ngettext
from core.i18n import gettext as _
from core.search import forget

#: Persons who go with their company at once; with more it is a bulk act.
MOST = 100


def bin_person(db: Session, person: Person, *, by: Agent | None, act: str = "") -> None:
    """Put a person into the bin, with whoever is part of them: found and shown nowhere, restorable. ``act`` names what is deleted
    in one go; without ``by`` the desk does it. Raises Refused for one under legal hold or restriction."""
    if person.restricted_at is not None:
        raise Refused(N_("This person is restricted, and is kept. Lift the restriction first."))
    if person.binned_at is not None:
        raise Refused(N_("This person is in the bin already."))
    needs_no_hold(db, person)
    person.binned_at = now()
    _parts(db, person)
    bins.lay(db, "person", person.id, act=act or new_uid(), at=person.binned_at, by=by)
    forget(db, "person_search", person.id)
    forget_keys(db, person.id)
    record(db, PersonBinned(person.uid), by=by.uid if by else None)
    db.flush()


def restore_person(db: Session, person: Person, *, by: Agent, answers: Mapping[str, str] | None = None) -> list[Company]:
    """Bring a person back, name and all, and the deleted companies that they work at; return these. ``answers`` says what becomes of
    what somebody else has got meanwhile (:mod:`contacts.giving_back`).

    Raises Refused where they are not in the bin, or for longer than it keeps anything (S70), Conflict while answers are missing.
    """
    if person.binned_at is None or person.restricted_at is not None:
        raise Refused(N_("This person is not in the bin."))
    still_kept(db, person.binned_at)
    needs_answers(db, [person], answers or {})
    back = _their_companies(db, person)
    for company in back:
        _company_back(db, company, by)
    give_back(db, person, answers or {}, by=by)
    person.binned_at = None
    _parts(db, person)
    _taken_out(db, "person", person.id)
    reindex(db, person)
    notice(db, person)
    record(db, PersonBinned(person.uid, restored=True), by=by.uid)
    db.flush()
    return back


def bin_company(db: Session, company: Company, *, by: Agent, persons: bool = False, act: str = "") -> int:
    """Put a company into the bin, and with it the ``persons`` who work nowhere else; return how many these are. Whoever works elsewhere
    too stays. Raises Refused while persons work there alone and may not go along, or are more than ``MOST``."""
    if company.binned_at is not None:
        raise Refused(N_("This company is in the bin already."))
    if is_company_held(db, company):
        raise Refused(COMPANY_HELD)
    only_there = db.scalars(workers(company).order_by(Person.id).limit(MOST + 1).with_for_update(of=Person)).all()
    if only_there and not persons:
        raise Refused(_("Persons still work at %(name)s. Move them, or delete them with it.", name=company.name))
    if len(only_there) > MOST:
        raise Refused(_("More than %(most)s persons work there. Delete them in one go as a bulk act.", most=MOST))
    act = act or new_uid()
    company.binned_at = now()
    bins.lay(db, "company", company.id, act=act, at=company.binned_at, by=by)
    forget(db, "company_search", company.id)
    record(db, CompanyBinned(company.uid), by=by.uid)
    for person in only_there:
        bin_person(db, person, by=by, act=act)
    _known_by(db, company)
    return len(only_there)


def workers(company: Company, *, elsewhere: bool = False) -> Select[Person]:
    """Those who work at a company and nowhere else, or with ``elsewhere`` those who do."""
    other = aliased(Employment)
    more: ColumnElement[bool] = exists().where(other.person_id == Person.id, other.company_id != company.id, other.ended_on.is_(None))
    return select(Person).where(
        Person.id.in_(select(Employment.person_id).where(Employment.company_id == company.id, Employment.ended_on.is_(None))),
        Person.binned_at.is_(None), Person.merged_into_id.is_(None), more if elsewhere else ~more)


def went_along(db: Session, company: Company) -> Sequence[Person]:
    """The persons who lie in the bin because their company was deleted with them."""
    row = bins.lying(db, "company", company.id)
    if row is None:
        return ()
    return db.scalars(select(Person).join(Binned, Binned.record_id == Person.id).where(
        Binned.of == "person", Binned.act == row.act,
        Person.id.in_(select(Employment.person_id).where(Employment.company_id == company.id, Employment.ended_on.is_(None)))).order_by(Person.id)).all()


def restore_company(db: Session, company: Company, *, by: Agent) -> None:
    """Bring a company back by itself. Raises Refused as for a person."""
    if company.binned_at is None:
        raise Refused(N_("This company is not in the bin."))
    still_kept(db, company.binned_at)
    if bins.lying(db, "company", company.id) is None:       # purged: what stays of it is no name
        raise Refused(OVER)
    _company_back(db, company, by)


def went_too(count: int) -> str:
    """How many went along, in words."""
    return ngettext("%(n)s person went with it.", "%(n)s persons went with it.", count) if count else ""


def _company_back(db: Session, company: Company, by: Agent) -> None:
    company.binned_at = None
    _taken_out(db, "company", company.id)
    index_company(db, company)
    record(db, CompanyBinned(company.uid, restored=True), by=by.uid)
    db.flush()
    _known_by(db, company)


def _known_by(db: Session, company: Company) -> None:
    """Who goes on without a company that is deleted is not found by its name, and is again when it is back."""
    db.flush()
    for person in db.scalars(workers(company, elsewhere=True).order_by(Person.id).limit(MOST)):
        reindex(db, person)


def _their_companies(db: Session, person: Person) -> list[Company]:
    """Deleted companies that they work at, as long as the bin keeps them (SuperOffice: one person restored brings the company back)."""
    return list(db.scalars(select(Company).join(Employment, Employment.company_id == Company.id).where(
        Employment.person_id == person.id, Employment.ended_on.is_(None), Company.binned_at >= now() - bins.kept(db),
        exists().where(Binned.of == "company", Binned.record_id == Company.id)).order_by(Company.id)))


def _parts(db: Session, person: Person) -> None:
    """Whoever is part of the person shares the mask."""
    db.flush()
    if parts := tree_of(db, person)[1:]:
        db.execute(update(Person.__table__).where(Person.id.in_(parts)).values(binned_at=person.binned_at))  # type: ignore[arg-type]
        for one in [row for row in db.identity_map.values() if isinstance(row, Person) and row.id in set(parts)]:
            db.expire(one, ["binned_at"])


def _taken_out(db: Session, of: str, record_id: int) -> None:
    row = bins.lying(db, of, record_id)
    if row is not None:
        db.delete(row)

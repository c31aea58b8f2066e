"""Persons, companies and projects as rows of a file or as address-book cards: what every agent sees on their cards, and nothing else.

Notes, mails and records around a person are not in it, nor is who is in the bin. A file of persons or companies that was written so can
be imported again: its columns are known by their names, and each row by its id.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from contacts.address import Address, Holding
from contacts.company import Company, CompanyDomain
from contacts.importing_files import written
from contacts.importing_own import Held, cells_of, head_of, held_on
from contacts.person import Employment, Person
from contacts.project import Project
from contacts.vcard import vcard

#: E-mail addresses and telephones of a person that have a column.
EMAILS, PHONES = 3, 3
PERSONS = ("Id", "First name", "Last name", "Title", "Status", *("E-mail",) * EMAILS, *("Phone",) * PHONES, "Company", "Position", "Language", "Category",
           "Business", "Our contact", "Support contact", "Service level", "Private customer", "Customer number", "No mass mail", "Infotags")
COMPANIES = ("Id", "Name", "Organisation number", "Phone", "Website", "Address", "Language", "Category", "Business", "Our contact", "Domains", "Infotags")
PROJECTS = ("Id", "Name", "State", "Owner", "Company", "Contact", "First day", "Last day", "Text")


def head(db: Session, what: str) -> str:
    """The first line of a file: the organisation's own fields of persons and companies behind the others."""
    if what == "projects":
        return written([PROJECTS])
    return written([head_of(db, what, PERSONS if what == "persons" else COMPANIES)])


def person_rows(db: Session, persons: Sequence[Person]) -> str:
    """Lines of a file for these persons, in this order."""
    held, loaded, own = _held(db, persons), _loaded(db, persons), held_on(db, "persons", [one.id for one in persons])
    return written([[*_person(loaded[one.id], held.get(one.id, [])), *_own(db, "persons", own[one.id])] for one in persons])


def person_cards(db: Session, persons: Sequence[Person], version: str = "4.0") -> str:
    """Their cards, one after the other."""
    held, loaded = _held(db, persons), _loaded(db, persons)
    return "".join(vcard(loaded[one.id], held.get(one.id, []), version) for one in persons)


def company_rows(db: Session, companies: Sequence[Company]) -> str:
    """Lines of a file for these companies, in this order."""
    domains: dict[int, list[str]] = {}
    for domain, company in db.execute(select(CompanyDomain.domain, CompanyDomain.company_id).where(
            CompanyDomain.company_id.in_([one.id for one in companies])).order_by(CompanyDomain.domain)):
        domains.setdefault(company, []).append(domain)
    loaded = {one.id: one for one in db.scalars(select(Company).where(Company.id.in_([one.id for one in companies])).options(
        selectinload(Company.category), selectinload(Company.business), selectinload(Company.our_contact)))}
    own = held_on(db, "companies", [one.id for one in companies])
    return written([[*_company(loaded[one.id], domains.get(one.id, [])), *_own(db, "companies", own[one.id])] for one in companies])


def project_rows(db: Session, projects: Sequence[Project]) -> str:
    """Lines of a file for these projects, in this order; who is deleted is not named."""
    return written([[one.uid, one.title, one.state, _name(one.owner), _name(one.company) if one.company and one.company.binned_at is None else "",
                     _name(one.person) if one.person and one.person.living else "", *(day.isoformat() if day else "" for day in (one.starts_on, one.ends_on)),
                     one.text] for one in projects])


def _person(person: Person, held: Sequence[Holding]) -> list[str]:
    emails, phones = ([one.address.value for one in held if one.address.kind == kind] for kind in ("email", "phone"))
    job, names = person.employment, [_name(row) for row in (person.category, person.business, person.our_contact, person.support_contact, person.service_level)]
    return [person.uid, person.first_name, person.last_name, person.title or "", person.status, *_some(emails, EMAILS), *_some(phones, PHONES),
            job.company.called if job else "", (job.position or "") if job else "", person.preferred_language or "", *names,
            "yes" if person.private_customer else "no", person.customer_number or "", "yes" if person.block_mass_mail else "no"]


def _company(company: Company, domains: Sequence[str]) -> list[str]:
    return [company.uid, company.name, company.organisation_number or "", company.phone or "", company.website or "", company.address or "",
            company.language or "", *(_name(row) for row in (company.category, company.business, company.our_contact)), " ".join(domains)]


def _loaded(db: Session, persons: Sequence[Person]) -> dict[int, Person]:
    """The persons with what their rows name, in a few statements for all."""
    return {one.id: one for one in db.scalars(select(Person).where(Person.id.in_([one.id for one in persons])).options(
        selectinload(Person.employments).selectinload(Employment.company), selectinload(Person.category), selectinload(Person.business),
        selectinload(Person.our_contact), selectinload(Person.support_contact), selectinload(Person.service_level)))}


def _held(db: Session, persons: Sequence[Person]) -> dict[int, list[Holding]]:
    """What each holds now, the primary ones first."""
    found: dict[int, list[Holding]] = {}
    for holding in db.scalars(select(Holding).join(Address).where(Holding.person_id.in_([one.id for one in persons]), Holding.until.is_(None)).order_by(
            Holding.primary.desc(), Holding.id)):
        found.setdefault(holding.person_id, []).append(holding)
    return found


def _own(db: Session, what: str, held: Held) -> list[str]:
    return ["; ".join(held.tags.values()), *cells_of(db, what, held)]


def _some(values: Sequence[str], many: int) -> Iterator[str]:
    yield from [*values, *[""] * many][:many]


def _name(row: object) -> str:
    return str(getattr(row, "name", "") or "")

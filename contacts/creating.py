"""Making persons and companies: from a mail, a form, the API, an import."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from contacts.address import Address, domain_of
from contacts.company import Company, CompanyDomain
from contacts.duplicates import check_later
from contacts.facts import AddressAdded, CompanyCreated, PersonCreated
from contacts.identifying import hold, split_name
from contacts.name_keys import keep_keys
from contacts.ordering import keys_of_company, keys_of_person
from contacts.person import Employment, LegalBasis, Person
from contacts.phones import together
from core.batch import MISSING, defer, recall, remember
from core.history import record
from core.putting import put
from core.search import index_substring
from rules.free_mail import is_free_mail
from rules.role_words import is_role


def create_from_mail(
    db: Session, address: Address, display_name: str, *, why: str, language: str | None, proof: str,
    gifts: Mapping[str, Any] | None = None,
) -> Person:
    """A person for somebody unknown who wrote: everything guessed is marked as such, *to be completed* (S6, S7).

    ``gifts`` are what the policy gives whoever is created: records by the names of :data:`rules.policy.GIFTS`. What it leaves
    open comes from the company: the one at the domain. One that the sender only names is for an agent to see, not to believe.
    """
    given = dict(gifts or {})
    first, last = name_for(display_name, address.value)
    person = put(
        db, Person, first_name=first, last_name=last, **keys_of_person(first, last), preferred_language=given.get("language") or language,
        language_guessed="language" not in given and bool(language), name_guessed=True, to_be_completed=True, created_how="mail",
        created_why=why)
    hold(db, address, person, origin="wrote", proof=proof, primary=True)
    defer(db, _give_bases, {"person_id": person.id, "source": "wrote to us"})
    company = given.get("company") or company_at(db, domain_of(address.normalised))
    if company is not None:
        put(db, Employment, person_id=person.id, company_id=company.id, guessed="company" not in given)
    fields = {name: value for name in ("category", "business", "service_level", "support_contact", "our_contact")
              if (value := _id(given.get(name)) or getattr(company, f"{name}_id", None))}
    if fields:
        for name, value in fields.items():
            setattr(person, f"{name}_id", value)
        db.flush()
    index_person(db, person, [address.value], company.name if company else "", new=True)
    check_later(db, person)
    record(db, PersonCreated(person.uid, "mail", company.uid if company else None))
    record(db, AddressAdded(person.uid, address.uid, "wrote"))
    return person


def _id(record_: Any) -> int | None:
    return record_.id if record_ is not None else None


def name_for(display: str, address: str) -> tuple[str, str]:
    """First and last name for somebody who is to be recorded: what they call themselves, else what ``ole.hansen@`` is made of.

    A desk's or a company's own name is nobody's, so the whole of it stands as last name, to be completed; ``post@company`` is
    not called Post and is known by the address. For want of all that it is what stands before the ``@``.
    """
    first, last = split_name(display)
    if not (first or last):
        first, last = _name_in(address)
    if first or last:
        return first, last
    told = " ".join(display.split())
    if "@" not in told and any(c.isalpha() for c in told):
        return "", told[:120]
    local = address.partition("@")[0]
    return ("", address[:120]) if is_role(local) else (local[:120], "")


def _name_in(address: str) -> tuple[str, str]:
    """Of ``ole.hansen@`` first and last name."""
    local = address.partition("@")[0]
    told = re.split(r"[._]", local)
    if 1 < len(told) < 4 and all(len(word) > 1 and word.isalpha() for word in told) and not is_role(local):
        return split_name(" ".join(told))
    return "", ""


_BY_DOMAIN = select(Company).join(CompanyDomain).where(
    CompanyDomain.domain == bindparam("domain"), Company.binned_at.is_(None))


def company_at(db: Session, domain: str) -> Company | None:
    """The company that a mail domain belongs to; none where everybody can have an address."""
    if is_free_mail(domain):
        return None
    known = recall(db, "company", domain)
    company: Company | None = remember(
        db, "company", domain, db.scalar(_BY_DOMAIN, {"domain": domain})) if known is MISSING else known
    return company


def _give_bases(db: Session, rows: list[dict[str, Any]]) -> None:
    db.connection().execute(insert(LegalBasis.__table__), rows)  # type: ignore[arg-type]


def create_company(
    db: Session, name: str, *, by: str | None = None, how: str = "form", domains: Sequence[str] = (), **fields: Any,
) -> Company:
    """A company; ``domains`` are the mail domains its people write from. One that is open to everybody tells no company, and is
    passed over."""
    company = Company(name=name.strip(), **keys_of_company(name), **fields)
    db.add(company)
    db.flush()
    for domain in domains:
        if not is_free_mail(told := domain.strip().lower()):
            db.add(CompanyDomain(domain=told, company_id=company.id))
    db.flush()
    index_company(db, company)
    record(db, CompanyCreated(company.uid, how), by=by)
    db.flush()
    return company


def index_person(
    db: Session, person: Person, addresses: Sequence[str], company: str = "", *, new: bool = False,
) -> None:
    """Let the person be found by any part of name, addresses, company, customer number; by phone with and without spaces; and
    by how the name sounds."""
    keep_keys(db, person, new=new)
    index_substring(db, "person_search", person.id, [
        person.first_name, person.last_name, *addresses, *map(together, addresses), company, person.customer_number], new=new)


def index_company(db: Session, company: Company) -> None:
    """Let the company be found by any part of name, organisation number, phone, website and mail domains."""
    domains = db.scalars(select(CompanyDomain.domain).where(CompanyDomain.company_id == company.id)).all()
    numbers = [number for number in (company.organisation_number, company.phone) if number]
    index_substring(db, "company_search", company.id, [company.name, *numbers, *map(together, numbers), company.website, *domains])

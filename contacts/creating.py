"""Making persons and companies: from a mail, a form, the API, an import."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from contacts.address import Address, domain_of
from contacts.company import Company, CompanyDomain
from contacts.facts import AddressAdded, CompanyCreated, PersonCreated
from contacts.identifying import hold, sort_name, split_name
from contacts.name_keys import keep_keys
from contacts.person import Employment, LegalBasis, Person
from core.batch import MISSING, defer, recall, remember
from core.fold import fold
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
    first, last = split_name(display_name)
    if not (first or last):
        first, last = _name_in(address.value)
    person = put(
        db, Person, first_name=first, last_name=last, sort_name=sort_name(first, last), preferred_language=given.get("language") or language,
        language_guessed=bool(given.get("language") or language), name_guessed=True, to_be_completed=True, created_how="mail",
        created_why=why)
    hold(db, address, person, origin="wrote", proof=proof, primary=True)
    defer(db, _give_bases, {"person_id": person.id, "source": "wrote to us"})
    company = given.get("company") or company_at(db, domain_of(address.normalised))
    if company is not None:
        put(db, Employment, person_id=person.id, company_id=company.id)
    fields = {name: value for name in ("category", "business", "service_level", "support_contact", "our_contact")
              if (value := _id(given.get(name)) or getattr(company, f"{name}_id", None))}
    if fields:
        for name, value in fields.items():
            setattr(person, f"{name}_id", value)
        db.flush()
    index_person(db, person, [address.value], company.name if company else "", new=True)
    record(db, PersonCreated(person.uid, "mail", company.uid if company else None))
    record(db, AddressAdded(person.uid, address.uid, "wrote"))
    return person


def _id(record_: Any) -> int | None:
    return record_.id if record_ is not None else None


def _name_in(address: str) -> tuple[str, str]:
    """Of ``ole.hansen@`` first and last name; of any other address what stands before the ``@``, for want of a name."""
    local = address.partition("@")[0]
    told = re.split(r"[._]", local)
    if 1 < len(told) < 4 and all(len(word) > 1 and word.isalpha() for word in told) and not is_role(local):
        return split_name(" ".join(told))
    return local[:120], ""


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
    company = Company(name=name.strip(), sort_name=fold(name)[:200], **fields)
    db.add(company)
    db.flush()
    for domain in domains:
        if not is_free_mail(told := domain.strip().casefold()):
            db.add(CompanyDomain(domain=told, company_id=company.id))
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
    together = ["".join(value.split()) for value in addresses if value.startswith("+") and " " in value]
    index_substring(db, "person_search", person.id, [
        person.first_name, person.last_name, *addresses, *together, company, person.customer_number], new=new)


def index_company(db: Session, company: Company) -> None:
    """Let the company be found by any part of name, number, website."""
    index_substring(db, "company_search", company.id, [company.name, company.organisation_number, company.website])

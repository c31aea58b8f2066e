"""Saving companies from forms, the API and imports."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from contacts.address import domain_of, normalise_email
from contacts.agent import Agent
from contacts.company import Company, CompanyDomain
from contacts.creating import create_company, index_company
from contacts.custom_values import cleaned, custom_of, set_custom, told
from contacts.editing import check_version, reindex
from contacts.facts import CompanyEdited
from contacts.ordering import put_in_order
from contacts.person import Employment, Person
from core.errors import Refusals, Refused, Unknown
from core.history import record
from core.i18n import N_
from core.i18n import gettext as _
from core.options import LANGUAGES
from rules.free_mail import is_free_mail

FIELDS = ("name", "organisation_number", "category_id", "business_id", "our_contact_id", "language", "phone", "address",
          "website")
LONGEST = {"name": 200, "organisation_number": 20, "phone": 60, "website": 200, "address": 2000}
#: People of a company who are found by its new name at once.
MOST = 1000
_DOMAIN = re.compile(r"(?!-)[^\W_](?:[\w-]{0,62}\.)+[^\W_][\w-]{0,61}[^\W_]")


def new_company(
    db: Session, fields: Mapping[str, Any], *, by: Agent | None, how: str = "form", domains: Sequence[str] = (),
    custom: Mapping[str, Any] | None = None,
) -> Company:
    """A company, with what stands in the organisation's own fields (``custom``: key → value). Our contact defaults to who creates it. Raises Refused without a name or for a taken domain."""
    wrong = Refusals()
    wrong(_named, fields.get("name"))
    clean = wrong(checked, fields) or {}
    own = wrong(cleaned, db, Company, custom or {}) or {}
    wanted = sorted(wrong(_cleaned, domains) or ())
    wrong(_free_domains, db, wanted, None)
    wrong.settle()
    clean.setdefault("our_contact_id", by.id if by else None)
    company = create_company(db, clean.pop("name"), by=by.uid if by else None, how=how, domains=wanted, **clean)
    set_custom(db, company, own)
    return company


def edit_company(
    db: Session, company: Company, fields: Mapping[str, Any], *, by: Agent | None, version: int | None = None,
    domains: Sequence[str] | None = None, custom: Mapping[str, Any] | None = None,
) -> dict[str, tuple[Any, Any]]:
    """Change fields of a company; return what changed. Raises Stale when ``version`` is no longer the company's."""
    check_version(company, version)
    wrong = Refusals()
    wrong(_named, fields.get("name", company.name))
    clean = wrong(checked, fields) or {}
    own = (wrong(cleaned, db, Company, custom, custom_of(db, company)) or {}) if custom else {}
    wanted = wrong(_cleaned, domains or ()) or set()
    wrong(_free_domains, db, sorted(wanted), company)
    wrong.settle()
    changes = {n: (getattr(company, n), v) for n, v in clean.items() if getattr(company, n) != v}
    for name, (_before, value) in changes.items():
        setattr(company, name, value)
    put_in_order(company)
    if domains is not None:
        _set_domains(db, company, wanted)
    if own_changes := set_custom(db, company, own) if own else {}:
        company.raise_version()
    db.flush()
    changes |= own_changes
    if changes or domains is not None:
        index_company(db, company)
    if changes:
        if "name" in changes:
            _reindex_people(db, company)
        record(db, CompanyEdited(company.uid), by=by.uid if by else None, changes=told(changes))
    return changes


def company_called(db: Session, uid: str, *, binned: bool = False) -> Company:
    """The company with this uid. Raises Unknown, also for one in the bin unless asked for."""
    company = db.scalar(select(Company).where(Company.uid == uid))
    if company is None or (company.binned_at is not None and not binned):
        raise Unknown("There is no such company.")
    return company


def domains_of(db: Session, company: Company) -> list[str]:
    """The mail domains that belong to a company."""
    return list(db.scalars(select(CompanyDomain.domain).where(
        CompanyDomain.company_id == company.id).order_by(CompanyDomain.domain)))


def _set_domains(db: Session, company: Company, wanted: set[str]) -> None:
    if wanted == set(domains_of(db, company)):
        return
    company.raise_version()
    db.execute(delete(CompanyDomain).where(CompanyDomain.company_id == company.id))
    db.add_all(CompanyDomain(domain=d, company_id=company.id) for d in wanted)


def _cleaned(domains: Sequence[str]) -> set[str]:
    """Domains as those of addresses are written: in small letters, without @, umlauts rather than ``xn--``. Raises Refused
    for what is no domain, and for those where everybody can have an address."""
    found = {domain_of(normalise_email(f"desk@{bare}")) for d in domains if (bare := d.strip().lstrip("@"))}
    for domain in sorted(found):
        if not _DOMAIN.fullmatch(domain):
            raise Refused(_("%(domain)s is not a domain.", domain=domain), {"domains": _("Write it like company.example.")})
        if is_free_mail(domain):
            raise Refused(_("Everybody can have an address at %(domain)s: it tells no company.", domain=domain),
                          {"domains": _("%(domain)s is open to everybody.", domain=domain)})
    return found


def _free_domains(db: Session, domains: Sequence[str], company: Company | None) -> None:
    for domain in domains:
        row = db.get(CompanyDomain, domain)
        if row is not None and (company is None or row.company_id != company.id):
            raise Refused(_("%(domain)s belongs to another company.", domain=domain),
                          {"domains": _("%(domain)s is taken.", domain=domain)})


def _reindex_people(db: Session, company: Company) -> None:
    """Those who work there are found by the new name."""
    for person in db.scalars(select(Person).join(Employment, Employment.person_id == Person.id).where(
            Employment.company_id == company.id, Employment.ended_on.is_(None)).order_by(Person.id).limit(MOST)):
        reindex(db, person)


def _named(name: Any) -> None:
    if not (name or "").strip():
        raise Refused("A company needs a name.", {"name": "Give a name."})


def checked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a record as they are kept. Raises Refused for what there is not, or cannot be."""
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise Refused(_("A company has no field %(names)s.", names=", ".join(sorted(unknown))))
    clean = {n: v.strip() if isinstance(v, str) else v for n, v in fields.items()}
    errors = {n: _("At most %(most)s characters.", most=most)
              for n, most in LONGEST.items() if len(clean.get(n) or "") > most}
    if clean.get("language") not in (None, "", *LANGUAGES):
        errors["language"] = N_("One of en, nb, da, sv.")
    if clean.get("website") and not clean["website"].lower().startswith(("https://", "http://")):
        clean["website"] = "https://" + clean["website"]
    if errors:
        raise Refused("Some fields cannot be saved like this.", errors)
    return {n: v if n == "name" else (v or None) for n, v in clean.items()}

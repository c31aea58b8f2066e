"""Companies as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, lazyload

from contacts.agent import Agent
from contacts.company import Company, CompanyDomain
from contacts.custom_values import Custom
from desk.web.api.schemas import companies as shapes
from desk.web.api.shapes.persons import own_of


def companies(db: Session, found: Sequence[Company]) -> list[shapes.Company]:
    """A page of companies: a few questions."""
    db.flush()
    ids = [company.id for company in found]
    by_id = {c.id: c for c in db.scalars(select(Company).where(Company.id.in_(ids)).options(
        joinedload(Company.category), joinedload(Company.business),
        joinedload(Company.our_contact).options(lazyload(Agent.addresses)),
    ).execution_options(populate_existing=True))}
    domains: dict[int, list[str]] = {}
    for row in db.scalars(select(CompanyDomain).where(CompanyDomain.company_id.in_(ids)).order_by(CompanyDomain.domain)):
        domains.setdefault(row.company_id, []).append(row.domain)
    own = own_of(db, Company, ids)
    return [_company(by_id[i], domains.get(i, []), own.get(i, {})) for i in ids]


def company(db: Session, found: Company) -> shapes.Company:
    """One of them."""
    return companies(db, [found])[0]


def _company(c: Company, domains: list[str], own: Custom) -> shapes.Company:
    return shapes.Company(
        id=c.uid, name=c.name, organisation_number=c.organisation_number, category=c.category.name if c.category else None,
        business=c.business.name if c.business else None, our_contact=c.our_contact.email if c.our_contact else None,
        language=c.language, phone=c.phone, address=c.address, website=c.website, domains=domains, version=c.version,
        custom=own)

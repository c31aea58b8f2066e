"""Companies: finding, making, changing, deleting, restoring."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from contacts.binning import bin_company
from contacts.companies import company_called, edit_company, new_company
from contacts.company import Company as Row
from contacts.searching import search_companies
from desk.tickets.returning import restore_company
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.finding import fields_of, in_selection
from desk.web.api.paging import Listed, cut, key_of
from desk.web.api.routing import delete, get, patch, post
from desk.web.api.schemas.companies import CompaniesAsked, Company, CompanyChange, NewCompany
from desk.web.api.schemas.desk import Answers, WithPersons
from desk.web.api.shapes import companies as shapes
from desk.web.requests import db


@get("/companies", refuses=(404,))
def index(asked: CompaniesAsked) -> Listed[Company]:
    """Companies, the newest first; what is searched for comes by name."""
    if asked.q or asked.selection or asked.sort == "name":
        found = search_companies(db(), asked.q or "", cursor=asked.cursor, limit=asked.most, where=in_selection(asked.selection, "companies"))
        return Listed[Company](items=shapes.companies(db(), found.rows), next=found.next)
    query = select(Row).where(Row.binned_at.is_(None))
    if (before := key_of(asked.cursor)) is not None:
        query = query.where(Row.id < before)
    rows, following = cut(db().scalars(query.order_by(Row.id.desc()).limit(asked.most + 1)).all(), asked.most,
                          lambda row: row.id)
    return Listed[Company](items=shapes.companies(db(), rows), next=following)


@post("/companies", status=201)
def create(given: NewCompany) -> Company:
    """A company. Our contact is who makes it, unless somebody is named."""
    return shapes.company(db(), new_company(db(), _fields(given), by=me(), how="api", domains=given.domains, custom=given.custom))


@get("/companies/<uid:uid>")
def show(uid: str) -> Company:
    """A company."""
    return shapes.company(db(), company_called(db(), uid))


@patch("/companies/<uid:uid>")
def update(uid: str, given: CompanyChange) -> Company:
    """Change the fields that are given."""
    company = company_called(db(), uid)
    versions.unmoved(company.version)
    named = "domains" in given.model_fields_set
    edit_company(db(), company, _fields(given), by=me(), domains=given.domains if named else None,
                 custom=given.custom)
    if named:
        company.raise_version()
    return shapes.company(db(), company)


@delete("/companies/<uid:uid>", admin=True)
def destroy(uid: str, asked: WithPersons) -> None:
    """Put a company into the bin: when nobody works there alone, or with those persons."""
    company = company_called(db(), uid)
    versions.unmoved(company.version)
    bin_company(db(), company, by=me(), persons=asked.persons == "true")


@post("/companies/<uid:uid>/restore", admin=True, refuses=(409,))
def restore(uid: str, given: Answers) -> Company:
    """Bring a company back, and the persons who were deleted with it. 409 says what somebody else has got meanwhile."""
    company = company_called(db(), uid, binned=True)
    restore_company(db(), company, by=me(), answers=given.answers)
    return shapes.company(db(), company)


def _fields(given: CompanyChange) -> dict[str, Any]:
    return fields_of({name: value for name, value in given.named().items() if name not in ("domains", "custom", "id", "version")})

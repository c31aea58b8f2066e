"""Rows of companies: which company each is already, writing them into the register, and taking them out of it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from contacts import importing_own as own
from contacts.agent import Agent
from contacts.companies import FIELDS, edit_company
from contacts.company import Company, CompanyDomain
from contacts.facts import CompanyCreated, CompanyWithdrawn
from contacts.imported_row import forget_rows, known_rows
from contacts.importing_own import Held, held_on
from contacts.importing_rows import Row
from contacts.ordering import keys_of_company
from contacts.pointing import pointed_at
from core.errors import Conflict
from core.fold import fold
from core.history import record
from core.i18n import N_
from core.operations import Operation, OperationItem
from core.putting import put
from core.search import forget, index_substring

KEPT = (*FIELDS, "sort_name", "order_key")
CHANGED = N_("Somebody has changed this since.")


@dataclass(slots=True)
class Fate:
    """What becomes of a row: create, update, skip, error; the company it is, and why."""

    kind: str
    company: Company | None = None
    why: str = ""
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Around:
    """The companies that a chunk of rows may mean: by id (or row imported before), by number, by name; and whose each mail domain is."""

    by_uid: dict[str, Company] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    by_number: dict[str, Company] = field(default_factory=dict)
    by_name: dict[str, list[Company]] = field(default_factory=dict)
    domains: dict[str, int] = field(default_factory=dict)
    own: dict[int, Held] = field(default_factory=dict)


def look_around(db: Session, rows: Sequence[Row]) -> Around:
    """Everything that judging these rows asks of the register."""
    found, before = Around(), known_rows(db, [row.digest for row in rows if row.digest])
    wanted = {row.uid for row in rows if row.uid} | set(before.values())
    for company in db.scalars(select(Company).where(Company.uid.in_(wanted))) if wanted else ():
        if company.binned_at is None:
            found.by_uid[company.uid] = company
        else:
            found.gone.add(company.uid)
    for digest, uid in before.items():
        if uid in found.by_uid:
            found.by_uid[f"d:{digest}"] = found.by_uid[uid]
        elif uid in found.gone:
            found.gone.add(f"d:{digest}")
    numbers = {number for row in rows if (number := row.fields.get("organisation_number"))}
    for company in db.scalars(select(Company).where(Company.organisation_number.in_(numbers), Company.binned_at.is_(None))) if numbers else ():
        found.by_number[company.organisation_number or ""] = company
    names = {_name(row) for row in rows}
    for company in db.scalars(select(Company).where(Company.sort_name.in_(names), Company.binned_at.is_(None)).order_by(Company.id)):
        found.by_name.setdefault(company.sort_name, []).append(company)
    near = {one.id for some in (found.by_uid.values(), found.by_number.values(), *found.by_name.values()) for one in some}
    found.own = held_on(db, "companies", near)
    domains = {one for row in rows for one in row.domains}
    found.domains = dict(db.execute(select(CompanyDomain.domain, CompanyDomain.company_id).where(CompanyDomain.domain.in_(domains))).all()) if domains else {}
    return found


def judge(row: Row, around: Around, given: Mapping[str, Any]) -> Fate:
    """What becomes of a row."""
    if row.errors:
        return Fate("error", errors=row.errors)
    if {row.uid, f"d:{row.digest}"} & around.gone:
        return Fate("skip", why=N_("This company is in the bin."))
    if row.uid and row.uid not in around.by_uid:
        return Fate("error", errors={"id": N_("There is no company with this id.")})
    number, same = row.fields.get("organisation_number"), around.by_name.get(_name(row), [])
    same = [one for one in same if not (number and one.organisation_number and one.organisation_number != number)]
    company = around.by_uid.get(row.uid) or around.by_number.get(number or "") or around.by_uid.get(f"d:{row.digest}")
    if company is None and len(same) > 1:
        return Fate("error", errors={"name": N_("Several companies are called so. Give the organisation number.")})
    company = company or next(iter(same), None)
    if company is None:
        return Fate("create")
    known = given.get("existing") == "skip"
    return Fate("skip" if known else "update", company, N_("This company is in the register already.") if known else "")


def keys(row: Row) -> list[tuple[str, str]]:
    """What makes two rows of one file the same company."""
    number = row.fields.get("organisation_number")
    return [(f"i:{row.uid}" if row.uid else f"d:{row.digest}", "same"), (f"n:{number}" if number else f"c:{_name(row)}", "same")]


def changes(row: Row, fate: Fate, around: Around, how: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What an update would change, before and after; a mail domain of another company stays there."""
    company = fate.company
    assert company is not None
    after = {name: value for name, value in row.fields.items() if getattr(company, name) != value and (
        how == "update" or getattr(company, name) in (None, ""))}
    own_before, own_after = own.changes(row.own, row.tags, around.own[company.id], how)
    before, after = {name: getattr(company, name) for name in after} | own_before, after | own_after
    new = [one for one in row.domains if one not in around.domains]
    return before, after | ({"domains": new} if new else {})


def put_company(db: Session, fields: Mapping[str, Any], by: Agent | None) -> Company:
    """A new company; rows of a chunk are written together."""
    fields = dict(fields)
    fields["our_contact_id"] = fields.get("our_contact_id") or (by.id if by else None)
    company = put(db, Company, **fields, **keys_of_company(fields["name"]))
    index_substring(db, "company_search", company.id, [company.name, company.organisation_number, company.website], new=True)
    record(db, CompanyCreated(company.uid, "import"), by=by.uid if by else None)
    return company


def create(db: Session, row: Row, around: Around, by: Agent | None) -> dict[str, Any]:
    """A new company with its mail domains; returns what taking it back needs."""
    company = put_company(db, row.fields, by)
    new = [one for one in row.domains if one not in around.domains]
    _give_domains(db, company, new)
    return {"uid": company.uid, "undo": {"fields": {name: getattr(company, name) for name in KEPT}, "domains": new,
                                         "own": own.give(db, company, row.own, row.tags, by)}}


def change(db: Session, row: Row, fate: Fate, around: Around, after: Mapping[str, Any], by: Agent | None) -> dict[str, Any]:
    """Change a company as the row says; returns what taking it back needs."""
    company = fate.company
    assert company is not None
    before = {name: getattr(company, name) for name in KEPT}
    edit_company(db, company, {name: value for name, value in after.items() if name in FIELDS}, by=by, custom=own.custom_in(after))
    tagged = own.tag(db, company, row.tags, around.own[company.id], by)
    kept = {"before": {slot: around.own[company.id].values.get(slot) for slot in after if slot.startswith("custom.")},
            "after": {slot: value for slot, value in after.items() if slot.startswith("custom.")}, "tags": tagged}
    _give_domains(db, company, after.get("domains", []))
    return {"undo": {"before": before, "after": {name: getattr(company, name) for name in KEPT}, "domains": after.get("domains", []), "own": kept}}


def withdraw(db: Session, operation: Operation, item: OperationItem, by: Agent | None) -> None:
    """Take a company out that this import made. Raises Conflict where there is more by now."""
    kept, company = item.data["undo"], _living(db, item)
    domains = set(db.scalars(select(CompanyDomain.domain).where(CompanyDomain.company_id == company.id)))
    if {name: getattr(company, name) for name in KEPT} != kept["fields"] or domains != set(kept["domains"]) or held_on(
            db, "companies", [company.id])[company.id].kept() != kept["own"] or pointed_at(
            db, Company.__tablename__, company.id, but=("company_domains", *own.TABLES)):
        raise Conflict(N_("Somebody has changed this since, or there is more about this company by now."))
    forget(db, "company_search", company.id)
    forget_rows(db, company.uid)
    record(db, CompanyWithdrawn(company.uid, operation.uid), by=by.uid if by else None)
    db.expunge(company)
    db.execute(delete(Company).where(Company.id == company.id))


def change_back(db: Session, item: OperationItem, by: Agent | None) -> None:
    """Let a company be as before the row. Raises Conflict where somebody has changed it since."""
    kept, company = item.data["undo"], _living(db, item)
    if {name: getattr(company, name) for name in KEPT} != kept["after"]:
        raise Conflict(CHANGED)
    own.check_back(held_on(db, "companies", [company.id])[company.id], kept["own"])
    db.execute(delete(CompanyDomain).where(CompanyDomain.company_id == company.id, CompanyDomain.domain.in_(kept["domains"])))
    edit_company(db, company, {name: kept["before"][name] for name in FIELDS}, by=by, custom=own.custom_in(kept["own"]["before"]))
    own.untag(db, company, kept["own"]["tags"], by)


def _living(db: Session, item: OperationItem) -> Company:
    company = db.scalar(select(Company).where(Company.uid == item.subject_uid, Company.binned_at.is_(None)).with_for_update(of=Company).execution_options(
        populate_existing=True))
    if company is None:
        raise Conflict(CHANGED)
    return company


def _give_domains(db: Session, company: Company, domains: Sequence[str]) -> None:
    db.add_all(CompanyDomain(domain=one, company_id=company.id) for one in domains)


def _name(row: Row) -> str:
    return fold(row.fields.get("name") or "")[:200]

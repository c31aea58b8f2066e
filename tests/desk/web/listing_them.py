"""A planted person and two companies kept by agents and by the desk in every list and ledger there is, with rows where no page leads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from contacts.address import Address
from contacts.agent import Agent
from contacts.at_hand import keep, opened
from contacts.companies import edit_company
from contacts.company import Company, CompanyDomain
from contacts.creating import create_company
from contacts.custom_field import CustomValue
from contacts.custom_fields import save_field
from contacts.duplicate_pair import DuplicatePair
from contacts.editing import create_person, edit_person, employ
from contacts.imported_row import ImportedRow
from contacts.infotag import Infotag, Tagged
from contacts.legal_hold import LegalHold
from contacts.lookup import looked_at
from contacts.merge import NotTheSame
from contacts.merging import merge
from contacts.person import LegalBasis, Person
from contacts.rejecting import say_not_same
from contacts.relation import Relation, RelationKind
from contacts.restriction import Restriction
from contacts.selecting import add_members, new_selection
from core.clock import now
from core.operations import Operation, OperationItem
from desk.digesting import choose
from desk.mailboxes import Mailbox
from desk.outbound import enqueue
from desk.privacy.kept import PrivacyReport, ReportPerson
from desk.rights.case import RightsCase
from desk.telling import Telling
from tests.desk.web.planting import FIRST, LAST, NUMBER, PART, Planted

#: A company that is the person.
SOLE = f"{LAST} {FIRST} Printing"


@dataclass
class Kept:
    """Who was planted, with whoever is part of them, and the lists of an agent in which they stand."""

    persons: set[int]
    person_uids: set[str]
    firm: int
    firm_uid: str
    sole: int
    sole_uid: str
    lists: list[str]

    @property
    def companies(self) -> set[int]:
        return {self.firm, self.sole}


def keep_everywhere(db: Session, planted: Planted, nora: Agent, jonas: Agent) -> Kept:
    """Nora keeps them; everything else is the desk's."""
    person, friend = (db.scalars(select(Person).where(Person.uid == uid)).one() for uid in (planted.person, planted.companion))
    firm = db.scalars(select(Company).where(Company.uid == planted.company)).one()
    other = db.scalars(select(Company).where(Company.name == "Other AS")).one()
    part = create_person(db, {"first_name": PART, "last_name": LAST}, by=nora, employments=[{"company": other}])
    _by_rows(db, part, friend, nora)
    merge(db, part, person, by=nora)
    sole = create_company(db, SOLE, by=jonas.uid)
    employ(db, person, sole, primary=False, by=jonas)
    _by_rows(db, person, friend, nora)
    for one in (firm, sole):
        _company_rows(db, one, friend, nora)
    chosen = new_selection(db, {"of": "companies", "name": "Some companies"}, by=nora)
    add_members(db, chosen, [firm.uid, sole.uid], by=nora)
    new_selection(db, {"of": "persons", "kind": "dynamic", "name": "A saved search", "criteria": [{"field": "customer_number", "op": "contains", "value": NUMBER}]}, by=nora)
    choose(db, nora, "day", 0)
    ids = {one.id: one.uid for one in db.scalars(select(Person).where(Person.last_name == LAST))}
    static, dynamic = (one for one in planted.places if re.fullmatch(r"/selections/[0-9a-f]+", one))
    feed = next(one for one in planted.places if one.startswith("/calendar/"))
    return Kept(set(ids), set(ids.values()), firm.id, firm.uid, sole.id, sole.uid, [
        static, dynamic, f"/selections/{chosen.uid}", feed, "/persons?only=favourites", "/persons?only=recent", "/companies?only=favourites", "/companies?only=recent",
        "/search/hits", "/profile", "/notifications"])


def change(db: Session, kept: Kept, by: Agent) -> None:
    """Something on each of their cards."""
    title = f"Since {now()}"
    for person in db.scalars(select(Person).where(Person.id.in_(kept.persons), Person.merged_into_id.is_(None), Person.binned_at.is_(None))).all():
        edit_person(db, person, {"title": title}, by=by)
    for company in db.scalars(select(Company).where(Company.id.in_(kept.companies), Company.binned_at.is_(None))).all():
        edit_company(db, company, {"website": f"https://{now().timestamp()}.example"}, by=by)


def _at_hand(db: Session, kind: str, uid: str, by: Agent) -> None:
    for which in ("favourite", "subscribed"):
        keep(db, by, kind, uid, which, on=True)  # type: ignore[arg-type]
    opened(db, by.id, kind, uid)


def _by_rows(db: Session, person: Person, friend: Person, by: Agent) -> None:
    """Where mail, other agents, time and the law would put them."""
    _at_hand(db, "person", person.uid, by)
    looked_at(db, [person.uid], "page", by.id)
    address = filled(Address(kind="email", value=f"stranger{person.id}@elsewhere.example", normalised=f"stranger{person.id}@elsewhere.example", reduced="stranger"))
    db.add(address)
    db.flush()
    say_not_same(db, address, person, by=by)
    report = filled(PrivacyReport(language="en", by_uid=by.uid, until=now()))
    db.add(report)
    db.flush()
    mailbox = db.scalars(select(Mailbox)).first()
    enqueue(db, kind="mailing", mailbox=mailbox, recipients=[f"sent{person.id}@planted.example"], subject="News", text="News.", person_uid=person.uid, recipient_key=f"{person.id:032}")
    kind = db.scalars(select(RelationKind).where(RelationKind.between == "person-person")).first()
    for one in (
        ReportPerson(report_id=report.id, person_uid=person.uid), ImportedRow(digest=f"{person.id:064}", subject_uid=person.uid),
        LegalHold(of="person", record_id=person.id, record_uid=person.uid, reason="A claim", basis="legal_claims", review_on=date(2030, 1, 1), lifted_at=now()),
        Telling(subject_uid=person.uid, about="rectified", address="ola@third.example"), Restriction(person_id=person.id, origin_person_id=person.id, ground="accuracy", reason="Is it", lifted_at=now()),
        LegalBasis(person_id=person.id, origin_person_id=person.id, purpose="service", basis="contract"),
        RightsCase(kind="access", state="done", closed=True, person_id=person.id, origin_person_id=person.id, received_at=now(), due_at=now()),
        NotTheSame(person_id=person.id, other_id=friend.id), NotTheSame(person_id=friend.id, other_id=person.id),
        DuplicatePair(person_id=friend.id, other_id=person.id, points=60, evidence=[]),
        Relation(kind_id=kind.id if kind else 0, person_id=friend.id, origin_person_id=friend.id, other_person_id=person.id, other_origin_person_id=person.id),
    ):
        db.add(filled(one))
    db.flush()


def _company_rows(db: Session, company: Company, friend: Person, by: Agent) -> None:
    _at_hand(db, "company", company.uid, by)
    operation = filled(Operation(kind="companies.update", state="done", by_uid=by.uid))
    tag = filled(Infotag(name=f"Tag {company.id}", kind=""))
    db.add_all([operation, tag])
    db.flush()
    own = save_field(db, None, {"of": "company", "kind": "text", "name": f"Colour {company.id}", "key": f"colour{company.id}"}, by=by)
    kind = db.scalars(select(RelationKind).where(RelationKind.between == "person-company")).first()
    for one in (
        CompanyDomain(domain=f"firm{company.id}.example", company_id=company.id), CustomValue(field_id=own.id, company_id=company.id, text="Red", folded="red"),
        Tagged(tag_id=tag.id, company_id=company.id), ImportedRow(digest=f"c{company.id:063}", subject_uid=company.uid),
        LegalHold(of="company", record_id=company.id, record_uid=company.uid, reason="A claim", basis="legal_claims", review_on=date(2030, 1, 1), lifted_at=now()),
        OperationItem(operation_id=operation.id, kind="company", state="done", subject_uid=company.uid, data={}),
        Relation(kind_id=kind.id if kind else 0, person_id=friend.id, origin_person_id=friend.id, other_company_id=company.id),
        Relation(kind_id=kind.id if kind else 0, other_person_id=friend.id, other_origin_person_id=friend.id, company_id=company.id),
    ):
        db.add(filled(one))
    db.flush()


def filled(row: Any) -> Any:
    """With something in every column that needs it."""
    for column in inspect(type(row)).columns:
        if not column.nullable and column.default is None and not column.primary_key and getattr(row, column.key, None) is None:
            setattr(row, column.key, {"int": 0, "datetime": now()}.get(column.type.python_type.__name__, ""))
    return row

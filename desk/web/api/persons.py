"""Persons: finding, making, changing, deleting, restoring."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response
from sqlalchemy import select

from contacts.addressing import holdings_of
from contacts.bases import stop
from contacts.binning import bin_person
from contacts.company import Company
from contacts.doors import through
from contacts.editing import create_person, edit_person
from contacts.person import HOLDING, Employment, LegalBasis
from contacts.person import Person as Row
from contacts.searching import search_persons
from contacts.vcard import vcard as written
from core.errors import Refused
from core.i18n import N_
from core.options import option
from desk.tickets.returning import restore_person
from desk.web.api import versions
from desk.web.api.addresses import let_erased_in
from desk.web.api.bearer import me
from desk.web.api.employments import left
from desk.web.api.finding import company_named, fields_of, in_selection, the_person
from desk.web.api.paging import Listed, cut, key_of
from desk.web.api.routing import delete, get, patch, post
from desk.web.api.schemas.desk import Answers
from desk.web.api.schemas.persons import (
    Nevertheless,
    NewLegalBasis,
    NewPerson,
    Person,
    PersonChange,
    PersonsAsked,
    Share,
)
from desk.web.api.shapes import persons as shapes
from desk.web.looking_up import note_lookup
from desk.web.requests import db

NESTED = ("addresses", "employments", "legal_bases", "id", "version", "to_be_completed", "custom", "created", "delete_planned")


@get("/persons", refuses=(404,))
def index(asked: PersonsAsked) -> Listed[Person]:
    """Living persons, the newest first; what is searched for comes by name."""
    company = db().scalar(select(Company).where(Company.uid == asked.company)) if asked.company else None
    if asked.company and company is None:
        return Listed[Person](items=[])
    if asked.q or asked.selection or asked.sort == "name":
        found = search_persons(db(), asked.q or "", cursor=asked.cursor, limit=asked.most, company=company, where=in_selection(asked.selection, "persons"))
        note_lookup([one.uid for one in found.rows], "api", me().id)
        return Listed[Person](items=shapes.persons(db(), found.rows), next=found.next)
    rows, following = _newest(asked, company)
    note_lookup([one.uid for one in rows], "api", me().id)
    return Listed[Person](items=shapes.persons(db(), rows), next=following)


@post("/persons", status=201, refuses=(409,))
def create(given: NewPerson, asked: Share) -> Person:
    """A person, with addresses and employments. 409 names the person who holds an address already, or is the same by the company's rule."""
    fields = fields_of({name: value for name, value in given.named().items() if name not in NESTED})
    for one in given.addresses:
        let_erased_in(one)
    with through(db(), "api", nevertheless=asked.nevertheless == "true"):
        person = create_person(
            db(), fields, by=me(), how="api", share=asked.share == "true", custom=given.custom,
            addresses=[one.model_dump(include={"kind", "value", "label", "primary"}) for one in given.addresses if one.to is None],
            employments=[{"company": company_named(job.company_id, f"employments.{n}.company_id"), "position": job.position,
                          "from": job.from_} for n, job in sorted(enumerate(given.employments), key=lambda job: not job[1].primary)
                         if job.to is None])
    for n, job in enumerate(given.employments):
        if job.to is not None:
            left(person, job, f"employments.{n}.company_id")
    _note_bases(person, given.legal_bases)
    return shapes.person(db(), person)


@get("/persons/<uid:uid>", moves=True)
def show(uid: str) -> Person:
    """A person."""
    note_lookup([uid], "api", me().id)
    return shapes.person(db(), the_person(uid))


@patch("/persons/<uid:uid>", moves=True, refuses=(409,))
def update(uid: str, given: PersonChange, asked: Nevertheless) -> Person:
    """Change the fields that are given."""
    person = the_person(uid)
    versions.unmoved(person.version)
    with through(db(), "api", nevertheless=asked.nevertheless == "true"):
        named = given.named()
        own = named.pop("custom", None)
        edit_person(db(), person, fields_of(named), by=me(), custom=own)
    if given.named().get("private_customer") is False and person.employment is None and not person.to_be_completed \
            and option(db(), "contacts.company_required"):
        raise Refused(N_("A person must belong to a company here. Choose a company, or make the person a private customer."),
                      {"private_customer": N_("Choose a company.")})
    return shapes.person(db(), person)


@delete("/persons/<uid:uid>", admin=True, moves=True)
def destroy(uid: str) -> None:
    """Put a person into the bin: masked everywhere, restorable."""
    person = the_person(uid)
    versions.unmoved(person.version)
    bin_person(db(), person, by=me())


@post("/persons/<uid:uid>/restore", admin=True, moves=True, refuses=(409,))
def restore(uid: str, given: Answers) -> Person:
    """Bring a person back, name and all, and the deleted companies they work at. 409 says what somebody else has got meanwhile."""
    person = the_person(uid, binned=True)
    restore_person(db(), person, by=me(), answers=given.answers)
    return shapes.person(db(), person)


@get("/persons/<uid:uid>/vcard", content="text/vcard", moves=True)
def vcard(uid: str) -> Response:
    """The person as a vCard 4.0."""
    person = the_person(uid)
    note_lookup([uid], "card", me().id)
    response = Response(written(person, holdings_of(db(), person)), mimetype="text/vcard")
    response.headers["Content-Disposition"] = f'attachment; filename="{uid}.vcf"'
    return response


def _note_bases(person: Row, given: Sequence[NewLegalBasis]) -> None:
    """The bases that were given; the one every person has is not noted twice."""
    own = {(basis.purpose, basis.basis, basis.event): basis for basis in person.legal_bases}
    for one in given:
        basis = own.get((one.purpose, one.basis, one.event))
        if basis is None:
            db().add(LegalBasis(person_id=person.id, purpose=one.purpose, basis=one.basis, source=one.source, event=one.event, proof="api", by_uid=me().uid))
        else:
            basis.source = one.source or basis.source
    db().flush()
    db().expire(person, ["legal_bases"])
    for key in dict.fromkeys(one.purpose for one in given if one.event not in HOLDING):
        if key not in person.standing_bases or not person.standing_bases[key].holds:        # what was withdrawn holds for their addresses too
            stop(db(), person, key, source="", by=me(), proof="api")


def _newest(asked: PersonsAsked, company: Company | None) -> tuple[Any, str | None]:
    query = select(Row).where(Row.binned_at.is_(None), Row.merged_into_id.is_(None))
    if company is not None:
        query = query.where(Row.id.in_(select(Employment.person_id).where(
            Employment.company_id == company.id, Employment.ended_on.is_(None))))
    if (before := key_of(asked.cursor)) is not None:
        query = query.where(Row.id < before)
    rows = db().scalars(query.order_by(Row.id.desc()).limit(asked.most + 1)).all()
    return cut(rows, asked.most, lambda row: row.id)

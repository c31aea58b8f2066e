"""Writing rows of persons into the register, and taking them out of it again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from contacts import importing_own as own
from contacts.address import Address, Holding, reduced
from contacts.addressing import add_address, never_held
from contacts.agent import Agent
from contacts.bases import give_new
from contacts.company import Company
from contacts.creating import index_person
from contacts.doors import through
from contacts.duplicates import check_later
from contacts.editing import FIELDS, SYNCED, edit_person, employ, reindex
from contacts.facts import EmploymentChanged, PersonCreated, PersonWithdrawn
from contacts.imported_row import forget_rows
from contacts.importing_bases import Ground
from contacts.importing_companies import put_company
from contacts.importing_own import Held, held_on
from contacts.importing_rows import Row
from contacts.importing_verdicts import Verdict, bare
from contacts.legal_holds import needs_no_hold
from contacts.name_keys import forget_keys
from contacts.ordering import keys_of_person
from contacts.person import Employment, LegalBasis, Person
from contacts.pointing import pointed_at
from contacts.purpose import USUAL
from contacts.suppression import suppress
from core.among import among
from core.batch import defer
from core.clock import now
from core.database import new_uid
from core.errors import Conflict
from core.fold import fold
from core.history import record
from core.i18n import N_
from core.operations import Operation, OperationItem
from core.putting import put
from core.search import forget

KEPT = (*FIELDS, "sort_name", "order_key", "name_guessed", "language_guessed", "to_be_completed")
CHANGED = N_("Somebody has changed this since.")


@dataclass(slots=True)
class Standing:
    """What matched persons hold and where they work, by the person's id."""

    held: dict[int, set[tuple[str, str]]] = field(default_factory=dict)
    jobs: dict[int, dict[int, Employment]] = field(default_factory=dict)
    own: dict[int, Held] = field(default_factory=dict)


def standing(db: Session, persons: Sequence[Person]) -> Standing:
    """The same for several, asked once."""
    ids = [one.id for one in persons]
    found = Standing(own=held_on(db, "persons", ids))
    for owner, kind, value in db.execute(select(Holding.person_id, Address.kind, Address.normalised).join(
            Address, Address.id == Holding.address_id).where(among(Holding.person_id, ids), Holding.until.is_(None))) if ids else ():
        found.held.setdefault(owner, set()).add((kind, value))
    for job in db.scalars(select(Employment).where(among(Employment.person_id, ids), Employment.ended_on.is_(None)).order_by(Employment.id)) if ids else ():
        found.jobs.setdefault(job.person_id, {}).setdefault(job.company_id, job)
    return found


def changes(row: Row, verdict: Verdict, at: Standing, how: str, taken: Collection[tuple[str, str]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What an update would change, before and after. ``how``: update, or fill (only what is empty). Addresses that somebody else holds
    (``taken``) stay theirs; an empty cell takes nothing away."""
    person = verdict.person
    assert person is not None
    after = {name: value for name, value in row.fields.items() if getattr(person, name) != value and (
        how == "update" or getattr(person, name) in (None, "", False))}
    before = {name: getattr(person, name) for name in after}
    own_before, own_after = own.changes(row.own, row.tags, at.own[person.id], how)
    before, after = before | own_before, after | own_after
    held = at.held.get(person.id, set())
    for name, kind, wanted in (("emails", "email", row.emails), ("phones", "phone", [(one, one) for one in row.phones]),
                               ("links", "link", [(one, one) for one in row.links])):
        new = [said for key, said in wanted if (kind, key) not in held and (kind, key) not in taken]
        if new:
            after[name] = new
    job = at.jobs.get(person.id, {}).get(verdict.company.id) if verdict.company else None
    if (row.company or row.company_number) and job is None:
        after["company"] = verdict.company.name if verdict.company else row.company or row.company_number
        if row.position:
            after["position"] = row.position
    elif job is not None and row.position and job.position != row.position and (how == "update" or not job.position):
        before["position"], after["position"] = job.position, row.position
    return before, after


def shown(row: Row) -> dict[str, Any]:
    """What a new person would be, for people to see."""
    more = {"emails": [said for _key, said in row.emails], "phones": row.phones, "links": row.links, "company": row.company or row.company_number,
            "position": row.position}
    return row.fields | {name: value for name, value in more.items() if value} | own.shown(row.own, row.tags)


def look_up_addresses(db: Session, rows: Sequence[Row]) -> dict[tuple[str, str], int]:
    """(kind, as it is matched) → the id of each address, made where it is new."""
    said = {(kind, key): one for row in rows for kind, key, one in _held(row)}
    found = _addresses(db, said)
    at = now()
    new = [{"uid": new_uid(), "kind": kind, "value": one[:320], "normalised": key, "reduced": reduced(key) if kind == "email" else None, "name": "",
            "health": "ok", "suppression": "none", "created_at": at} for (kind, key), one in said.items() if (kind, key) not in found]
    if not new:
        return found
    dialect: Any = postgresql if db.get_bind().dialect.name == "postgresql" else sqlite
    db.connection().execute(dialect.insert(Address.__table__).on_conflict_do_nothing(), new)
    return _addresses(db, said)


class NewCompanies:
    """The companies that rows of a chunk name and nobody knows yet: each is made once."""

    def __init__(self) -> None:
        self.made: dict[str, Company] = {}

    def given(self, db: Session, row: Row, by: Agent | None) -> tuple[Company, Company | None]:
        """The company of a row, and the same where this row is the one it came with."""
        key = bare(row.company_number) or fold(row.company)[:200]
        if key in self.made:
            return self.made[key], None
        company = put_company(db, {"name": row.company or row.company_number, "organisation_number": bare(row.company_number) or None}, by)
        self.made[key] = company
        return company, company


def create(db: Session, operation: Operation, row: Row, verdict: Verdict, at: Mapping[str, Any], by: Agent | None) -> dict[str, Any]:
    """A new person; returns what taking it back needs. Rows of a chunk are written together."""
    company, made = verdict.company, None
    if company is None and (row.company or row.company_number):
        company, made = at["companies"].given(db, row, by)
    fields = dict(row.fields)
    fields["our_contact_id"] = fields.get("our_contact_id") or (company.our_contact_id if company else None) or (by.id if by else None)
    for name in SYNCED:
        fields[name] = fields.get(name) or (getattr(company, name) if company else None)
    fields = {"first_name": "", "last_name": "", **fields}
    person = put(db, Person, **fields, **keys_of_person(fields["first_name"], fields["last_name"]), created_how="import", created_why=operation.given.get("file", ""), created_by_id=by.id if by else None)
    if company is not None:
        defer(db, _employ, {"person_id": person.id, "company_id": company.id, "position": row.position or None})
    first: set[str] = set()
    for kind, key, _said in _held(row):
        defer(db, _let_hold, {"address_id": at["addresses"][(kind, key)], "person_id": person.id, "origin_person_id": person.id,
                              "origin": "import", "is_primary": kind not in first})
        first.add(kind)
    index_person(db, person, [said for _kind, _key, said in _held(row)], company.name if company else "", new=True)
    if verdict.kind == "queue":
        check_later(db, person)
    record(db, PersonCreated(person.uid, "import", company.uid if company else None), by=by.uid if by else None)
    ground: Ground = at["ground"]
    lifted = give_new(db, person, ground.purpose, ground.basis, source=ground.source, wording=ground.wording, by=by, proof="import", proof_uid=operation.uid,
                      objected=sorted(verdict.objected))
    return {"uid": person.uid, "undo": {
        "fields": {name: getattr(person, name) for name in KEPT}, "held": sorted([kind, key] for kind, key, _said in _held(row)),
        "jobs": [[company.id, row.position or None, None, None]] if company else [],
        "bases": [[ground.purpose.key, ground.basis]], "lifted": lifted, "own": own.give(db, person, row.own, row.tags, by), "company": made.uid if made else None}}


def withdraw(db: Session, operation: Operation, item: OperationItem, by: Agent | None) -> None:
    """Take a person out that this import made, as if the row had never been read. Raises Conflict where there is more by now."""
    kept = item.data["undo"]
    person = _held_still(db, item)
    if person is None or not person.living:
        raise Conflict(CHANGED)
    at = standing(db, [person])
    needs_no_hold(db, person)
    same = {name: getattr(person, name) for name in KEPT} == kept["fields"] and sorted(map(list, at.held.get(person.id, ()))) == kept[
        "held"] and _jobs_of(db, person) == kept["jobs"] and at.own[person.id].kept() == kept["own"] and _bases_of(db, person) == kept.get(
            "bases", [[USUAL, kept.get("basis")]]) and not (person.photo_digest or person.mail_locked_at)
    if not same or pointed_at(db, Person.__tablename__, person.id, but=("holdings", "employments", "legal_bases", "name_keys", "duplicate_pairs", "at_hand", *own.TABLES)):
        raise Conflict(N_("Somebody has changed this since, or there is more about this person by now."))
    addresses = list(db.scalars(select(Holding.address_id).where(Holding.person_id == person.id)))
    forget(db, "person_search", person.id)
    forget_keys(db, person.id)
    forget_rows(db, person.uid)
    record(db, PersonWithdrawn(person.uid, operation.uid), by=by.uid if by else None)
    db.expunge(person)
    db.execute(delete(Person).where(Person.id == person.id))
    for address in addresses:
        if not pointed_at(db, Address.__tablename__, address):
            db.execute(delete(Address).where(Address.id == address))
    for kind, value in kept.get("lifted", ()):
        suppress(db, "objected", kind, value, kept["bases"][0][0], reason="undo")
    if kept["company"]:
        _drop_company(db, kept["company"])


def change(db: Session, row: Row, verdict: Verdict, after: Mapping[str, Any], at: Mapping[str, Any], by: Agent | None) -> dict[str, Any]:
    """Change a person as the row says; returns what taking it back needs."""
    person, made = verdict.person, None
    assert person is not None
    before = {name: getattr(person, name) for name in KEPT}
    fields = {name: value for name, value in after.items() if name in FIELDS}
    with through(db, "import", nevertheless=True):
        if fields or own.custom_in(after):
            edit_person(db, person, fields, by=by, custom=own.custom_in(after))
        tagged = own.tag(db, person, row.tags, at["standing"].own[person.id], by)
        added = [add_address(db, person, kind, value, by=by, origin="import", proof="none").uid
                 for name, kind in (("emails", "email"), ("phones", "phone"), ("links", "link")) for value in after.get(name, ())]
        job, position = None, None
        if "company" in after:
            company = verdict.company
            if company is None:
                company, made = at["companies"].given(db, row, by)
            alone = not at["standing"].jobs.get(person.id)
            job = employ(db, person, company, position=after.get("position"), primary=alone, by=by)
        elif "position" in after:
            known = at["standing"].jobs[person.id][verdict.company.id]  # type: ignore[union-attr]
            position = [known.uid, known.position, after["position"]]
            known.position = after["position"]
            record(db, EmploymentChanged(person.uid, verdict.company.uid, "position", known.uid),  # type: ignore[union-attr]
                   by=by.uid if by else None, changes={"position": (position[1], position[2])})
    person.raise_version()
    db.flush()
    reindex(db, person)
    return {"undo": {"before": before, "after": {name: getattr(person, name) for name in KEPT}, "added": added, "position": position,
                     "own": {"before": {slot: at["standing"].own[person.id].values.get(slot) for slot in after if slot.startswith("custom.")},
                             "after": {slot: value for slot, value in after.items() if slot.startswith("custom.")}, "tags": tagged},
                     "job": job.uid if job else None, "job_as": _as(job)[1:] if job else None, "company": made.uid if made else None}}


def change_back(db: Session, item: OperationItem, by: Agent | None) -> None:
    """Let a person be as before the row. Raises Conflict where somebody has changed any of it since."""
    kept = item.data["undo"]
    person = _held_still(db, item)
    if person is None or not person.living or {name: getattr(person, name) for name in KEPT} != kept["after"]:
        raise Conflict(CHANGED)
    own.check_back(held_on(db, "persons", [person.id])[person.id], kept["own"])
    held = {one.uid: one for one in db.scalars(select(Holding).where(Holding.person_id == person.id, Holding.until.is_(None)))}
    jobs = {one.uid: one for one in person.employments}
    moved = kept["position"] and (kept["position"][0] not in jobs or jobs[kept["position"][0]].position != kept["position"][2])
    if set(kept["added"]) - set(held) or moved or (
            kept["job"] and (kept["job"] not in jobs or _as(jobs[kept["job"]])[1:] != kept["job_as"])):
        raise Conflict(CHANGED)
    gone = [held[uid].address_id for uid in kept["added"]]
    for uid in kept["added"]:
        never_held(db, held[uid], by=by)
    if kept["job"]:
        person.employments.remove(jobs[kept["job"]])
    if kept["position"]:
        jobs[kept["position"][0]].position = kept["position"][1]
    db.flush()
    with through(db, "undo"):
        edit_person(db, person, {name: kept["before"][name] for name in FIELDS}, by=by, custom=own.custom_in(kept["own"]["before"]))
    own.untag(db, person, kept["own"]["tags"], by)
    for name in KEPT:
        setattr(person, name, kept["before"][name])
    db.flush()
    reindex(db, person)
    for address in gone:
        if not pointed_at(db, Address.__tablename__, address):
            db.execute(delete(Address).where(Address.id == address))
    if kept["company"]:
        _drop_company(db, kept["company"])


def _held_still(db: Session, item: OperationItem) -> Person | None:
    """The person, locked until the transaction ends: what a colleague writes meanwhile comes before the comparison, or after."""
    return db.scalar(select(Person).where(Person.uid == item.subject_uid).with_for_update(of=Person).execution_options(populate_existing=True))


def _jobs_of(db: Session, person: Person) -> list[list[Any]]:
    return [_as(job) for job in db.scalars(select(Employment).where(Employment.person_id == person.id).order_by(Employment.id))]


def _bases_of(db: Session, person: Person) -> list[list[str]]:
    return [list(row) for row in db.execute(select(LegalBasis.purpose, LegalBasis.basis).where(LegalBasis.person_id == person.id))]


def _as(job: Employment) -> list[Any]:
    return [job.company_id, job.position, *(day.isoformat() if day else None for day in (job.started_on, job.ended_on))]


def _drop_company(db: Session, uid: str) -> None:
    """A company that came with a row goes with it, unless it has become more than that."""
    company = db.scalar(select(Company).where(Company.uid == uid).with_for_update(of=Company).execution_options(populate_existing=True))
    if company is None or company.version != 1 or pointed_at(db, Company.__tablename__, company.id):
        return
    forget(db, "company_search", company.id)
    forget_rows(db, uid)
    db.expunge(company)
    db.execute(delete(Company).where(Company.id == company.id))


def _employ(db: Session, rows: list[dict[str, Any]]) -> None:
    db.connection().execute(insert(Employment.__table__), rows)  # type: ignore[arg-type]


def _let_hold(db: Session, rows: list[dict[str, Any]]) -> None:
    db.connection().execute(insert(Holding.__table__), rows)  # type: ignore[arg-type]


def _held(row: Row) -> list[tuple[str, str, str]]:
    return [*(("email", key, said) for key, said in row.emails), *(("phone", one, one) for one in row.phones),
            *(("link", one, one) for one in row.links)]


def _addresses(db: Session, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for kind in ("email", "phone", "link"):
        some = [key for one, key in wanted if one == kind]
        if some:
            found |= {(kind, key): one for key, one in db.execute(select(Address.normalised, Address.id).where(
                Address.kind == kind, among(Address.normalised, some)))}
    return found

"""What becomes of rows of persons: who each of them is in the register already, and whether the desk's own rule keeps it out.

A row is somebody known by its id, its customer number, an e-mail address with the same name, by being the same row as one that was
imported before, or by its name within its company or together with a telephone number (C17, C18). Rows are looked at together: a
chunk takes as many statements as one row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import Address, Holding
from contacts.bases import OBJECTED
from contacts.company import Company
from contacts.doors import through, treatment
from contacts.duplicates import SAME, rule
from contacts.imported_row import known_rows
from contacts.importing_bases import LIFTED
from contacts.importing_rows import Row
from contacts.merged import named_of
from contacts.person import Employment, Person
from contacts.purpose import Purpose
from contacts.same_fields import LIVING, having, order, values
from contacts.suppression import Value, suppressed
from core.among import among
from core.errors import Refused
from core.fold import fold as plainly
from core.i18n import N_
from core.i18n import gettext as _
from core.options import option

fold = lru_cache(maxsize=5_000)(plainly)


@dataclass(slots=True)
class Verdict:
    """``kind``: create, queue (create, and look at it as a duplicate), update, skip, error; ``why`` in English."""

    kind: str
    person: Person | None = None
    company: Company | None = None
    why: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    alike: list[Person] = field(default_factory=list)
    objected: set[Value] = field(default_factory=set)


@dataclass(slots=True)
class Around:
    """What is known of the persons and companies that a chunk of rows may mean."""

    persons: dict[int, Person] = field(default_factory=dict)
    by_uid: dict[str, Person] = field(default_factory=dict)
    by_number: dict[str, Person] = field(default_factory=dict)
    by_email: dict[str, list[Person]] = field(default_factory=dict)
    by_phone: dict[str, list[Person]] = field(default_factory=dict)
    at_company: dict[tuple[str, int], list[Person]] = field(default_factory=dict)
    companies: dict[str, list[Company]] = field(default_factory=dict)
    emails_of: dict[int, set[str]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    erased: set[Value] = field(default_factory=set)
    objected: set[Value] = field(default_factory=set)
    ruled: dict[int, tuple[list[Person], tuple[str, ...]]] = field(default_factory=dict)


def look_around(db: Session, rows: Sequence[Row], purpose: Purpose | None = None) -> Around:
    """Everything that judging these rows asks of the register; ``purpose`` is what new persons are held for."""
    written = [one for row in rows for one in _written(row)]
    found = Around(companies=companies_named(db, rows), erased=suppressed(db, "erased", written))
    if purpose is not None and purpose.marketing:
        found.objected = suppressed(db, "objected", written, purpose.key)
    _by_id(db, rows, found)
    _by_number(db, rows, found)
    for kind, wanted, into in (("email", {key for row in rows for key, _said in row.emails}, found.by_email),
                               ("phone", {number for row in rows for number in row.phones}, found.by_phone)):
        for person, value in _holding(db, kind, wanted):
            into.setdefault(value, []).append(person)
    ids = {company.id for some in found.companies.values() for company in some}
    names = {row.sort_name for row in rows if row.company or row.company_number}
    for person, company in _working(db, names, ids):
        found.at_company.setdefault((person.sort_name, company), []).append(person)
    there = {one.id for some in found.at_company.values() for one in some}
    for owner, value in db.execute(select(Holding.person_id, Address.normalised).join(Address, Address.id == Holding.address_id).where(
            among(Holding.person_id, there), Holding.until.is_(None), Address.kind == "email")) if there else ():
        found.emails_of.setdefault(owner, set()).add(value)
    _by_rule(db, rows, found)
    return found


def _written(row: Row) -> list[Value]:
    """The addresses and numbers in a row, as they are matched."""
    return [*(("email", key) for key, _said in row.emails), *(("phone", one) for one in row.phones)]


def _holding(db: Session, kind: str, wanted: Collection[str]) -> Iterable[tuple[Person, str]]:
    """The living who hold these addresses. Each table is asked by its own index: no planner without figures takes another way."""
    if not wanted:
        return
    said = dict(db.execute(select(Address.id, Address.normalised).where(Address.kind == kind, among(Address.normalised, wanted))).all())
    held = db.execute(select(Holding.person_id, Holding.address_id).where(among(Holding.address_id, said), Holding.until.is_(None))).all() if said else ()
    persons = {one.id: one for one in _living(db, among(Person.id, {person for person, _address in held}))} if held else {}
    for person, address in held:
        if person in persons:
            yield persons[person], said[address]


def _working(db: Session, names: Collection[str], companies: Collection[int]) -> Iterable[tuple[Person, int]]:
    """The living of these names who work at these companies now."""
    if not (names and companies):
        return
    ids = db.scalars(select(Person.id).where(among(Person.sort_name, names), *LIVING)).all()
    jobs = db.execute(select(Employment.person_id, Employment.company_id).where(
        among(Employment.person_id, ids), among(Employment.company_id, companies), Employment.ended_on.is_(None))).all() if ids else ()
    persons = {one.id: one for one in _living(db, among(Person.id, {person for person, _company in jobs}))} if jobs else {}
    for person, company in jobs:
        if person in persons:
            yield persons[person], company


def companies_named(db: Session, rows: Iterable[Row]) -> dict[str, list[Company]]:
    """Organisation number, and folded name, → living companies."""
    numbers = {bare(row.company_number) for row in rows if row.company_number} - {""}
    names = {fold(row.company)[:200] for row in rows if row.company}
    found: dict[str, list[Company]] = {}
    for company in db.scalars(select(Company).where(among(Company.organisation_number, numbers), Company.binned_at.is_(None))) if numbers else ():
        found.setdefault(f"n:{company.organisation_number}", []).append(company)
    for company in db.scalars(select(Company).where(among(Company.sort_name, names), Company.binned_at.is_(None)).order_by(Company.id)) if names else ():
        found.setdefault(f"c:{company.sort_name}", []).append(company)
    return found


def judge(db: Session, row: Row, around: Around, given: Mapping[str, Any]) -> Verdict:
    """What becomes of a row. ``given``: ``existing`` (update, fill or skip), ``nevertheless``, ``basis``."""
    if row.errors:
        return Verdict("error", errors=row.errors)
    try:
        company = company_of(row, around)
    except Refused as refused:
        return Verdict("error", errors=refused.errors)
    if {row.uid, f"d:{row.digest}", f"n:{row.fields.get('customer_number')}"} & around.gone:
        return Verdict("skip", why=N_("This person is in the bin."))
    if not around.erased.isdisjoint(_written(row)):
        return Verdict("skip", why=N_("It has an address of somebody who was erased, and does not bring them back."))
    if row.uid and row.uid not in around.by_uid:
        return Verdict("error", errors={"id": N_("There is no person with this id.")})
    person = _who(row, around, company)
    if person is not None:
        known = given.get("existing") == "skip"
        return Verdict("skip" if known else "update", person, company, N_("This person is in the register already.") if known else "")
    if not company and not row.company and not row.fields.get("private_customer") and option(db, "contacts.company_required"):
        return Verdict("error", errors={"company": N_("A person must belong to a company here.")})
    objected = around.objected & set(_written(row))
    if objected and given.get("basis") != "consent":
        return Verdict("skip", company=company, why=OBJECTED)
    verdict = _by_door(db, row, around, company, given)
    if objected and verdict.kind != "skip":
        verdict.objected, verdict.why = objected, f"{verdict.why} {LIFTED}".strip()
    return verdict


def company_of(row: Row, around: Around) -> Company | None:
    """The company that a row names, if there is one yet. Raises Refused where the name is of several."""
    found = around.companies.get(f"n:{bare(row.company_number)}") or around.companies.get(f"c:{fold(row.company)[:200]}") or []
    if len(found) > 1:
        raise Refused(N_("Several companies are called so. Give the organisation number."),
                      {"company": N_("Several companies are called so. Give the organisation number.")})
    return found[0] if found else None


def bare(number: str) -> str:
    """An organisation number without spaces."""
    return "".join(number.split())


def keys(row: Row, groups: Sequence[Sequence[str]]) -> Iterable[tuple[str, str]]:
    """What makes two rows of one file the same person: (key, how). ``same`` always; ``near`` unless both have an e-mail address;
    ``bare`` where this one has none; ``shared`` and ``rule`` are for the door to judge."""
    name, at = row.sort_name, f"{fold(row.company)}{bare(row.company_number)}"
    yield (f"i:{row.uid}" if row.uid else f"d:{row.digest}"), "same"
    if number := row.fields.get("customer_number"):
        yield f"n:{number}", "same"
    for key, _said in row.emails:
        yield f"e:{key}|{name}", "same"
        yield f"e:{key}", "shared"
    if at:
        yield f"c:{at}|{name}", "near"
    for number in row.phones:
        yield f"p:{number}|{name}", "bare"
    for group in groups:
        mine = [_mine(row, one) for one in group]
        for left in mine[0]:
            for right in mine[1] if len(mine) > 1 else ("",):
                yield f"r:{','.join(group)}:{left}|{right}", "rule"


def _who(row: Row, around: Around, company: Company | None) -> Person | None:
    """The person that a row means."""
    if row.uid:
        return around.by_uid[row.uid]
    if (number := row.fields.get("customer_number")) and number in around.by_number:
        return around.by_number[number]
    name = row.sort_name
    for key, _said in row.emails:
        for person in around.by_email.get(key, ()):
            if person.sort_name == name:
                return person
    if f"d:{row.digest}" in around.by_uid:
        return around.by_uid[f"d:{row.digest}"]
    near = around.at_company.get((name, company.id), []) if company is not None else []
    near = [one for one in near if not row.emails or not around.emails_of.get(one.id)]
    if len(near) == 1:
        return near[0]
    by_phone = {one.id: one for number in row.phones for one in around.by_phone.get(number, ()) if one.sort_name == name}
    return next(iter(by_phone.values())) if len(by_phone) == 1 and not row.emails else None


def _by_door(db: Session, row: Row, around: Around, company: Company | None, given: Mapping[str, Any]) -> Verdict:
    """Somebody new, unless the rule or an address of somebody else speaks against it: as the door for imports has it."""
    alike, fields = around.ruled.get(row.number, ([], ()))
    held = next((one for key, _said in row.emails for one in around.by_email.get(key, ())), None)
    if not alike and held is None:
        return Verdict("create", company=company)
    other = alike[0] if alike else held
    assert other is not None
    why = _(SAME[fields[0]]) if fields else N_("Same e-mail address")
    act = by_door(db, given)
    said = _("%(why)s: %(name)s.", why=why, name=other.name)
    return Verdict("queue" if act == "queue" else "skip", company=company, why=said, alike=alike or [other])


def by_door(db: Session, given: Mapping[str, Any]) -> str:
    """What the door for imports does with a duplicate: queue, block or warn."""
    with through(db, "import", nevertheless=bool(given.get("nevertheless"))):
        return treatment(db, "import")


def _by_id(db: Session, rows: Sequence[Row], found: Around) -> None:
    """Those that are named by id, or whose row was imported before; merged ones lead to who goes on."""
    before = known_rows(db, [row.digest for row in rows if row.digest])
    wanted = {row.uid for row in rows if row.uid} | set(before.values())
    on = named_of(db, wanted)
    persons = {one.uid: one for one in db.scalars(select(Person).where(among(Person.uid, {on.get(uid, uid) for uid in wanted})))} if wanted else {}
    for uid in wanted:
        person = persons.get(on.get(uid, uid))
        if person is not None and person.living:
            found.by_uid[uid] = person
        elif person is not None:
            found.gone.add(uid)
    for digest, uid in before.items():
        if uid in found.by_uid:
            found.by_uid[f"d:{digest}"] = found.by_uid[uid]
        elif uid in found.gone:
            found.gone.add(f"d:{digest}")


def _by_number(db: Session, rows: Sequence[Row], found: Around) -> None:
    """Those with the customer number; of a merged one whoever goes on."""
    numbers = {number for row in rows if (number := row.fields.get("customer_number"))}
    holders = db.scalars(select(Person).where(among(Person.customer_number, numbers))).all() if numbers else ()
    on = named_of(db, [one.uid for one in holders if one.merged_into_id is not None])
    rest = {one.uid: one for one in db.scalars(select(Person).where(Person.uid.in_(on.values())))} if on else {}
    for one in holders:
        person = rest.get(on.get(one.uid, ""), one)
        if person.living:
            found.by_number[one.customer_number or ""] = person
        else:
            found.gone.add(f"n:{one.customer_number}")


def _by_rule(db: Session, rows: Sequence[Row], found: Around) -> None:
    """Who is the same by the desk's own rule: each field is asked once for all rows."""
    for fields in rule(db):
        first, *others = sorted(fields, key=order)
        wanted = {row.number: _mine(row, first, found) for row in rows}
        everything = set().union(*wanted.values()) if wanted else set()
        near = having(db, first, everything) if everything else set()
        theirs = {name: values(db, name, near) for name in (first, *others)} if near else {}
        persons = {one.id: one for one in _living(db, among(Person.id, near))} if near else {}
        index: dict[Any, set[int]] = {}
        for person, some in theirs.get(first, {}).items():
            for value in some:
                index.setdefault(value, set()).add(person)
        for row in rows:
            same = {one for value in wanted[row.number] for one in index.get(value, ())}
            for name in others:
                same = {one for one in same if theirs[name].get(one, frozenset()) & _mine(row, name, found)}
            if same and row.number not in found.ruled:
                found.ruled[row.number] = ([persons[one] for one in sorted(same) if one in persons], tuple(fields))


def _mine(row: Row, name: str, around: Around | None = None) -> set[Any]:
    """What a row has in a field of the rule, as it is compared."""
    if name == "email":
        return {key for key, _said in row.emails}
    if name == "phone":
        return set(row.phones)
    if name == "name":
        return {row.sort_name} - {""}
    if name == "company":
        if around is None:
            return {fold(row.company)} - {""}
        return {one.id for one in around.companies.get(f"c:{fold(row.company)[:200]}", ())}
    return {fold(row.fields.get(name) or "")} - {""}


def _living(db: Session, condition: Any) -> Iterable[Person]:
    return db.scalars(select(Person).where(condition, *LIVING).order_by(Person.id))

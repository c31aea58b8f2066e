"""Looking for duplicates in the whole register: an operation in short slices, which goes on where it was.

It is asked for by hand or by the timetable. Between two slices the worker does what else there is to do; how far it is stands
in the operation, so that it may be stopped, or die, at any moment.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from contacts.address import Address, Holding
from contacts.company import Company
from contacts.duplicate_pair import DuplicatePair
from contacts.duplicates import told_apart
from contacts.lookalikes import known
from contacts.name_keys import NameKey
from contacts.pair_blocks import STAGES
from contacts.pairing import THRESHOLD, Around, Candidates, Clue, pair_clues
from contacts.person import Employment
from contacts.stranger import Known
from core.clock import now
from core.database import database, take_turns
from core.operations import Operation, Unfinished, prolong, start
from rules.hearing import keys

KIND = "contacts.duplicates"
GOING = ("planned", "approved", "running", "paused")
#: Seconds at a time, so that mail does not wait.
SLICE = 4.0
#: Pairs whose persons are looked up together.
TOGETHER = 400
Found = tuple[int, int, int, list[Clue]]


def scan(db: Session, *, by: str | None = None) -> Operation:
    """Ask for a scan; where one waits or is at work, that is it."""
    take_turns(db, KIND)
    found = latest(db)
    return found if found is not None and found.state in GOING else start(db, KIND, {}, by=by, total=1000)


def latest(db: Session) -> Operation | None:
    """The scan that was asked for last."""
    return db.scalar(select(Operation).where(Operation.kind == KIND).order_by(Operation.id.desc()).limit(1))


def run(db: Session, operation: Operation) -> None:
    """A slice of it. ``result``: ``{stage, after, compared, found}``, and the day it ended. Raises Unfinished where more is left.

    It commits as it goes, as an operation's kind may (:func:`jobs.operations._perform`): what is found stays found when it is stopped.
    """
    until, names = time.monotonic() + SLICE, list(STAGES)
    at: dict[str, Any] = dict(operation.result) or {"stage": names[0], "after": None, "compared": 0, "found": 0}
    db.commit()
    while at["stage"]:
        read, _share = STAGES[at["stage"]]
        with database().read() as reading:
            stretch = read(reading, at["after"])
            found = list(weighed(reading, stretch.found))
        kept = sum(keep(db, found[n:n + TOGETHER], operation.id) for n in range(0, len(found), TOGETHER))
        behind = sum(STAGES[name][1] for name in names[:names.index(at["stage"])])
        operation.done = int(10 * (behind + STAGES[at["stage"]][1] * stretch.share))
        at = at | {"after": stretch.after, "compared": at["compared"] + len(stretch.found), "found": at["found"] + kept}
        if stretch.after is None:
            at["stage"] = next(iter(names[names.index(at["stage"]) + 1:]), "")
        operation.result = at
        prolong(operation)
        db.commit()
        if at["stage"] and time.monotonic() > until:
            raise Unfinished
    _forget_others(db, operation.id)
    operation.result = {"compared": at["compared"], "found": at["found"], "ended_at": now().isoformat()}


def weighed(db: Session, pairs: Sequence[Candidates]) -> Iterable[Found]:
    """Those of the pairs that are worth showing, each with its points and clues."""
    for at in range(0, len(pairs), TOGETHER):
        some = pairs[at:at + TOGETHER]
        persons = {one.id: one for one in known(db, sorted({person for pair in some for person in (pair.one, pair.other)}))}
        lot = [(persons[pair.one], persons[pair.other], pair) for pair in some if pair.one in persons and pair.other in persons]
        around = _around(db, lot)
        for one, other, how in lot:
            clues = pair_clues(one, other, how, around)
            points = sum(clue["points"] for clue in clues)
            if points >= THRESHOLD:
                yield one.id, other.id, points, clues


def keep(db: Session, found: Sequence[Found], scan_id: int) -> int:
    """Keep pairs to be looked at, without those that an agent has found to be two; how many are new to this scan. What the
    company's own rule has put here stays as it is."""
    firsts, others = [one[0] for one in found], [one[1] for one in found]
    apart = told_apart(db, firsts, others)
    rows = {(row.person_id, row.other_id): row for row in db.scalars(select(DuplicatePair).where(
        DuplicatePair.person_id.in_(firsts), DuplicatePair.other_id.in_(others)))} if found else {}
    new = 0
    for one, other, points, clues in found:
        row = rows.get((one, other))
        if other in apart.get(one, ()):
            continue
        if row is None:
            row = rows[one, other] = DuplicatePair(person_id=one, other_id=other, points=0)
            db.add(row)
        new += row.scan_id != scan_id
        if row.origin != "rule" and (row.scan_id != scan_id or points > row.points):
            row.points, row.evidence, row.state = points, clues, "open"
        row.scan_id = scan_id
    db.flush()
    return new


def _around(db: Session, lot: Sequence[tuple[Known, Known, Candidates]]) -> Around:
    """What is to be known of their names, companies and phones: counted once for all of them."""
    shared = {key for one, other, how in lot if not how.within for key in keys(one.name) & keys(other.name)}
    companies = {company for one, other, _how in lot for company in one.companies & other.companies}
    phones = {number for one, other, _how in lot for number in set(one.phones) & set(other.phones)}
    return Around(
        dict(_count(db, NameKey.key, NameKey.key.in_(shared)) if shared else ()),
        {company: (name, people) for company, name, people in db.execute(select(Company.id, Company.name, func.count()).join(
            Employment, Employment.company_id == Company.id).where(Company.id.in_(companies), Employment.ended_on.is_(None)).group_by(
            Company.id, Company.name))} if companies else {},
        dict(db.execute(select(Address.normalised, func.count()).join(Holding, Holding.address_id == Address.id).where(
            Address.kind == "phone", Address.normalised.in_(phones), Holding.until.is_(None)).group_by(
            Address.normalised)).all()) if phones else {})


def _count(db: Session, column: Any, condition: Any) -> Any:
    return db.execute(select(column, func.count()).where(condition).group_by(column)).all()


def _forget_others(db: Session, scan_id: int) -> None:
    """What is alike no more, and nobody has said anything about."""
    db.execute(delete(DuplicatePair).where(
        DuplicatePair.origin == "scan", DuplicatePair.state == "open",
        or_(DuplicatePair.scan_id.is_(None), DuplicatePair.scan_id != scan_id)))

"""Erasing as an operation: foreseen place by place, approved, then done in steps that may each be repeated (PRIVACY 6).

``given`` names the person (until it is done), the reason and what becomes of uncertain words; ``result`` holds where it stands (``at``) and how many
places of each kind it has met. Who it is about lies sealed in ``file`` and goes with the last step, as the items do, which quote what was found.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any

from sqlalchemy import Table, delete, select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.binning import bin_person
from contacts.erased import PersonErased
from contacts.file import File
from contacts.person import Person
from core import erasure_ledger, files
from core.clock import now
from core.database import Database
from core.errors import Refused, Unknown
from core.history import record
from core.i18n import N_
from core.operations import Operation, OperationItem, Unfinished, prolong, start
from core.options import option
from desk.access import needs_admin
from desk.erasing import attached, card, mentions, originals, residue, tombstones
from desk.erasing.mentions import Decisions, Found, Place
from desk.erasing.reading import Reader
from desk.erasing.subject import Subject, others_of, subject_of
from desk.erasing.sweeping import sweep
from desk.reports.folding import seal
from desk.reports.letting_go import alone_at, let_go
from desk.tickets.message import Attachment
from rules.redaction import TOKEN
from rules.residue import Needles

KIND, PURGE = "person.erasure", "persons.purge"
GOING = ("planned", "approved", "running", "paused")
REASONS = ("request", "objection", "unlawful", "no_longer_needed")
IDENTITIES = ("link", "agent")
REVIEWS = ("erase", "keep", "ask")
#: The state of a place that may be somebody else.
UNCERTAIN = "uncertain"
#: Seconds at a time, so that notifications do not wait.
SLICE = 4.0
LOT = 200
#: Files at a time: each may take seconds to read.
FILES = 20
#: Characters of a message that are shown before it goes.
SHOWN = 160


def ask(db: Session, person: Person, *, reason: str, identity: str, review: str = "ask", by: Agent) -> Operation:
    """Ask for a person to be erased (Art. 17): a worker foresees it, then it waits for a word. Nothing is changed yet.

    Raises Refused for one who is part of another, or whom somebody has asked to erase already.
    """
    needs_admin(by)
    errors = {name: N_("Choose one of those offered.") for name, value, offered in (
        ("reason", reason, REASONS), ("identity", identity, IDENTITIES), ("review", review, REVIEWS)) if value not in offered}
    if errors:
        raise Refused(N_("This cannot be done as it was asked."), errors)
    if person.merged_into_id is not None:
        raise Refused(N_("This person is part of another. Erase the one who goes on, or take them apart first."))
    if standing(db, person.uid) is not None:
        raise Refused(N_("This person is being erased already."))
    operation = start(db, KIND, {"persons": [person.uid], "reason": reason, "identity": identity, "review": review}, by=by.uid, total=0)
    operation.phase = "lay"
    db.flush()
    return operation


def purge(db: Session, persons: Sequence[Person]) -> Operation:
    """Ask for persons whose time in the bin is over to go for good (S70): the same steps, without a case and without a word; what is not certain
    stays. They are read for together, so that every text is read once however many they are."""
    operation = start(db, PURGE, {"persons": [one.uid for one in persons], "reason": "bin", "review": "keep"})
    operation.phase = "lay"
    db.flush()
    return operation


def purged_with(db: Session) -> set[str]:
    """The uids of persons who are about to go."""
    going = db.scalars(select(Operation).where(Operation.kind.in_((KIND, PURGE)), Operation.state.in_(GOING)))
    return {uid for one in going for uid in one.given.get("persons", ())}


def replay(database: Database, uid: str) -> None:
    """Erase a person once more, whom a restored backup has brought back: at once, without a worker."""
    with database.write() as db:
        persons = db.scalars(select(Person).where(Person.uid == uid)).all()
        number = purge(db, persons).id
    for _slice in count():
        with database.writer() as db:
            operation = db.get_one(Operation, number)
            operation.state = "running"
            try:
                run(db, operation)
            except Unfinished:
                db.rollback()
                continue
            operation.state, operation.ended_at = "done", now()
            db.commit()
            return


def standing(db: Session, uid: str) -> Operation | None:
    """The erasing of a person that is foreseen, waits or runs."""
    going = db.scalars(select(Operation).where(Operation.kind == KIND, Operation.state.in_(GOING)))
    return next((one for one in going if uid in one.given.get("persons", ())), None)


def may_approve(db: Session, operation: Operation, by: Agent) -> None:
    """Raises Refused where a second admin has to look, and where somebody has still to say what becomes of uncertain words."""
    needs_admin(by)
    most = option(db, "privacy.four_eyes_above")
    if operation.by_uid == by.uid and operation.result.get("counts", {}).get("messages", 0) > most:
        raise Refused(N_("So many messages take a second pair of eyes: another admin has to approve this."))
    if operation.given["review"] == "ask" and undecided(db, operation):
        raise Refused(N_("Say of every uncertain place whether it is the person, then approve."))


def decide(db: Session, operation: Operation, item: OperationItem, *, erases: bool) -> None:
    """Say of one uncertain place whether it goes."""
    if operation.state != "planned" or item.operation_id != operation.id or not item.data.get("review"):
        raise Unknown(N_("There is nothing to decide here."))
    item.data = item.data | {"decided": "erase" if erases else "keep"}
    db.flush()


def places(db: Session, operation: Operation, *, review: bool, after: int, most: int) -> Sequence[OperationItem]:
    """A page of its places; of those to decide alone."""
    kept = [OperationItem.state == UNCERTAIN] if review else []
    return db.scalars(select(OperationItem).where(OperationItem.operation_id == operation.id, *kept, OperationItem.id > after).order_by(
        OperationItem.id).limit(most)).all()


def decide_all(db: Session, operation: Operation, *, erases: bool) -> None:
    """Say the same of every place that waits for a decision."""
    if operation.state != "planned":
        raise Unknown(N_("There is nothing to decide here."))
    for item in db.scalars(select(OperationItem).where(OperationItem.operation_id == operation.id, OperationItem.state == UNCERTAIN)):
        if not item.data.get("decided"):
            item.data = item.data | {"decided": "erase" if erases else "keep"}
    db.flush()


def undecided(db: Session, operation: Operation) -> int:
    """How many places wait for a decision."""
    return sum(not data.get("decided") for data in db.scalars(select(OperationItem.data).where(
        OperationItem.operation_id == operation.id, OperationItem.state == UNCERTAIN)))


def run(db: Session, operation: Operation) -> str | None:
    """A slice of it. Raises Unfinished where more is left."""
    until = time.monotonic() + SLICE
    if operation.phase == "lay":
        persons = db.scalars(select(Person).where(Person.uid.in_(operation.given["persons"]))).all()
        if not persons:
            raise Refused(N_("There is no such person."))
        operation.file, operation.phase = subject_of(db, persons).sealed(), "plan" if operation.kind == KIND else "run"
        operation.result = {"at": ["", 0], "counts": {}}
        _keep(db, operation)
    subject = Subject.unsealed(operation.file or b"")
    reader = Reader(subject.aliases, others_of(db, subject))
    if operation.phase == "plan":
        _through(db, operation, list(_foreseen(db, operation, subject, reader)), until)
        operation.phase, operation.done = "run", 0
        operation.result = operation.result | {"at": ["", 0]}
        return "planned"
    _through(db, operation, list(_steps(db, operation, subject, reader)), until)
    _end(db, operation)
    return None


Step = tuple[str, Callable[[int], int | None]]


def _through(db: Session, operation: Operation, steps: Sequence[Step], until: float) -> None:
    """Step by step, each lot committed together with where it stands: a worker may die at any moment."""
    names = [name for name, _step in steps]
    at, after = operation.result["at"]
    operation.total = len(steps)
    for number in range(names.index(at) if at else 0, len(steps)):
        name, step = steps[number]
        operation.done = number
        while (further := step(after)) is not None:
            after = further
            operation.result = operation.result | {"at": [name, after]}
            _keep(db, operation)
            if time.monotonic() > until:
                raise Unfinished
        after = 0
        operation.result = operation.result | {"at": [names[number + 1] if number + 1 < len(steps) else name, 0 if number + 1 < len(steps) else LAST]}
        _keep(db, operation)


#: Beyond every row: this step is over.
LAST = 2**62


def _keep(db: Session, operation: Operation) -> None:
    prolong(operation)
    db.commit()


def _foreseen(db: Session, operation: Operation, subject: Subject, reader: Reader) -> Iterator[Step]:
    """What would become of everything: one item a place."""
    yield "own messages", lambda after: _foresee_messages(db, operation, subject, after)
    yield "own tickets", lambda after: _foresee_tickets(db, operation, subject, after)
    for table in mentions.tables():
        yield table.name, lambda after, table=table: _foresee_mentions(db, operation, subject, reader, table, after)  # type: ignore[misc]
    for name in attached.KINDS:
        yield f"files of {name}", lambda after, name=name: _foresee_files(db, operation, subject, reader, name, after)  # type: ignore[misc]


def _foresee_files(db: Session, operation: Operation, subject: Subject, reader: Reader, table: str, after: int) -> int | None:
    further, found = attached.named(db, subject, reader, table, after, FILES)
    for place in attached.foreseen(table, found):
        _tell(db, operation, place)
    return further


def _foresee_messages(db: Session, operation: Operation, subject: Subject, after: int) -> int | None:
    found = tombstones.messages_of(db, subject, after, LOT)
    for one in found:
        _item(db, operation, "messages", one.uid, {"row": one.id, "column": "text", "before": {"text": one.shown[:SHOWN]}, "after": {"text": ""}, "whole": True})
    return found[-1].id if found else None


def _foresee_tickets(db: Session, operation: Operation, subject: Subject, after: int) -> int | None:
    found = tombstones.tickets_of(db, subject, after, LOT)
    for one in found:
        _item(db, operation, "tickets", one.uid, {"row": one.id, "column": "subject", "before": {"subject": one.subject[:SHOWN]}, "after": {"subject": TOKEN}, "whole": True})
    return found[-1].id if found else None


def _foresee_mentions(db: Session, operation: Operation, subject: Subject, reader: Reader, table: Table, after: int) -> int | None:
    further, found = mentions.walk(db, subject, reader, table, after)
    for _row, places in _of_others(db, operation, table, found):
        for place in places:
            _tell(db, operation, place, shown=table.name != "facts")        # what goes there are references, and no words
    return further


def _of_others(db: Session, operation: Operation, table: Table, found: Found) -> Found:
    """Without what this operation itself keeps, which goes at its end."""
    if table.name == "operations":
        return [(row, places) for row, places in found if places[0].row != operation.id]
    if table.name == "operation_items":
        own = set(db.scalars(select(OperationItem.id).where(
            OperationItem.operation_id == operation.id, OperationItem.id.in_([places[0].row for _row, places in found]))))
        return [(row, places) for row, places in found if places[0].row not in own]
    return found


def _tell(db: Session, operation: Operation, place: Place, *, shown: bool = True) -> None:
    _item(db, operation, place.table, place.uid, None if not shown else {"row": place.row, "column": place.column, "before": {place.column: place.before}, "after": {place.column: place.after},
                                                 "review": place.review, "at": list(place.at)})


def _item(db: Session, operation: Operation, kind: str, uid: str | None, data: dict[str, Any] | None) -> None:
    if data is not None:
        db.add(OperationItem(operation_id=operation.id, kind=kind, state=UNCERTAIN if data.get("review") else "planned",
                             subject_uid=uid, data=data))
    counts = dict(operation.result["counts"])
    counts[kind] = counts.get(kind, 0) + 1
    operation.result = operation.result | {"counts": counts}


def _steps(db: Session, operation: Operation, subject: Subject, reader: Reader) -> Iterator[Step]:
    """What is done, in order; each may be begun again where it stood."""
    decisions = _decisions(db, operation)
    yield "freeze", lambda after: _freeze(db, operation, subject)
    for table in mentions.tables():
        yield table.name, lambda after, table=table: _take_out(db, operation, subject, reader, table, after, decisions)  # type: ignore[misc]
    for name in attached.KINDS:
        yield f"files of {name}", lambda after, name=name: _lot(  # type: ignore[misc]
            db, operation, attached.erase_files(db, subject, reader, name, after, FILES, decisions))
    yield "originals", lambda after: originals.erase_originals(
        db, subject, reader, after, LOT, everything=decisions.everywhere == "erase")
    yield "composed", lambda after: originals.erase_composed(db, subject, reader, after, LOT)
    yield "figures", lambda after: _seal(db, subject, after)
    yield "companies in figures", lambda after: _let_go(db, subject)
    yield "own messages", lambda after: _lot(db, operation, tombstones.erase_messages(db, subject, after, LOT))
    yield "own tickets", lambda after: _lot(db, operation, tombstones.erase_tickets(db, subject, after, LOT))
    yield "trail", lambda after: card.erase_trail(db, subject)
    yield "card", lambda after: _take_away(db, operation, subject)
    yield "addresses", lambda after: card.erase_addresses(db, subject, operation.given["reason"])
    yield "files", lambda after: _remove_files(db, operation)
    yield "sweep", lambda after: _sweep(db, operation)
    needles = Needles(subject.aliases.as_json())
    for name in residue.tables(db):
        yield f"residue of {name}", lambda after, name=name: _left(operation, name, residue.left_in_table(db, needles, name, but=operation.id))  # type: ignore[misc]
    yield "residue of files", lambda after: _left(operation, "files", residue.left_in_files(needles))
    yield "residue of redis", lambda after: _left(operation, "redis", residue.left_in_redis(needles))


def _freeze(db: Session, operation: Operation, subject: Subject) -> None:
    """Nobody meets the person any more, whatever happens from here on."""
    by = db.scalar(select(Agent).where(Agent.uid == operation.by_uid))
    for person in db.scalars(select(Person).where(Person.id.in_(subject.persons), Person.merged_into_id.is_(None), Person.binned_at.is_(None))).all():
        if by is not None:
            bin_person(db, person, by=by)


def _take_away(db: Session, operation: Operation, subject: Subject) -> int | None:
    """The card; the ledger outside the database knows of it before the commit does, so that no restored backup brings it back."""
    _lot(db, operation, (None, card.erase_card(db, subject)))
    db.flush()
    erasure_ledger.record(db, "persons", subject.uids, "erase" if operation.kind == KIND else "purge")
    return None


def _seal(db: Session, subject: Subject, after: int) -> int | None:
    """Their tickets are counted as they are, so that no figure changes when nobody knows any more whose they were."""
    found = tombstones.tickets_of(db, subject, after, LOT)
    seal(db, found)
    return found[-1].id if found else None


def _let_go(db: Session, subject: Subject) -> None:
    """A company at which nobody else ever worked would tell of whom it is."""
    for person in db.scalars(select(Person).where(Person.id.in_(subject.persons))).all():
        let_go(db, alone_at(db, person))


def _lot(db: Session, operation: Operation, done: tuple[int | None, list[str]]) -> int | None:
    further, digests = done
    if digests:
        operation.result = operation.result | {"files": sorted({*operation.result.get("files", ()), *digests})}
    return further


def _take_out(
    db: Session, operation: Operation, subject: Subject, reader: Reader, table: Table, after: int, decisions: Decisions,
) -> int | None:
    further, found = mentions.walk(db, subject, reader, table, after)
    found = _of_others(db, operation, table, found)
    near = mentions.near_rows(db, subject, table, [places[0].row for _row, places in found])
    mentions.take_out(db, reader, table, found, near, decisions)
    return further


def _remove_files(db: Session, operation: Operation) -> None:
    """The bytes that nothing names any more; the commit before this has let go of them."""
    digests = list(operation.result.get("files", ()))
    used = {one for column in (Attachment.digest, File.digest, Person.photo_digest) for start in range(0, len(digests), LOT)
            for one in db.scalars(select(column).where(column.in_(digests[start:start + LOT])))}
    files.remove([one for one in digests if one not in used])


def _sweep(db: Session, operation: Operation) -> None:
    """Once, the places told before go first: they quote the person."""
    kept = _kept(db, operation)
    db.execute(delete(OperationItem).where(OperationItem.operation_id == operation.id))
    operation.result = {**operation.result, "kept": operation.result.get("kept", kept)}
    _keep(db, operation)
    operation.result = operation.result | {"pages": sweep(db)}


def _left(operation: Operation, where: str, count: int) -> None:
    """What was met again: it stands in the result, by place."""
    if count:
        operation.result = operation.result | {"left": operation.result.get("left", {}) | {where: count}}


def _end(db: Session, operation: Operation) -> None:
    """Forget who it was: what is left says how much was done, and nothing of whom."""
    subject = Subject.unsealed(operation.file or b"")
    for uid in subject.uids:
        record(db, PersonErased(uid, operation.given["reason"]), by=operation.by_uid)
    operation.file = None
    operation.given = {name: value for name, value in operation.given.items() if name != "persons"}
    operation.result = {"left": {}} | {name: operation.result[name] for name in ("counts", "kept", "pages", "left") if name in operation.result}


def _kept(db: Session, operation: Operation) -> int:
    """Uncertain places of which somebody said that they are not the person."""
    decisions = _decisions(db, operation)
    return sum(not decisions.erases(Place(item.kind, item.data["row"], item.data["column"], None, "", "", True))
               for item in db.scalars(select(OperationItem).where(OperationItem.operation_id == operation.id, OperationItem.state == UNCERTAIN)))


def _decisions(db: Session, operation: Operation) -> Decisions:
    said = {(item.kind, item.data["row"], item.data["column"]): item.data["decided"] for item in db.scalars(
        select(OperationItem).where(OperationItem.operation_id == operation.id, OperationItem.state == UNCERTAIN)) if item.data.get("decided")}
    return Decisions(operation.given["review"], said)

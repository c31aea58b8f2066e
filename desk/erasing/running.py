"""Erasing as an operation: foreseen place by place, approved, then done in steps that may each be repeated (PRIVACY 6).

``given`` names the person (until it is done), the reason and what becomes of uncertain words; ``result`` holds where it stands (``at``) and how many
places of each kind it has met. Who it is about lies sealed in ``file`` and goes with the last step, as the items do, which quote what was found.
``phase``: lay, plan, run; then, when nothing knows any more whom it was about, sweep, and upstream for what lies at the mailboxes' providers.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import count

from sqlalchemy import Table, delete, select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.binning import bin_person
from contacts.erased import PersonErased
from contacts.file import File
from contacts.person import Person
from contacts.voucher import keep_vouchers
from core import erasure_ledger, files
from core.database import Database
from core.errors import Refused
from core.history import record
from core.i18n import N_
from core.operations import Operation, OperationItem, Unfinished, prolong
from desk.erasing import attached, bells, card, companies, mentions, originals, residue, tombstones, upstream
from desk.erasing.asking import KIND, decisions_on, left_alone, purge
from desk.erasing.foreseeing import FILES, LOT, Step, foreseen, of_others, tell_vouchers
from desk.erasing.mentions import Decisions
from desk.erasing.reading import Reader
from desk.erasing.subject import Subject, others_of, subject_of
from desk.erasing.sweeping import sweep
from desk.reports.folding import seal
from desk.reports.letting_go import alone_at, let_go
from desk.tickets.message import Attachment
from rules.residue import Needles

#: Seconds at a time, so that notifications do not wait.
SLICE = 4.0
#: Beyond every row: this step is over.
LAST = 2**62
#: Table → what its rows are to the mails that lie at a provider too.
UPSTREAM = {"messages": "messages", "inbound_mails": "received", "outbound_mails": "sent"}


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
    if operation.phase == "sweep":
        operation.result, operation.phase = operation.result | {"pages": sweep(db)}, upstream.PHASE
        _keep(db, operation)
        raise Unfinished
    if operation.phase == upstream.PHASE:
        upstream.go_on(db, operation)
        return None
    kept = Subject.unsealed(operation.file or b"")
    subject = kept.with_firms(decisions_on(db, operation).companies)
    reader = Reader(subject.aliases, others_of(db, subject))
    if operation.phase == "plan":
        _through(db, operation, list(foreseen(db, operation, subject, reader, kept.firms)), until)
        operation.phase, operation.done = "run", 0
        operation.result = operation.result | {"at": ["", 0]}
        return "planned"
    _through(db, operation, list(_steps(db, operation, subject, reader)), until)
    _forget(db, operation, subject)
    raise Unfinished        # what is swept is swept by whoever comes next: it must not know whom it was about


def replay(database: Database, uid: str) -> None:
    """Erase a person once more, whom a restored backup has brought back: at once, without a worker. What lies at a provider is left to one."""
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
                if operation.phase != upstream.PHASE:
                    continue
            operation.state, operation.lease_until = "approved", None
            db.commit()
            return


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


def _keep(db: Session, operation: Operation) -> None:
    prolong(operation)
    db.commit()


def _steps(db: Session, operation: Operation, subject: Subject, reader: Reader) -> Iterator[Step]:
    """What is done, in order; each may be begun again where it stood."""
    decisions = decisions_on(db, operation)
    yield "freeze", lambda after: _freeze(db, operation, subject)
    yield "received upstream", lambda after: upstream.list_received(db, operation, subject, after)
    yield "sent upstream", lambda after: upstream.list_sent(db, operation, subject, after)
    for table in mentions.tables():
        yield table.name, lambda after, table=table: _take_out(db, operation, subject, reader, table, after, decisions)  # type: ignore[misc]
    for name in attached.KINDS:
        yield f"files of {name}", lambda after, name=name: _lot(  # type: ignore[misc]
            db, operation, attached.erase_files(db, subject, reader, name, after, FILES, decisions))
    yield "files of operations", lambda after: attached.erase_inputs(db, operation, reader, everything=decisions.everywhere == "erase")
    yield "originals", lambda after: _rebuild(db, operation, subject, reader, after, everything=decisions.everywhere == "erase")
    yield "composed", lambda after: _compose(db, operation, subject, reader, after)
    yield "tags", lambda after: tombstones.erase_tags(db, reader)
    yield "figures", lambda after: _seal(db, subject, after)
    yield "companies in figures", lambda after: _let_go(db, subject)
    yield "own messages", lambda after: _lot(db, operation, tombstones.erase_messages(db, subject, after, LOT))
    yield "own tickets", lambda after: _lot(db, operation, tombstones.erase_tickets(db, subject, after, LOT))
    yield "companies", lambda after: companies.erase_companies(db, subject.firms)
    yield "trail", lambda after: card.erase_trail(db, subject)
    yield "vouchers", lambda after: tell_vouchers(operation, keep_vouchers(db, subject.persons))
    yield "card", lambda after: _take_away(db, operation, subject)
    yield "addresses", lambda after: card.erase_addresses(db, subject, operation.given["reason"])
    yield "files", lambda after: _remove_files(db, operation)
    yield "redis", lambda after: bells.erase_keys(reader)
    yield "places", lambda after: _forget_places(db, operation, subject)
    needles = Needles(subject.aliases.as_json())
    for name in residue.tables(db):
        yield f"residue of {name}", lambda after, name=name: _left(  # type: ignore[misc]
            operation, name, residue.left_in_table(db, needles, name, but=operation.id))
    yield "residue of files", lambda after: _left(operation, "files", residue.left_in_files(needles))
    yield "residue of logs", lambda after: _left(operation, "logs", residue.left_in_logs(needles))
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
    upstream.record(db, operation)
    erasure_ledger.record(db, "persons", subject.uids, "erase" if operation.kind == KIND else "purge")
    return None


def _rebuild(db: Session, operation: Operation, subject: Subject, reader: Reader, after: int, *, everything: bool) -> int | None:
    further, changed = originals.erase_originals(db, subject, reader, after, LOT, everything=everything)
    upstream.list_others(db, operation, received=changed)
    return further


def _compose(db: Session, operation: Operation, subject: Subject, reader: Reader, after: int) -> int | None:
    further, changed = originals.erase_composed(db, subject, reader, after, LOT)
    upstream.list_others(db, operation, sent=changed)
    return further


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
    found = of_others(db, operation, table, found)
    near = mentions.near_rows(db, subject, table, [places[0].row for _row, places in found])
    changed = mentions.take_out(db, reader, table, found, near, decisions)
    if table.name in UPSTREAM:
        upstream.list_others(db, operation, **{UPSTREAM[table.name]: changed})
    return further


def _remove_files(db: Session, operation: Operation) -> None:
    """The bytes that nothing names any more; the commit before this has let go of them."""
    digests = list(operation.result.get("files", ()))
    used = {one for column in (Attachment.digest, File.digest, Person.photo_digest) for start in range(0, len(digests), LOT)
            for one in db.scalars(select(column).where(column.in_(digests[start:start + LOT])))}
    files.remove([one for one in digests if one not in used])


def _forget_places(db: Session, operation: Operation, subject: Subject) -> None:
    """What was told before quotes the person. Which companies were said to be them is kept with who they are."""
    operation.file = subject.sealed()
    operation.result = {"kept": left_alone(db, operation)} | operation.result
    db.execute(delete(OperationItem).where(OperationItem.operation_id == operation.id, OperationItem.kind != upstream.KIND))


def _left(operation: Operation, where: str, count: int) -> None:
    """What was met again: it stands in the result, by place."""
    if count:
        operation.result = operation.result | {"left": operation.result.get("left", {}) | {where: count}}


def _forget(db: Session, operation: Operation, subject: Subject) -> None:
    """Forget who it was: what is left says how much was done, and nothing of whom."""
    for uid in subject.uids:
        record(db, PersonErased(uid, operation.given["reason"]), by=operation.by_uid)
    operation.file, operation.phase = None, "sweep"
    operation.given = {name: value for name, value in operation.given.items() if name != "persons"}
    operation.result = {"left": {}} | {name: operation.result[name] for name in ("counts", "kept", "left", "vouchers") if name in operation.result}
    _keep(db, operation)

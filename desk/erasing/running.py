"""Erasing as an operation: foreseen place by place, approved, then done in steps that may each be repeated (PRIVACY 6).

``given`` names the person (until it is done), the reason and what becomes of uncertain words; ``result`` holds where it stands (``at``) and how many
places of each kind it has met. Who it is about lies sealed in ``file`` and goes with the last step, as the items do, which quote what was found.
``phase``: lay, plan, run; held while a legal hold keeps something (``waits`` in the result), after which it runs once more; then, when nothing knows
any more whom it was about, deliver (until the copy of the certificate has gone), sweep, and upstream for what lies at the mailboxes' providers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import count
from typing import Any

from sqlalchemy import Table, delete, select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.binning import bin_person
from contacts.erased import PersonErased
from contacts.file import File
from contacts.person import Person
from contacts.voucher import keep_vouchers
from core import erasure_ledger, files
from core.database import Database, take_turns
from core.errors import Refused
from core.history import record
from core.i18n import N_, speaking
from core.operations import Operation, OperationItem, Unfinished, prolong
from core.options import option
from desk.erasing import (
    attached,
    bells,
    card,
    companies,
    holding_back,
    mentions,
    originals,
    residue,
    tombstones,
    upstream,
)
from desk.erasing.asking import KIND, PURGE, UNCERTAIN, decisions_on, left_alone, purge
from desk.erasing.foreseeing import FILES, LOT, Step, foreseen, of_others, tell_vouchers
from desk.erasing.holding_back import Holds
from desk.erasing.mentions import Decisions
from desk.erasing.reading import Reader
from desk.erasing.subject import Subject, others_of, subject_of
from desk.erasing.sweeping import sweep
from desk.legal_holds import TURN, WAITING
from desk.reports.folding import seal
from desk.reports.letting_go import alone_at, let_go
from desk.rights.certifying import (
    answer_of,
    case_of,
    certificate_of,
    certify,
    close,
    copy_has_gone,
    send_copy,
)
from desk.rights.printing import pdf_of
from desk.telling import tell_erased
from desk.tickets.message import Attachment, Message
from desk.tickets.ticket import Ticket
from rules.residue import Needles

#: Seconds at a time, so that notifications do not wait.
SLICE = 4.0
#: Seconds of looking for what is left, between two commits.
LOOK = 0.2
#: Seconds between two lots in which others may write: SQLite's lock goes to whoever asks for it next.
BREATH = 0.004
#: Mails at a time: they may be large.
MAILS = 25
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
        if operation.kind == PURGE and not operation.given.get("replays"):
            take_turns(db, TURN)        # whoever sets a hold is before us, and is heeded, or after us, and hears that it is too late
            persons = holding_back.purgeable(db, operation.given["persons"])
            operation.given = operation.given | {"persons": [one.uid for one in persons]}
            if not persons:
                raise Refused(N_("Everybody who was to go is under legal hold by now."))
        subject = replace(subject_of(db, persons), answer=answer_of(db, case_of(db, operation)))
        operation.file, operation.phase = subject.sealed(), "plan" if operation.kind == KIND else "run"
        operation.result = {"at": ["", 0], "counts": {}}
        _keep(db, operation)
    if operation.phase == "deliver":
        if copy_has_gone(db, operation):
            operation.phase = "sweep"
        _keep(db, operation)
        raise Unfinished
    if operation.phase == "sweep":
        operation.result, operation.phase = operation.result | {"pages": sweep(db)}, upstream.PHASE
        _keep(db, operation)
        raise Unfinished
    if operation.phase == upstream.PHASE:
        upstream.go_on(db, operation)
        return None
    kept, subject, reader = _ready(db, operation)
    if operation.phase == "plan":
        _through(db, operation, list(foreseen(db, operation, subject, reader, kept.firms)), until)
        operation.phase, operation.done = "run", 0
        operation.result = operation.result | {"at": ["", 0]}
        return "planned"
    holds = holding_back.of(db, operation)
    if operation.result["at"] == ["", 0]:
        take_turns(db, TURN)
        operation.result = operation.result | {"holds": holding_back.standing_uids(db) if holds.any else [], "waits": False}
        if holds.all_of(subject):
            return _wait(db, operation, subject)
    _through(db, operation, list(_steps(db, operation, subject, reader, holds)), until, holds)
    if operation.result.get("waits"):
        return _wait(db, operation, subject)
    _forget(db, operation, subject, _printed(db, operation, subject))
    raise Unfinished        # what is swept is swept by whoever comes next: it must not know whom it was about


#: What takes long to make of many persons, for the next slice of the same operation; forgotten at its end, as whom it is about.
_KEPT: dict[str, Any] = {}


def _ready(db: Session, operation: Operation) -> tuple[Subject, Subject, Reader]:
    """Whom it is about, as it was laid and with the companies that are them, and what reads for them."""
    firms = sorted(decisions_on(db, operation).companies)
    if _KEPT.get("of") != (operation.uid, operation.file, firms):
        kept = Subject.unsealed(operation.file or b"")
        subject = kept.with_firms(firms)
        _KEPT.clear()
        _KEPT.update({"of": (operation.uid, operation.file, firms), "ready": (kept, subject, Reader(subject.aliases, others_of(db, subject)))})
    kept, subject, reader = _KEPT["ready"]
    return kept, subject, reader


def _needles(operation: Operation, subject: Subject) -> Needles:
    if "needles" not in _KEPT:
        prolong(operation)
        _KEPT["needles"] = Needles(subject.aliases.as_json())
    found: Needles = _KEPT["needles"]
    return found


def replay(database: Database, uid: str) -> None:
    """Erase a person once more, whom a restored backup has brought back: at once, without a worker. What lies at a provider is left to one."""
    with database.write() as db:
        persons = db.scalars(select(Person).where(Person.uid == uid)).all()
        number = purge(db, persons, replays=True).id
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


def _through(db: Session, operation: Operation, steps: Sequence[Step], until: float, holds: Holds | None = None) -> None:
    """Step by step, each lot committed together with where it stands: a worker may die at any moment."""
    names = [name for name, _step in steps]
    at, after = operation.result["at"]
    operation.total = len(steps)
    for number in range(names.index(at) if at else 0, len(steps)):
        name, step = steps[number]
        operation.done = number
        while (further := step(after)) is not None:
            after = further
            operation.result = operation.result | {"at": [name, after]} | _waits(holds)
            _keep(db, operation)
            if time.monotonic() > until:
                raise Unfinished
        after = 0
        operation.result = operation.result | {"at": [names[number + 1] if number + 1 < len(steps) else name, 0 if number + 1 < len(steps) else LAST]} | _waits(holds)
        _keep(db, operation)


def _waits(holds: Holds | None) -> dict[str, bool]:
    """That something was left because it is held, once it was."""
    return {"waits": True} if holds is not None and holds.met else {}


def _wait(db: Session, operation: Operation, subject: Subject) -> str:
    """What is left is held: it is restricted, and the erasing goes on when the hold lifts. Raises Unfinished where one has lifted meanwhile."""
    take_turns(db, TURN)
    lifted = not set(operation.result.get("holds", ())) <= set(holding_back.standing_uids(db))
    operation.result = operation.result | {"at": ["", 0]}
    if lifted:
        _keep(db, operation)
        raise Unfinished
    holding_back.restrict(db, subject)
    operation.phase = WAITING
    return "paused"


def _keep(db: Session, operation: Operation) -> None:
    prolong(operation)
    db.commit()
    time.sleep(BREATH)


def _steps(db: Session, operation: Operation, subject: Subject, reader: Reader, holds: Holds) -> Iterator[Step]:
    """What is done, in order; each may be begun again where it stood."""
    decisions = decisions_on(db, operation)
    yield "freeze", lambda after: _freeze(db, operation, subject)
    yield "received upstream", lambda after: upstream.list_received(db, operation, subject, after)
    yield "sent upstream", lambda after: upstream.list_sent(db, operation, subject, after)
    for table in mentions.tables():
        yield table.name, lambda after, table=table: _take_out(db, operation, subject, reader, table, after, decisions, holds)  # type: ignore[misc]
    for name in attached.KINDS:
        yield f"files of {name}", lambda after, name=name: _lot(  # type: ignore[misc]
            db, operation, attached.erase_files(db, subject, reader, name, after, FILES, decisions, holds))
    yield "files of operations", lambda after: attached.erase_inputs(db, operation, reader, everything=decisions.everywhere == "erase")
    yield "originals", lambda after: _rebuild(db, operation, subject, reader, after, holds, everything=decisions.everywhere == "erase")
    yield "composed", lambda after: _compose(db, operation, subject, reader, after, holds)
    yield "tags", lambda after: tombstones.erase_tags(db, reader)
    yield "figures", lambda after: _seal(db, subject, after)
    yield "companies in figures", lambda after: _let_go(db, subject)
    yield "own messages", lambda after: _lot(db, operation, tombstones.erase_messages(db, subject, after, LOT, holds.free(Message.ticket_id)))
    yield "own tickets", lambda after: _lot(db, operation, tombstones.erase_tickets(db, subject, after, LOT, holds.free(Ticket.id)))
    yield "companies", lambda after: companies.erase_companies(db, subject.firms)
    yield "trail", lambda after: card.erase_trail(db, subject)
    yield "card", lambda after: _take_away(db, operation, subject, holds)
    yield "addresses", lambda after: _addresses(db, operation, subject, holds)
    yield "files", lambda after: _remove_files(db, operation)
    yield "redis", lambda after: bells.erase_keys(reader)
    yield "places", lambda after: _forget_places(db, operation, subject)
    needles = cache(lambda: _needles(operation, subject))
    yield "residue", lambda after: None if operation.result.get("waits") else _look_through(db, operation, needles(), after)
    yield "residue of files", lambda after: _left(operation, "files", lambda: residue.left_in_files(needles()))
    yield "residue of logs", lambda after: _left(operation, "logs", lambda: residue.left_in_logs(needles()))
    yield "residue of redis", lambda after: _left(operation, "redis", lambda: residue.left_in_redis(needles()))
    if operation.kind == KIND:
        yield "certificate", lambda after: _certify(db, operation, subject)


def _freeze(db: Session, operation: Operation, subject: Subject) -> None:
    """Nobody meets the person any more, whatever happens from here on."""
    by = db.scalar(select(Agent).where(Agent.uid == operation.by_uid))
    for person in db.scalars(select(Person).where(Person.id.in_(subject.persons), Person.merged_into_id.is_(None), Person.binned_at.is_(None))).all():
        if by is not None:
            bin_person(db, person, by=by)


def _take_away(db: Session, operation: Operation, subject: Subject, holds: Holds) -> int | None:
    """The card, but for what a ticket under hold needs of it; the ledger outside the database knows of it before the commit does, so that no restored backup brings it back."""
    if holds.tickets_of(subject):
        holds.met = True
        return _lot(db, operation, (None, card.narrow_card(db, subject)))
    tell_vouchers(operation, keep_vouchers(db, subject.persons))
    _lot(db, operation, (None, card.erase_card(db, subject)))
    db.flush()
    upstream.record(db, operation)
    erasure_ledger.record(db, "persons", subject.uids, "erase" if operation.kind == KIND else "purge")
    return None


def _addresses(db: Session, operation: Operation, subject: Subject, holds: Holds) -> None:
    if not holds.tickets_of(subject):
        card.erase_addresses(db, subject, operation.given["reason"])


def _rebuild(db: Session, operation: Operation, subject: Subject, reader: Reader, after: int, holds: Holds, *, everything: bool) -> int | None:
    further, changed = originals.erase_originals(db, subject, reader, after, MAILS, holds, everything=everything)
    upstream.list_others(db, operation, received=changed)
    return further


def _compose(db: Session, operation: Operation, subject: Subject, reader: Reader, after: int, holds: Holds) -> int | None:
    further, changed = originals.erase_composed(db, subject, reader, after, MAILS, holds)
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
    db: Session, operation: Operation, subject: Subject, reader: Reader, table: Table, after: int, decisions: Decisions, holds: Holds,
) -> int | None:
    further, found = mentions.walk(db, subject, reader, table, after)
    found = of_others(db, operation, table, found)
    held = holds.among(table.name, [places[0].row for _row, places in found])
    found = [(row, places) for row, places in found if places[0].row not in held]
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
    """What was told before quotes the person; what was decided is needed once more where something waits. Which companies were said to be them is
    kept with who they are."""
    operation.file = subject.sealed()
    told = (OperationItem.operation_id == operation.id, OperationItem.kind != upstream.KIND)
    if operation.result.get("waits"):
        db.execute(delete(OperationItem).where(*told, OperationItem.state != UNCERTAIN))
        for item in db.scalars(select(OperationItem).where(*told)):
            item.data = {name: item.data[name] for name in ("row", "column", "review", "decided") if name in item.data}
        return
    operation.result = {"kept": left_alone(db, operation)} | operation.result
    db.execute(delete(OperationItem).where(*told))


def _look_through(db: Session, operation: Operation, needles: Needles, after: Any) -> tuple[str, int | None] | None:
    """A while of looking through every table: which it is at, and after which row (None: through with it)."""
    table, key = after or ("", None)
    until = time.monotonic() + LOOK
    for name in [one for one in residue.tables(db) if one > table or (one == table and key is not None)]:
        key = key if name == table else None
        while True:
            key, left = residue.left_in_table(db, needles, name, key, but=operation.id)
            _note_left(operation, name, left)
            if time.monotonic() > until:
                return name, key
            if key is None:
                break
    return None


def _left(operation: Operation, where: str, looked: Callable[[], int]) -> None:
    """What was met again. While something is held it is known that they are met there."""
    if not operation.result.get("waits"):
        _note_left(operation, where, looked())


def _note_left(operation: Operation, where: str, count: int) -> None:
    """It stands in the result, by place."""
    if count:
        left = operation.result.get("left", {})
        operation.result = operation.result | {"left": left | {where: left.get(where, 0) + count}}


def _certify(db: Session, operation: Operation, subject: Subject) -> None:
    """Twice is once; what waits for a hold to lift is not at its end."""
    if not operation.result.get("waits"):
        certify(db, operation, addresses=len(subject.addresses))


def _printed(db: Session, operation: Operation, subject: Subject) -> bytes:
    """The certificate in the person's language, where a copy goes to them. Printing it takes a moment: no transaction is open meanwhile."""
    certificate, desk = certificate_of(db, operation.uid), option(db, "desk.name")
    db.commit()
    if certificate is None or not subject.answer[0]:
        return b""
    with speaking(subject.answer[1]):
        return pdf_of(certificate, desk=desk)


def _forget(db: Session, operation: Operation, subject: Subject, printed: bytes) -> None:
    """Forget who it was: what is left says how much was done, and nothing of whom. The mail with their copy is written in the same commit."""
    _KEPT.clear()
    for uid in subject.uids:
        record(db, PersonErased(uid, operation.given["reason"]), by=operation.by_uid)
    tell_erased(db, operation)
    operation.file, operation.phase = None, "sweep"
    operation.given = {name: value for name, value in operation.given.items() if name != "persons"}
    operation.result = {"left": {}} | {name: operation.result[name] for name in ("counts", "kept", "left", "vouchers") if name in operation.result}
    if operation.kind == KIND:
        close(db, operation)
        send_copy(db, operation, *subject.answer, printed)
        operation.phase = "deliver"
    _keep(db, operation)

"""Erasing as an operation: foreseen place by place, approved, then done in steps that may each be repeated (PRIVACY 6).

``given`` names the person (until it is done), the reason and what becomes of uncertain words; ``result`` holds where it stands (``at``) and how many
places of each kind it has met. Who it is about lies sealed in ``file`` and goes with the last step, as the items do, which quote what was found.
``phase``: lay, plan, run; held while a legal hold keeps something (``waits`` in the result), after which it runs once more; then, when nothing knows
any more whom it was about, deliver (until the copy of the certificate has gone), sweep, and upstream for what lies at the mailboxes' providers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any, NoReturn

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.erased import PersonErased
from contacts.person import Person
from core.batch import together
from core.database import Database, take_turns
from core.errors import Refused
from core.history import record
from core.i18n import N_, speaking
from core.operations import Operation, Unfinished, prolong
from core.options import option
from desk.disclosures import recipients
from desk.erasing import (
    holding_back,
    upstream,
)
from desk.erasing.asking import KIND, PURGE, companies_on, forget_whom, purge
from desk.erasing.companies import erased_before
from desk.erasing.foreseeing import Step, foreseen
from desk.erasing.holding_back import Holds
from desk.erasing.reading import Reader
from desk.erasing.steps import Again, newest, steps
from desk.erasing.subject import Subject, others_of, subject_of
from desk.erasing.sweeping import sweep
from desk.legal_holds import TURN, WAITING
from desk.rights.certifying import (
    answer_of,
    case_of,
    certificate_of,
    close,
    copy_has_gone,
    note_providers,
    send_copy,
)
from desk.rights.printing import pdf_of
from rules.aliases import Aliases
from rules.residue import Needles

#: Seconds at a time, so that notifications do not wait.
SLICE = 4.0
#: Seconds of work between two commits, and then for others to write: SQLite's lock goes to whoever asks for it next.
LOT, BREATH = 0.05, 0.004
#: After a transaction longer than this, seconds in which whoever waits for SQLite's lock comes to it: they look every tenth of a second.
LONG, REST = 0.2, 0.12
#: Words that are looked for at once when all is done, as two hundred persons have: up to half a gigabyte.
AT_ONCE = 1600
#: Beyond every row: this step is over.
LAST = 2**62


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
        operation.result = {"at": ["", 0], "counts": {}, "recipients": len({one.address for one in recipients(db, subject.persons)})}
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
        try:
            upstream.go_on(db, operation)
        except Unfinished:
            note_providers(db, operation)
            db.commit()
            raise
        note_providers(db, operation)
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
        if not (operation.given.get("replays") or ("holds" in operation.result and not operation.result.get("untouched"))):       # it has not begun
            persons = db.scalars(select(Person).where(Person.uid.in_(operation.given["persons"])).order_by(Person.id).with_for_update(of=Person)).all()
            if operation.kind == KIND and any(one.merged_into_id is not None for one in persons):
                return _give_up(db, operation, N_("This person is part of another. Erase the one who goes on, or take them apart first."))
            if replace(subject_of(db, persons), answer=kept.answer) != kept:
                _foresee_anew(db, operation)
        operation.result = operation.result | {"holds": holding_back.standing_uids(db) if holds.any else [], "waits": False, "since": newest(db),
                                               "untouched": holds.all_of(subject)}
        if operation.result["untouched"]:
            return _wait(db, operation, subject)
    _through(db, operation, list(steps(db, operation, subject, reader, holds, _needles(db, operation, subject))), until, holds)
    if operation.result.get("waits"):
        return _wait(db, operation, subject)
    _forget(db, operation, subject, _printed(db, operation, subject))
    raise Unfinished        # what is swept is swept by whoever comes next: it must not know whom it was about


#: What takes long to make of many persons, for the next slice of the same operation; forgotten at its end, as whom it is about.
_KEPT: dict[str, Any] = {}


def _ready(db: Session, operation: Operation) -> tuple[Subject, Subject, Reader]:
    """Whom it is about, as it was laid and with the companies that are them, and what reads for them."""
    firms = companies_on(db, operation)
    if _KEPT.get("of") != (operation.uid, operation.file, firms):
        kept = Subject.unsealed(operation.file or b"")
        if operation.given.get("replays"):
            kept = kept.with_firms(erased_before(db, kept.firms))
        subject = kept.with_firms(firms)
        others = others_of(db, subject)
        db.commit()                 # for many persons it takes a while, in which others write
        _KEPT.clear()
        _KEPT.update({"of": (operation.uid, operation.file, firms), "ready": (kept, subject, Reader(subject.aliases, others))})
    kept, subject, reader = _KEPT["ready"]
    return kept, subject, reader


def _needles(db: Session, operation: Operation, subject: Subject) -> list[Callable[[], Needles]]:
    """What looks for what is left, for some words at a time: each is made when it is called for, by the first thing that a step does, and takes the place
    of the one before. No transaction is open meanwhile: it takes seconds."""
    def made(part: int, aliases: Aliases) -> Needles:
        if part not in _KEPT.get("needles", {}):
            prolong(operation)
            db.commit()
            _KEPT["needles"] = {}
            _KEPT["needles"] = {part: Needles(aliases.as_json())}
        found: Needles = _KEPT["needles"][part]
        return found
    return [partial(made, part, aliases) for part, aliases in enumerate(subject.aliases.parts(AT_ONCE))]


def replay(database: Database, uid: str, review: str = "keep") -> None:
    """Erase a person once more, whom a restored backup has brought back: at once, without a worker. What lies at a provider is left to one.
    ``review``: what became of all uncertain words; of single ones the ledger knows."""
    with database.write() as db:
        persons = db.scalars(select(Person).where(Person.uid == uid)).all()
        number = purge(db, persons, replays=True, review=review).id
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


def _give_up(db: Session, operation: Operation, why: str) -> str:
    """Before anything has been erased: the person is as they were."""
    forget_whom(db, operation)
    operation.phase, operation.reason = "lay", why
    return "failed"


def _foresee_anew(db: Session, operation: Operation) -> NoReturn:
    """Names, addresses, companies or those who were merged into them are not the same as when all was looked for, so it is looked for, and where somebody
    has to, approved once more. When it has begun nobody changes them: the step that hides the person is in the same commit. Raises Unfinished."""
    forget_whom(db, operation)
    operation.phase, operation.given = "lay", operation.given | {"anew": True}
    _keep(db, operation)
    raise Unfinished


def _through(db: Session, operation: Operation, steps: Sequence[Step], until: float, holds: Holds | None = None) -> None:
    """Step by step, each lot committed together with where it stands: a worker may die at any moment."""
    names = [name for name, _step in steps]
    at, after = operation.result["at"]
    operation.total = len(steps)
    for number in range(names.index(at) if at else 0, len(steps)):
        name, step = steps[number]
        operation.done, begun = number, time.monotonic()
        while (further := _taken(db, operation, step, after)) is not None:
            after = further
            if time.monotonic() < begun + LOT:
                continue
            operation.result = operation.result | {"at": [name, after]} | _waits(holds)
            _keep(db, operation)
            _rest(begun)
            begun = time.monotonic()
            if begun > until:
                raise Unfinished
        after, last = 0, number + 1 == len(steps)
        operation.result = operation.result | {"at": [name, LAST] if last else [names[number + 1], 0]} | _waits(holds)
        _keep(db, operation)
        _rest(begun)
        if time.monotonic() > until and not last:
            raise Unfinished


def _taken(db: Session, operation: Operation, step: Callable[[Any], Any], after: Any) -> Any:
    """What a step gives. Raises Unfinished where others are to be done once more."""
    try:
        return step(after)
    except Again as again:
        operation.result = operation.result | {"at": [again.step, 0], "since": newest(db)}
        _keep(db, operation)
        raise Unfinished from again


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
    holding_back.restrict(db, subject, operation.by_uid)
    operation.phase = WAITING
    return "paused"


def _keep(db: Session, operation: Operation) -> None:
    prolong(operation)
    db.commit()
    time.sleep(BREATH)


def _rest(begun: float) -> None:
    """Let others write, where none could for long."""
    if time.monotonic() - begun > LONG:
        time.sleep(REST)


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
    with together(db):
        for uid in subject.uids:
            record(db, PersonErased(uid, operation.given["reason"]), by=operation.by_uid)
    operation.file, operation.phase = None, "sweep"
    operation.given = {name: value for name, value in operation.given.items() if name != "persons"}
    operation.result = {"left": {}} | {name: operation.result[name] for name in ("counts", "kept", "left", "vouchers") if name in operation.result}
    if operation.kind == KIND:
        close(db, operation)
        send_copy(db, operation, *subject.answer, printed)
        operation.phase = "deliver"
    _keep(db, operation)

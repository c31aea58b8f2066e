"""What an erasing does, step by step: each takes where it stood and says where to go on, and may be begun again there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Table, delete, func, select
from sqlalchemy.orm import Session

from contacts.address import Address
from contacts.agent import Agent
from contacts.binning import bin_person
from contacts.file import File
from contacts.person import Person
from contacts.restricting import unmask
from contacts.voucher import keep_vouchers
from core import erasure_ledger, files
from core.among import among
from core.operations import Operation, OperationItem, turn
from desk.erasing import (
    attached,
    bells,
    card,
    companies,
    inputs,
    mentions,
    originals,
    residue,
    tombstones,
    upstream,
)
from desk.erasing.asking import (
    ERASED_WHOLE,
    GOING,
    KIND,
    PURGE,
    UNCERTAIN,
    cancelled,
    decided_rows,
    decisions_on,
    forget_whom,
    left_alone,
)
from desk.erasing.foreseeing import FILES, LOT, Step, tell_vouchers
from desk.erasing.holding_back import Holds
from desk.erasing.mentions import Decisions
from desk.erasing.reading import Reader
from desk.erasing.subject import Subject, subject_of
from desk.reports.folding import seal
from desk.reports.letting_go import alone_at, let_go
from desk.rights.certifying import certify
from desk.telling import tell_erased
from desk.tickets.message import Attachment, Message
from desk.tickets.ticket import Ticket
from rules.residue import Needles

#: Seconds of looking for what is left, between two commits.
LOOK = 0.2
#: Persons whose cards go in one commit.
PERSONS = 50
#: Mails at a time: they may be large.
MAILS = 25
#: Table → what its rows are to the mails that lie at a provider too.
UPSTREAM = {"messages": "messages", "inbound_mails": "received", "outbound_mails": "sent"}


class Again(Exception):
    """What has been done from this step on is to be done once more."""

    def __init__(self, step: str) -> None:
        super().__init__(step)
        self.step = step


def newest(db: Session) -> int:
    """The id of the last message: what comes behind it has come since."""
    return db.scalar(select(func.max(Message.id))) or 0


def steps(
    db: Session, operation: Operation, subject: Subject, reader: Reader, holds: Holds, needles: Sequence[Callable[[], Needles]],
) -> Iterator[Step]:
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
    yield "files of operations", lambda after: inputs.erase_input(db, operation, reader, after, decisions)
    yield "originals", lambda after: _rebuild(db, operation, subject, reader, after, holds, decisions)
    yield "composed", lambda after: _compose(db, operation, reader, after, holds, decisions)
    yield "tags", lambda after: tombstones.erase_tags(db, reader)
    yield "figures", lambda after: _seal(db, subject, after)
    yield "companies in figures", lambda after: _let_go(db, subject, after)
    yield "own messages", lambda after: _lot(db, operation, tombstones.erase_messages(db, subject, after, LOT, holds.free(Message.ticket_id)))
    yield "own tickets", lambda after: _lot(db, operation, tombstones.erase_tickets(db, subject, after, LOT, holds.free(Ticket.id)))
    yield "companies", lambda after: _lot(db, operation, (None, companies.erase_companies(db, subject.firms)))
    yield "trail", lambda after: card.erase_trail(db, subject, after)
    yield "card", lambda after: _take_away(db, operation, subject, reader, holds, after)
    yield "files", lambda after: _remove_files(db, operation)
    yield "redis", lambda after: bells.erase_keys(reader)
    yield "places", lambda after: _forget_places(db, operation, subject)
    for part, made in enumerate(needles, 1):        # of many persons some at a time: what finds them all at once takes gigabytes
        name = "residue" if part == 1 else f"residue {part}"
        yield name, lambda after, made=made: None if operation.result.get("waits") else _look_through(db, operation, made(), after)  # type: ignore[misc]
        yield f"{name} of files", lambda after, made=made: _left(operation, "files", lambda: residue.left_in_files(made()))  # type: ignore[misc]
        yield f"{name} of logs", lambda after, made=made: _left(operation, "logs", lambda: residue.left_in_logs(made()))  # type: ignore[misc]
        yield f"{name} of redis", lambda after, made=made: _left(operation, "redis", lambda: residue.left_in_redis(made()))  # type: ignore[misc]
    if operation.kind == KIND:
        yield "certificate", lambda after: _certify(db, operation, subject)


def _freeze(db: Session, operation: Operation, subject: Subject) -> None:
    """Nobody meets the person any more or changes what is known of them, whatever happens from here on. Erasings of them that broke off are forgotten, and so are
    those that a backup brought back half-way."""
    by = db.scalar(select(Agent).where(Agent.uid == operation.by_uid))
    for person in db.scalars(select(Person).where(among(Person.id, subject.persons), Person.merged_into_id.is_(None))).all():
        if person.restricted_at is not None:
            unmask(db, person)
        if person.binned_at is None:
            bin_person(db, person, by=by)
    for one in db.scalars(select(Operation).where(Operation.kind.in_((KIND, PURGE)), Operation.id != operation.id, Operation.state.in_((*GOING, "failed")))):
        if not set(subject.uids) & set(one.given.get("persons", ())):
            continue
        if one.state == "failed":
            forget_whom(db, one)
        elif one.kind == KIND and operation.given.get("replays"):       # a backup has brought it back with them, at work or waiting
            cancelled(db, one)
            turn(db, one, "cancelled")


def _take_away(db: Session, operation: Operation, subject: Subject, reader: Reader, holds: Holds, after: int) -> int | None:
    """The card and the addresses in one commit, so that no mail between makes somebody new of one; but for what a ticket under hold needs of them. The
    ledger outside the database knows of it before the commit does, so that no restored backup brings it back. Of many some at a time, each with all
    who were merged into them: who is the last of them. Raises Again where mail has come in that the steps before may not have seen."""
    if len(subject.persons) <= PERSONS:
        _take_some(db, operation, subject, reader, holds)
        return None
    some = db.scalars(select(Person).where(among(Person.id, subject.persons), Person.merged_into_id.is_(None), Person.id > after).order_by(Person.id).limit(PERSONS)).all()
    if not some:
        return None
    _take_some(db, operation, subject_of(db, some), reader, holds)
    return some[-1].id


def _take_some(db: Session, operation: Operation, subject: Subject, reader: Reader, holds: Holds) -> None:
    if holds.tickets_of(subject):
        holds.met = True
        _lot(db, operation, (None, card.narrow_card(db, subject)))
        return
    db.scalars(select(Address.id).where(among(Address.id, subject.addresses)).order_by(Address.normalised).with_for_update()).all()    # as who files a letter
    if _is_written_of(db, subject, reader, operation.result["since"]):
        raise Again("received upstream")
    tell_vouchers(operation, keep_vouchers(db, subject.persons))
    _lot(db, operation, (None, card.erase_card(db, subject)))
    card.erase_addresses(db, subject, operation.given["reason"])
    db.flush()
    upstream.record(db, operation)
    for table, uids in decided_rows(db, operation).items():
        for uid in subject.uids:
            erasure_ledger.record(db, table, uids, erasure_ledger.WORDS + uid)
    how = ERASED_WHOLE if operation.given["review"] == "erase" else "erase" if operation.kind == KIND else "purge"
    erasure_ledger.record(db, "persons", subject.uids, how)


def _is_written_of(db: Session, subject: Subject, reader: Reader, since: int) -> bool:
    """Whether messages have come in that are theirs, or that name them."""
    if db.scalar(select(Message.id).where(tombstones.whole_messages(subject), Message.id > since).limit(1)) is not None:
        return True
    after: int | None = since
    while after is not None:
        after, found = mentions.walk(db, subject, reader, Message.__table__, after)   # type: ignore[arg-type]
        if found:
            return True
    return False


def _rebuild(db: Session, operation: Operation, subject: Subject, reader: Reader, after: int, holds: Holds, decisions: Decisions) -> int | None:
    further, changed = originals.erase_originals(db, subject, reader, after, MAILS, holds, decisions)
    upstream.list_others(db, operation, received=changed)
    return further


def _compose(db: Session, operation: Operation, reader: Reader, after: int, holds: Holds, decisions: Decisions) -> int | None:
    further, changed = originals.erase_composed(db, reader, after, MAILS, holds, decisions)
    upstream.list_others(db, operation, sent=changed)
    return further


def _seal(db: Session, subject: Subject, after: int) -> int | None:
    """Their tickets are counted as they are, so that no figure changes when nobody knows any more whose they were."""
    found = tombstones.tickets_of(db, subject, after, LOT)
    seal(db, found)
    return found[-1].id if found else None


def _let_go(db: Session, subject: Subject, after: int) -> int | None:
    """A company at which nobody else ever worked would tell of whom it is."""
    some = db.scalars(select(Person).where(among(Person.id, subject.persons), Person.id > after).order_by(Person.id).limit(PERSONS)).all()
    for person in some:
        let_go(db, alone_at(db, person))
    return some[-1].id if some else None


def _lot(db: Session, operation: Operation, done: tuple[int | None, list[str]]) -> int | None:
    further, digests = done
    if digests:
        operation.result = operation.result | {"files": sorted({*operation.result.get("files", ()), *digests})}
    return further


def _take_out(
    db: Session, operation: Operation, subject: Subject, reader: Reader, table: Table, after: int, decisions: Decisions, holds: Holds,
) -> int | None:
    further, found = mentions.walk(db, subject, reader, table, after, but=operation.id)
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
    """Whoever is to be told is, then it is certified. Twice is once; what waits for a hold to lift is not at its end."""
    if not operation.result.get("waits"):
        tell_erased(db, operation)
        certify(db, operation, addresses=len(subject.addresses))

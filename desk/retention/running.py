"""The nightly plan of retention as an operation: what falls due, item by item, waiting for an admin's word or not, then done (Article 5(1)(e)).

Planned anew each night while it waits, so that the plan is never older than a day. Each item is asked about again at the moment it is done: what
moved since, is under legal hold or has no rule any more is skipped, and says so. Persons go by the same steps as erasing, many together.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from contacts.activities import delete_activity
from contacts.activity import Activity, ActivityParticipant
from contacts.binning import bin_person
from contacts.legal_holds import held_persons
from contacts.note import Note
from contacts.notes import expire_note
from contacts.person import Person
from core import bulk, erasure_ledger
from core.bulk import Bulk, Skipped
from core.clock import now
from core.database import take_turns
from core.errors import Refused
from core.i18n import N_
from core.operations import Operation, OperationItem, Unfinished, start, turn
from core.options import option
from desk.access import admin_ids
from desk.erasing import asking
from desk.legal_holds import TURN
from desk.retention.emptying import empty_ticket, remove_files
from desk.retention.falling_due import CLASS, due
from desk.retention.rule import RetentionRule
from desk.retention.rules import active_rules
from desk.tickets.legal_holds import held_tickets, kept_persons
from desk.tickets.message import Notification
from desk.tickets.ticket import Ticket
from rules.retention import CLASSES

KIND, WAITS = "retention.run", "retention.waits"
#: What the bell tells of a plan that waits.
EVENT = "retention"
LOT = 500
HELD = N_("Under legal hold.")
ERASED = N_("This person is being erased already.")
NOT_DUE = N_("It does not fall due any more.")


def plan(db: Session, *, by: str | None = None) -> Operation | None:
    """Ask for what falls due today to be planned; None without a rule, and while an earlier plan runs. One that waits gives way to the new one.

    The caller rings ``operations``.
    """
    rules = active_rules(db)
    for one in db.scalars(select(Operation).where(Operation.kind == KIND, Operation.state.in_(("planned", "approved", "running", "paused")))).all():
        if one.state != "planned":
            return None
        turn(db, one, "cancelled")
    tell_no_more(db)
    if not rules:
        return None
    operation = start(db, KIND, {"day": now().date().isoformat(), "classes": [of for of in CLASSES if of in rules]}, by=by, total=0)
    operation.phase, operation.result = "lay", {"at": ["", 0]}
    db.flush()
    return operation


def run(db: Session, operation: Operation) -> str:
    """A slice of it. Planned, it waits for a word where the desk is set so, and admins hear of it. Raises Unfinished where more is left."""
    state = bulk.run(db, operation)
    due_now = operation.result.get("items", {}).get("planned", 0)
    if state == "planned" and due_now and option(db, WAITS):
        tell_no_more(db)       # a slice may come again
        db.execute(insert(Notification), [{"agent_id": one, "subject_uid": operation.uid, "event": EVENT, "at": now()} for one in admin_ids(db)])
        return state
    if state == "planned" and due_now:
        db.commit()
        raise Unfinished            # it is approved by that, and goes on at once
    tell_no_more(db)
    return "done"


def tell_no_more(db: Session) -> None:
    """Nothing waits for a word any more, or something else."""
    db.execute(delete(Notification).where(Notification.event == EVENT))


class Retention(Bulk):
    """The kind ``retention.run``. An item's ``data``: name, rule (the class), act."""

    kind, takes_back = KIND, False

    def lay(self, db: Session, operation: Operation) -> bool:
        """Some more of what falls due, class by class."""
        rules, classes, (at, after) = active_rules(db), operation.given["classes"], operation.result["at"]
        at = at or classes[0]
        kind = _kind(at)
        rows = db.execute(due(rules, at, date.fromisoformat(operation.given["day"])).with_only_columns(kind.id, kind.uid).where(
            kind.id > after).limit(LOT)).all() if at in rules else []
        if rows:
            db.execute(insert(OperationItem), [{"operation_id": operation.id, "kind": KINDS[kind], "state": "laid", "subject_uid": row.uid,
                                                "data": {"rule": at, "act": rules[at].act}} for row in rows])
            operation.result = {"at": [at, rows[-1].id]}
            return True
        following = classes[classes.index(at) + 1:]
        operation.result = {"at": [following[0], 0]} if following else {}
        return bool(following)

    def prepare(self, db: Session, operation: Operation, items: Sequence[OperationItem]) -> Any:
        """What the items need: class → uid → the row that is due, and the uids of what is held."""
        take_turns(db, TURN)        # no hold is set between looking and doing
        rules, found, held = active_rules(db), {}, set[str]()
        names: dict[str, str] = {}
        for of in {item.data["rule"] for item in items}:
            kind, uids = _kind(of), [item.subject_uid for item in items if item.data["rule"] == of]
            found[of] = {one.uid: one for one in db.scalars(due(rules, of, now().date()).where(kind.uid.in_(uids)))}
            kept = db.scalars(select(kind).where(kind.uid.in_(uids), HOLDS[kind]())).all()
            held |= {one.uid for one in kept}
            names |= {one.uid: _name(one) for one in (*found[of].values(), *kept)}
        return {"found": found, "held": held, "names": names, "rules": rules, "erased": asking.purged_with(db), "going": [], "emptied": [], "files": []}

    def plan(self, db: Session, operation: Operation, item: OperationItem, at: Any) -> None:
        """What it is called; what is held is skipped from the beginning."""
        item.data = item.data | {"name": at["names"].get(item.subject_uid, "")}
        self._due(item, at)

    def apply(self, db: Session, operation: Operation, item: OperationItem, at: Any) -> None:
        """Do what the rule says, if it says so still."""
        row, act = self._due(item, at), at["rules"][item.data["rule"]].act
        if act != item.data["act"]:
            raise Skipped(NOT_DUE)
        if isinstance(row, Ticket):
            if act == "empty":
                empty_ticket(db, row)
                at["emptied"].append(row.uid)
            else:
                at["files"] += remove_files(db, row)
        elif isinstance(row, Note):
            expire_note(db, row)
        elif isinstance(row, Activity):
            delete_activity(db, row, by=None)
        elif act == "bin":
            bin_person(db, row, by=None)
        else:
            at["going"].append(row)

    def undo(self, db: Session, operation: Operation, item: OperationItem) -> None:
        """What had its time does not come back."""
        raise Refused(NOT_DUE)

    def close(self, db: Session, operation: Operation, at: Any) -> None:
        """Persons go together by the steps of erasing; the ledger hears of tickets and files."""
        _purge(db, at["going"])
        db.flush()
        for table, uids in (("tickets", at["emptied"]), ("attachments", at["files"])):
            if uids:
                erasure_ledger.record(db, table, uids, "retain")

    def _due(self, item: OperationItem, at: Any) -> Any:
        if item.subject_uid in at["held"]:
            raise Skipped(HELD)
        if item.subject_uid in at["erased"]:
            raise Skipped(ERASED)
        row = at["found"][item.data["rule"]].get(item.subject_uid)
        if row is None:
            raise Skipped(NOT_DUE)
        return row


def _purge(db: Session, persons: Sequence[Person]) -> None:
    """With those who wait for a worker already, so that every text is read once for many."""
    if not persons:
        return
    waiting = db.scalar(select(Operation).where(Operation.kind == asking.PURGE, Operation.state == "approved", Operation.phase == "lay").order_by(
        Operation.id.desc()).limit(1))
    going = waiting.given["persons"] if waiting is not None and waiting.given["reason"] == "retention" else None
    if waiting is None or going is None or len(going) + len(persons) > asking.TOGETHER:
        asking.purge(db, persons, reason="retention")
    else:
        waiting.given = waiting.given | {"persons": [*going, *(one.uid for one in persons)]}
        db.flush()


def _kind(of: str) -> Any:
    return CLASS.get(of, (Person,))[0]


def _name(row: Any) -> str:
    if isinstance(row, Ticket):
        return f"#{row.number}"
    if isinstance(row, Note):
        return f"{row.author_name}, {row.at:%Y-%m-%d}"
    return str(row.title if isinstance(row, Activity) else row.name)


def _held_activities() -> Any:
    return Activity.id.in_(select(ActivityParticipant.activity_id).where(ActivityParticipant.person_id.in_(held_persons())))


#: Rows → what an item of them is called.
KINDS: dict[Any, str] = {Person: "person", Ticket: "ticket", Note: "note", Activity: "activity"}
#: Rows → which of them are under hold.
HOLDS: dict[Any, Any] = {Person: kept_persons, Ticket: lambda: Ticket.id.in_(held_tickets()), Note: lambda: Note.person_id.in_(held_persons()),
                         Activity: _held_activities}


def draft(db: Session, rule: RetentionRule) -> dict[str, RetentionRule]:
    """The rules in force, with one as it would be."""
    others = {of: one for of, one in active_rules(db).items() if of != rule.of}
    return others | {rule.of: rule}

"""Asking for somebody to be erased, and the word that lets it begin: who may, and what becomes of places that are not certain."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Column, and_, delete, or_, select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.company import Company
from contacts.person import Person
from core import erasure_ledger
from core.database import Base
from core.errors import Refused, Unknown
from core.i18n import N_
from core.operations import Operation, OperationItem, start
from core.options import option
from desk.access import needs_admin
from desk.erasing.companies import WHOLE
from desk.erasing.mentions import Decisions, Place, texts
from desk.rights.case import RightsCase
from desk.rights.casework import acting_is_grounded, needs_open
from desk.rights.certifying import case_of
from desk.rights.opening import changed, today

KIND, PURGE = "person.erasure", "persons.purge"
GOING = ("planned", "approved", "running", "paused")
REASONS = ("request", "objection", "unlawful", "no_longer_needed")
IDENTITIES = ("link", "agent")
REVIEWS = ("erase", "keep", "ask")
COPIES = ("delete", "keep")
FOUR_EYES = N_("So many messages take a second pair of eyes: another admin has to approve this.")
#: What the ledger says of an erasing in which all uncertain words went.
ERASED_WHOLE = "erase_uncertain"
#: Persons for whom everything is read at once, at most: every text of the desk, which costs twice as much for all of them as for one.
TOGETHER = 1500
#: The state of a place that may be somebody else.
UNCERTAIN = "uncertain"


def ask(
    db: Session, person: Person, *, reason: str, identity: str, review: str = "ask", copies: str = "delete", case: RightsCase | None = None, by: Agent,
) -> Operation:
    """Ask for a person to be erased (Art. 17): a worker foresees it, then it waits for a word. Nothing is changed yet.

    ``copies``: whether mails of others that name them are deleted at the mailbox's provider too; the desk keeps its own, without the name.
    ``case``: the request it follows; what is known there of who asks counts. Raises Refused for one who is part of another, or whom somebody has asked
    to erase already, and for a case that is decided or another's.
    """
    needs_admin(by)
    errors = {name: N_("Choose one of those offered.") for name, value, offered in (
        ("reason", reason, REASONS), ("identity", identity, IDENTITIES), ("review", review, REVIEWS), ("copies", copies, COPIES)) if value not in offered}
    if errors:
        raise Refused(N_("This cannot be done as it was asked."), errors)
    if person.merged_into_id is not None:
        raise Refused(N_("This person is part of another. Erase the one who goes on, or take them apart first."))
    if standing(db, person.uid) is not None:
        raise Refused(N_("This person is being erased already."))
    if case is not None and (case.closed or case.person_id != person.id):
        raise Refused(N_("This case is decided, or somebody else’s."))
    given = {"persons": [person.uid], "reason": reason, "identity": identity, "review": review, "copies": copies}
    if case is not None:
        given |= {"case": case.uid, "identity": "link" if case.known else "agent"}
    operation = start(db, KIND, given, by=by.uid, total=0)
    operation.phase = "lay"
    if case is not None:
        case.operation_uid, case.state = operation.uid, "in_work"
        changed(db, case, "erasing", by=by)
    db.flush()
    return operation


def purge(db: Session, persons: Sequence[Person], *, reason: str = "bin", replays: bool = False, review: str = "keep") -> Operation:
    """Ask for persons whose time is over, in the bin (S70) or by a rule of retention, to go for good: the same steps, without a case and without a
    word; what is not certain stays. They are read for together, so that every text is read once however many they are. ``replays``: they were
    erased before, and a backup has brought them back; ``review`` is what was said then, and what was said of rows is in the ledger."""
    operation = start(db, PURGE, {"persons": [one.uid for one in persons], "reason": reason, "review": review} | ({"replays": True} if replays else {}))
    operation.phase = "lay"
    db.flush()
    return operation


def purged_with(db: Session) -> set[str]:
    """The uids of persons who are about to go."""
    going = db.scalars(select(Operation).where(Operation.kind.in_((KIND, PURGE)), Operation.state.in_(GOING)))
    return {uid for one in going for uid in one.given.get("persons", ())}


def standing(db: Session, uid: str) -> Operation | None:
    """The erasing of a person that is foreseen, waits or runs."""
    going = db.scalars(select(Operation).where(Operation.kind == KIND, Operation.state.in_(GOING)))
    return next((one for one in going if uid in one.given.get("persons", ())), None)


def has_begun(db: Session, uid: str) -> bool:
    """Whether a person is being erased, or was until it broke off: part of what was known of them is gone for good."""
    return uid in begun(db)


def begun(db: Session) -> set[str]:
    """The uids of all of whom that holds."""
    found = db.scalars(select(Operation).where(Operation.state.in_(("approved", "running", "paused", "failed")), or_(
        and_(Operation.kind == PURGE, or_(Operation.state != "failed", Operation.phase != "lay")),
        and_(Operation.kind == KIND, Operation.phase.not_in(("lay", "plan"))))))
    return {uid for one in found for uid in one.given.get("persons", ())}


def takes_another(db: Session, operation: Operation, by: Agent) -> bool:
    """Whether it is so many messages that another admin than this one, who asked for it, has to approve."""
    return operation.by_uid == by.uid and operation.result.get("counts", {}).get("messages", 0) > option(db, "privacy.four_eyes_above")


def may_approve(db: Session, operation: Operation, by: Agent) -> None:
    """Raises Refused where a second admin has to look, and where somebody has still to say what becomes of uncertain words."""
    needs_admin(by)
    if takes_another(db, operation, by):
        raise Refused(FOUR_EYES)
    if operation.given["review"] == "ask" and undecided(db, operation):
        raise Refused(N_("Say of every uncertain place whether it is the person, then approve."))
    case = case_of(db, operation)
    if case is not None:
        needs_open(case)
        acting_is_grounded(case)


def approved(db: Session, operation: Operation, by: Agent) -> None:
    """Note who gave the word, for the certificate."""
    operation.result = operation.result | {"approved_by": by.uid, "approved_on": today(db).isoformat()}


def cancelled(db: Session, operation: Operation) -> None:
    """The case it followed is no longer about to be done by it, and what was found of the person is not kept."""
    forget_whom(db, operation)
    case = case_of(db, operation)
    if case is not None and case.operation_uid == operation.uid:
        case.operation_uid = None
        db.flush()


def forget_whom(db: Session, operation: Operation) -> None:
    """Who it is about, and what it quotes of them."""
    operation.file = None
    db.execute(delete(OperationItem).where(OperationItem.operation_id == operation.id))


def decide(db: Session, operation: Operation, item: OperationItem, *, erases: bool) -> None:
    """Say of one uncertain place whether it goes."""
    if operation.state != "planned" or item.operation_id != operation.id or not item.data.get("review"):
        raise Unknown(N_("There is nothing to decide here."))
    item.data = item.data | {"decided": "erase" if erases else "keep"}
    db.flush()


def places(db: Session, operation: Operation, *, review: bool, after: int, most: int) -> Sequence[OperationItem]:
    """A page of its places; of those to decide alone."""
    kept = OperationItem.state == UNCERTAIN if review else OperationItem.kind != "upstream"
    return db.scalars(select(OperationItem).where(OperationItem.operation_id == operation.id, kept, OperationItem.id > after).order_by(
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


def left_alone(db: Session, operation: Operation) -> int:
    """Uncertain places of which somebody said that they are not the person."""
    decisions = decisions_on(db, operation)
    return sum(not decisions.erases(Place(item.kind, item.data["row"], item.data["column"], None, "", "", True))
               for item in db.scalars(select(OperationItem).where(OperationItem.operation_id == operation.id, OperationItem.state == UNCERTAIN)))


def companies_on(db: Session, operation: Operation) -> list[int]:
    """Companies of which somebody has said that they are the person."""
    return sorted(item.data["row"] for item in db.scalars(select(OperationItem).where(
        OperationItem.operation_id == operation.id, OperationItem.kind == Company.__tablename__, OperationItem.state == UNCERTAIN))
        if item.data["column"] == WHOLE and item.data.get("decided") == "erase")


def decisions_on(db: Session, operation: Operation) -> Decisions:
    """What was said of each text; where one of its places is the person, so are the others in it: they go together."""
    said: dict[tuple[str, int, str], str] = {}
    for item in db.scalars(select(OperationItem).where(OperationItem.operation_id == operation.id, OperationItem.state == UNCERTAIN)):
        place = item.kind, item.data["row"], item.data["column"]
        if item.data.get("decided") and said.get(place) != "erase":
            said[place] = item.data["decided"]
    if operation.given.get("replays"):
        said |= {(name, row, column.name): "erase" for uid in operation.given.get("persons", ()) for name, uids in erasure_ledger.said_of(uid).items()
                 for row, columns in _rows_called(db, name, uids) for column in columns}
    return Decisions(operation.given["review"], said)


def decided_rows(db: Session, operation: Operation) -> dict[str, list[str]]:
    """Table → uids of the rows of which somebody has said that uncertain words in them are the person."""
    found: dict[str, list[str]] = {}
    for item in db.scalars(select(OperationItem).where(OperationItem.operation_id == operation.id, OperationItem.state == UNCERTAIN)):
        if item.subject_uid and item.data.get("decided") == "erase" and item.data["column"] != WHOLE:
            found.setdefault(item.kind, []).append(item.subject_uid)
    return found


def _rows_called(db: Session, name: str, uids: Sequence[str]) -> list[tuple[int, Collection[Column[Any]]]]:
    """Rows of a table by uid, each with the columns in which words or files of somebody may stand."""
    table = Base.metadata.tables.get(name)
    if table is None or "uid" not in table.c or "id" not in table.c:
        return []
    columns = {*texts(table), *(one for one in table.columns if one.name in ("digest", "file"))}
    return [(row, columns) for start in range(0, len(uids), 500) for row in db.scalars(select(table.c.id).where(table.c.uid.in_(uids[start:start + 500])))]

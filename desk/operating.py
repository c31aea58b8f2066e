"""Operations as people have them before them: whose they see, what they may do with one, and its items a page at a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts import duplicate_scan, unmoving
from contacts.agent import Agent
from contacts.company import DELETED_COMPANY, Company
from contacts.masking import called_instead
from contacts.person import Person
from core import bulk
from core.errors import Refused, Unknown
from core.i18n import N_
from core.i18n import gettext as _
from core.operations import Operation, OperationItem, turn
from desk.bulk_acts import ACTS
from desk.erasing import asking as erasing
from desk.legal_holds import WAITING as HELD
from desk.privacy import asking as privacy
from desk.retention import running as retention
from desk.undoing import undo

#: Kinds that stand in the list; others belong to a page of their own.
LISTED = (*(act.kind for act in ACTS), unmoving.KIND, duplicate_scan.KIND, erasing.KIND, privacy.KIND)
#: Kinds that tell what admins alone may see, whoever asked for them.
FOR_ADMINS = frozenset({erasing.KIND, erasing.PURGE, retention.KIND})
#: What a button does → (the state it leads to, the states it is offered in).
TURNS = {"approve": ("approved", ("planned",)), "pause": ("paused", ("approved", "running")), "resume": ("approved", ("paused",)),
         "cancel": ("cancelled", ("planned", "approved", "running", "paused"))}
#: Filter of items → their states.
FILTERS = {"all": (), "errors": ("failed",), "skipped": ("skipped",), "conflicts": ("conflict",)}


def operation_for(db: Session, agent: Agent, uid: str, *, lock: bool = False) -> Operation:
    """The operation, if the agent asked for it and may still see what it tells; admins see all. Raises Unknown."""
    query = select(Operation).where(Operation.uid == uid)
    row = db.scalar(query.with_for_update() if lock else query)
    if row is None or not (agent.admin or (row.by_uid == agent.uid and row.kind not in FOR_ADMINS)):
        raise Unknown(N_("There is no such operation."))
    return row


def operations_of(
    db: Session, agent: Agent, *, everybody: bool, before: int | None, most: int, kinds: Collection[str] = LISTED,
) -> Sequence[Operation]:
    """The agent's own, or for an admin everybody's, the latest first."""
    whose = [] if everybody and agent.admin else [Operation.by_uid == agent.uid]
    after = [Operation.id < before] if before is not None else []
    return db.scalars(select(Operation).where(*whose, *after, Operation.kind.in_((set(kinds) & set(LISTED)) - (set() if agent.admin else FOR_ADMINS))).order_by(Operation.id.desc()).limit(most)).all()


def items_of(db: Session, operation: Operation, *, only: str = "all", after: int = 0, most: int = 50) -> Sequence[OperationItem]:
    """Its items in order; of some states alone. One state is a stretch of the index."""
    states = FILTERS.get(only, ())
    some = [OperationItem.state == states[0]] if states else []
    return db.scalars(select(OperationItem).where(OperationItem.operation_id == operation.id, *some, OperationItem.id > after).order_by(
        OperationItem.id).limit(most)).all()


def masks(db: Session, items: Sequence[OperationItem]) -> dict[int, str]:
    """Item → what is said in place of a name, where its record is in the bin: what the item keeps of it is not shown either (S63)."""
    uids = {uid for item in items for uid in _subjects(item)}
    gone: dict[str, str] = {}
    if uids:
        gone |= {one.uid: called_instead(one) for one in db.scalars(select(Person).where(Person.uid.in_(uids), Person.binned_at.is_not(None)))}
        gone |= dict.fromkeys(db.scalars(select(Company.uid).where(Company.uid.in_(uids), Company.binned_at.is_not(None))), _(DELETED_COMPANY))
    return {item.id: gone[uid] for item in items for uid in _subjects(item) if uid in gone}


def _subjects(item: OperationItem) -> list[str]:
    """Whom an item speaks of: its subject, and the other of a pair."""
    return [uid for uid in (item.subject_uid, item.data.get("other")) if uid]


def acts(db: Session, operation: Operation) -> list[str]:
    """What may be done with it now."""
    steered = operation.kind in bulk.BULKS or operation.kind in (duplicate_scan.KIND, erasing.KIND, privacy.KIND)
    found = [act for act, (_state, offered) in TURNS.items() if steered and operation.state in offered and not _waits(operation, act)]
    moved = operation.kind in (unmoving.KIND, unmoving.AMONG) and operation.state == "done"
    return [*found, *(["undo"] if moved or bulk.undoable(db, operation) else [])]


def act_on(db: Session, operation: Operation, act: str, *, by: Agent) -> None:
    """Approve, pause, resume, cancel or undo. Raises Refused where the present state does not allow it."""
    if act == "undo":
        undo(db, operation, by=by)
    elif act not in TURNS or operation.state not in TURNS[act][1] or _waits(operation, act):
        raise Refused(N_("The operation is not in a state in which this can be done."))
    else:
        if act == "approve" and operation.kind == erasing.KIND:
            erasing.may_approve(db, operation, by)
            erasing.approved(db, operation, by)
        turn(db, operation, TURNS[act][0])
        if operation.kind == retention.KIND and act in ("approve", "cancel"):
            retention.tell_no_more(db)
        if act == "cancel" and operation.kind == erasing.KIND:
            erasing.cancelled(db, operation)


def _waits(operation: Operation, act: str) -> bool:
    """A file whose columns nobody has chosen yet goes on by choosing them; an erasing that has begun is done to its end, and one that waits for a
    legal hold goes on when that lifts."""
    if operation.kind == erasing.KIND and operation.phase == HELD:
        return True
    if act == "cancel" and operation.kind == erasing.KIND:
        return operation.phase in ("run", "deliver", "sweep", "upstream", HELD) and operation.state != "planned"
    return act == "resume" and operation.kind.endswith(".import") and operation.phase == "lay" and not operation.result

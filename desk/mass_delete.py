"""Deleting many persons or companies at once: planned, approved, done by a worker, taken back item by item (S66-S68).

Taking it back is restoring: an item whose address somebody else has got meanwhile stays in the bin as a conflict, and is restored there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, insert, select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.binning import bin_company, bin_person, restore_company, workers
from contacts.company import Company
from contacts.mass_update import asker, lay_chosen
from contacts.person import Person
from core.bulk import Bulk, Skipped, ask
from core.errors import Refused
from core.i18n import N_
from core.operations import Operation, OperationItem
from desk.access import needs_admin
from desk.tickets.returning import restore_person

KINDS: dict[str, Any] = {"persons": Person, "companies": Company}
GONE = N_("It is not there any more.")


def plan_deletion(db: Session, what: str, chosen: Collection[str] | Select[Any], by: Agent) -> Operation:
    """Ask for it: ``what`` is persons or companies, ``chosen`` their uids or a query for them. Companies take along whoever works there
    and nowhere else. A worker plans it; approved, it runs. The caller rings ``operations``. Raises Forbidden."""
    needs_admin(by)
    operation = ask(db, f"{what}.delete", {}, by=by.uid, phase="plan" if what == "persons" else "lay")
    lay_chosen(db, operation, chosen)
    return operation


class MassDelete(Bulk):
    """The kinds ``persons.delete`` and ``companies.delete``. The items of a company's persons stand before its own."""

    def __init__(self, what: str) -> None:
        self.what, self.kind = what, f"{what}.delete"

    def lay(self, db: Session, operation: Operation) -> bool:
        """The persons of the next companies, and then these companies, so that each goes when nobody works there any more."""
        asked = select(OperationItem).where(OperationItem.operation_id == operation.id, OperationItem.state == "laid", OperationItem.kind == "delete")
        items = db.scalars(asked.order_by(OperationItem.id).limit(20)).all()
        companies = {one.uid: one for one in db.scalars(select(Company).where(Company.uid.in_([item.subject_uid for item in items])))}
        rows: list[dict[str, Any]] = []
        for item in items:
            company = companies.get(item.subject_uid or "")
            uids = db.scalars(workers(company).with_only_columns(Person.uid).order_by(Person.id)).all() if company is not None else ()
            rows += [_item(operation, "person", uid, {"company": item.subject_uid}) for uid in uids]
            rows.append(_item(operation, "company", item.subject_uid, {}))
            db.delete(item)
        db.flush()
        if rows:
            db.execute(insert(OperationItem), rows)
        return bool(items)

    def prepare(self, db: Session, operation: Operation, items: Sequence[OperationItem]) -> dict[str, Any]:
        """Uid → the record; who asked, under the empty word."""
        uids = [item.subject_uid for item in items]
        found: dict[str, Any] = {"": asker(db, operation)}
        for kind in KINDS.values():
            found |= {one.uid: one for one in db.scalars(select(kind).where(kind.uid.in_(uids), kind.binned_at.is_(None)).order_by(kind.id))}
        return found

    def plan(self, db: Session, operation: Operation, item: OperationItem, at: Any) -> None:
        """What it is called."""
        item.data = item.data | {"name": self._row(at, item).name}

    def apply(self, db: Session, operation: Operation, item: OperationItem, at: Any) -> None:
        """Into the bin with it."""
        row, by = self._row(at, item), at[""]
        if by is None:
            raise Refused(GONE)
        if isinstance(row, Person):
            bin_person(db, row, by=by, act=operation.uid)
        else:
            bin_company(db, row, by=by, act=operation.uid)

    def undo(self, db: Session, operation: Operation, item: OperationItem) -> None:
        """Out of the bin again, unless somebody was faster."""
        by = asker(db, operation)
        kind = Company if item.kind == "company" else Person
        row: Any = db.scalar(select(kind).where(kind.uid == item.subject_uid).with_for_update(of=kind))
        if row is None or by is None:
            raise Refused(GONE)
        if row.binned_at is None:
            return
        if isinstance(row, Company):
            restore_company(db, row, by=by)
        else:
            restore_person(db, row, by=by)

    def _row(self, at: dict[str, Any], item: OperationItem) -> Any:
        row = at.get(item.subject_uid or "-")
        if row is None or getattr(row, "merged_into_id", None) is not None:
            raise Skipped(GONE)
        return row


def _item(operation: Operation, kind: str, uid: str | None, data: dict[str, Any]) -> dict[str, Any]:
    return {"operation_id": operation.id, "kind": kind, "state": "laid", "subject_uid": uid, "data": data}

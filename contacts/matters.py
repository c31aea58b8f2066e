"""What is done with sales, projects, campaigns and orders: adding, editing, deleting, restoring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.company import Company
from contacts.editing import check_version
from contacts.facts import MatterChanged
from contacts.matter import Matter
from contacts.matter_fields import checked, fits
from contacts.matter_kinds import KINDS, Kind, kind_of
from contacts.matter_search import index_matter
from contacts.order_lines import Line, next_number, set_lines
from contacts.person import Person
from contacts.sale import SaleStage
from contacts.stages import first_stage
from core import money
from core.clock import now
from core.database import new_uid
from core.errors import Forbidden, Refusals, Unknown
from core.history import record
from core.i18n import N_
from core.options import option

Changes = dict[str, tuple[Any, Any]]


def add_matter(db: Session, kind: Kind, fields: Mapping[str, Any], *, lines: Sequence[Line] = (), by: Agent | None) -> Any:
    """A new one. Its owner is who adds it, unless somebody is named. Raises Refused."""
    wrong = Refusals()
    begun = {"title": ""} | ({"currency": option(db, "sales.currency")} if "currency" in kind.fields else {}) | (
        dict.fromkeys(("person_id", "company_id")) if kind.customer else {})
    clean = wrong(checked, kind, begun | dict(fields)) or {}
    if kind.of == "sale":
        clean.setdefault("stage_id", first_stage(db).id)
    wrong(fits, db, kind, clean, clean)
    wrong.settle()
    clean.setdefault("owner_id", by.id if by else None)
    clean.setdefault("state", kind.open[0] if kind.of == "order" else "open")
    if kind.of == "sale" and clean.get("probability") is None:
        clean["probability"] = db.get_one(SaleStage, clean["stage_id"]).probability
    matter = kind.row(uid=new_uid(), **clean, created_by_id=by.id if by else None, over_at=None if clean["state"] in kind.open else now())
    if kind.customer:
        matter.origin_person_id = matter.person_id
    if kind.of == "order":
        set_lines(matter, lines)
        matter.number = next_number(db)
    db.add(matter)
    db.flush()
    index_matter(db, matter)
    _record(db, matter, "added", by)
    return matter


def edit_matter(
    db: Session, matter: Any, fields: Mapping[str, Any], *, lines: Sequence[Line] | None = None, by: Agent | None, version: int | None = None,
) -> Changes:
    """Change what is given; return what changed. Raises Stale when ``version`` is no longer the matter's, and Refused."""
    check_version(matter, version)
    kind, wrong = kind_of(matter), Refusals()
    clean = wrong(checked, kind, fields) or {}
    changes: Changes = {name: (getattr(matter, name), value) for name, value in clean.items() if getattr(matter, name) != value}
    wrong(fits, db, kind, {name: getattr(matter, name) for name in kind.fields} | clean, {name: after for name, (_before, after) in changes.items()})
    wrong.settle()
    if "stage_id" in changes and "probability" not in fields:
        changes["probability"] = (matter.probability, db.get_one(SaleStage, clean["stage_id"]).probability)
    total = matter.total if kind.of == "order" else 0
    for name, (_before, value) in changes.items():
        setattr(matter, name, value)
    if "person_id" in changes:
        matter.origin_person_id = matter.person_id
    if "state" in changes:
        over = matter.state not in kind.open
        matter.over_at = (matter.over_at or now()) if over else None
    if lines is not None and set_lines(matter, lines):
        changes["lines"] = (total, matter.total)
    if not changes:
        return {}
    matter.raise_version()
    db.flush()
    if {"title", "text", "lines"} & set(changes):
        index_matter(db, matter)
    _record(db, matter, "entered" if "state" in changes else "edited", by, changes)
    return changes


def delete_matter(db: Session, matter: Matter, *, by: Agent) -> None:
    """Shown nowhere any more; it can be restored while the bin keeps it (``contacts.bin_days``), but for a project: that is gone for good
    (S72). Raises Forbidden."""
    _may(matter, by)
    matter.binned_at = now()
    db.flush()
    index_matter(db, matter)
    _record(db, matter, "deleted", by)
    if kind_of(matter).final:
        db.execute(delete(type(matter)).where(type(matter).id == matter.id))
        db.expunge(matter)


def restore_matter(db: Session, matter: Matter, *, by: Agent) -> None:
    """Back where it was. Raises Forbidden."""
    _may(matter, by)
    matter.binned_at = None
    db.flush()
    index_matter(db, matter)
    _record(db, matter, "restored", by)


def may_delete(matter: Matter, agent: Agent) -> bool:
    """Whose it is, who made it, and admins."""
    return agent.admin or agent.id in (matter.owner_id, matter.created_by_id)


def matter_called(db: Session, key: str, uid: str, *, binned: bool = False) -> Any:
    """The sale, project, campaign or order with this uid. Raises Unknown, also for a deleted one unless it is asked for."""
    matter = db.scalar(select(KINDS[key].row).where(KINDS[key].row.uid == uid))
    if matter is None or (matter.binned_at is not None) != binned:
        raise Unknown(N_("There is nothing of this kind here."))
    return matter


def _may(matter: Matter, by: Agent) -> None:
    if not may_delete(matter, by):
        raise Forbidden(N_("Only whose it is can delete it, who made it, or an admin."))


def _record(db: Session, matter: Any, change: str, by: Agent | None, changes: Changes | None = None) -> None:
    """What it is about is kept in the matter alone; amounts are told with their currency."""
    kind, told = kind_of(matter), dict(changes or {})
    told.pop("text", None)
    for name in ("amount", "lines"):
        if name in told:
            told[name] = tuple(None if value is None else f"{money.written(value, matter.currency)} {matter.currency}" for value in told[name])  # type: ignore[assignment]
    if "stage_id" in told:
        told["stage"] = tuple(_found(db, SaleStage, key).name for key in told.pop("stage_id"))
    parties: dict[str, str | None] = {}
    for name, row in (("person", Person), ("company", Company)) if kind.customer else ():
        before, after = (_found(db, row, key) for key in told.pop(f"{name}_id", (None, getattr(matter, f"{name}_id"))))
        parties |= {f"{name}_uid": after.uid if after else None, f"former_{name}_uid": before.uid if before else None}
        if changes and f"{name}_id" in changes:
            told[name] = (before.name if before else None, after.name if after else None)
    record(db, MatterChanged(matter.uid, kind.of, change, matter.state if change == "entered" else None, **parties),
           by=by.uid if by else None, changes=told)


def _found(db: Session, row: Any, key: int | None) -> Any:
    return db.get(row, key) if key else None

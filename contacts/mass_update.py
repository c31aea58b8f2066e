"""Changing fields of many persons, companies or projects at once: shown before, done by a worker, taken back item by item.

Beside the fields that every record has, of persons and companies: the organisation's own (``custom.key``), and infotags (``infotag.uid``: whether it is to be on).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, insert, literal, select
from sqlalchemy.orm import Session

from contacts import companies, editing
from contacts.agent import Agent
from contacts.companies import edit_company
from contacts.company import Company
from contacts.custom_values import cleaned, customs
from contacts.doors import through
from contacts.editing import edit_person
from contacts.infotags import infotag_called, infotags_of, put_on, take_off
from contacts.matter_fields import checked
from contacts.matter_kinds import PROJECTS
from contacts.matters import edit_matter
from contacts.merged import named_of
from contacts.person import Person
from contacts.project import Project
from core.bulk import Bulk, Skipped, ask
from core.errors import Conflict, Refused
from core.i18n import N_
from core.operations import Operation, OperationItem

#: What edit_person changes beside what it was asked to: given back with the rest.
MARKS = ("name_guessed", "language_guessed", "to_be_completed")
MOST = 100_000


@dataclass(frozen=True, slots=True)
class What:
    """A kind of record: its table, its fields that may be changed on many, how they are checked, and how one is changed. ``read`` are
    fields that an operation keeps as text, and how they are read; a ``card`` bears fields of one's own and infotags."""

    row: type[Any]
    fields: tuple[str, ...]
    checked: Callable[[Mapping[str, Any]], dict[str, Any]]
    edit: Callable[..., Any]
    marks: tuple[str, ...] = ()
    read: Mapping[str, Callable[[str], Any]] = field(default_factory=dict)
    card: bool = True
    name: str = "name"


WHAT = {"persons": What(Person, tuple(name for name in editing.FIELDS if name != "customer_number"), editing.checked, edit_person, MARKS),
        "companies": What(Company, tuple(name for name in companies.FIELDS if name != "organisation_number"), companies.checked, edit_company),
        "projects": What(Project, ("state", "owner_id", "starts_on", "ends_on"), lambda fields: checked(PROJECTS, fields), edit_matter, ("over_at",),
                         {"starts_on": date.fromisoformat, "ends_on": date.fromisoformat, "over_at": datetime.fromisoformat}, card=False, name="title")}


def plan_update(
    db: Session, what: str, chosen: Collection[str] | Select[Any], changes: Mapping[str, Any], by: Agent,
) -> Operation:
    """Ask for it: ``what`` is persons, companies or projects, ``chosen`` their uids or a query for them, ``changes`` field → value as
    :func:`contacts.editing.edit_person` takes it. A worker plans it; approved, it runs. The caller rings ``operations``.

    Raises Refused for what no record could be changed to.
    """
    known = WHAT[what]
    if not changes:
        raise Refused(N_("Choose what is to be changed."))
    tags = {name: bool(value) for name, value in changes.items() if name.startswith("infotag.") and infotag_called(db, name.partition(".")[2])}
    own = {name.partition(".")[2]: value for name, value in changes.items() if name.startswith("custom.")}
    plain = {name: value for name, value in changes.items() if not known.card or not name.startswith(("infotag.", "custom."))}
    if strange := set(plain) - set(known.fields):
        raise Refused(N_("This cannot be changed on many at once."), dict.fromkeys(strange, N_("Not on many at once.")))
    clean = {name: _told(value) for name, value in known.checked(plain).items()} | tags
    clean |= {f"custom.{key}": value for key, value in cleaned(db, known.row, own).items()} if own else {}
    if "name" in clean and not clean["name"]:
        raise Refused(N_("A company needs a name."))
    operation = ask(db, f"{what}.update", {"changes": clean}, by=by.uid, phase="plan")
    lay_chosen(db, operation, chosen)
    return operation


def lay_chosen(db: Session, operation: Operation, chosen: Collection[str] | Select[Any]) -> None:
    """An item for each; of a merged person for whoever goes on, and each once."""
    if isinstance(chosen, Select):
        found = chosen.limit(MOST).subquery()
        columns = ["operation_id", "kind", "state", "subject_uid", "data"]
        db.execute(insert(OperationItem).from_select(columns, select(
            literal(operation.id), literal(operation.kind.partition(".")[2]), literal("laid"), found.c[0], literal({}, OperationItem.data.type)), include_defaults=False))
    else:
        others = named_of(db, chosen) if operation.kind.startswith("persons.") else {}
        uids = dict.fromkeys(others.get(uid, uid) for uid in chosen)
        if uids:
            db.execute(insert(OperationItem), [{"operation_id": operation.id, "kind": operation.kind.partition(".")[2], "state": "laid", "subject_uid": uid, "data": {}}
                                               for uid in uids])


class MassUpdate(Bulk):
    """The kinds ``persons.update``, ``companies.update`` and ``projects.update``. ``given``: ``{changes: {field: value}}``."""

    def __init__(self, what: str) -> None:
        self.what, self.kind = WHAT[what], f"{what}.update"

    def prepare(self, db: Session, operation: Operation, items: Sequence[OperationItem]) -> dict[str, Any]:
        """Uid → the record; who asked, under the empty word; and by id what stands in fields of one's own and which infotags are on."""
        row = self.what.row
        found = {one.uid: one for one in db.scalars(select(row).where(row.uid.in_([item.subject_uid for item in items]), row.binned_at.is_(None)))}
        ids, names = [one.id for one in found.values()], operation.given["changes"]
        own = customs(db, row, ids) if any(name.startswith("custom.") for name in names) else {}
        tags = infotags_of(db, row, ids) if any(name.startswith("infotag.") for name in names) else {}
        return found | {"": asker(db, operation), "custom": own, "infotag": tags}

    def plan(self, db: Session, operation: Operation, item: OperationItem, at: Any) -> None:
        """What it says now beside what it would say."""
        row = self._row(at, item)
        after = {name: value for name, value in operation.given["changes"].items() if self._held(at, row, name) != value}
        if not after:
            raise Skipped(N_("It says so already."))
        item.data = {"name": getattr(row, self.what.name), "before": {name: self._held(at, row, name) for name in after}, "after": after}

    def apply(self, db: Session, operation: Operation, item: OperationItem, at: Any) -> None:
        """Change it, unless somebody has changed the same meanwhile."""
        row, marks = self._row(at, item), self.what.marks
        if any(self._held(at, row, name) != value for name, value in item.data["before"].items()):
            raise Conflict(N_("Somebody has changed this since it was shown."))
        before = {name: _told(getattr(row, name)) for name in marks}
        self._edit(db, row, item.data["after"], at[""])
        item.data = item.data | {"undo": {"marks": before, "marked": {name: _told(getattr(row, name)) for name in marks}}}

    def undo(self, db: Session, operation: Operation, item: OperationItem) -> None:
        """Let the fields be as before, as long as they are as this act left them."""
        at = self.prepare(db, operation, [item])
        row, kept = self._row(at, item), item.data["undo"]
        if any(self._held(at, row, name) != value for name, value in item.data["after"].items()):
            raise Conflict(N_("Somebody has changed this since."))
        with through(db, "undo"):
            self._edit(db, row, item.data["before"], at[""])
        for name, value in kept["marks"].items():
            if kept["marked"][name] != value:
                setattr(row, name, self._read(name, value))

    def _held(self, at: dict[str, Any], row: Any, name: str) -> Any:
        """What stands in a field now; of an infotag whether it is on."""
        kind, _dot, key = name.partition(".")
        if kind == "infotag":
            return key in at["infotag"].get(row.id, ())
        return at["custom"].get(row.id, {}).get(key) if kind == "custom" else _told(getattr(row, name))

    def _read(self, name: str, value: Any) -> Any:
        return self.what.read[name](value) if name in self.what.read and value is not None else value

    def _edit(self, db: Session, row: Any, values: Mapping[str, Any], by: Agent | None) -> None:
        plain = {name: self._read(name, value) for name, value in values.items() if "." not in name}
        own = {name.partition(".")[2]: value for name, value in values.items() if name.startswith("custom.")}
        self.what.edit(db, row, plain, by=by, **({"custom": own} if own else {}))
        for name, on in values.items():
            if name.startswith("infotag."):
                (put_on if on else take_off)(db, row, infotag_called(db, name.partition(".")[2]), by=by)

    def _row(self, at: dict[str, Any], item: OperationItem) -> Any:
        row = at.get(item.subject_uid or "-")
        if row is None or getattr(row, "merged_into_id", None) is not None:
            raise Refused(N_("It is not there any more."))
        return row


def _told(value: Any) -> Any:
    """As an operation keeps it."""
    return value.isoformat() if isinstance(value, date) else value


def asker(db: Session, operation: Operation) -> Agent | None:
    """The agent who asked for it."""
    return db.scalar(select(Agent).where(Agent.uid == operation.by_uid))

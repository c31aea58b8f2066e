"""Importing persons and companies from a file: every row is looked at first, then approved, then written, and can be taken back.

The file stays with the operation until it runs. A row's item holds what it said, so that whoever comes next goes on from there.
"""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from contacts import importing_companies as companies
from contacts import importing_persons as persons
from contacts import importing_verdicts as verdicts
from contacts.agent import Agent
from contacts.company import Business, Category, ServiceLevel
from contacts.duplicates import rule
from contacts.imported_row import keep_rows
from contacts.importing_bases import ground_of
from contacts.importing_columns import in_order
from contacts.importing_files import MOST_ROWS, opened
from contacts.importing_own import fields_of, own_of, shown
from contacts.importing_rows import Row, read_row, row_of
from core.batch import defer
from core.bulk import Bulk, Skipped
from core.database import take_turns
from core.errors import Conflict, Refused
from core.fold import fold
from core.i18n import N_
from core.i18n import gettext as _
from core.operations import Operation, OperationItem

#: Rows read and judged together.
LOT = 500
#: Items of other columns that are let go of together.
CLEARED = 5000
MOVED_ON = N_("The register has changed since this was shown. Import the file again.")


class Doubt(NamedTuple):
    """An earlier row of the file that the rule, or an e-mail address (``mailed``), makes a duplicate; row 0 is none."""

    row: int = 0
    mailed: bool = False


class _Reader:
    """A file that is being read, and what makes a later row the same as an earlier one."""

    def __init__(self, db: Session, operation: Operation) -> None:
        raw = db.scalars(select(Operation.file).where(Operation.id == operation.id)).one()
        self.what, self.given, self.lists = operation.kind.partition(".")[0], operation.given, _lists(db)
        self.own = own_of(db, self.what)
        self.rows: Iterator[list[str]] = opened(raw or b"").rows()
        self.groups, self.at = rule(db), 0
        self.columns = in_order(self.given["header"], self.given["columns"])
        self.seen: dict[str, tuple[int, bool]] = {}

    def next(self, most: int) -> list[Row]:
        """Some more rows."""
        found = []
        for _n, cells in zip(range(most), self.rows, strict=False):
            self.at += 1
            found.append(read_row(self.what, self.at + 1, cells, self.columns, self.lists, self.own))
        return found

    def resume(self, db: Session, operation: Operation, at: int) -> None:
        """Go on after this many rows, and know of them exactly what was known when they were judged: what each was judged to be is kept
        as an item; one that was wrong, or the same as an earlier one, is not known itself."""
        for _n in zip(range(at), self.rows, strict=False):
            self.at += 1
        for kind, uid, data in db.execute(select(OperationItem.kind, OperationItem.subject_uid, OperationItem.data).where(
                OperationItem.operation_id == operation.id).order_by(OperationItem.id).execution_options(yield_per=LOT)):
            row = row_of(data["row"], data["said"]) if kind else None
            if row is not None and not self.earlier(row)[0]:
                self.note(row, uid)

    def earlier(self, row: Row) -> tuple[int, Doubt]:
        """The earlier row of the file that is the same, 0 for none; and the one that the door is asked about."""
        same, doubtful = 0, Doubt()
        mine = verdicts.keys(row, self.groups) if self.what == "persons" else companies.keys(row)
        for key, how in mine:
            number, mailed = self.seen.get(key, (0, False))
            if number and (how == "same" or (how == "near" and not (mailed and row.emails)) or (how == "bare" and not row.emails)):
                same = same or number
            elif number and how in ("shared", "rule"):
                doubtful = Doubt(doubtful.row or number, doubtful.mailed or how == "shared")
        return same, doubtful

    def note(self, row: Row, uid: str | None) -> int:
        """Know this row; the earlier row that became the same record, or 0."""
        mine = verdicts.keys(row, self.groups) if self.what == "persons" else companies.keys(row)
        for key, _how in mine:
            self.seen.setdefault(key, (row.number, bool(row.emails)))
        if not uid:
            return 0
        number, _mailed = self.seen.setdefault(f"u:{uid}", (row.number, False))
        return number if number != row.number else 0


class Import(Bulk):
    """What imports of persons and of companies share: reading the file, and remembering what its rows became."""

    what = ""

    def __init__(self) -> None:
        self.kind = f"{self.what}.import"
        self._readers: dict[int, _Reader] = {}

    def lay(self, db: Session, operation: Operation) -> bool:
        """Read and judge some more rows. Who reads on where another stopped knows the rows before again."""
        reader, at = self._readers.get(operation.id), operation.result.get("rows", 0)
        if not at and self._cleared(db, operation):
            return True
        if reader is None or reader.at != at or reader.given != operation.given:
            self._readers.clear()
            reader = self._readers[operation.id] = _Reader(db, operation)
            reader.resume(db, operation, at)
        rows = reader.next(LOT)
        if rows and rows[-1].number > MOST_ROWS:
            raise Refused(_("At most %(most)s rows at a time. Cut the file in pieces.", most=MOST_ROWS))
        around = self.around(db, operation, rows)
        items = [self._item(db, operation, row, around, reader) for row in rows]
        if items:
            db.connection().execute(insert(OperationItem.__table__), items)  # type: ignore[arg-type]
        operation.result = {**operation.result, "rows": reader.at}
        operation.done = operation.total = reader.at
        return len(rows) == LOT

    def forget(self, db: Session, operation: Operation) -> None:
        """Its rows are items. The file is of use until it runs: whoever sees them may choose other columns."""
        self._readers.pop(operation.id, None)
        if operation.phase != "plan":
            _let_go(db, operation)

    def _cleared(self, db: Session, operation: Operation) -> bool:
        """Let go of some rows as other columns had them; whether there were any."""
        mine = OperationItem.operation_id == operation.id
        last = db.scalar(select(func.max(select(OperationItem.id).where(mine).order_by(OperationItem.id).limit(CLEARED).subquery().c.id)))
        if last is not None:
            db.execute(delete(OperationItem).where(mine, OperationItem.id <= last))
        return last is not None

    @abstractmethod
    def around(self, db: Session, operation: Operation, rows: Sequence[Row]) -> Any:
        """What judging these rows asks of the register."""

    @abstractmethod
    def judged(self, db: Session, operation: Operation, row: Row, around: Any, doubtful: Doubt) -> dict[str, Any]:
        """``kind``, ``subject``, ``before``, ``after``, ``why``, ``errors`` of a row, and the uids of those who are ``alike``."""

    def _item(self, db: Session, operation: Operation, row: Row, around: Any, reader: _Reader) -> dict[str, Any]:
        same, doubtful = reader.earlier(row) if not row.errors else (0, Doubt())
        found = self.judged(db, operation, row, around, doubtful)
        if not row.errors and not found["errors"] and not same:
            same = reader.note(row, found["subject"])
        kind, why = found["kind"], found["why"]
        if same:
            kind, why = "skip", _("The same as row %(n)s.", n=same)
        if kind == "error":
            called = fields_of(db, self.what)
            why = " ".join(f"{called.get(name.removesuffix('_id'), name)}: {said}" for name, said in found["errors"].items())
        elif kind == "update" and not found["after"]:
            kind, why = "skip", N_("Nothing in this row is new.")
        state = {"error": "failed", "skip": "skipped"}.get(kind, "planned")
        data = {"row": row.number, "name": row.called or found.get("name", ""), "before": found["before"], "after": found["after"], "said": row.kept()}
        data |= {"alike": found["alike"]} if found.get("alike") else {}
        return {"operation_id": operation.id, "kind": "" if kind == "error" else kind, "state": state, "subject_uid": found["subject"],
                "data": data | ({"note": why} if state == "planned" and why else {}), "reason": why if state != "planned" else None}

    def prepare(self, db: Session, operation: Operation, items: Sequence[OperationItem]) -> dict[str, Any]:
        """The rows again, and what is known of the register now; who asked, under ``by``."""
        take_turns(db, "import")        # two files with the same persons: the second finds those of the first
        _let_go(db, operation)          # each chunk notes how far it is in the same row: with its file that would be written anew
        rows = {item.id: row_of(item.data["row"], item.data["said"]) for item in items}
        return {"rows": rows, "around": self.around(db, operation, list(rows.values())),
                "by": db.scalar(select(Agent).where(Agent.uid == operation.by_uid)), "companies": persons.NewCompanies()}

    def apply(self, db: Session, operation: Operation, item: OperationItem, at: Any) -> None:
        """Write the row, unless it means something else by now."""
        row = at["rows"][item.id]
        found = self.judged(db, operation, row, at["around"], Doubt())
        both = {found["kind"], item.kind}
        if found["subject"] != item.subject_uid or not (len(both) == 1 or both == {"create", "queue"}):
            raise Skipped(N_("Nothing in this row is new.")) if found["kind"] == "update" and not found["after"] else Conflict(MOVED_ON)
        if item.kind == "update" and json.dumps([found["before"], found["after"]], sort_keys=True) != json.dumps(
                [item.data["before"], item.data["after"]], sort_keys=True):
            raise Conflict(MOVED_ON)
        done = self.write(db, operation, item, row, at, found)
        item.subject_uid = done.get("uid", item.subject_uid)
        item.data = {**item.data, "undo": done["undo"]}
        if row.digest:
            defer(db, keep_rows, {"digest": row.digest, "uid": item.subject_uid})

    @abstractmethod
    def write(self, db: Session, operation: Operation, item: OperationItem, row: Row, at: Any, found: dict[str, Any]) -> dict[str, Any]:
        """Do it; ``{uid, undo}``."""


class PersonsImport(Import):
    """The kind ``persons.import``."""

    what = "persons"

    def around(self, db: Session, operation: Operation, rows: Sequence[Row]) -> Any:
        """The persons that rows may mean, how those stand, and by what basis new ones are held."""
        ground = ground_of(db, operation.given)
        found = verdicts.look_around(db, rows, ground.purpose)
        near = {one.id: one for some in (found.by_uid, found.by_number) for one in some.values()}
        near |= {one.id: one for kept in (found.by_email, found.by_phone, found.at_company) for some in kept.values() for one in some}
        return found, persons.standing(db, list(near.values())), ground

    def judged(self, db: Session, operation: Operation, row: Row, around: Any, doubtful: Doubt) -> dict[str, Any]:
        """What becomes of a row; a doubtful earlier row of the file counts as a duplicate."""
        found, standing, _ground = around
        verdict = verdicts.judge(db, row, found, operation.given)
        if verdict.kind == "create" and doubtful.row:
            verdict.kind = "queue" if verdicts.by_door(db, operation.given) == "queue" else "skip"
            verdict.why = _("Like row %(n)s, by your rule or by an e-mail address.", n=doubtful.row)
        before: dict[str, Any] = {}
        after = persons.shown(row) if verdict.kind in ("create", "queue") else {}
        if verdict.kind == "update":
            taken = {("email", key) for key in found.by_email} | {("phone", key) for key in found.by_phone}
            taken |= {("email", key) for key, _said in row.emails} if doubtful.mailed else set()
            before, after = persons.changes(row, verdict, standing, operation.given["existing"], taken)
        return {"kind": verdict.kind, "subject": verdict.person.uid if verdict.person else None, "before": before, "after": after,
                "name": verdict.person.name if verdict.person else "", "why": verdict.why, "errors": verdict.errors, "verdict": verdict,
                "alike": [one.uid for one in verdict.alike]}

    def prepare(self, db: Session, operation: Operation, items: Sequence[OperationItem]) -> dict[str, Any]:
        """With the rows of all addresses of whoever is new."""
        at = super().prepare(db, operation, items)
        new = [at["rows"][item.id] for item in items if item.kind != "update"]
        return at | {"standing": at["around"][1], "ground": at["around"][2], "addresses": persons.look_up_addresses(db, new)}

    def write(self, db: Session, operation: Operation, item: OperationItem, row: Row, at: Any, found: dict[str, Any]) -> dict[str, Any]:
        """A new person, or a change of one."""
        if item.kind == "update":
            return persons.change(db, row, found["verdict"], item.data["after"], at, at["by"])
        found["verdict"].kind = "queue" if "queue" in (item.kind, found["kind"]) else "create"
        return persons.create(db, operation, row, found["verdict"], at, at["by"])

    def undo(self, db: Session, operation: Operation, item: OperationItem) -> None:
        """Take the person out again, or let it be as before."""
        by = db.scalar(select(Agent).where(Agent.uid == operation.by_uid))
        if item.kind == "update":
            persons.change_back(db, item, by)
        else:
            persons.withdraw(db, operation, item, by)


class CompaniesImport(Import):
    """The kind ``companies.import``."""

    what = "companies"

    def around(self, db: Session, operation: Operation, rows: Sequence[Row]) -> companies.Around:
        """The companies that rows may mean."""
        return companies.look_around(db, rows)

    def judged(self, db: Session, operation: Operation, row: Row, around: Any, doubtful: Doubt) -> dict[str, Any]:
        """What becomes of a row."""
        fate, given = companies.judge(row, around, operation.given), operation.given
        before: dict[str, Any] = {}
        after = row.fields | ({"domains": row.domains} if row.domains else {}) | shown(row.own, row.tags) if fate.kind == "create" else {}
        if fate.kind == "update":
            before, after = companies.changes(row, fate, around, given["existing"])
        return {"kind": fate.kind, "subject": fate.company.uid if fate.company else None, "before": before, "after": after,
                "name": fate.company.name if fate.company else "", "why": fate.why, "errors": fate.errors, "fate": fate}

    def write(self, db: Session, operation: Operation, item: OperationItem, row: Row, at: Any, found: dict[str, Any]) -> dict[str, Any]:
        """A new company, or a change of one."""
        if item.kind == "update":
            return companies.change(db, row, found["fate"], at["around"], item.data["after"], at["by"])
        return companies.create(db, row, at["around"], at["by"])

    def undo(self, db: Session, operation: Operation, item: OperationItem) -> None:
        """Take the company out again, or let it be as before."""
        by = db.scalar(select(Agent).where(Agent.uid == operation.by_uid))
        if item.kind == "update":
            companies.change_back(db, item, by)
        else:
            companies.withdraw(db, operation, item, by)


def _let_go(db: Session, operation: Operation) -> None:
    """The file is of no more use."""
    db.execute(update(Operation.__table__).where(Operation.id == operation.id, Operation.file.is_not(None)).values(file=None))  # type: ignore[arg-type]


def _lists(db: Session) -> dict[str, dict[str, int]]:
    """Field → folded name → id; agents by name and by address."""
    agents = {fold(said): agent.id for agent in db.scalars(select(Agent).where(Agent.active)) for said in (agent.name, agent.email)}
    kinds: dict[str, Any] = {"category": Category, "business": Business, "service_level": ServiceLevel}
    return {"our_contact": agents, "support_contact": agents} | {
        name: {fold(called): one for called, one in db.execute(select(kind.name, kind.id))} for name, kind in kinds.items()}

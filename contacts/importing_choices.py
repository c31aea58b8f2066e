"""What is said of a file before its rows are looked through: what it holds, what its columns are, what becomes of who is there already.

The file stays with the operation until the import runs: whoever has seen what would become of the rows may choose other columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.importing_bases import chosen_ground, usual_ground
from contacts.importing_columns import guess, preset_of
from contacts.importing_files import opened
from contacts.importing_own import fields_of, words_of
from contacts.importing_presets import PRESETS
from contacts.vcard_reading import as_table, is_vcards
from core.bulk import ask
from core.errors import Conflict, Refused
from core.i18n import N_
from core.operations import Operation

EXISTING = ("update", "fill", "skip")
#: One of these columns says who a row is.
NEEDED = {"persons": ("id", "name", "first_name", "last_name", "customer_number"), "companies": ("id", "name", "organisation_number")}
#: Rows of the file that are shown beside its columns.
SHOWN = 3


def begin_import(db: Session, what: str, raw: bytes, name: str, *, by: Agent) -> Operation:
    """Keep a file of persons or companies; it waits until its columns are chosen. Address books (vCard) are persons. Raises Refused for
    what cannot be read."""
    if is_vcards(raw):
        what, raw = "persons", as_table(raw)
    table = opened(raw)
    preset = preset_of(table.header, what)
    operation = ask(db, f"{what}.import", {
        "file": name[:150], "charset": table.charset, "separator": table.separator, "header": table.header, "preset": preset,
        "columns": guess(table.header, what, preset, words_of(db, what)), "existing": "update", "nevertheless": False} | usual_ground(db), by=by.uid)
    operation.file, operation.state = raw, "paused"
    db.flush()
    return operation


def kind_of(operation: Operation) -> str:
    """What an import holds: persons or companies; empty for an operation that is no import."""
    what, _dot, act = operation.kind.partition(".")
    return what if act == "import" else ""


def choosable(db: Session, operation: Operation) -> bool:
    """Whether columns may be chosen: they have not been, or nobody has let the import run yet."""
    waits = kind_of(operation) and (operation.state == "planned" or (operation.state, operation.phase) == ("paused", "lay"))
    return bool(waits) and db.scalar(select(Operation.id).where(Operation.id == operation.id, Operation.file.is_not(None))) is not None


def to_be_chosen(db: Session, operation: Operation) -> None:
    """Raises Conflict while a worker looks through the rows, Refused where the import was let run."""
    if choosable(db, operation):
        return
    if operation.phase in ("lay", "plan") and operation.state in ("approved", "running", "paused"):
        raise Conflict(N_("The rows of this file are being looked through. Choose other columns when that is done."))
    raise Refused(N_("The columns of this file are chosen already."))


def tells_who(operation: Operation, columns: Mapping[str, str]) -> bool:
    """Whether one of these columns says who a row is."""
    return not set(NEEDED[kind_of(operation)]).isdisjoint(columns.values())


def guess_columns(db: Session, operation: Operation, preset: str) -> dict[str, str]:
    """What the columns are (number → field) where the file is an export of this system; the empty word is any other program."""
    what, preset = kind_of(operation), preset if preset in PRESETS else ""
    columns = guess(operation.given["header"], what, preset, words_of(db, what))
    operation.given = {**operation.given, "preset": preset, "columns": columns}
    return columns


def choose_columns(
    db: Session, operation: Operation, columns: Mapping[str, str], *, existing: str = "update", nevertheless: bool = False,
    ground: Mapping[str, str | None] = MappingProxyType({}),
) -> None:
    """Say what each column is, what becomes of who is there already, and by what basis (``ground``, of which the rest stays) new persons are
    held; a worker looks through the rows then, also once more. The caller rings ``operations``. Raises Refused, Conflict while a worker looks
    through them."""
    what = kind_of(operation)
    to_be_chosen(db, operation)
    known = fields_of(db, what)
    chosen = {n: field for n, field in columns.items() if field in known and n.isdecimal()}
    if not tells_who(operation, chosen):
        raise Refused(N_("Say which column holds the name."), {"columns": N_("Say which column holds the name.")})
    if existing not in EXISTING:
        raise Refused(N_("Choose what becomes of who is there already."), {"existing": N_("Choose one of those offered.")})
    choose_ground(db, operation, ground)
    operation.given = {**operation.given, "columns": chosen, "existing": existing, "nevertheless": nevertheless}
    operation.state, operation.phase, operation.result, operation.done, operation.total = "approved", "lay", {}, 0, 0
    db.flush()


def choose_ground(db: Session, operation: Operation, ground: Mapping[str, str | None]) -> None:
    """Say by what basis new persons are held (S27); what is not named stays. Companies are held by none. Raises Refused."""
    if kind_of(operation) == "persons":
        operation.given = {**operation.given, **chosen_ground(db, operation.given, ground)}


def examples(db: Session, operation: Operation) -> dict[int, list[str]]:
    """Number of a column → what stands in it in the first rows of the file."""
    raw = db.scalars(select(Operation.file).where(Operation.id == operation.id)).one() or b""
    rows = [cells for _n, cells in zip(range(SHOWN), opened(raw).rows(), strict=False)] if raw else []
    return {n: [cells[n] for cells in rows if n < len(cells) and cells[n]] for n in range(len(operation.given["header"]))}

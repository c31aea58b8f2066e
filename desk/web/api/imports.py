"""Imports of persons and companies: a file comes, every row has its verdict, other columns are chosen, and then it is an operation as any other."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from contacts.importing_bases import CHOICES
from contacts.importing_choices import (
    begin_import,
    choose_columns,
    choose_ground,
    examples,
    guess_columns,
    kind_of,
    tells_who,
    to_be_chosen,
)
from contacts.importing_columns import SEVERAL
from contacts.importing_own import fields_of
from contacts.purpose import USUAL
from core.errors import Refused, Unknown
from core.i18n import N_
from core.i18n import gettext as _
from core.operations import Operation as Row
from desk.operating import operation_for
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.files import given_file
from desk.web.api.paging import Listed
from desk.web.api.routing import get, patch, post
from desk.web.api.schemas.imports import (
    Column,
    ColumnChosen,
    Import,
    ImportAsked,
    ImportChange,
    ImportField,
    ImportFieldsAsked,
)
from desk.web.api.shapes.operations import operation
from desk.web.filenames import safe_name
from desk.web.requests import db, ring_after


class File(NamedTuple):
    """A file as it came. Its bytes stay with the import, and nowhere else."""

    name: str
    raw: bytes
    digest: str


def given_table() -> File:
    """The one file of a multipart request."""
    given = given_file()
    raw = given.stream.read()
    return File(safe_name(given.filename or ""), raw, hashlib.sha256(raw).hexdigest())


@post("/imports", status=202, upload=given_table)
def create(given: File, asked: ImportAsked) -> Import:
    """Import a file (CSV, or vCard for persons). A worker looks through its rows by columns as they are guessed, and nothing is written
    before it is approved. It waits (`paused`) with `wait`, and where no column tells who a row is."""
    row = begin_import(db(), asked.of, given.raw, given.name, by=me())
    columns = guess_columns(db(), row, asked.preset) if asked.preset else row.given["columns"]
    row.given = {**row.given, "existing": asked.existing, "nevertheless": asked.nevertheless == "true"}
    if ground := {name: value for name in CHOICES if (value := getattr(asked, name)) is not None}:
        choose_ground(db(), row, ground)
    if asked.wait == "false" and tells_who(row, columns):
        _look_through(row, columns)
    return _shown(row)


@get("/imports/fields")
def fields(asked: ImportFieldsAsked) -> Listed[ImportField]:
    """What a column may be, the organisation's own fields among it."""
    return Listed[ImportField](items=[ImportField(name=name, label=_(label), several=name in SEVERAL[asked.of])
                                      for name, label in fields_of(db(), asked.of).items()])


@get("/imports/<uid:uid>")
def show(uid: str) -> Import:
    """An import: its file, what its columns are, how far it is. Its rows are the items of the operation with the same id."""
    return _shown(_import(uid))


@patch("/imports/<uid:uid>", status=202)
def update(uid: str, given: ImportChange) -> Import:
    """Choose what columns are, what becomes of who is there and by what basis new persons are held; the rows are looked through then, also once more, until it is approved.
    409 while they are being looked through."""
    row = _import(uid, lock=True)
    versions.unmoved(row.version)
    to_be_chosen(db(), row)
    named = given.named()
    if "preset" in named:
        guess_columns(db(), row, named.pop("preset") or "")
    columns = _columns(row, named.pop("columns")) if "columns" in named else row.given["columns"]
    row.given = {**row.given, **{name: value for name, value in named.items() if name not in CHOICES}}
    _look_through(row, columns, {name: named[name] for name in CHOICES if name in named})
    return _shown(row)


def _look_through(row: Row, columns: dict[str, str], ground: Mapping[str, str | None] = MappingProxyType({})) -> None:
    choose_columns(db(), row, columns, existing=row.given["existing"], nevertheless=row.given["nevertheless"], ground=ground)
    ring_after("operations")


def _columns(row: Row, given: list[ColumnChosen]) -> dict[str, str]:
    """Number of a column → field. Raises Refused with all that is wrong."""
    known, found, errors = fields_of(db(), kind_of(row)), dict[str, str](), dict[str, str]()
    for place, one in enumerate(given):
        if one.n >= len(row.given["header"]) or str(one.n) in found:
            errors[f"columns.{place}.n"] = _("There is no such column, or it is named twice.")
        elif one.field is not None and one.field not in known:
            errors[f"columns.{place}.field"] = _("One of: %(names)s", names=", ".join(known))
        else:
            found[str(one.n)] = one.field or ""
    if errors:
        raise Refused(N_("These columns cannot be read like this."), errors)
    return {n: field for n, field in found.items() if field}


def _import(uid: str, *, lock: bool = False) -> Row:
    """One's own, or for an admin anybody's. Raises Unknown, also for an operation that is none."""
    row = operation_for(db(), me(), uid, lock=lock)
    if not kind_of(row):
        raise Unknown(N_("There is no such import."))
    return row


def _shown(row: Row) -> Import:
    db().flush()
    given, values = row.given, examples(db(), row)
    return Import(
        **operation(row).model_dump(), of=kind_of(row), file=given["file"], charset=given["charset"], separator=given["separator"], preset=given["preset"] or None,
        columns=[Column(n=n, called=called, field=given["columns"].get(str(n)), examples=values[n]) for n, called in enumerate(given["header"])],
        existing=given["existing"], nevertheless=given["nevertheless"], purpose=given.get("purpose", USUAL),
        basis=given["basis"], source=given.get("source", ""), wording=given.get("wording") or None, counts=row.result.get("items", {}), version=row.version)

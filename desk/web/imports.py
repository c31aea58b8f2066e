"""Importing persons and companies from a file: the upload, then what its columns are; the operation's page shows the rest."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required

from contacts.importing_bases import CHOICES
from contacts.importing_choices import (
    begin_import,
    choosable,
    choose_columns,
    choose_ground,
    examples,
    guess_columns,
    kind_of,
)
from contacts.importing_own import fields_of
from contacts.importing_presets import PRESETS
from core.errors import Refused, Unknown
from core.i18n import N_
from core.i18n import gettext as _
from core.operations import Operation
from desk.operating import operation_for
from desk.web.filenames import safe_name
from desk.web.forms import errors_of, posted, ticked
from desk.web.pages import page, see_other
from desk.web.presenting.bases import form_choices
from desk.web.requests import db, ring_after
from desk.web.signing_in import me

bp = Blueprint("imports", __name__, url_prefix="/imports")
KINDS = {"persons": N_("Persons"), "companies": N_("Companies")}
EXISTING = {"update": N_("Change them to what the file says"), "fill": N_("Fill in what is empty only"), "skip": N_("Leave them as they are")}


@bp.get("/new")
@login_required
def new() -> Any:
    """Which file, and of what."""
    return _form({})


@bp.post("")
@login_required
def create() -> Any:
    """Keep the file; its columns come next. Address books (vCard) are persons."""
    given, what = request.files.get("file"), posted("what")
    try:
        if given is None or not given.filename or what not in KINDS:
            raise Refused(N_("Choose a file."), {"file": N_("Choose a file.")})
        operation = begin_import(db(), what, given.stream.read(), safe_name(given.filename), by=me())
    except Refused as refused:
        return _form(errors_of(refused) if refused.errors else {"file": refused.sentence}), refused.status
    return see_other(url_for("imports.edit", uid=operation.uid))


@bp.get("/<uid>")
@login_required
def edit(uid: str) -> Any:
    """What each column is, as it is guessed."""
    return _columns(_import(uid), {})


@bp.post("/<uid>")
@login_required
def update(uid: str) -> Any:
    """Look through the rows with these columns; or guess them again as another system calls them: what else was chosen stays, if it can be."""
    operation = _import(uid, lock=True)
    if "guess" in request.form:
        guess_columns(db(), operation, posted("preset"))
        with suppress(Refused):
            choose_ground(db(), operation, _ground())
        return see_other(url_for("imports.edit", uid=uid))
    columns = {n: posted(f"column_{n}") for n in map(str, range(len(operation.given["header"])))}
    try:
        choose_columns(db(), operation, {n: field for n, field in columns.items() if field}, existing=posted("existing"),
                       nevertheless=ticked("nevertheless"), ground=_ground())
    except Refused as refused:
        return _columns(operation, errors_of(refused), columns, _ground()), refused.status
    ring_after("operations")
    return see_other(url_for("operations.show", uid=uid))


def _import(uid: str, *, lock: bool = False) -> Operation:
    """The file of the agent's own whose columns may be chosen, or an admin's look at another's."""
    operation = operation_for(db(), me(), uid, lock=lock)
    if not choosable(db(), operation):
        raise Unknown(N_("The columns of this file are chosen already."))
    return operation


def _ground() -> dict[str, str | None]:
    """What was chosen of the basis of new persons."""
    return {name: posted(name) for name in CHOICES if name in request.form}


def _form(errors: dict[str, str]) -> str:
    what = request.values.get("what", "persons")
    return page("web/imports/new.html", current=what if what in KINDS else "persons", what=what, errors=errors,
                kinds=[(name, _(label)) for name, label in KINDS.items()])


def _columns(operation: Operation, errors: dict[str, str], typed: dict[str, str] | None = None, ground: Mapping[str, str | None] | None = None) -> str:
    """The columns, each with the first values of the file."""
    what, given, values = kind_of(operation), operation.given, examples(db(), operation)
    columns = [{"n": n, "called": called, "field": (typed or given["columns"]).get(str(n), ""), "values": values[n]}
               for n, called in enumerate(given["header"])]
    return page("web/imports/columns.html", current=what, uid=operation.uid, what=what, file=given["file"], charset=given["charset"], errors=errors,
                separator={"\t": _("tab")}.get(given["separator"], given["separator"]), columns=columns, preset=given["preset"], presets=list(PRESETS),
                fields=[(name, _(label)) for name, label in fields_of(db(), what).items()], existing=[(name, _(label)) for name, label in EXISTING.items()],
                ground=form_choices() | {"values": {name: given.get(name, "") for name in CHOICES} | dict(ground or {})} if what == "persons" else None,
                chosen=given["existing"], nevertheless=given["nevertheless"])

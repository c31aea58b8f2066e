"""User-defined fields in the settings: those of persons and of companies, in their order (W85)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for

from contacts.custom_field import CARDS, CustomField
from contacts.custom_fields import (
    bring_back,
    custom_fields,
    field_called,
    in_use,
    move_field,
    retire_field,
    save_field,
)
from contacts.custom_kinds import CHOSEN
from core.errors import Conflict, Refused
from core.i18n import N_
from core.i18n import gettext as _
from desk.web.forms import differing, errors_of, in_turn, posted, ticked, version
from desk.web.pages import page, see_other
from desk.web.presenting.choices import LANGUAGES
from desk.web.requests import db
from desk.web.signing_in import admins_only, me

bp = Blueprint("custom_fields", __name__, url_prefix="/settings/fields")
KINDS = {"text": N_("Text, one line"), "long": N_("Long text"), "number": N_("Number"), "date": N_("Date"), "flag": N_("Yes or no"),
         "choice": N_("One of several choices"), "choices": N_("Several choices"), "link": N_("Link"),
         "email": N_("E-mail address that is never mailed")}
CALLED = {"person": N_("Persons"), "company": N_("Companies")}
NEW = {"person": N_("New field of persons"), "company": N_("New field of companies")}


@bp.get("")
@admins_only
def index() -> Any:
    """The fields of one kind of card."""
    of = _of(request.args.get("of", ""))
    offered = custom_fields(db(), of)
    lines = [{"url": url_for("custom_fields.edit", uid=field.uid), "name": field.label, "key": field.key, "kind": _(KINDS[field.kind]),
              "required": field.required, "personal": field.personal, "retired": field.retired_at is not None,
              "place_url": url_for("custom_fields.place", uid=field.uid), "first_of_all": field is offered[0] if offered else False,
              "last_of_all": field is offered[-1] if offered else False} for field in custom_fields(db(), of, retired=True)]
    tabs = [{"key": one, "label": _(CALLED[one]), "url": url_for("custom_fields.index", of=one), "current": one == of, "count": None} for one in CARDS]
    return page("web/settings/fields/index.html", settings={"current": "fields"}, fields=lines, tabs=tabs, of=of,
                new_url=url_for("custom_fields.new", of=of))


@bp.get("/new")
@admins_only
def new() -> Any:
    """The empty form."""
    return _form(None, _of(request.args.get("of", "")))


@bp.post("")
@admins_only
def create() -> Any:
    """A new field, the last in its order."""
    return _save(None, _of(posted("of")))


@bp.get("/<uid>")
@admins_only
def edit(uid: str) -> Any:
    """The form."""
    field = field_called(db(), uid)
    return _form(field, field.of)


@bp.post("/<uid>")
@admins_only
def update(uid: str) -> Any:
    """Save it."""
    field = field_called(db(), uid)
    return _save(field, field.of)


@bp.post("/<uid>/place")
@admins_only
def place(uid: str) -> Any:
    """Earlier or later in the order."""
    with in_turn("custom_fields"):
        field = field_called(db(), uid)
        move_field(db(), field, up=posted("to") == "up", by=me())
    return see_other(url_for("custom_fields.index", of=field.of))


@bp.post("/<uid>/retirement")
@admins_only
def destroy(uid: str) -> Any:
    """Offer it no longer; deleted where nothing stands in it."""
    with in_turn("custom_fields"):
        field = field_called(db(), uid)
        name, of, gone = field.label, field.of, retire_field(db(), field, by=me())
    if gone:
        return see_other(url_for("custom_fields.index", of=of), said=_("%(name)s was deleted: nothing stood in it.", name=name))
    return see_other(url_for("custom_fields.index", of=of), said=_("%(name)s is no longer offered. What stands in it stays.", name=name),
                     undo=url_for("custom_fields.restore", uid=uid))


@bp.post("/<uid>/restoration")
@admins_only
def restore(uid: str) -> Any:
    """Offer it again."""
    field = field_called(db(), uid)
    bring_back(db(), field, by=me())
    return see_other(url_for("custom_fields.index", of=field.of), said=_("%(name)s is offered again.", name=field.label))


def _save(field: CustomField | None, of: str) -> Any:
    uid = field.uid if field else ""
    try:
        with in_turn("custom_fields"):
            saved = save_field(db(), field, _given(of), by=me(), version=version())
            name = saved.label
    except Refused as refused:
        errors, kept = errors_of(refused), field_called(db(), uid) if uid else None
        if kept is not None and isinstance(refused, Conflict):
            errors = differing(_values(kept), _typed())
        return _form(kept, of, errors), refused.status
    return see_other(url_for("custom_fields.index", of=of), said=_("The field %(name)s was saved.", name=name))


def _given(of: str) -> dict[str, Any]:
    kind = {"kind": posted("kind")} if "kind" in request.form else {}
    return kind | {"of": of, "key": posted("key"), "name": posted("name"), "names": {code: posted(f"name_{code}") for code, _name in LANGUAGES},
                   "choices": posted("choices").splitlines(), "required": ticked("required"), "personal": ticked("personal")}


def _typed() -> dict[str, Any]:
    return {name: request.form.get(name, "") for name in ("name", *_names(), "key", "kind", "choices")} | {
        name: "1" if ticked(name) else "" for name in ("required", "personal")}


def _names() -> list[str]:
    return [f"name_{code}" for code, _name in LANGUAGES]


def _values(field: CustomField) -> dict[str, str]:
    return {"name": field.name, "key": field.key, "kind": field.kind, "choices": "\n".join(field.choices),
            "required": "1" if field.required else "", "personal": "1" if field.personal else ""} | {
        f"name_{code}": field.names.get(code, "") for code, _name in LANGUAGES}


def _form(field: CustomField | None, of: str, errors: dict[str, str] | None = None) -> str:
    values = _typed() if errors else _values(field) if field else {"kind": "text", "personal": "1"}
    if field is not None:
        values |= {"key": field.key, "kind": values.get("kind") or field.kind}
    form = {"values": values, "new": field is None, "title": field.label if field else _(NEW[of]), "of": of,
            "version": field.version if field else None, "settled": field is not None and in_use(db(), field),
            "kind": _(KINDS[field.kind]) if field else "", "choices": field is None or field.kind in CHOSEN or not in_use(db(), field),
            "action": url_for("custom_fields.update", uid=field.uid) if field else url_for("custom_fields.create"),
            "back_url": url_for("custom_fields.index", of=of),
            "retire_url": url_for("custom_fields.destroy", uid=field.uid) if field and field.retired_at is None else None,
            "restore_url": url_for("custom_fields.restore", uid=field.uid) if field and field.retired_at else None}
    return page("web/settings/fields/form.html", settings={"current": "fields"}, form=form, errors=errors or {}, languages=LANGUAGES,
                kinds=[(name, _(says)) for name, says in KINDS.items()])


def _of(name: str) -> str:
    return name if name in CARDS else CARDS[0]

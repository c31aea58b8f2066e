"""What counts as a duplicate: the rule put together, tried on the register, and what each door does about it (W85)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for

from contacts.doors import DOORS
from contacts.duplicate_counts import touched
from core.errors import Refused
from core.i18n import N_
from core.i18n import gettext as _
from core.options import OPTIONS, option
from desk.switching import switch
from desk.web.forms import errors_of, in_turn, mark, posted, unmoved
from desk.web.pages import page, see_other
from desk.web.presenting.duplicate_rules import doors, examples, fields, never_alone
from desk.web.requests import db
from desk.web.signing_in import admins_only, me

bp = Blueprint("duplicate_rules", __name__, url_prefix="/settings/duplicates")
RULE = "contacts.duplicate_rule"
LINES = range(3)
OF_DOOR = {door: f"contacts.duplicates_{door}" for door in DOORS}


@bp.get("")
@admins_only
def edit() -> Any:
    """The rule in force."""
    return _show(_lines(option(db(), RULE)), {})


@bp.post("")
@admins_only
def update() -> Any:
    """Save it; or, with ``do=try``, count first whom it would touch."""
    lines = [(posted(f"field_{n}"), posted(f"also_{n}")) for n in LINES]
    if request.form.get("do") == "try":
        errors = _wrong(lines)
        return _show(lines, errors, counted={} if errors else {n: touched(db(), [one for one in line if one])
                                                               for n, line in enumerate(lines) if line[0]}), 422 if errors else 200
    try:
        with in_turn("options"):
            unmoved(_mark())
            if errors := _wrong(lines):
                raise Refused(N_("Some fields cannot be saved like this."), errors)
            switch(db(), RULE, [[one for one in line if one] for line in lines if line[0]], by=me())
            for door, name in OF_DOOR.items():
                if door in request.form:
                    switch(db(), name, posted(door), by=me())
    except Refused as refused:
        return _show(lines, errors_of(refused)), refused.status
    return see_other(url_for("duplicate_rules.edit"), said=_("The rule was saved. It holds for whoever is saved from now on."))


def _wrong(lines: list[tuple[str, str]]) -> dict[str, str]:
    errors: dict[str, str] = {}
    for n, (field, also) in enumerate(lines):
        if also and not field:
            errors[f"field_{n}"] = _("Choose this field first.")
        elif field and also == field:
            errors[f"also_{n}"] = _("Choose another field than the first.")
        elif field == "title" and not also:
            errors[f"also_{n}"] = _("Many share a title. Choose a second field.")
        elif field == "first_name" and not also:
            errors[f"also_{n}"] = _("Many share a first name. Choose a second field.")
        elif field in never_alone() and not also:
            errors[f"also_{n}"] = _("Many have this in common. Choose a second field.")
        elif {field, also} - {"", *(name for name, _label in fields()), *_held()}:
            errors[f"field_{n}"] = _("Choose one of those offered.")
    return errors


def _held() -> set[str]:
    """Fields of the rule in force: one that is offered no longer may stand."""
    return {one for line in option(db(), RULE) for one in line}


def _lines(rule: list[list[str]]) -> list[tuple[str, str]]:
    found = [(one[0], one[1] if len(one) > 1 else "") for one in rule]
    return [*found, *[("", "")] * (len(LINES) - len(found))]


def _mark() -> str:
    return mark(option(db(), RULE), [option(db(), name) for name in OF_DOOR.values()])


def _show(lines: list[tuple[str, str]], errors: dict[str, str], counted: dict[int, int] | None = None) -> str:
    chosen = {door: posted(door) if OPTIONS[name].fits(posted(door)) else option(db(), name) for door, name in OF_DOOR.items()}
    return page("web/settings/duplicates.html", settings={"current": "duplicates"}, errors=errors, mark=_mark(), fields=fields(),
                doors=doors(chosen), counted=sum(counted.values()) if counted is not None else None,
                lines=[{"n": n, "field": field, "also": also, "example": examples([one for one in (field, also) if one]),
                        "count": (counted or {}).get(n)} for n, (field, also) in enumerate(lines)])

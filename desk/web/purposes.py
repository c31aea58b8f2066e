"""Purposes in the settings: what persons are held for, the words in which they are asked, and what mass mail goes by."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for

from contacts.purpose import BASES, USUAL, Purpose
from contacts.purposes import (
    bring_back,
    current_wordings,
    purpose_called,
    purposes,
    retire_purpose,
    save_purpose,
)
from core.errors import Conflict, Refused
from core.i18n import N_
from core.i18n import gettext as _
from core.options import OPTIONS, option
from desk.switching import switch
from desk.web.forms import differing, errors_of, in_turn, mark, posted, ticked, unmoved, version, whole
from desk.web.pages import page, see_other
from desk.web.presenting.choices import LANGUAGES, language_name
from desk.web.presenting.times import near
from desk.web.requests import db
from desk.web.signing_in import admins_only, me

bp = Blueprint("purposes", __name__, url_prefix="/settings/purposes")
SWITCHES = ("mailing.bases", "mailing.by", "mailing.per_minute")


@bp.get("")
@admins_only
def index() -> Any:
    """All of them, and what mass mail goes by."""
    return _index(_now(), {})


@bp.post("/mailing")
@admins_only
def mailing() -> Any:
    """What mass mail goes by: which bases suffice for marketing, who may send, how fast."""
    wanted = {"mailing.bases": [one for one in BASES if one in request.form.getlist("mailing.bases")], "mailing.by": posted("mailing.by"),
              "mailing.per_minute": whole(posted("mailing.per_minute")) or posted("mailing.per_minute")}
    try:
        with in_turn("options"):
            unmoved(mark(_now()))
            if wrong := {name: N_("This value does not fit here.") for name, value in wanted.items() if not OPTIONS[name].fits(value)}:
                raise Refused(N_("Some fields cannot be saved like this."), wrong)
            for name, value in wanted.items():
                switch(db(), name, value, by=me())
    except Refused as refused:
        return _index(wanted, errors_of(refused)), refused.status
    return see_other(url_for("purposes.index"), said=_("What mass mail goes by was saved."))


@bp.get("/new")
@admins_only
def new() -> Any:
    """The empty form."""
    return _form(None)


@bp.post("")
@admins_only
def create() -> Any:
    """A new purpose."""
    return _save(None)


@bp.get("/<uid>")
@admins_only
def edit(uid: str) -> Any:
    """The form, with the words of every version."""
    return _form(purpose_called(db(), uid))


@bp.post("/<uid>")
@admins_only
def update(uid: str) -> Any:
    """Save it; words that differ become another version."""
    return _save(purpose_called(db(), uid))


@bp.post("/<uid>/retirement")
@admins_only
def destroy(uid: str) -> Any:
    """Offer it no longer."""
    purpose = purpose_called(db(), uid)
    try:
        retire_purpose(db(), purpose, by=me())
    except Refused as refused:
        return _form(purpose_called(db(), uid), errors_of(refused), posted_again=False), refused.status
    return see_other(url_for("purposes.index"), said=_("%(name)s is no longer offered. What was noted stays.", name=purpose.label),
                     undo=url_for("purposes.restore", uid=uid))


@bp.post("/<uid>/restoration")
@admins_only
def restore(uid: str) -> Any:
    """Offer it again."""
    purpose = purpose_called(db(), uid)
    bring_back(db(), purpose, by=me())
    return see_other(url_for("purposes.index"), said=_("%(name)s is offered again.", name=purpose.label))


def _now() -> dict[str, Any]:
    return {name: option(db(), name) for name in SWITCHES}


def _index(values: dict[str, Any], errors: dict[str, str]) -> str:
    lines = [{"url": url_for("purposes.edit", uid=one.uid), "name": one.label, "marketing": one.marketing, "retired": one.retired_at is not None,
              "worded": ", ".join(language_name(code) for code in current_wordings(one))} for one in purposes(db(), retired=True)]
    return page("web/settings/purposes/index.html", settings={"current": "purposes"}, purposes=lines, errors=errors,
                mailing={"values": values, "mark": mark(_now()), "bases": [(name, _(label)) for name, label in BASES.items()],
                         "by": [("admins", _("Admins alone")), ("agents", _("All agents"))]})


def _save(purpose: Purpose | None) -> Any:
    uid = purpose.uid if purpose else ""
    try:
        with in_turn("purposes"):
            save_purpose(db(), purpose, _posted(), by=me(), version=version())
    except Refused as refused:
        errors, kept = errors_of(refused), purpose_called(db(), uid) if uid else None
        if kept is not None and isinstance(refused, Conflict):
            errors = differing(_values(kept), {name: request.form.get(name, "").replace("\r\n", "\n").strip() for name in _values(kept)})
        return _form(kept, errors), refused.status
    return see_other(url_for("purposes.index"), said=_("The purpose %(name)s was saved.", name=posted("name")))


def _posted() -> dict[str, Any]:
    return {"name": posted("name"), "marketing": ticked("marketing"), "wordings": {code: request.form.get(f"wording.{code}", "") for code, _name in LANGUAGES}}


def _values(purpose: Purpose) -> dict[str, str]:
    words = current_wordings(purpose)
    return {"name": purpose.label, "marketing": "1" if purpose.marketing else "", **{
        f"wording.{code}": words[code].text if code in words else "" for code, _name in LANGUAGES}}


def _form(purpose: Purpose | None, errors: dict[str, str] | None = None, *, posted_again: bool = True) -> str:
    again = errors and posted_again
    values = {name: request.form.get(name, "") for name in ("name", "marketing", *(f"wording.{code}" for code, _name in LANGUAGES))} if again else (
        _values(purpose) if purpose else {})
    words = current_wordings(purpose) if purpose else {}
    form = {"values": values, "new": purpose is None, "title": purpose.label if purpose else _("New purpose"), "version": purpose.version if purpose else None,
            "action": url_for("purposes.update", uid=purpose.uid) if purpose else url_for("purposes.create"),
            "languages": [{"code": code, "name": name, "now": _("Version %(n)s, since %(day)s.", n=words[code].version, day=near(words[code].since)) if code in words else ""}
                          for code, name in LANGUAGES],
            "earlier": [{"title": _("%(language)s, version %(n)s", language=language_name(one.language), n=one.version), "since": near(one.since), "text": one.text}
                        for one in reversed(purpose.wordings if purpose else ()) if one is not words.get(one.language)],
            "retire_url": url_for("purposes.destroy", uid=purpose.uid) if purpose and purpose.retired_at is None and purpose.key != USUAL else None,
            "restore_url": url_for("purposes.restore", uid=purpose.uid) if purpose and purpose.retired_at else None}
    return page("web/settings/purposes/form.html", settings={"current": "purposes"}, form=form, errors=errors or {})

"""The desk as a whole: its name, language and time zone, and the switches that hold everywhere."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from flask import Blueprint, request, url_for

from core.errors import Conflict, Refused
from core.i18n import N_
from core.i18n import gettext as _
from core.options import OPTIONS, PERSON_FIELDS, option
from desk.switching import switch
from desk.web.forms import differing, errors_of, in_turn, mark, posted, ticked, unmoved, whole
from desk.web.pages import page, see_other
from desk.web.presenting.choices import LANGUAGES, timezones
from desk.web.presenting.words import opened
from desk.web.requests import db
from desk.web.signing_in import admins_only, me

bp = Blueprint("options", __name__)
TEXTS = ("desk.name", "desk.language", "desk.timezone", "services.map", "services.numbers", "services.sms")
LISTS = {"contacts.required_fields": PERSON_FIELDS}
#: Lists that are typed, with commas between.
TYPED = ("reports.monthly_to",)
NUMBERS = ("reports.small_cell", "desk.reopen_days", "contacts.bin_days", "mail.loop_limit", "mail.retry_days", "intake.spam_score")
FLAGS = ("desk.acknowledge", "contacts.company_required", "mail.check_senders", "mail.on_cards", "features.service", "cards.individual_layouts")


#: What the fields of a person's form are called.
ASKED = {"first_name": N_("first name"), "last_name": N_("last name"), "title": N_("title"), "position": N_("position"), "email": N_("e-mail address"),
         "phone": N_("telephone"), "language": N_("language"), "service_level": N_("service level"), "support_contact": N_("support contact"),
         "our_contact": N_("our contact"), "category": N_("category"), "business": N_("business")}


@bp.get("/settings/desk")
@admins_only
def edit() -> Any:
    """The form."""
    return _show(_now(), {})


@bp.post("/settings/desk")
@admins_only
def update() -> Any:
    """Save; each switch that changed is a fact with what it was before."""
    typed: dict[str, Any] = {name: posted(name) for name in (*TEXTS, *NUMBERS)} | {name: _listed(posted(name)) for name in TYPED} | {name: ticked(name) for name in FLAGS} | {
        name: [one for one in offered if one in request.form.getlist(name)] for name, offered in LISTS.items()}
    try:
        with in_turn("options"):
            unmoved(mark(_now()))
            for name, value in _wanted(typed).items():
                switch(db(), name, value, by=me())
    except Refused as refused:
        errors = errors_of(refused)
        return _show(typed, _differences(typed) if isinstance(refused, Conflict) else errors), refused.status
    return see_other(url_for("options.edit"), said=_("The settings of the desk were saved."))


def _now() -> dict[str, Any]:
    return {name: option(db(), name) for name in (*TEXTS, *NUMBERS, *FLAGS, *LISTS, *TYPED)}


def _listed(typed: str) -> list[str]:
    return list(dict.fromkeys(part for part in typed.replace(",", " ").replace(";", " ").split() if part))


def _differences(typed: dict[str, Any]) -> dict[str, str]:
    """What holds now, beside what was typed."""
    flags = {True: _("on"), False: _("off")}

    def shown(values: dict[str, Any]) -> dict[str, str]:
        return {name: flags[value] if name in FLAGS else ", ".join(value) if name in LISTS or name in TYPED else str(value) for name, value in values.items()}
    return differing(shown(_now()), shown(typed))


def _wanted(typed: dict[str, Any]) -> dict[str, Any]:
    wanted = typed | {name: typed[name] if (number := whole(typed[name])) is None else number for name in NUMBERS}
    errors = {name: _("This value does not fit here.") for name, value in wanted.items() if not OPTIONS[name].fits(value)}
    if wanted["desk.timezone"] not in available_timezones():
        errors["desk.timezone"] = _("There is no such time zone.")
    if not wanted["desk.name"]:
        errors["desk.name"] = _("Give a name.")
    if errors:
        raise Refused(N_("Some fields cannot be saved like this."), errors)
    return wanted


def _show(values: dict[str, Any], errors: dict[str, str]) -> str:
    fields = [(name, opened(_(label))) for name, label in ASKED.items()]
    return page("web/settings/options.html", settings={"current": "desk"}, person_fields=fields, languages=LANGUAGES, timezones=timezones(),
                form={"action": request.path, "values": values, "mark": mark(_now())}, errors=errors)

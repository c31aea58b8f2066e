"""Business hours in the settings: the week, the holidays of a country, and days that are not like others."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, request, url_for

from core.errors import Conflict, Refused
from core.i18n import N_
from core.i18n import gettext as _
from core.office_hours import HALF_DAYS, fits, minute
from core.options import option
from desk.switching import check_version, switch, version_of
from desk.web.forms import errors_of, in_turn, posted, version
from desk.web.pages import page, see_other
from desk.web.presenting.hours import changed, countries, eve, next_closed, spans_of, weekdays, year
from desk.web.requests import db
from desk.web.signing_in import admins_only, me

bp = Blueprint("hours", __name__)
OPTION = "desk.hours"
_SPAN = re.compile(r"(\d{1,2})[:.]?(\d\d)?\s*[-–—]\s*(\d{1,2})[:.]?(\d\d)?")


@bp.get("/settings/business-hours")
@admins_only
def edit() -> Any:
    """The form, with a picture of the week."""
    value = option(db(), OPTION)
    return _show(value, _fields(value), {})


@bp.post("/settings/business-hours")
@admins_only
def update() -> Any:
    """Save; tickets that come from now on go by it."""
    try:
        with in_turn("options"):
            check_version(db(), OPTION, version())
            switch(db(), OPTION, _wanted(), by=me())
            db().flush()
    except Refused as refused:
        errors = errors_of(refused)
        value = option(db(), OPTION)
        if isinstance(refused, Conflict):
            errors |= {name: _("It is now: %(value)s", value=now or _("empty")) for name, now in _fields(value).items()
                       if now != _typed().get(name)}
        return _show(value, _typed(), errors), refused.status
    return see_other(url_for("hours.edit"), said=_("The business hours were saved. New tickets go by them."))


def _wanted() -> dict[str, Any]:
    """What was typed, as the option holds it. Raises Refused with a sentence for each field."""
    errors, days = {}, []
    for number in range(7):
        spans = _spans(posted(f"day_{number}"))
        if spans is None:
            errors[f"day_{number}"] = N_("Write it like 08:00–16:00, or 08:00–12:00, 13:00–17:00, one after the other. What goes past "
                                         "midnight belongs to the next day.")
        days.append(spans or [])
    if not errors and not any(days):
        errors["day_0"] = N_("Give the hours of one day at least.")
    half = {name: at for name in HALF_DAYS if (at := posted(name))}
    errors |= {name: N_("Write a time like 12:00.") for name, at in half.items() if not _fits(half_days={name: at})}
    closed = request.form.get("closed", "").split()
    if not _fits(closed=closed):
        errors["closed"] = N_("Write each day like 2026-12-28, one a line.")
    value = {"days": days, "holidays": posted("holidays"), "half_days": half, "closed": sorted(set(closed))}
    if errors or not fits(value):
        raise Refused(N_("Some fields cannot be saved like this."), errors)
    return value


def _fits(**part: Any) -> bool:
    return fits({"days": [[["08:00", "16:00"]]] * 7, "holidays": "", "half_days": {}, "closed": [], **part})


def _spans(text: str) -> list[list[str]] | None:
    """``8-12, 13.00–17`` as spans; None where it cannot be read."""
    found = []
    for part in filter(None, (one.strip() for one in re.split(r"[,;]|\s{2,}", text))):
        match = _SPAN.fullmatch(part)
        if match is None:
            return None
        found.append([f"{int(match[n]):02}:{match[n + 1] or '00'}" for n in (1, 3)])
    return found if _fits(days=[found, [["08:00", "16:00"]], *[[]] * 5]) else None


def _fields(value: dict[str, Any]) -> dict[str, str]:
    """The option as the form shows it."""
    days = {f"day_{n}": ", ".join(f"{begin}–{end}" for begin, end in spans) for n, spans in enumerate(value["days"])}
    return {**days, "holidays": value["holidays"], **{name: value["half_days"].get(name, "") for name in HALF_DAYS},
            "closed": "\n".join(value["closed"])}


def _typed() -> dict[str, str]:
    names = (*(f"day_{n}" for n in range(7)), "holidays", *HALF_DAYS)
    return {name: posted(name) for name in names} | {"closed": "\n".join(request.form.get("closed", "").split())}


def _show(value: dict[str, Any], values: dict[str, str], errors: dict[str, str]) -> str:
    zone = option(db(), "desk.timezone")
    form = {"values": values, "version": version_of(db(), OPTION), "zone": zone, "changed": changed(OPTION),
            "days": [(f"day_{n}", name) for n, name in enumerate(weekdays())], "countries": countries(),
            "eves": [(name, eve(name)) for name in HALF_DAYS]}
    picture = [{"name": name, "spans": spans_of([(minute(a), minute(b)) for a, b in value["days"][n]]),
                "said": _fields(value)[f"day_{n}"]} for n, name in enumerate(weekdays())]
    return page("web/settings/hours.html", settings={"current": "hours"}, form=form, errors=errors, picture=picture,
                coming=next_closed(value, zone), year=year())

"""The agent's own page: language, looks, keys, notifications, other addresses."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from flask import Blueprint, url_for
from flask_login import login_required
from sqlalchemy import select

from contacts.agent import NOTIFY
from contacts.company import Business, Category
from contacts.enrolling import SHORTEST
from contacts.staffing import agent_with_uid, edit_agent
from core.errors import Refused
from core.i18n import N_
from core.i18n import gettext as _
from core.settings import settings
from desk.calendars import signature
from desk.web.digests import digest_of
from desk.web.forms import errors_of, in_turn, posted, ticked, typed, version
from desk.web.pages import page, see_other
from desk.web.presenting.absence import absence_of
from desk.web.presenting.choices import LANGUAGES, listed, timezones
from desk.web.presenting.second_factor import state
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("profile", __name__)
EVENTS = {"new": N_("A new ticket comes into a mailbox of mine"), "assigned": N_("A ticket is assigned to me"),
          "answered": N_("A customer answers on my ticket"), "alert": N_("Something is wrong with the desk, or right again")}
FOR_ADMINS = frozenset({"alert"})
WITHOUT_BELL = frozenset({"alert"})


@bp.get("/profile")
@login_required
def edit() -> Any:
    """The page."""
    return show({})


@bp.post("/profile")
@login_required
def update() -> Any:
    """Save what is not about signing in."""
    try:
        with in_turn():
            edit_agent(db(), agent_with_uid(db(), me().uid, lock=True), _fields(), by=me(), version=version())
    except Refused as refused:
        return show(errors_of(refused), typed(("name", "language", "timezone", "theme"))), refused.status
    return see_other(url_for("profile.edit"), said=_("Your profile was saved."))


def show(errors: dict[str, str], values: dict[str, Any] | None = None, *, address: str = "", away: dict[str, str] | None = None, **second: Any) -> str:
    """The page, with what is wrong, with the address that was typed, or with a step of the second factor."""
    agent = me()
    kept = {"name": agent.name, "email": agent.email, "language": agent.language, "timezone": agent.timezone,
            "theme": "" if agent.theme == "system" else agent.theme, "keys": agent.keys,
            "default_category": agent.defaults.get("category", ""), "default_business": agent.defaults.get("business", "")}
    addresses = [{"id": row.id, "address": row.normalised, "proven": row.proven_at is not None} for row in agent.addresses]
    notify = [{"name": name, "label": _(EVENTS[name]), "mail": agent.wants(name, "mail"),
               "bell": None if name in WITHOUT_BELL else agent.wants(name, "bell")} for name in _told_of()]
    return page("web/profile/edit.html", current="profile", categories=listed(db(), Category), businesses=listed(db(), Business), errors=errors, languages=LANGUAGES, timezones=timezones(),
                form={"values": {**kept, **(values or {})}, "notify": notify, "version": agent.version}, addresses=addresses,
                away=absence_of(agent, away), calendar_url=_calendar(), digest=digest_of(),
                address=address, totp=state(agent, **second), sessions=[], shortest=SHORTEST)


def _fields() -> dict[str, Any]:
    zone = posted("timezone")
    if zone not in available_timezones():
        raise Refused(N_("There is no such time zone."), {"timezone": N_("Choose one of those offered.")})
    kinds: dict[str, type[Category | Business]] = {"category": Category, "business": Business}
    return {"defaults": {name: uid for name, kind in kinds.items()
                         if (uid := posted(f"default_{name}")) and db().scalar(select(kind.id).where(kind.uid == uid))},
            "name": " ".join(posted("name").split()), "language": posted("language"), "timezone": zone,
            "theme": posted("theme") or "system", "keys": ticked("keys"),
            "notify": {**{name: me().notify.get(name, ways) for name, ways in NOTIFY.items()},
                       **{name: [way for way in ("bell", "mail") if ticked(f"{way}_{name}")] for name in _told_of()}}}


def _calendar() -> str:
    signed = signature(me())
    return settings().url + url_for("calendars.show", uid=me().uid, signed=signed) if signed else ""


def _told_of() -> list[str]:
    """What the agent chooses about; of the desk's health only admins are told."""
    return [name for name in EVENTS if me().admin or name not in FOR_ADMINS]

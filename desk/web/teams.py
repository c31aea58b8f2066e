"""Teams in the settings: agents who share a queue."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from sqlalchemy import select

from contacts.agent import Agent, Team
from contacts.staffing import agents_with, save_team, team_with_uid, unmoved
from core.alphabet import in_order
from core.errors import Conflict, Refused
from core.i18n import gettext as _
from desk.web.forms import differing, errors_of, in_turn, posted, version
from desk.web.pages import page, see_other
from desk.web.requests import db
from desk.web.signing_in import admins_only

bp = Blueprint("teams", __name__, url_prefix="/settings/teams")


@bp.get("/new")
@admins_only
def new() -> Any:
    """The empty form."""
    return _form(None)


@bp.post("")
@admins_only
def create() -> Any:
    """A new team."""
    return _save(Team(), None, _("The team %(name)s was made."))


@bp.get("/<uid>")
@admins_only
def edit(uid: str) -> Any:
    """The form."""
    return _form(team_with_uid(db(), uid))


@bp.post("/<uid>")
@admins_only
def update(uid: str) -> Any:
    """Save it."""
    team = team_with_uid(db(), uid)
    return _save(team, team, _("The team %(name)s was saved."))


@bp.post("/<uid>/end")
@admins_only
def destroy(uid: str) -> Any:
    """Dissolve it: its tickets have no team any more, its mailboxes are seen by those named."""
    team = team_with_uid(db(), uid)
    try:
        with in_turn():
            unmoved(team, version())
            db().delete(team)
            db().flush()
    except Conflict as conflict:
        errors = errors_of(conflict)
        return _form(team_with_uid(db(), uid), errors, posted_again=False), conflict.status
    return see_other(url_for("agents.index"), said=_("The team %(name)s was dissolved.", name=team.name))


def _save(team: Team, kept: Team | None, said: str) -> Any:
    uid = kept.uid if kept else ""
    try:
        with in_turn():
            save_team(db(), team, posted("name"), agents_with(db(), request.form.getlist("members")), version=version())
    except Refused as refused:
        errors, now = errors_of(refused), team_with_uid(db(), uid) if uid else None
        return _form(now, _differences(now) if now and isinstance(refused, Conflict) else errors), refused.status
    return see_other(url_for("agents.index"), said=said % {"name": team.name})


def _differences(team: Team) -> dict[str, str]:
    """What a colleague made of it, beside what was typed."""
    members = [agents_with(db(), request.form.getlist("members")), team.members]
    chosen, now = (", ".join(agent.name for agent in in_order(found)) for found in members)
    return differing({"name": team.name, "members": now}, {"name": posted("name"), "members": chosen})


def _form(team: Team | None, errors: dict[str, str] | None = None, *, posted_again: bool = True) -> str:
    typed = bool(errors) and posted_again
    inside = set(request.form.getlist("members")) if typed else {agent.uid for agent in team.members} if team else set()
    uid = team.uid if team else ""
    form = {"title": team.name if team else _("New team"), "name": posted("name") if typed else team.name if team else "",
            "action": url_for("teams.update", uid=uid) if uid else url_for("teams.create"), "new": team is None, "version": team.version if team else None,
            "delete_url": url_for("teams.destroy", uid=uid) if uid else None,
            "members": [{"uid": a.uid, "name": a.name, "checked": a.uid in inside} for a in in_order(db().scalars(
                select(Agent).where(Agent.active | Agent.uid.in_(inside))))]}
    return page("web/settings/teams/form.html", settings={"current": "agents"}, form=form, errors=errors or {})

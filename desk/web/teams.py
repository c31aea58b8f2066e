"""Teams in the settings: agents who share a queue."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from sqlalchemy import select

from contacts.agent import Agent, Team
from contacts.staffing import agents_with, save_team, team_with_uid
from core.errors import Refused
from core.i18n import gettext as _
from desk.web.forms import errors_of, posted, version
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
    db().delete(team)
    db().flush()
    return see_other(url_for("agents.index"), said=_("The team %(name)s was dissolved.", name=team.name))


def _save(team: Team, kept: Team | None, said: str) -> Any:
    try:
        save_team(db(), team, posted("name"), agents_with(db(), request.form.getlist("members")), version=version())
    except Refused as refused:
        return _form(kept, errors_of(refused)), refused.status
    return see_other(url_for("agents.index"), said=said % {"name": team.name})


def _form(team: Team | None, errors: dict[str, str] | None = None) -> str:
    inside = set(request.form.getlist("members")) if errors else {agent.uid for agent in team.members} if team else set()
    uid = team.uid if team else ""
    form = {"title": team.name if team else _("New team"), "name": posted("name") if errors else team.name if team else "",
            "action": url_for("teams.update", uid=uid) if uid else url_for("teams.create"), "new": team is None, "version": team.version if team else None,
            "delete_url": url_for("teams.destroy", uid=uid) if uid else None,
            "members": [{"uid": a.uid, "name": a.name, "checked": a.uid in inside} for a in db().scalars(
                select(Agent).where(Agent.active | Agent.uid.in_(inside)).order_by(Agent.name))]}
    return page("web/settings/teams/form.html", settings={"current": "agents"}, form=form, errors=errors or {})

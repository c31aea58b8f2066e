"""Agents in the settings: taking them on, their role, their teams and mailboxes, letting them go."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from sqlalchemy import select

from contacts import second_factor
from contacts.agent import Agent, Team
from contacts.enrolling import add_agent
from contacts.staffing import agent_with_uid, edit_agent
from core.errors import Refused
from core.i18n import gettext as _
from core.options import option
from desk.mailboxes import Mailbox, MailboxAccess
from desk.web.forms import errors_of, in_turn, posted, ticked, typed, version
from desk.web.pages import page, see_other
from desk.web.passwords import send_link
from desk.web.presenting.absence import absence_of
from desk.web.presenting.agents import boxes, lines, memberships, teams
from desk.web.presenting.choices import LANGUAGES
from desk.web.requests import db
from desk.web.signing_in import admins_only, me

bp = Blueprint("agents", __name__, url_prefix="/settings/agents")


@bp.get("")
@admins_only
def index() -> Any:
    """Everybody."""
    return page("web/settings/agents/index.html", settings={"current": "agents"}, agents=lines(), teams=teams())


@bp.get("/new")
@admins_only
def new() -> Any:
    """The empty form."""
    return _form(None)


@bp.post("")
@admins_only
def create() -> Any:
    """Take somebody on; a mail with a link lets them choose a password."""
    try:
        agent = add_agent(db(), posted("email"), name=posted("name"), role=posted("role") or "agent", by=me().uid,
                          language=posted("language") or "en", timezone=option(db(), "desk.timezone"))
        agent.privacy_reports = ticked("privacy_reports")
        _belong(agent)
    except Refused as refused:
        return _form(None, errors_of(refused)), refused.status
    send_link(agent)
    return see_other(url_for("agents.index"), said=_("%(name)s was added, and a link to choose a password is on its way to "
                                                     "%(email)s.", name=agent.name, email=agent.email))


@bp.get("/<uid>")
@admins_only
def edit(uid: str) -> Any:
    """The form."""
    return _form(agent_with_uid(db(), uid))


@bp.post("/<uid>")
@admins_only
def update(uid: str) -> Any:
    """Save it. One's own right to sign in stays: nobody locks themselves out."""
    agent = agent_with_uid(db(), uid, lock=True)
    fields = {"name": " ".join(posted("name").split()), "email": posted("email"), "role": posted("role"),
              "language": posted("language"), "active": ticked("active") or agent.id == me().id, "privacy_reports": ticked("privacy_reports")}
    try:
        with in_turn():
            edit_agent(db(), agent, fields, by=me(), version=version())
            _belong(agent)
    except Refused as refused:
        return _form(agent, errors_of(refused)), refused.status
    return see_other(url_for("agents.index"), said=_("%(name)s was saved.", name=agent.name))


@bp.post("/<uid>/password")
@admins_only
def reset(uid: str) -> Any:
    """Send a link for a new password."""
    agent = agent_with_uid(db(), uid)
    send_link(agent)
    return see_other(url_for("agents.edit", uid=uid), said=_("A link is on its way to %(email)s. It works for one hour.",
                                                             email=agent.email))


@bp.post("/<uid>/second-factor")
@admins_only
def reset_totp(uid: str) -> Any:
    """Switch the second factor off for somebody whose telephone is gone."""
    agent = agent_with_uid(db(), uid)
    second_factor.switch_off(db(), agent, by=me().uid)
    return see_other(url_for("agents.edit", uid=uid), said=_("%(name)s signs in with the password alone now.", name=agent.name))


def _belong(agent: Agent) -> None:
    """Into the teams and mailboxes that are ticked, out of the others; each that gains or loses counts as changed."""
    chosen = set(request.form.getlist("teams"))
    for team in db().scalars(select(Team)):
        inside = agent in team.members
        if inside != (team.uid in chosen):
            team.raise_version()
            agent.version += 1
        if team.uid in chosen and not inside:
            team.members.append(agent)
        elif team.uid not in chosen and inside:
            team.members.remove(agent)
    chosen = set(request.form.getlist("mailboxes"))
    for mailbox in db().scalars(select(Mailbox).where(Mailbox.open_to_all.is_(False))):
        have = [row for row in mailbox.access if row.agent_id == agent.id]
        if bool(have) != (mailbox.uid in chosen):
            mailbox.raise_version()
            agent.version += 1
        if mailbox.uid in chosen and not have:
            mailbox.access.append(MailboxAccess(agent_id=agent.id))
        elif mailbox.uid not in chosen:
            for row in have:
                mailbox.access.remove(row)
    db().flush()


def show(agent: Agent, errors: dict[str, str], *, away: dict[str, str]) -> str:
    """The page of an agent, with what is wrong with their absence."""
    return _form(agent, errors, away=away)


def _form(agent: Agent | None, errors: dict[str, str] | None = None, *, away: dict[str, str] | None = None) -> str:
    shown = agent or Agent(name="", email="", role="agent", language=me().language, active=True)
    kept: dict[str, Any] = {"name": shown.name, "email": shown.email, "role": shown.role, "language": shown.language,
                            "active": shown.active, "privacy_reports": bool(shown.privacy_reports)}
    if errors and away is None:
        kept |= typed(("name", "email", "role", "language")) | {one: ticked(one) for one in ("active", "privacy_reports")}
    uid = agent.uid if agent else ""
    form = {"values": kept, "uid": uid, "new": agent is None, "title": shown.name or _("New agent"),
            "version": version() if errors and away is None else shown.version, "me": bool(agent) and shown.id == me().id,
            "action": url_for("agents.update", uid=uid) if uid else url_for("agents.create"),
            "mailboxes": boxes(shown), "teams": memberships(shown), "totp": bool(shown.totp),
            "reset_url": url_for("agents.reset", uid=uid) if uid else None,
            "totp_reset_url": url_for("agents.reset_totp", uid=uid) if uid else None}
    return page("web/settings/agents/form.html", settings={"current": "agents"}, form=form, errors=errors or {},
                languages=LANGUAGES, away=absence_of(agent, away) if agent else None)

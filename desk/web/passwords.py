"""Passwords: a link by mail for who forgot it, the page behind the link, and changing it from the profile."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, session, url_for
from flask_login import login_required
from sqlalchemy import select

from contacts import resetting
from contacts.address import normalise_email
from contacts.agent import Agent
from contacts.enrolling import right_password, set_password
from core.errors import Refused
from core.i18n import gettext as _
from core.options import option
from core.retelling import retell
from core.settings import settings
from desk.outbound import enqueue
from desk.web import profile
from desk.web.forms import errors_of
from desk.web.pages import see_other
from desk.web.requests import db, ring_after, speak_with
from desk.web.sessions import counted, door, forgive, proceed, start_afresh, too_many
from desk.web.signing_in import me, sign_in
from desk.wording import render

bp = Blueprint("passwords", __name__)


@bp.get("/forgotten")
def new() -> Any:
    """The form that asks for a link."""
    return door("forgotten", email=request.args.get("email", ""))


@bp.post("/forgotten")
def create() -> Any:
    """Send a link, and say the same whether or not the address is known."""
    start_afresh()
    email = normalise_email(request.form.get("email", ""))
    if wait := counted(f"reset:{email}"):
        return too_many(wait, "forgotten", email=email)
    agent = db().scalar(select(Agent).where(Agent.email == email, Agent.active))
    if agent is not None:
        send_link(agent)
    return door("forgotten", sent=True)


@bp.get("/reset/<token>")
def edit(token: str) -> Any:
    """The page behind the link."""
    try:
        speak_with(resetting.agent_of(db(), token))
    except Refused as refused:
        return door("forgotten", 422, error=retell(refused.sentence))
    return door("reset", token=token)


@bp.post("/reset/<token>")
def update(token: str) -> Any:
    """The new password; then on as after any right password, with the code where there is a second factor."""
    try:
        speak_with(resetting.agent_of(db(), token))
        agent = resetting.choose(db(), token, request.form.get("password", ""))
    except Refused as refused:
        return door("reset" if refused.errors else "forgotten", 422, token=token, error=retell(refused.sentence))
    db().commit()
    session.clear()
    return proceed(agent, "")


@bp.post("/profile/password")
@login_required
def change() -> Any:
    """Another password; every other place where the agent is signed in is signed out."""
    if wrong := not_mine(request.form.get("old", "")):
        return profile.show({"old": wrong}), 422
    try:
        set_password(db(), me(), request.form.get("password", ""), by=me().uid)
    except Refused as refused:
        return profile.show(errors_of(refused)), refused.status
    sign_in(me())
    return see_other(url_for("profile.edit"), said=_("The password was changed. Everywhere else you are signed out."))


def not_mine(password: str) -> str:
    """What is wrong with the password that the signed-in agent typed once more, or nothing. Attempts are counted."""
    agent = Agent(password_hash=me().password_hash)
    name = f"password:{me().uid}"
    db().rollback()     # nothing is locked while the password is looked at
    if counted(name):
        return _("Too many attempts failed. Wait a quarter of an hour.")
    if not right_password(agent, password):
        return _("This is not your password.")
    forgive(name)
    return ""


def send_link(agent: Agent) -> None:
    """Write the mail with the link, in the agent's language."""
    link = settings().url + url_for("passwords.edit", token=resetting.new_reset(db(), agent))
    mail = render(db(), "password_reset", agent.language, None, name=agent.name, email=agent.email, link=link,
                  desk=option(db(), "desk.name"))
    enqueue(db(), kind="system", mailbox=None, recipients=[agent.email], subject=mail.subject, text=mail.text,
            html=mail.html, agent_id=agent.id, language=agent.language)
    ring_after("outbound")

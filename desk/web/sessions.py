"""Signing in and out: the password, then the second factor where there is one."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, make_response, redirect, request, session, url_for
from flask_login import current_user
from sqlalchemy import select, update
from werkzeug.wrappers import Response

from contacts import second_factor, throttling
from contacts.address import normalise_email
from contacts.agent import Agent
from contacts.enrolling import SHORTEST, right_password
from core.clock import now
from core.database import database
from core.i18n import gettext as _
from core.i18n import language, ngettext
from core.options import option
from core.settings import settings
from desk.web.pages import page, see_other
from desk.web.requests import db, speak_with
from desk.web.signing_in import sign_in, sign_out

bp = Blueprint("sessions", __name__)
#: Seconds between the password and the code.
PATIENCE = 300


@bp.get("/sign-in")
def new() -> Any:
    """The form."""
    if current_user.is_authenticated:
        return redirect(own(request.args.get("next")), 303)
    return door("password", next=request.args.get("next", ""))


@bp.post("/sign-in")
def create() -> Any:
    """Look at the password. No transaction is open meanwhile, and every attempt is counted, refused or not."""
    start_afresh()
    email, target = request.form.get("email", "").strip()[:320], request.form.get("next", "")
    name = normalise_email(email)
    if wait := counted(name):
        return too_many(wait, "password", email=email, next=target)
    with database().read() as reading:
        agent = reading.scalar(select(Agent).where(Agent.email == name, Agent.active))
    if not right_password(agent, request.form.get("password", "")) or agent is None:
        return door("password", 422, email=email, next=target, error=_("The address or the password is wrong."))
    return proceed(agent, target)


@bp.get("/sign-in/code")
def second() -> Any:
    """The form of the second step."""
    pending()
    return door("code", next=session["second"]["next"])


@bp.post("/sign-in/code")
def verify() -> Any:
    """Look at the code."""
    agent, target = pending(), session["second"]["next"]
    if wait := counted(f"code:{agent.uid}"):
        return too_many(wait, "code", next=target)
    with database().write() as writing:
        right = second_factor.accept(writing, writing.get_one(Agent, agent.id), request.form.get("code", ""))
    if not right:
        return door("code", 422, next=target, error=_("This code is not right, or was used before."))
    forgive(f"code:{agent.uid}")
    return let_in(agent, target)


@bp.post("/sign-out")
def destroy() -> Response:
    """End this session."""
    sign_out()
    return redirect(url_for("sessions.new"), 303)


def proceed(agent: Agent, target: str) -> Response:
    """The password was right: ask for the code where there is a second factor, else let the agent in."""
    forgive(agent.email)
    if not agent.totp:
        return let_in(agent, target)
    session["second"] = {"uid": agent.uid, "version": agent.session_version, "at": now().timestamp(), "next": target}
    return redirect(url_for("sessions.second"), 303)


def let_in(agent: Agent, target: str) -> Response:
    """Begin a session."""
    with database().write() as writing:
        writing.execute(update(Agent).where(Agent.id == agent.id).values(seen_at=now()))
    sign_in(agent)
    return redirect(own(target), 303)


def forgive(name: str) -> None:
    """Forget what failed before."""
    with database().write() as writing:
        throttling.succeeded(writing, name, client())


def counted(name: str) -> timedelta | None:
    """Count an attempt in a transaction of its own; or how long to wait."""
    with database().write() as writing:
        return throttling.attempt(writing, name, client())


def too_many(wait: timedelta, step: str, **context: Any) -> Response:
    """429, with the time to wait as a sentence and a header (RFC 6585 section 4)."""
    minutes = int(wait.total_seconds() // 60) + 1
    answer = door(step, 429, error=ngettext("Too many attempts failed. Try again in one minute.",
                                            "Too many attempts failed. Try again in %(n)s minutes.", minutes), **context)
    answer.headers["Retry-After"] = str(int(wait.total_seconds()) + 1)
    return answer


def door(step: str, status: int = 200, **context: Any) -> Response:
    """The page in front of the desk, in one of its shapes."""
    with database().read() as reading:
        company = option(reading, "desk.name")
    return make_response(page("web/sign_in.html", step=step, company=company, demo=demo_sign_ins(),
                              language=language(), shortest=SHORTEST, **{"email": "", "error": "", "next": "", **context}), status)


def pending() -> Agent:
    """Who has shown a password and still owes the code; who took too long begins again."""
    owed = session.get("second") or {"uid": "", "version": 0, "at": 0}
    with database().read() as reading:
        agent = reading.scalar(select(Agent).where(
            Agent.uid == owed["uid"], Agent.session_version == owed["version"], Agent.active))
    if agent is None or now().timestamp() - owed["at"] > PATIENCE:
        session.pop("second", None)
        abort(see_other(url_for("sessions.new"), said=_("That took too long. Sign in again from the start."), kind="heed"))
    speak_with(agent)
    return agent


def start_afresh() -> None:
    """Whoever signs in is nobody yet: the old session ends, and no transaction stays open."""
    sign_out()
    db().rollback()


def own(target: str | None) -> str:
    """A place in this desk to go to: anything but a plain path of ours becomes the start page."""
    target = target or ""
    if not target.startswith("/") or target.startswith("//") or "\\" in target or not target.isprintable():
        return url_for("tickets.index", view="mine")
    return target


def client() -> str:
    """Who is connected, as far as the trusted proxies say."""
    return request.remote_addr or ""


def demo_sign_ins() -> list[dict[str, str]]:
    """Who one can be in a demo desk; it writes them beside its database."""
    path = settings().data / "sign-ins.json"
    if not settings().demo or not path.exists():
        return []
    listed: list[dict[str, str]] = json.loads(path.read_text())
    return [one | {"role": _("Admin") if one["role"] == "admin" else _("Agent")} for one in listed]

"""Who is asking: the signed-in agent of the browser, kept in a signed cookie that a new password or signing out makes useless."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import current_app, jsonify, redirect, request, session, url_for
from flask_login import LoginManager, current_user, login_user, logout_user
from flask_login.mixins import UserMixin
from sqlalchemy import select
from sqlalchemy.orm import lazyload
from werkzeug.wrappers import Response

from contacts.agent import Agent, EndedSession
from core.clock import now
from core.database import database
from core.errors import Forbidden
from core.i18n import gettext as _
from core.tokens import digest
from desk.locked_mail import ANY_LOCKED, read_by
from desk.web.requests import db

login_manager = LoginManager()
login_manager.session_protection = None
View = TypeVar("View", bound=Callable[..., Any])


class SignedIn(UserMixin):  # type: ignore[misc]
    """An agent as Flask-Login sees one."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent

    def get_id(self) -> str:
        """Agent and session version: when the version rises, every cookie of before is worth nothing."""
        return f"{self.agent.uid}.{self.agent.session_version}"

    def __getattr__(self, name: str) -> Any:
        return getattr(self.agent, name)


@login_manager.user_loader
def load(identity: str) -> SignedIn | None:
    """The agent a cookie names, if active, of the present session version, and not signed out."""
    uid, _, version = identity.partition(".")
    ended = select(EndedSession).where(EndedSession.digest == _digest()).exists()
    found = db().execute(select(Agent, ANY_LOCKED).where(Agent.uid == uid, Agent.active, ~ended).options(lazyload(Agent.addresses))).one_or_none()
    agent, any_locked = found or (None, False)
    if agent is None or str(agent.session_version) != version:
        session.pop("_user_id", None)       # a page would give the cookie new days
        return None
    read_by(db(), agent, any_locked=any_locked)
    return SignedIn(agent)


@login_manager.unauthorized_handler
def ask_to_sign_in() -> Response:
    """Send a browser to the sign-in page, and back afterwards; tell a script that it must (401)."""
    if request.accept_mimetypes.best == "application/json":
        response = jsonify(type="about:blank", title=_("You are signed out."), detail=_("You are signed out."), status=401)
        response.content_type, response.status_code = "application/problem+json", 401
        return response
    target = request.full_path if request.method == "GET" else None
    return redirect(url_for("sessions.new", next=target), 303)


def sign_in(agent: Agent, *, remember: bool = True) -> None:
    """Begin a new session for an agent; whatever the old cookie held is forgotten (session rotation)."""
    session.clear()
    session.permanent, session["key"] = remember, secrets.token_urlsafe(16)
    login_user(SignedIn(agent))


def sign_out() -> None:
    """End the session, also for whoever has a copy of its cookie. What the request's transaction holds is taken back."""
    if "key" in session and current_user.is_authenticated:
        db().rollback()
        with database().write() as writing:
            writing.merge(EndedSession(digest=_digest(), until=now() + current_app.permanent_session_lifetime))
    logout_user()
    session.clear()


def _digest() -> str:
    return digest("ended-session", session.get("key", ""))


def me() -> Agent:
    """The signed-in agent."""
    agent: Agent = current_user.agent
    return agent


def admins_only(view: View) -> View:
    """Let only admins in."""
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not current_user.is_authenticated:
            return ask_to_sign_in()
        if not me().admin:
            raise Forbidden("Only an admin can open this page.")
        return view(*args, **kwargs)
    return guarded  # type: ignore[return-value]

"""Who is asking: the agent of the API token in ``Authorization: Bearer TOKEN`` (RFC 6750). No cookie counts here."""

from __future__ import annotations

from datetime import timedelta

import structlog
from flask import Response, g, request
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from contacts.agent import Agent, ApiToken
from core.clock import now
from core.database import database
from core.i18n import gettext as _
from core.tokens import digest
from desk.locked_mail import ANY_LOCKED, read_by
from desk.web.errors import answer
from desk.web.requests import db

log = structlog.get_logger(__name__)
#: How exactly it is known when a token was used last.
SEEN = timedelta(minutes=10)


def let_in() -> Response | None:
    """Let in who has a token of an active agent, and anybody to the document; 401 for others."""
    if request.endpoint == "api.openapi":
        return None
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    agent_id = _agent_of(token.strip()) if scheme.lower() == "bearer" else None
    if agent_id is None:
        refusal = answer(401, _("This needs an API token of an agent, as “Authorization: Bearer TOKEN”."))
        refusal.headers["WWW-Authenticate"] = "Bearer"
        return refusal
    g.bearer = agent_id
    return None


def me() -> Agent:
    """The agent whose token it is, in the transaction of this request."""
    if "agent" not in g:
        g.agent, any_locked = db().execute(select(Agent, ANY_LOCKED).where(Agent.id == g.bearer)).one()
        read_by(db(), g.agent, any_locked=any_locked)
    agent: Agent = g.agent
    return agent


def _agent_of(token: str) -> int | None:
    """Id of the agent, looked up in a transaction of its own: none is open while a request's body is read."""
    wanted = digest("api-token", token)
    with database().read() as reading:
        found = reading.execute(select(ApiToken.agent_id, ApiToken.id, ApiToken.used_at).join(Agent).where(
            ApiToken.digest == wanted, Agent.active)).one_or_none()
    if found is None:
        return None
    if found.used_at is None or found.used_at < now() - SEEN:
        _note_use(found.id)
    return int(found.agent_id)


def _note_use(token_id: int) -> None:
    """Note that the token was used now, before the request's own transaction is open. Who asks is answered also while the database takes
    no writing."""
    try:
        with database().write() as writing:
            writing.execute(update(ApiToken).where(ApiToken.id == token_id).values(used_at=now()))
    except OperationalError as error:
        log.info("api.token_use_not_noted", why=type(error.orig).__name__)

"""A forgotten password: a link by mail, good once and for an hour, kept only as a keyed digest."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from contacts.agent import Agent, PasswordReset
from contacts.enrolling import set_password
from core.clock import now
from core.errors import Refused
from core.i18n import N_
from core.tokens import digest

GOOD_FOR = timedelta(hours=1)


def new_reset(db: Session, agent: Agent) -> str:
    """The token of a link with which this agent may choose a password; earlier links end."""
    token = secrets.token_urlsafe(32)
    db.execute(delete(PasswordReset).where(PasswordReset.agent_id == agent.id))
    db.add(PasswordReset(digest=digest("password-reset", token), agent_id=agent.id, until=now() + GOOD_FOR))
    db.flush()
    return token


def agent_of(db: Session, token: str) -> Agent:
    """The agent whose link this is. Raises Refused for one that is used, too old, or none of ours."""
    row = db.get(PasswordReset, digest("password-reset", token))
    agent = db.scalar(select(Agent).where(Agent.id == row.agent_id, Agent.active)) if row is not None else None
    if row is None or agent is None or row.until < now():
        raise Refused(N_("This link has been used, or is older than an hour. Ask for a new one."))
    return agent


def choose(db: Session, token: str, password: str) -> Agent:
    """Use the link up: the agent's new password; every sign-in there was ends. Raises Refused."""
    agent = agent_of(db, token)
    set_password(db, agent, password, by=agent.uid)
    db.execute(delete(PasswordReset).where(PasswordReset.agent_id == agent.id))
    return agent

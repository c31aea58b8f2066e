"""Taking agents on: adding them, their passwords, and their tokens for the API."""

from __future__ import annotations

import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import normalise_email
from contacts.addressing import is_ours
from contacts.agent import ROLES, Agent, AgentAddress, ApiToken
from contacts.facts import AgentChanged
from contacts.staffing import fitting
from core.errors import Refusals, Refused, Unknown
from core.history import record
from core.i18n import gettext as _
from core.tokens import digest

SHORTEST = 8
TOKEN_PREFIX = "sk_"  # noqa: S105 - lets people and secret scanners see what it is


def add_agent(
    db: Session, email: str, password: str = "", *, name: str = "", role: str = "agent", by: str | None = None,
    **fields: object,
) -> Agent:
    """A new agent. Without a password they choose one by a reset mail.

    Raises Refused for an address that is none or taken, an unknown role, or a password under eight characters.
    """
    wrong, email, name = Refusals(), normalise_email(email), " ".join(name.split())
    wrong(_free, db, email)
    wrong(_known, role)
    wrong(fitting, {**fields, "name": name or "-"})
    password_hash = wrong(hashed, password) if password else None
    wrong.settle()
    agent = Agent(email=email, name=name or email.partition("@")[0][:120], role=role, **fields)
    if password_hash:
        agent.password_hash = password_hash
    db.add(agent)
    db.flush()
    record(db, AgentChanged(agent.uid, "added"), by=by)
    return agent


def _free(db: Session, email: str) -> None:
    if "@" not in email.strip("@") or " " in email:
        raise Refused(_("%(address)s is not a mail address.", address=email or _("An empty line")),
                      {"email": "Write it like nora@company.example."})
    if db.scalar(select(Agent.id).where(Agent.email == email)) or db.scalar(
            select(AgentAddress.id).where(AgentAddress.normalised == email)):
        raise Refused(_("There is already an agent %(email)s.", email=email), {"email": "This address is taken."})
    if is_ours(db, email):
        raise Refused(_("%(address)s is the address of a mailbox. No agent can have it.", address=email),
                      {"email": _("This is the address of a mailbox.")})


def agent_called(db: Session, email: str) -> Agent:
    """The agent with this address. Raises Unknown."""
    agent = db.scalar(select(Agent).where(Agent.email == normalise_email(email)))
    if agent is None:
        raise Unknown(_("There is no agent %(email)s.", email=email))
    return agent


def set_password(db: Session, agent: Agent, password: str, *, by: str | None = None) -> None:
    """Choose a password; every sign-in there is ends. Raises Refused under eight characters."""
    agent.password_hash = hashed(password)
    agent.session_version += 1
    record(db, AgentChanged(agent.uid, "password"), by=by)
    db.flush()


def hashed(password: str) -> str:
    """The password as it is stored: argon2id with the library's current cost (RFC 9106)."""
    if len(password) < SHORTEST:
        raise Refused(_("The password is shorter than %(n)s characters.", n=SHORTEST),
                      {"password": "Choose a longer one."})
    if len(password) > 500:
        raise Refused("The password is longer than 500 characters.", {"password": "Choose a shorter one."})
    return hasher().hash(password)


def right_password(agent: Agent | None, password: str) -> bool:
    """Whether this is the agent's password. Takes as long for an agent there is not as for one there is."""
    stored = agent.password_hash if agent is not None and agent.password_hash else _nobody()
    try:
        return hasher().verify(stored, password) and agent is not None and stored == agent.password_hash
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def hasher() -> PasswordHasher:
    """Argon2id."""
    return PasswordHasher()


@lru_cache(maxsize=1)
def _nobody() -> str:
    return hasher().hash(secrets.token_hex(16))


def new_token(db: Session, agent: Agent, name: str = "") -> str:
    """A token for the API that acts as this agent. Only its keyed digest is kept: it cannot be shown again."""
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    db.add(ApiToken(agent=agent, name=name, digest=digest("api-token", token)))
    record(db, AgentChanged(agent.uid, "token"))
    db.flush()
    return token


def agent_with(db: Session, token: str) -> Agent | None:
    """The active agent whose token this is."""
    row = db.scalar(select(ApiToken).where(ApiToken.digest == digest("api-token", token)))
    if row is None or not row.agent.active:
        return None
    return row.agent


def _known(role: str) -> None:
    if role not in ROLES:
        raise Refused(_("There is no role %(role)s; choose agent or admin.", role=role), {"role": "agent or admin"})

"""Changing agents and teams: names, roles, who may sign in, who shares a queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contacts.address import normalise_email
from contacts.addressing import is_ours
from contacts.agent import ROLES, THEMES, Agent, AgentAddress, Team
from contacts.facts import AgentChanged
from core.alphabet import in_order
from core.errors import Conflict, Refusals, Refused, Unknown
from core.history import record
from core.i18n import N_
from core.options import LANGUAGES

#: What a change is called in the history, in the order of importance.
NAMED = {"active": "switched", "role": "role", "email": "address", "privacy_reports": "right"}


def edit_agent(db: Session, agent: Agent, fields: Mapping[str, Any], *, by: Agent, version: int | None = None) -> None:
    """Change an agent. Who loses a role or the right to sign in is signed out everywhere.

    Raises Conflict when a colleague was faster, Refused for values that do not fit, and for the last admin.
    """
    if version is not None and agent.version != version:
        raise Conflict(N_("Somebody else has changed this agent in the meantime. Look at it again, then repeat your change."))
    wrong = Refusals()
    email = wrong(free_address, db, fields["email"], agent) if "email" in fields else None
    fields = {**fields, **({"email": email} if email else {})}
    changed = {name for name, value in fields.items() if getattr(agent, name) != value}
    wrong(fitting, fields)
    if {"role", "active"} & changed and agent.admin and agent.active:
        wrong(_another_admin, db, agent, fields)
    wrong.settle()
    for name in changed:
        setattr(agent, name, fields[name])
    if changed:
        agent.version += 1
        agent.session_version += bool({"role", "active"} & changed)
        what = next((said for name, said in NAMED.items() if name in changed), "edited")
        record(db, AgentChanged(agent.uid, what), by=by.uid)
    db.flush()


def free_address(db: Session, address: str, agent: Agent, *, field: str = "email") -> str:
    """The address as it is matched, if no other agent has it."""
    address = normalise_email(address)
    if "@" not in address.strip("@") or " " in address:
        raise Refused(N_("An agent needs a mail address."), {field: N_("Write it like nora@company.example.")})
    owner = db.scalar(select(Agent.id).where(Agent.email == address, Agent.id != agent.id)) or db.scalar(
        select(AgentAddress.agent_id).where(AgentAddress.normalised == address, AgentAddress.agent_id != agent.id))
    if is_ours(db, address):
        raise Refused(N_("The address of a mailbox belongs to nobody alone."), {field: N_("This is the address of a mailbox.")})
    if owner is not None:
        raise Refused(N_("Another agent has this address."), {field: N_("Another agent has this address.")})
    return address


def agent_with_uid(db: Session, uid: str, *, lock: bool = False) -> Agent:
    """With ``lock`` as it stands when nobody else is changing it. Raises Unknown."""
    query = select(Agent).where(Agent.uid == uid)
    if lock:
        query = query.with_for_update(of=Agent, key_share=True).execution_options(populate_existing=True)
    agent = db.scalar(query)
    if agent is None:
        raise Unknown(N_("There is no such agent."))
    return agent


def agents_with(db: Session, uids: Sequence[str]) -> list[Agent]:
    """The agents with these uids, by name; others are left out."""
    return in_order(db.scalars(select(Agent).where(Agent.uid.in_(uids))))


def team_with_uid(db: Session, uid: str) -> Team:
    """Raises Unknown."""
    team = db.scalar(select(Team).where(Team.uid == uid))
    if team is None:
        raise Unknown(N_("There is no such team."))
    return team


def save_team(db: Session, team: Team, name: str, members: Sequence[Agent], *, version: int | None = None) -> Team:
    """A team with this name and these members; team and agents count as changed where they come or go.

    Raises Conflict when a colleague was faster, Refused without a name or for one that is taken.
    """
    unmoved(team, version)
    name = " ".join(name.split())
    if not name or len(name) > 80:
        raise Refused(N_("A team needs a name of at most 80 characters."), {"name": N_("Give a name.")})
    with db.no_autoflush:
        other = db.scalar(select(Team.id).where(Team.name == name))
    if other is not None and other != team.id:
        raise Refused(N_("There is a team of this name already."), {"name": N_("This name is taken.")})
    moved = set(team.members) ^ set(members)
    if moved and team.id is not None:
        team.raise_version()
    for agent in moved:
        agent.version += 1
    team.name, team.members = name, list(members)
    db.add(team)
    db.flush()
    return team


def unmoved(team: Team, version: int | None) -> None:
    """Raises Conflict where a colleague has changed the team since this version."""
    if version is not None and team.version != version:
        raise Conflict(N_("A colleague has changed this in the meantime. Look at what holds now, then repeat your change."))


def fitting(fields: Mapping[str, Any]) -> None:
    """Raises Refused with a sentence for every field of an agent that does not fit."""
    allowed = {"role": ROLES, "language": LANGUAGES, "theme": THEMES}
    errors = {name: N_("Choose one of those offered.") for name, values in allowed.items()
              if name in fields and fields[name] not in values}
    if "name" in fields and not 0 < len(fields["name"]) <= 120:
        errors["name"] = N_("Give a name of at most 120 characters.")
    if errors:
        raise Refused(N_("Some fields cannot be saved like this."), errors)


def _another_admin(db: Session, agent: Agent, fields: Mapping[str, Any]) -> None:
    """A desk without an admin could never be mended from its own pages."""
    if fields.get("role", agent.role) == "admin" and fields.get("active", agent.active):
        return
    others = db.scalar(select(func.count()).select_from(Agent).where(
        Agent.role == "admin", Agent.active, Agent.id != agent.id))
    if not others:
        raise Refused(N_("This is the only admin. Make somebody else an admin first."),
                      {"role": N_("Somebody must be an admin.")})

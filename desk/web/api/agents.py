"""Agents. Everybody sees who works here; admins change it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from contacts.absence import set_absence
from contacts.agent import Agent as Row
from contacts.enrolling import add_agent
from contacts.staffing import agent_with_uid, edit_agent
from desk.access import needs_admin
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.finding import agent_named
from desk.web.api.paging import Listed, Page, cut, key_of
from desk.web.api.routing import delete, get, patch, post
from desk.web.api.schemas.desk import Agent, AgentChange, NewAgent
from desk.web.requests import db

#: When an agent is away, and who stands in.
AWAY = ("away_from", "away_until", "deputy")


@get("/agents")
def index(asked: Page) -> Listed[Agent]:
    """All agents, the newest first, also those who have left."""
    query = select(Row)
    if (before := key_of(asked.cursor)) is not None:
        query = query.where(Row.id < before)
    rows, following = cut(db().scalars(query.order_by(Row.id.desc()).limit(asked.most + 1)).all(), asked.most,
                          lambda row: row.id)
    return Listed[Agent](items=[_shown(row) for row in rows], next=following)


@post("/agents", status=201, admin=True)
def create(given: NewAgent) -> Agent:
    """Take an agent on."""
    return _shown(add_agent(db(), given.email, given.password or "", name=given.name, role=given.role, by=me().uid,
                            language=given.language))


@get("/agents/<uid:uid>")
def show(uid: str) -> Agent:
    """An agent."""
    return _shown(agent_with_uid(db(), uid))


@patch("/agents/<uid:uid>", refuses=(403,))
def update(uid: str, given: AgentChange) -> Agent:
    """Change the fields that are given. An agent who is no admin says when they themselves are away, and nothing else."""
    agent, named = agent_with_uid(db(), uid, lock=True), given.named()
    away = {name: named.pop(name) for name in AWAY if name in named}
    if named or agent.id != me().id:
        needs_admin(me())
    versions.unmoved(agent.version)
    edit_agent(db(), agent, named, by=me())
    if away:
        _absence(agent, away)
    return _shown(agent)


@delete("/agents/<uid:uid>", admin=True)
def destroy(uid: str) -> None:
    """Let an agent go: no sign-in and no token works any more; what they did stays theirs."""
    agent = agent_with_uid(db(), uid, lock=True)
    versions.unmoved(agent.version)
    edit_agent(db(), agent, {"active": False}, by=me())


def _absence(agent: Row, given: dict[str, Any]) -> None:
    deputy = db().get(Row, agent.deputy_id) if agent.deputy_id is not None else None
    if "deputy" in given:
        deputy = agent_named(given["deputy"], "deputy") if given["deputy"] else None
    set_absence(db(), agent, begin=given.get("away_from", agent.away_from), end=given.get("away_until", agent.away_until),
                deputy=deputy, by=me())


def _shown(row: Row) -> Agent:
    db().flush()
    deputy = db().get(Row, row.deputy_id) if row.deputy_id is not None else None
    return Agent(id=row.uid, email=row.email, name=row.name, role=row.role, active=row.active, privacy_reports=row.privacy_reports, language=row.language,
                 timezone=row.timezone, away_from=row.away_from, away_until=row.away_until,
                 deputy=deputy.email if deputy else None, version=row.version)

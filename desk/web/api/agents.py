"""Agents. Everybody sees who works here; admins change it."""

from __future__ import annotations

from sqlalchemy import select

from contacts.agent import Agent as Row
from contacts.enrolling import add_agent
from contacts.staffing import agent_with_uid, edit_agent
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.paging import Listed, Page, cut, key_of
from desk.web.api.routing import delete, get, patch, post
from desk.web.api.schemas.desk import Agent, AgentChange, NewAgent
from desk.web.requests import db


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


@patch("/agents/<uid:uid>", admin=True)
def update(uid: str, given: AgentChange) -> Agent:
    """Change the fields that are given."""
    agent = agent_with_uid(db(), uid, lock=True)
    versions.unmoved(agent.version)
    edit_agent(db(), agent, given.named(), by=me())
    return _shown(agent)


@delete("/agents/<uid:uid>", admin=True)
def destroy(uid: str) -> None:
    """Let an agent go: no sign-in and no token works any more; what they did stays theirs."""
    agent = agent_with_uid(db(), uid, lock=True)
    versions.unmoved(agent.version)
    edit_agent(db(), agent, {"active": False}, by=me())


def _shown(row: Row) -> Agent:
    db().flush()
    return Agent(id=row.uid, email=row.email, name=row.name, role=row.role, active=row.active, language=row.language,
                 timezone=row.timezone, version=row.version)

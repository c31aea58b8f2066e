"""Teams. Everybody sees them; admins change them."""

from __future__ import annotations

from sqlalchemy import select

from contacts.agent import Team as Row
from contacts.staffing import save_team, team_with_uid
from core.alphabet import in_order
from desk.web.api import versions
from desk.web.api.finding import agents_named
from desk.web.api.paging import Listed, Page, cut, key_of
from desk.web.api.routing import delete, get, patch, post
from desk.web.api.schemas.desk import NewTeam, Team, TeamChange
from desk.web.requests import db


@get("/teams")
def index(asked: Page) -> Listed[Team]:
    """All teams, the newest first."""
    query = select(Row)
    if (before := key_of(asked.cursor)) is not None:
        query = query.where(Row.id < before)
    rows, following = cut(db().scalars(query.order_by(Row.id.desc()).limit(asked.most + 1)).all(), asked.most,
                          lambda row: row.id)
    return Listed[Team](items=[_shown(row) for row in rows], next=following)


@post("/teams", status=201, admin=True)
def create(given: NewTeam) -> Team:
    """A team."""
    return _shown(save_team(db(), Row(), given.name, agents_named(given.members, "members")))


@get("/teams/<uid:uid>")
def show(uid: str) -> Team:
    """A team."""
    return _shown(team_with_uid(db(), uid))


@patch("/teams/<uid:uid>", admin=True)
def update(uid: str, given: TeamChange) -> Team:
    """Change the fields that are given."""
    team, named = team_with_uid(db(), uid), given.named()
    versions.unmoved(team.version)
    members = agents_named(given.members, "members") if "members" in named else team.members
    save_team(db(), team, named.get("name", team.name), members)
    team.raise_version()
    return _shown(team)


@delete("/teams/<uid:uid>", admin=True)
def destroy(uid: str) -> None:
    """Dissolve a team; its tickets and mailboxes are nobody's queue then."""
    team = team_with_uid(db(), uid)
    versions.unmoved(team.version)
    db().delete(team)


def _shown(row: Row) -> Team:
    db().flush()
    return Team(id=row.uid, name=row.name, members=[agent.email for agent in in_order(row.members)], version=row.version)

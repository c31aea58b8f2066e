"""Mailboxes as the API shows them: how they are read and send is told to admins alone."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from contacts.agent import Agent, Team
from desk.mailboxes import Mailbox as Row
from desk.web.api.bearer import me
from desk.web.api.schemas.mailboxes import Mailbox
from desk.web.requests import db

ACCOUNT = ("imap_url", "imap_folders", "imap_after", "imap_move_to", "relay_url", "sent_folder", "receiving_host",
           "trusted_relays", "oauth_provider", "oauth_tenant", "oauth_client", "oauth_account", "dkim_selector")


def mailboxes(rows: Sequence[Row]) -> list[Mailbox]:
    """Mailboxes without any password; who sees them is asked once for all."""
    access = [one for row in rows for one in row.access]
    agents = dict(db().execute(select(Agent.id, Agent.email).where(
        Agent.id.in_({one.agent_id for one in access if one.agent_id}))).all())
    teams = dict(db().execute(select(Team.id, Team.name).where(
        Team.id.in_({one.team_id for one in access if one.team_id}))).all())
    return [_mailbox(row, agents, teams) for row in rows]


def _mailbox(row: Row, agents: dict[int, str], teams: dict[int, str]) -> Mailbox:
    account = {name: getattr(row, name) if me().admin else None for name in ACCOUNT}
    return Mailbox(
        id=row.uid, address=row.address, name=row.name, language=row.language, signature=row.signature, signatures=row.signatures,
        active=row.active, open_to_all=row.open_to_all, plus_addressing=row.plus_addressing,
        aliases=sorted(alias.normalised for alias in row.aliases),
        agents=sorted(agents[one.agent_id] for one in row.access if one.agent_id),
        teams=sorted(teams[one.team_id] for one in row.access if one.team_id), version=row.version, **account)

"""Short lists of names on pages stand in the order of the Nordic alphabets, on either database."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from contacts.agent import Agent, Team
from contacts.company import Category
from core.database import Database
from desk.mailboxes import MailboxAccess, add_mailbox
from tests.desk.web.tickets.conftest import page

IN_ORDER = ["Aksel", "Haug", "Håkon", "Zorn", "Ägir", "Æsøy", "Økland", "Östlund", "Åberg", "Aas"]


@pytest.fixture
def named(fresh_database: Database) -> None:
    """An agent, a team, a category and a closed mailbox of each name."""
    with fresh_database.write() as db:
        for n, name in enumerate(sorted(IN_ORDER, key=lambda name: name[::-1])):
            db.add_all([agent := Agent(email=f"{n}@desk.example", name=name), Team(name=f"Team {name}"), Category(name=f"Category {name}")])
            db.flush()
            box = add_mailbox(db, f"box{n}@desk.example", f"Box {name}", open_to_all=False)
            box.access.append(MailboxAccess(agent_id=agent.id))


@pytest.mark.parametrize(("path", "kinds"), [
    ("/settings/agents", ("", "Team ")), ("/settings/agents/new", ("Team ", "Box ")), ("/settings/teams/new", ("",)), ("/settings/mailboxes", ("Box ",)),
    ("/settings/mailboxes/new", ("", "Team ")), ("/persons/new", ("", "Category ")), ("/selections/new?of=persons&kind=static", ("Team ",)),
    ("/settings/unknown-senders/rules/new", ("", "Team ", "Category ", "Box ")), ("/settings/routing/new", ("", "Team ", "Category ", "Box ")), ("/profile", ("",))])
def test_as_people_read_them(path: str, kinds: tuple[str, ...], admin_client: FlaskClient, named: None) -> None:
    text = re.sub(r"(?s)^.*?<main", "", page(admin_client, path))
    for kind in kinds:
        found = re.findall(rf">\s*{kind}({'|'.join(IN_ORDER)})\s*<", text)
        assert found[:len(IN_ORDER)] == IN_ORDER, (kind, found)

"""Forms that begin something are taken once, also when they are sent twice: a report, a hold, a case with its mail, a mailing."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from contacts.agent import Agent
from contacts.editing import create_person
from contacts.legal_hold import LegalHold
from contacts.person import Person
from contacts.selecting import new_selection
from core.database import Base, Database
from core.operations import Operation
from desk.mailboxes import add_mailbox
from desk.mailing import Mailing
from desk.privacy.kept import PrivacyReport
from desk.rights.case import RightsCase


@pytest.fixture
def places(fresh_database: Database, jonas: Agent) -> dict[str, str]:
    """What the forms are of: a person, a selection, a mailbox, an admin."""
    with fresh_database.write() as db:
        mailbox = add_mailbox(db, "support@desk.example", "Support")
        person: Person = create_person(db, {"first_name": "Mads", "last_name": "Zyxwold"}, by=jonas, exempt=True)
        selection = new_selection(db, {"name": "All", "of": "persons", "kind": "static"}, by=db.get_one(Agent, jonas.id))
        return {"person": person.uid, "selection": selection.uid, "mailbox": mailbox.uid, "admin": jonas.uid}


@pytest.mark.parametrize(("form", "target", "given", "made"), [
    ("/rights/new", "/rights", {"kind": "access"}, RightsCase),
    ("/settings/holds/new", "/settings/holds", {"of": "person", "record": "{person}", "reason": "A claim", "basis": "legal_claims", "owner": "{admin}",
                                                "review_on": "2030-01-01"}, LegalHold),
    ("/persons/{person}/privacy", "/persons/{person}/privacy", {"form": "report", "language": "en"}, PrivacyReport),
    ("/selections/{selection}/mass-mail", "/selections/{selection}/mass-mail", {"purpose": "marketing", "mailbox": "{mailbox}", "language": "en"}, Mailing),
    ("/reports", "/reports", {"from": "2026-01-01", "to": "2026-01-31"}, Operation),
])
def test_sent_twice_it_is_begun_once(
    admin_client: FlaskClient, fresh_database: Database, places: dict[str, str], form: str, target: str, given: dict[str, str], made: type[Base],
) -> None:
    page = admin_client.get(form.format(**places)).text
    name = re.search(r'name="once" value="([^"]+)"', page)
    assert name is not None
    sent = {key: value.format(**places) for key, value in given.items()} | {"once": name[1]}
    refused = admin_client.post(target.format(**places), data=sent | {"kind": "x", "owner": "x", "form": "x", "mailbox": "x" * 24})
    assert refused.status_code in (404, 422), "what was refused has not been taken"
    assert [admin_client.post(target.format(**places), data=sent).status_code for _press in range(2)] == [303, 303]
    with fresh_database.read() as db:
        assert db.scalar(select(func.count()).select_from(made)) == 1

"""Legal bases on pages: the tab of a person's card, and the list of purposes under the settings."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent
from contacts.bases import stop
from contacts.editing import create_person
from contacts.person import Person
from contacts.purpose import Purpose
from contacts.purposes import current_wordings
from core.database import Database
from core.options import option
from tests.desk.web.tickets.conftest import page, post, words


@pytest.fixture
def ole(fresh_database: Database, nora: Agent) -> Person:
    with fresh_database.write() as db:
        return create_person(db, {"first_name": "Ole", "last_name": "Vang"}, by=db.get_one(Agent, nora.id), exempt=True,
                             addresses=[{"kind": "email", "value": "ole@kunde.example"}])


def bases(database: Database, ole: Person) -> list[tuple[str, str, str]]:
    with database.read() as db:
        return [(one.purpose, one.event, one.basis) for one in db.get_one(Person, ole.id).legal_bases]


def marked(client: FlaskClient, url: str) -> str:
    found = re.search(r'name="mark" value="(\w+)"', page(client, url))
    assert found
    return found[1]


def test_an_agent_notes_a_basis_and_its_end(agent_client: FlaskClient, admin_client: FlaskClient, ole: Person, fresh_database: Database) -> None:
    """S7, S27, S29: on the card, with the words that were agreed to; the last that is lost is seen."""
    with fresh_database.read() as db:
        marketing = db.scalars(select(Purpose).where(Purpose.key == "marketing")).one()
    post(admin_client, f"/settings/purposes/{marketing.uid}", name="Marketing", marketing="1", **{"wording.nb": "Ja takk til nyhetsbrev.", "version": "1"})
    with fresh_database.read() as db:
        words_uid = current_wordings(db.get_one(Purpose, marketing.id))["nb"].uid
    at = f"/persons/{ole.uid}/legal-bases"
    given = {"purpose": "marketing", "basis": "consent", "source": "At the fair", "day": "2026-03-01", "wording": words_uid}
    mark = marked(agent_client, at)
    post(agent_client, at, **given, mark=mark)
    seen = words(page(agent_client, at))
    assert "At the fair" in seen and "Ja takk til nyhetsbrev." in seen and "a colleague’s word Nora Vik" in seen
    again = agent_client.post(at, data=given | {"mark": mark})
    assert again.status_code == 409 and 'value="At the fair"' in again.text                     # a colleague was faster
    bad = agent_client.post(f"{at}/service/end", data={"source": ""})
    assert bad.status_code == 422 and "field__error" in bad.text
    post(agent_client, f"{at}/service/end", source="By mail")
    assert "nothing allows us" not in page(agent_client, at)
    post(agent_client, f"{at}/marketing/end", source="On the telephone")
    assert bases(fresh_database, ole)[-2:] == [("service", "objected", "legitimate_interest"), ("marketing", "withdrawn", "consent")]
    assert "nothing allows us to hold this person any more" in page(agent_client, at)
    assert "No ground to hold them any more." in page(agent_client, f"/persons/{ole.uid}")
    assert "Marketing: consent withdrawn" in words(page(agent_client, f"/persons/{ole.uid}/history"))


def test_what_is_wrong_stands_at_the_field(agent_client: FlaskClient, ole: Person, fresh_database: Database) -> None:
    at = f"/persons/{ole.uid}/legal-bases"
    wrong = agent_client.post(at, data={"purpose": "marketing", "basis": "consent", "source": "", "day": "2026-03-01"})
    assert wrong.status_code == 422 and "Say in a few words" in wrong.text
    assert agent_client.post(at, data={"purpose": "marketing", "basis": "consent", "source": "x", "day": "soon"}).status_code == 422
    with fresh_database.write() as db:
        stop(db, db.get_one(Person, ole.id), "marketing", source="mail", by=None)
    denied = agent_client.post(at, data={"purpose": "marketing", "basis": "contract", "source": "x", "day": ""})
    assert denied.status_code == 422 and "nothing but their own consent" in denied.text
    assert agent_client.get("/persons/" + "0" * 24 + "/legal-bases").status_code == 404


def test_the_form_gives_nothing_back_that_was_ended(agent_client: FlaskClient, ole: Person, fresh_database: Database) -> None:
    post(agent_client, f"/persons/{ole.uid}/legal-bases/service/end", source="By mail")
    form = page(agent_client, f"/persons/{ole.uid}/edit")
    assert "None any more" in form
    saved = agent_client.post(f"/persons/{ole.uid}", data={"first_name": "Ole", "last_name": "Vangen", "basis": "", "status": "active"})
    assert saved.status_code == 303
    assert bases(fresh_database, ole)[-1][1] == "objected"


def test_an_admin_keeps_the_purposes(admin_client: FlaskClient, fresh_database: Database) -> None:
    at = "/settings/purposes"
    assert "Service and support" in page(admin_client, at)
    post(admin_client, at, name="Surveys", **{"wording.en": "Yes, ask me."})
    with fresh_database.read() as db:
        made = db.scalars(select(Purpose).where(Purpose.key == "surveys")).one()
    form = page(admin_client, f"{at}/{made.uid}")
    assert "Version 1, since" in form and "Yes, ask me." in form
    post(admin_client, f"{at}/{made.uid}", name="Surveys", version=str(made.version), **{"wording.en": "Yes, ask me twice a year."})
    assert "Earlier versions" in page(admin_client, f"{at}/{made.uid}")
    late = admin_client.post(f"{at}/{made.uid}", data={"name": "Polls", "version": str(made.version)})
    assert late.status_code == 409 and "It is now: Surveys" in late.text
    post(admin_client, f"{at}/{made.uid}/retirement")
    assert "no longer used" in page(admin_client, at)
    post(admin_client, f"{at}/{made.uid}/restoration")
    assert "no longer used" not in page(admin_client, at)
    with fresh_database.read() as db:
        usual = db.scalars(select(Purpose).where(Purpose.key == "service")).one()
    assert admin_client.post(f"{at}/{usual.uid}/retirement").status_code == 422


def test_an_admin_says_what_mass_mail_goes_by(admin_client: FlaskClient, fresh_database: Database) -> None:
    at = "/settings/purposes"
    mark = marked(admin_client, at)
    chosen = {"mailing.bases": ["consent", "legitimate_interest"], "mailing.by": "agents", "mailing.per_minute": "30", "mark": mark}
    assert admin_client.post(f"{at}/mailing", data=chosen).status_code == 303
    with fresh_database.read() as db:
        assert set(option(db, "mailing.bases")) == {"consent", "legitimate_interest"}
        assert (option(db, "mailing.by"), option(db, "mailing.per_minute")) == ("agents", 30)
    assert admin_client.post(f"{at}/mailing", data=chosen | {"mailing.per_minute": "5"}).status_code == 409
    assert admin_client.post(f"{at}/mailing", data=chosen | {"mailing.per_minute": "none", "mark": ""}).status_code == 422

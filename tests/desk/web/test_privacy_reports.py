"""The Privacy page of a person: by a right of its own, from the menu of the card to the file and the link (S54-S61)."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from contacts.agent import Agent
from contacts.editing import create_person, edit_person
from contacts.notes import write_note
from contacts.person import Person
from core.clock import now
from core.database import Database, database
from core.operations import Operation
from desk.outbound import OutboundMail
from desk.privacy.kept import PrivacyReport
from jobs import operations as job


@pytest.fixture
def mads(fresh_database: Database, jonas: Agent, nora: Agent) -> str:
    with fresh_database.write() as db:
        person = create_person(db, {"first_name": "Mads", "last_name": "Zyxwold", "title": "Wobbly officer"}, by=jonas, exempt=True,
                               addresses=[{"kind": "email", "value": "mads@newplace.example"}])
        write_note(db, "Mads snores.", person=person, private=True, by=db.get_one(Agent, nora.id))
        return person.uid


@pytest.fixture
def given_right(fresh_database: Database, nora: Agent, agent_client: FlaskClient) -> FlaskClient:
    """Nora's browser, once an admin has given her the right."""
    with fresh_database.write() as db:
        db.get_one(Agent, nora.id).privacy_reports = True
    return agent_client


def make(client: FlaskClient, person: str, **given: object) -> str:
    """The address of a report that was made."""
    asked = client.post(f"/persons/{person}/privacy", data={"form": "report", "language": "en", **given})
    assert asked.status_code == 303, asked.text
    job.run()
    return str(asked.location)


def test_the_entry_without_the_right_is_grey(agent_client: FlaskClient, mads: str) -> None:
    """S55: it is there and says why, leads nowhere, and the page is closed."""
    card = agent_client.get(f"/persons/{mads}").text
    entry = re.search(r'<span class="menu__item" aria-disabled="true">.*?</span></span></span>', card, re.S)
    assert entry and "Privacy report …" in entry[0] and "You have no right to make privacy reports." in entry[0]
    assert f"/persons/{mads}/privacy" not in card


@pytest.mark.parametrize(("method", "path"), [
    ("get", "/persons/{0}/privacy"), ("post", "/persons/{0}/privacy"), ("get", "{1}"), ("post", "{1}/pause"), ("post", "{1}/release"), ("post", "{1}/sending"),
    ("get", "{1}/report.pdf"), ("get", "{1}/report.json"), ("get", "{1}/report.zip")])
def test_each_route_asks_for_the_right(agent_client: FlaskClient, admin_client: FlaskClient, visitor: FlaskClient, mads: str, method: str, path: str) -> None:
    """S55."""
    path = path.format(mads, make(admin_client, mads))
    refused = agent_client.open(path, method=method)
    assert refused.status_code == 403 and "You have no right to make privacy reports." in refused.text and "Zyxwold" not in refused.text
    asked = visitor.open(path, method=method)
    assert asked.status_code == 303 and asked.location.startswith("/sign-in")


def test_an_admin_gives_the_right(admin_client: FlaskClient, signed_in: Callable[[Agent], FlaskClient], fresh_database: Database, nora: Agent, mads: str) -> None:
    """S55: in the settings of the agent."""
    form = admin_client.get(f"/settings/agents/{nora.uid}").text
    version = re.search(r'name="version" value="(\d+)"', form)
    assert version and 'name="privacy_reports"' in form
    saved = admin_client.post(f"/settings/agents/{nora.uid}", data={"name": nora.name, "email": nora.email, "role": "agent", "language": "en", "active": "1",
                                                                     "privacy_reports": "1", "version": version[1]})
    assert saved.status_code == 303
    client = signed_in(nora)
    assert f'href="/persons/{mads}/privacy"' in client.get(f"/persons/{mads}").text
    assert client.get(f"/persons/{mads}/privacy").status_code == 200


def test_from_the_card_to_the_file(admin_client: FlaskClient, fresh_database: Database, jonas: Agent, mads: str) -> None:
    """S54, S56, S59, S60: the entry of the menu, the page within the settings, the report with its files, and what was corrected since."""
    assert f'href="/persons/{mads}/privacy"' in admin_client.get(f"/persons/{mads}").text
    page = admin_client.get(f"/persons/{mads}/privacy").text
    assert "Privacy of Mads Zyxwold" in page and 'aria-label="Settings"' in page
    for way in (f"/persons/{mads}/edit", f"/persons/{mads}/erasure", f"/persons/{mads}/legal-bases"):
        assert f'href="{way}"' in page, "S61: correcting, deleting, objecting are one click away"
    report = make(admin_client, mads)
    shown = admin_client.get(report).text
    assert "Done" in shown and "private notes: 1" in shown
    assert admin_client.get(f"{report}/report.pdf").data.startswith(b"%PDF")
    told = admin_client.get(f"{report}/report.json")
    assert told.json["sections"][0]["entries"][0]["fields"]["title"] == "Wobbly officer" and "snores" not in told.text
    assert told.headers["Cache-Control"] == "no-store"
    with fresh_database.write() as db:
        edit_person(db, db.scalars(select(Person).where(Person.uid == mads)).one(), {"title": "Steady officer"}, by=db.get_one(Agent, jonas.id))
    again = admin_client.get(make(admin_client, mads)).text
    assert "Title: from Wobbly officer to Steady officer" in again
    assert admin_client.get(f"/persons/{mads}/privacy").text.count(">Privacy report<") == 2
    assert f'href="{report}"' in admin_client.get("/operations").text


def test_an_admin_releases_what_an_agent_made(given_right: FlaskClient, admin_client: FlaskClient, fresh_database: Database, mads: str) -> None:
    """0.14: whoever made it sees that private notes are in it; it can be sent once an admin has released it, who then reads them."""
    report = make(given_right, mads)
    shown = given_right.get(report).text
    assert "an admin has to release it" in shown and "Release it" not in shown and f'action="{report}/sending"' not in shown
    assert given_right.post(f"{report}/release").status_code == 403
    assert given_right.post(f"{report}/sending", data={"address": "x", "way": "pdf"}).status_code == 422
    assert "snores" not in admin_client.get(f"{report}/report.json").text, "not before it is released"
    assert admin_client.post(f"{report}/release").status_code == 303
    assert "Mads snores." in admin_client.get(f"{report}/report.json").text
    assert "snores" not in given_right.get(f"{report}/report.json").text
    assert f'action="{report}/sending"' in given_right.get(report).text


def test_sent_as_a_link(given_right: FlaskClient, admin_client: FlaskClient, visitor: FlaskClient, fresh_database: Database, mads: str) -> None:
    """S59: whoever has it reads the report outside of sign-in, until it ends; the page says nothing of the person."""
    report = make(given_right, mads)
    admin_client.post(f"{report}/release")
    holding = re.search(r'<option value="([0-9a-f]{24})">mads@newplace.example', given_right.get(report).text)
    assert holding
    sent = given_right.post(f"{report}/sending", data={"address": holding[1], "way": "link"})
    assert sent.status_code == 303
    with fresh_database.read() as db:
        text = db.scalars(select(OutboundMail.text)).one()
    path = re.search(r"/your-report/[\w-]+", text)
    assert path
    page = visitor.get(path[0])
    assert page.status_code == 200 and "Zyxwold" not in page.text and "mads@" not in page.text
    assert "It was opened" not in given_right.get(report).text
    assert visitor.get(f"{path[0]}/report.pdf").data.startswith(b"%PDF")
    assert "Mads snores." in visitor.get(f"{path[0]}/report.json").text
    assert "It was opened" in given_right.get(report).text
    with fresh_database.write() as db:
        db.scalars(select(PrivacyReport)).one().link_until = now() - timedelta(seconds=1)
    for ended in (path[0], f"{path[0]}/report.pdf", "/your-report/never"):
        answer = visitor.get(ended)
        assert answer.status_code == 410 and "This link has ended." in answer.text and "report.pdf" not in answer.text.replace(ended, "")


def test_duplicates_are_ticked(admin_client: FlaskClient, fresh_database: Database, jonas: Agent, mads: str) -> None:
    """S57: who may be the same is offered with what speaks for it, and is in the report once it is ticked."""
    with fresh_database.write() as db:
        other = create_person(db, {"first_name": "Mads", "last_name": "Zyxwold", "title": "Gardener"}, by=jonas, exempt=True).uid
    page = admin_client.get(f"/persons/{mads}/privacy").text
    assert f'name="include" value="{other}"' in page
    assert "Gardener" in admin_client.get(make(admin_client, mads, include=other) + "/report.json").text
    assert "Gardener" not in admin_client.get(make(admin_client, mads) + "/report.json").text


def test_the_portable_copy(admin_client: FlaskClient, mads: str) -> None:
    """S61, Art. 20: a zip."""
    report = make(admin_client, mads, form="portable")
    assert "data.json" in zipfile.ZipFile(io.BytesIO(admin_client.get(f"{report}/report.zip").data)).namelist()
    assert admin_client.get(f"{report}/report.pdf").status_code == 404


def test_what_is_not_offered_is_refused(admin_client: FlaskClient, mads: str) -> None:
    refused = admin_client.post(f"/persons/{mads}/privacy", data={"form": "poem", "language": "en"})
    assert refused.status_code == 422 and "This cannot be done as it was asked." in refused.text


def test_it_stops_and_pauses(admin_client: FlaskClient, fresh_database: Database, mads: str) -> None:
    """S54: a queued job."""
    asked = admin_client.post(f"/persons/{mads}/privacy", data={"form": "report", "language": "en"})
    assert admin_client.post(f"{asked.location}/pause").status_code == 303
    job.run()
    assert "Paused" in admin_client.get(asked.location).text
    assert admin_client.post(f"{asked.location}/cancel").status_code == 303
    with fresh_database.read() as db:
        assert db.scalars(select(Operation.state)).one() == "cancelled"


def test_the_page_asks_a_bounded_number_of_questions(admin_client: FlaskClient, mads: str) -> None:
    """However many reports are kept."""
    def count() -> int:
        asked: list[str] = []
        listener = database().engine, "before_cursor_execute", lambda *told: asked.append(told[2])
        event.listen(*listener)
        admin_client.get(f"/persons/{mads}/privacy")
        event.remove(*listener)
        return len(asked)
    make(admin_client, mads)
    first = count()
    for _n in range(5):
        make(admin_client, mads)
    assert count() <= first < 60


def test_nobody_in_the_bin(admin_client: FlaskClient, fresh_database: Database, jonas: Agent, mads: str) -> None:
    """S63: of whoever is deleted nothing is made or shown."""
    report = make(admin_client, mads)
    with fresh_database.write() as db:
        other = create_person(db, {"first_name": "Mads", "last_name": "Zyxwold"}, by=jonas, exempt=True).uid
    both = make(admin_client, other, include=mads)
    admin_client.post(f"/persons/{mads}/end")
    assert admin_client.get(both).status_code in (404, 410), "nor where they are in the report of another"
    assert admin_client.get(f"/persons/{mads}/privacy").status_code in (404, 410)
    assert admin_client.get(report).status_code in (404, 410)
    assert admin_client.get(f"{report}/report.json").status_code in (404, 410)

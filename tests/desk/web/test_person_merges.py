"""The pages on which two persons are merged and taken apart: found, compared, done, undone; and who sees what of it."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.address import Holding
from contacts.agent import Agent
from contacts.binning import bin_person
from contacts.editing import create_person, edit_person
from contacts.merge import NotTheSame
from contacts.note import Note
from contacts.person import Person
from core.database import Database, database
from desk.mailboxes import Mailbox
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket
from tests.desk.web.tickets.conftest import Arrive, page, post, words
from tests.desk.web.tickets.conftest import arrive as arrive
from tests.desk.web.tickets.conftest import board as board
from tests.desk.web.tickets.conftest import statements as statements
from tests.desk.web.tickets.conftest import support as support
from tests.letters_made import mail

pytestmark = pytest.mark.usefixtures("fresh_database")


@pytest.fixture
def two(fresh_database: Database, nora: Agent) -> tuple[Person, Person]:
    """Ole Vang, recorded twice."""
    with fresh_database.write() as db:
        by = db.get_one(Agent, nora.id)
        return (create_person(db, {"first_name": "Ole", "last_name": "Vang", "title": "Controller"}, by=by, exempt=True,
                              addresses=[{"value": "ole@privat.example"}]),
                create_person(db, {"first_name": "Olav", "last_name": "Vang", "title": "Sjef"}, by=by, exempt=True,
                              addresses=[{"value": "ole@kunde.example"}]))


def of(person: Person) -> Person:
    with database().read() as db:
        return db.get_one(Person, person.id)


def fields(text: str) -> dict[str, str]:
    """What a browser would post of the comparison."""
    form = text[text.index('<form class="stack sheet__inner--form"'):]
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    return hidden | dict(re.findall(r'type="radio" name="(\w+)" value="(\w+)" checked', form))


def merged(client: FlaskClient, one: Person, into: Person, **chosen: str) -> None:
    url = f"/persons/{one.uid}/merge/{into.uid}"
    assert post(client, url, **(fields(page(client, url)) | chosen)).status_code == 303


def test_from_the_card_to_one_person_and_back(agent_client: FlaskClient, two: tuple[Person, Person], arrive: Arrive) -> None:
    """W30a, W90, W92, W93, W95: Actions → Merge, whoever is called alike is offered, nothing happens before it is confirmed."""
    ole, olav = two
    arrive(mail("Ole Vang <ole@privat.example>", subject="Printer"))
    card = page(agent_client, f"/persons/{ole.uid}")
    assert "Actions" in card and f'href="/persons/{ole.uid}/merge"' in card
    offered = page(agent_client, f"/persons/{ole.uid}/merge?q=vang")
    assert f'href="/persons/{ole.uid}/merge/{olav.uid}"' in offered and f"merge/{ole.uid}" not in offered
    url = f"/persons/{ole.uid}/merge/{olav.uid}"
    shown = words(page(agent_client, url))
    assert "Controller" in shown and "Sjef" in shown and "Messages 1" in shown and "Tickets 1" in shown
    assert of(ole).merged_into_id is None
    given = fields(page(agent_client, url))
    assert (given["title"], given["email"]) == ("into", "into")
    answer = post(agent_client, url, **(given | {"title": "from", "email": "from"}))
    assert answer.status_code == 303 and answer.location.endswith(f"/persons/{olav.uid}")
    after = page(agent_client, answer.location)
    assert "Ole Vang was merged into Olav Vang." in after and f'action="/persons/{ole.uid}/unmerge"' in after
    assert "Controller" in after and "Merged from" in after and "Take apart" in after
    assert page(agent_client, f"/persons/{olav.uid}/history").count("merged into this one") >= 1
    assert agent_client.get(f"/persons/{ole.uid}").location.endswith(f"/persons/{olav.uid}")
    assert post(agent_client, f"/persons/{ole.uid}/unmerge").status_code == 303
    assert of(ole).merged_into_id is None and of(olav).title == "Sjef"
    with database().read() as db:
        assert db.scalars(select(Message.person_id)).one() == ole.id
        assert db.scalars(select(Holding.person_id).where(Holding.primary).order_by(Holding.id)).all() == [ole.id, olav.id]


def test_taking_apart_shows_what_comes_back(agent_client: FlaskClient, two: tuple[Person, Person], arrive: Arrive, nora: Agent,
                                            fresh_database: Database) -> None:
    """C19: mail that came after the merge from an address of the one taken out goes with them; a field that was changed stays."""
    ole, olav = two
    merged(agent_client, ole, olav, title="from", first_name="from")
    arrive(mail("Ole Vang <ole@privat.example>", subject="Later"))
    arrive(mail("Ole Vang <ole@kunde.example>", subject="Of the other"))
    with fresh_database.write() as db:
        edit_person(db, db.get_one(Person, olav.id), {"title": "Daglig leder"}, by=db.get_one(Agent, nora.id))
    text = words(page(agent_client, f"/persons/{ole.uid}/unmerge"))
    assert "Messages 1" in text and "Tickets 1" in text and "First name Ole Olav" in text and "left as it is: title" in text
    answer = agent_client.post(f"/persons/{ole.uid}/unmerge", data=fields_of_unmerge(page(agent_client, f"/persons/{ole.uid}/unmerge")))
    assert "two persons again. Changed since and left as it is: title." in page(agent_client, answer.location)
    with database().read() as db:
        whose = dict(db.execute(select(Ticket.subject, Ticket.requester_id)).all())
    assert whose == {"Later": ole.id, "Of the other": olav.id} and of(olav).title == "Daglig leder"


def fields_of_unmerge(text: str) -> dict[str, str]:
    form = text[text.index('<form class="stack sheet__inner--slim"'):]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))


def test_a_stale_form_is_refused_and_keeps_what_was_chosen(
        agent_client: FlaskClient, two: tuple[Person, Person], nora: Agent, fresh_database: Database) -> None:
    ole, olav = two
    url = f"/persons/{ole.uid}/merge/{olav.uid}"
    given = fields(page(agent_client, url)) | {"title": "from"}
    with fresh_database.write() as db:
        edit_person(db, db.get_one(Person, olav.id), {"title": "Daglig leder"}, by=db.get_one(Agent, nora.id))
    answer = agent_client.post(url, data=given)
    assert answer.status_code == 412 and "A colleague has changed one of the two" in answer.text
    assert re.search(r'name="title" value="from" checked', answer.text) and "Daglig leder" in answer.text
    assert of(ole).merged_into_id is None
    assert agent_client.post(url, data=fields(answer.text)).status_code == 303


def test_what_an_agent_does_not_see_moves_and_is_not_told(
        agent_client: FlaskClient, admin_client: FlaskClient, two: tuple[Person, Person], arrive: Arrive, board: Mailbox, jonas: Agent,
        fresh_database: Database) -> None:
    """Who may not: tickets of another mailbox and a colleague's private note go over, uncounted."""
    ole, olav = two
    arrive(mail("Ole Vang <ole@privat.example>", subject="Hidden"), board)
    with fresh_database.write() as db:
        db.add(Note(person_id=ole.id, origin_person_id=ole.id, text="Mine", private=True, author_id=jonas.id))
    url = f"/persons/{ole.uid}/merge/{olav.uid}"
    text = words(page(agent_client, url))
    assert "And what you do not see." in text
    assert not re.search(r"(Tickets|Messages|Notes) \d", text)
    seen = words(page(admin_client, url))
    assert "Tickets 1" in seen and "Messages 1" in seen and "Notes 1" in seen and "do not see" not in seen
    merged(agent_client, ole, olav)
    assert "And what you do not see." in words(page(agent_client, f"/persons/{ole.uid}/unmerge"))
    with database().read() as db:
        assert db.scalars(select(Ticket.requester_id)).all() == [olav.id] and db.scalars(select(Note.person_id)).all() == [olav.id]


def test_who_cannot_be_merged(
        agent_client: FlaskClient, visitor: FlaskClient, two: tuple[Person, Person], jonas: Agent, fresh_database: Database) -> None:
    """Who may not: whoever is not signed in; and nobody merges a deleted person, or one with themselves."""
    ole, olav = two
    for path in (f"/persons/{ole.uid}/merge", f"/persons/{ole.uid}/merge/{olav.uid}", f"/persons/{ole.uid}/unmerge"):
        assert "/sign-in" in visitor.get(path).location
    assert "/sign-in" in visitor.post(f"/persons/{ole.uid}/merge/{olav.uid}").location and of(ole).merged_into_id is None
    assert agent_client.post(f"/persons/{ole.uid}/merge/{ole.uid}", data={}).status_code == 422
    assert agent_client.get(f"/persons/{ole.uid}/unmerge").status_code == 303
    assert agent_client.post(f"/persons/{ole.uid}/unmerge").status_code == 422
    with fresh_database.write() as db:
        bin_person(db, db.get_one(Person, olav.id), by=db.get_one(Agent, jonas.id))
    assert agent_client.get(f"/persons/{ole.uid}/merge/{olav.uid}").status_code == 404
    assert agent_client.post(f"/persons/{ole.uid}/merge/{olav.uid}", data={}).status_code == 404
    assert agent_client.get(f"/persons/{olav.uid}/unmerge").status_code == 404


def test_whoever_was_said_to_be_two_is_warned_of(agent_client: FlaskClient, two: tuple[Person, Person], nora: Agent, fresh_database: Database) -> None:
    """C17: nothing forbids it, for whoever said so may have been wrong."""
    with fresh_database.write() as db:
        db.add(NotTheSame(person_id=two[0].id, other_id=two[1].id, by_uid=nora.uid))
    for one, other in (two, two[::-1]):
        assert "that these are two persons" in page(agent_client, f"/persons/{one.uid}/merge/{other.uid}")


def test_pages_ask_little(agent_client: FlaskClient, two: tuple[Person, Person], statements: list[str]) -> None:
    """However much moves: a statement or two a kind."""
    for path, most in ((f"/persons/{two[0].uid}/merge?q=vang", 30), (f"/persons/{two[0].uid}/merge/{two[1].uid}", 60)):
        statements.clear()
        page(agent_client, path)
        assert len(statements) <= most, (path, len(statements))
    merged(agent_client, *two)
    statements.clear()
    page(agent_client, f"/persons/{two[0].uid}/unmerge")
    assert len(statements) <= 50

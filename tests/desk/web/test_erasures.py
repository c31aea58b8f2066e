"""A person is erased on a page: every place is shown, an admin says what is not certain, and approves."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent
from contacts.editing import create_person
from contacts.importing_choices import begin_import
from contacts.note import Note
from contacts.notes import write_note
from contacts.person import Person
from core.clock import now
from core.database import Database
from core.operations import Operation, OperationItem
from desk import inbound
from desk.inbound import Delivery, InboundMail
from desk.legal_holds import set_hold
from desk.mailboxes import add_mailbox
from desk.tickets.intake import file
from desk.tickets.ticket import Ticket
from jobs import operations as job
from mailgate.parse import parse
from tests.letters_made import mail


@pytest.fixture
def mads(fresh_database: Database, jonas: Agent) -> str:
    """Somebody to be erased, and two notes of whom one may speak of somebody else."""
    with fresh_database.write() as db:
        person = create_person(db, {"first_name": "Mads", "last_name": "Zyxwold"}, by=jonas, exempt=True)
        other = create_person(db, {"first_name": "Eva", "last_name": "Lie"}, by=jonas, exempt=True)
        write_note(db, "Mads Zyxwold called about it.", person=other, by=jonas)
        write_note(db, "Ask Mads again.", person=other, by=jonas)
        return person.uid


def work(database: Database, number: int) -> str:
    state = ""
    while state in ("", "approved", "running"):
        job.run()
        with database.read() as db:
            state = db.get_one(Operation, number).state
    return state


def test_from_the_card_to_the_end(admin_client: FlaskClient, fresh_database: Database, mads: str) -> None:
    card = admin_client.get(f"/persons/{mads}").text
    assert f'href="/persons/{mads}/erasure"' in card
    assert "Erase Mads Zyxwold" in admin_client.get(f"/persons/{mads}/erasure").text
    asked = admin_client.post(f"/persons/{mads}/erasure", data={"reason": "request", "identity": "agent", "review": "ask"})
    assert asked.status_code == 303
    with fresh_database.read() as db:
        number, uid = db.execute(select(Operation.id, Operation.uid)).one()
    assert work(fresh_database, number) == "planned"
    assert admin_client.get(f"/persons/{mads}/erasure").location == f"/erasures/{uid}", "it is under way"
    shown = admin_client.get(f"/erasures/{uid}?only=review").text
    assert "<del>Mads</del>" in shown and "[erased person]" in shown
    refused = admin_client.post(f"/erasures/{uid}/approve", follow_redirects=True).text
    assert "Say of every uncertain place" in refused
    full, first = re.findall(r'action="(/erasures/[0-9a-f]{24}/places/\d+)/keep"', shown)
    assert admin_client.post(full + "/erase").status_code == admin_client.post(first + "/keep").status_code == 303
    assert admin_client.post(f"/erasures/{uid}/approve").status_code == 303
    assert work(fresh_database, number) == "done"
    over = admin_client.get(f"/erasures/{uid}").text
    assert "The person is erased." in over and "nothing is left" in over and "Zyxwold" not in over
    assert admin_client.get(f"/persons/{mads}").status_code == 410
    with fresh_database.read() as db:
        assert db.scalars(select(Person.last_name)).all() == ["Lie"]
        assert db.scalars(select(Note.text).order_by(Note.id)).all() == ["[erased person] called about it.", "Ask Mads again."]


@pytest.mark.parametrize("held", ["ticket", "person"])
def test_while_it_waits_for_a_hold(admin_client: FlaskClient, fresh_database: Database, mads: str, jonas: Agent, held: str) -> None:
    """Its page opens, though the words of uncertain places are gone once the rest is erased; nobody is offered to restore the person or to use them again."""
    raw = mail("Mads Zyxwold <mads@newplace.example>", text="My printer.\n")
    with fresh_database.write() as db:
        box = add_mailbox(db, "support@desk.example", "Support")
        row = inbound.accept(db, Delivery(box.id, "smtp", "1", raw))
        assert row is not None
        file(db, db.scalars(select(InboundMail).where(InboundMail.id == row.id)).one(), parse(raw), [])
        person = db.scalars(select(Person).order_by(Person.id.desc()).limit(1)).one()
        mads = person.uid
        set_hold(db, held, db.scalars(select(Ticket)).one() if held == "ticket" else person, {"reason": "A claim", "basis": "legal_claims", "owner": db.get_one(Agent, jonas.id),
                                                                  "review_on": date(2030, 1, 1)}, by=db.get_one(Agent, jonas.id))
    admin_client.post(f"/persons/{mads}/erasure", data={"reason": "request", "identity": "agent", "review": "erase"})
    with fresh_database.read() as db:
        number, uid = db.execute(select(Operation.id, Operation.uid)).one()
    assert work(fresh_database, number) == "planned"
    admin_client.post(f"/erasures/{uid}/approve")
    assert work(fresh_database, number) == "paused"
    with fresh_database.read() as db:
        assert any("before" not in one for one in db.scalars(select(OperationItem.data))) is (held == "ticket")
    for path in (f"/erasures/{uid}", f"/erasures/{uid}?only=review"):
        assert "Waits for a legal hold" in admin_client.get(path).text
    bin_page = admin_client.get("/bin").text
    assert ("Being erased" in bin_page) is (held == "ticket") and f'/persons/{mads}/restore"' not in bin_page
    if held == "person":
        restriction = admin_client.get(f"/persons/{mads}/restriction").text
        assert "stays restricted until then" in restriction and "/restriction/end" not in restriction


def test_cancelled_all_is_as_it_was(admin_client: FlaskClient, fresh_database: Database, mads: str) -> None:
    admin_client.post(f"/persons/{mads}/erasure", data={"reason": "request", "identity": "agent", "review": "erase"})
    with fresh_database.read() as db:
        number, uid = db.execute(select(Operation.id, Operation.uid)).one()
    work(fresh_database, number)
    assert admin_client.post(f"/erasures/{uid}/cancel").status_code == 303
    assert "Mads Zyxwold" in admin_client.get(f"/persons/{mads}").text


def test_who_asked_is_told_that_another_has_to_approve(admin_client: FlaskClient, fresh_database: Database, mads: str) -> None:
    admin_client.post(f"/persons/{mads}/erasure", data={"reason": "request", "identity": "agent", "review": "keep"})
    with fresh_database.read() as db:
        number, uid = db.execute(select(Operation.id, Operation.uid)).one()
    work(fresh_database, number)
    approving, told = f'action="/erasures/{uid}/approve"', "another admin has to approve this"
    assert admin_client.get(f"/operations/{uid}").location == f"/erasures/{uid}", "it has one page"
    shown = admin_client.get(f"/erasures/{uid}").text
    assert approving in shown and told not in shown and "Uncertain" in shown and "To decide" not in shown
    with fresh_database.write() as db:
        operation = db.get_one(Operation, number)
        operation.result = operation.result | {"counts": {"messages": 1001}}
    shown = admin_client.get(f"/erasures/{uid}").text
    assert approving not in shown and told in shown and f'action="/erasures/{uid}/cancel"' in shown
    with fresh_database.write() as db:
        db.get_one(Operation, number).by_uid = "0" * 24
    shown = admin_client.get(f"/erasures/{uid}").text
    assert approving in shown and told not in shown, "the other"


def test_what_is_not_offered_is_refused(admin_client: FlaskClient, mads: str) -> None:
    refused = admin_client.post(f"/persons/{mads}/erasure", data={"reason": "whim", "identity": "agent", "review": "ask"})
    assert refused.status_code == 422 and "Choose one of those offered." in refused.text


@pytest.mark.parametrize(("method", "path"), [
    ("get", "/persons/{0}/erasure"), ("post", "/persons/{0}/erasure"), ("get", "/erasures/{1}"), ("post", "/erasures/{1}/approve"),
    ("post", "/erasures/{1}/places/1/keep"), ("post", "/erasures/{1}/places/keep")])
def test_admins_alone(admin_client: FlaskClient, agent_client: FlaskClient, fresh_database: Database, mads: str, method: str, path: str) -> None:
    admin_client.post(f"/persons/{mads}/erasure", data={"reason": "request", "identity": "agent", "review": "erase"})
    with fresh_database.read() as db:
        uid = db.scalars(select(Operation.uid)).one()
    assert getattr(agent_client, method)(path.format(mads, uid)).status_code in (403, 404)
    assert f"/persons/{mads}/erasure" not in agent_client.get(f"/persons/{mads}").text


def test_the_rest_in_one_go(admin_client: FlaskClient, fresh_database: Database, mads: str) -> None:
    admin_client.post(f"/persons/{mads}/erasure", data={"reason": "request", "identity": "agent", "review": "ask"})
    with fresh_database.read() as db:
        number, uid = db.execute(select(Operation.id, Operation.uid)).one()
    work(fresh_database, number)
    assert admin_client.post(f"/erasures/{uid}/places/keep").status_code == 303
    admin_client.post(f"/erasures/{uid}/approve")
    assert work(fresh_database, number) == "done"
    over = admin_client.get(f"/erasures/{uid}").text
    assert "Something was left" in over and "notes: 1" in over, "a full name that somebody said is another's"


def test_what_waits_at_a_provider_is_said(admin_client: FlaskClient, fresh_database: Database, mads: str) -> None:
    """Which mailbox is still to be done, why, and when it is asked again; in the end what it refused."""
    admin_client.post(f"/persons/{mads}/erasure", data={"reason": "request", "identity": "agent", "review": "keep", "copies": "keep"})
    with fresh_database.write() as db:
        operation = db.scalars(select(Operation)).one()
        assert operation.given["copies"] == "keep"
        operation.state, operation.phase, operation.due_at = "approved", "upstream", now() + timedelta(minutes=4)
        operation.result = {"upstream": {"support@desk.example": {"waiting": 3, "left": 1, "why": "it hung up"}}}
        uid = operation.uid
    shown = admin_client.get(f"/erasures/{uid}").text
    for words in ("At the provider of support@desk.example", "3 wait, 1 of others left there", "it hung up", "The provider is asked again"):
        assert words in shown
    assert f"/erasures/{uid}/cancel" not in shown, "once begun it is done to its end"
    admin_client.post(f"/erasures/{uid}/cancel")
    with fresh_database.read() as db:
        assert db.scalars(select(Operation.state)).one() == "approved"
    with fresh_database.write() as db:
        operation = db.scalars(select(Operation)).one()
        operation.state, operation.result = "done", {"left": {}, "upstream": {"support@desk.example": {"gone": 2, "refused": 1, "why": "[NOPERM]"}}}
    shown = admin_client.get(f"/erasures/{uid}").text
    assert "A provider did not delete everything." in shown and "2 mails deleted, 1 was refused" in shown


def test_copies_at_the_provider_are_deleted_unless_somebody_says_otherwise(admin_client: FlaskClient, mads: str) -> None:
    form = admin_client.get(f"/persons/{mads}/erasure").text
    assert re.search(r'<option value="delete"[^>]*selected', form)
    refused = admin_client.post(f"/persons/{mads}/erasure", data={"reason": "request", "identity": "agent", "review": "ask", "copies": "whim"})
    assert refused.status_code == 422


def test_copies_at_the_provider_stay_where_that_was_chosen(admin_client: FlaskClient, fresh_database: Database, mads: str) -> None:
    admin_client.post(f"/persons/{mads}/erasure", data={"reason": "request", "identity": "agent", "review": "erase", "copies": "keep"})
    with fresh_database.read() as db:
        assert db.scalars(select(Operation)).one().given["copies"] == "keep"


def test_a_file_that_waits_is_shown_word_by_word(admin_client: FlaskClient, fresh_database: Database, mads: str, jonas: Agent) -> None:
    """An import that may speak of them: the word struck out where it stands, and that the whole file goes with it."""
    with fresh_database.write() as db:
        begin_import(db, "persons", b"Fornavn;Etternavn\r\nMads;Lund\r\n", "fair.csv", by=db.get_one(Agent, jonas.id))
    place = admin_client.post(f"/persons/{mads}/erasure", data={"reason": "request", "identity": "agent", "review": "ask"}).headers["Location"]
    with fresh_database.read() as db:
        number = db.scalars(select(Operation.id).where(Operation.uid == place.rpartition("/")[2])).one()
    assert work(fresh_database, number) == "planned"
    text = admin_client.get(f"{place}?only=review").text
    assert "<del>Mads</del>;Lund" in re.sub(r"\s*<ins>.*?</ins>", "", text) and "the whole file goes, and nothing more is made of it" in text

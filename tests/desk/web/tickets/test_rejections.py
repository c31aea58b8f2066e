"""Ruling a candidate out on the card of a held ticket: remembered for the address, and taken back."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.editing import create_person, edit_person
from contacts.person import Person
from core.database import Database
from core.history import FactRow
from core.options import set_option
from desk.mailboxes import Mailbox
from desk.tickets.ticket import Ticket
from tests.desk.web.tickets.conftest import Arrive, now_of, page, words
from tests.letters_made import mail


def held(arrive: Arrive, database: Database, **more: str) -> Ticket:
    with database.write() as db:
        set_option(db, "intake.unknown_sender", "ask")
    return arrive(mail(sender="Mads Holm <mads@new.example>", **more))


def known(database: Database, name: str = "Mads Holm") -> Person:
    first, last = name.split()
    with database.write() as db:
        return create_person(db, {"first_name": first, "last_name": last}, by=None, exempt=True)


def reject_url(text: str) -> str:
    found = re.search(r'formaction="([^"]*/rejections/[0-9a-f]{24})"', text)
    assert found is not None
    return found[1]


def test_who_is_ruled_out_is_not_proposed_again_until_that_is_taken_back(
    agent_client: FlaskClient, arrive: Arrive, fresh_database: Database,
) -> None:
    """Deliver 5: "not the same" is remembered, for this ticket and for later ones of the address."""
    person, one = known(fresh_database), held(arrive, fresh_database)
    text = page(agent_client, f"/tickets/{one.number}")
    assert "Not this one" in words(text)
    answer = agent_client.post(reject_url(text), follow_redirects=True)
    assert "Not Mads Holm, then." in words(answer.text)
    assert "/rejections/" not in answer.text.partition('id="card"')[2]
    assert now_of(one).identification["candidates"] == []
    later = held(arrive, fresh_database, subject="Later")
    assert later.identification["candidates"] == []
    with fresh_database.read() as db:
        fact = db.scalars(select(FactRow).where(FactRow.kind == "address.not_theirs")).one()
        assert (fact.data["person_uid"], fact.data["taken_back"], fact.by_uid is None) == (person.uid, False, False)
    assert "Ruled out for an unknown address, Nora Vik" in words(page(agent_client, f"/persons/{person.uid}"))
    undo = re.search(r'action="(/tickets/\d+/rejections/[0-9a-f]{24}/undo)"', answer.text)
    assert undo is not None
    assert agent_client.post(undo[1]).status_code == 303
    for ticket in (one, later):
        assert [c["person_id"] for c in now_of(ticket).identification["candidates"]] == [person.uid]
    assert "Not this one" in words(page(agent_client, f"/tickets/{one.number}"))


def test_the_card_knows_who_was_added_or_renamed_while_the_ticket_waited(
    agent_client: FlaskClient, arrive: Arrive, fresh_database: Database,
) -> None:
    one = held(arrive, fresh_database)
    assert "It is this person" not in words(page(agent_client, f"/tickets/{one.number}"))
    person = known(fresh_database, "Mads Lie")
    assert "It is this person" not in words(page(agent_client, f"/tickets/{one.number}"))
    with fresh_database.write() as db:
        edit_person(db, db.get_one(Person, person.id), {"last_name": "Holm"}, by=None)
    assert "It is this person: add the address" in words(page(agent_client, f"/tickets/{one.number}"))


def test_of_a_settled_ticket_nobody_is_ruled_out(
    agent_client: FlaskClient, arrive: Arrive, fresh_database: Database,
) -> None:
    person, one = known(fresh_database), held(arrive, fresh_database)
    agent_client.post(f"/tickets/{one.number}/requester?act=none")
    assert agent_client.post(f"/tickets/{one.number}/rejections/{person.uid}").status_code == 422
    assert agent_client.post(f"/tickets/{one.number}/rejections/{'0' * 24}").status_code == 404


def test_whoever_has_the_address_is_not_ruled_out(
    agent_client: FlaskClient, arrive: Arrive, support: Mailbox, fresh_database: Database,
) -> None:
    """Two persons share an address: each has it, and to take it from one is to be done on the card."""
    one = held(arrive, fresh_database)
    agent_client.post(f"/tickets/{one.number}/requester?act=create")
    holder = now_of(one).requester_id
    with fresh_database.write() as db:
        ticket = db.get_one(Ticket, one.id)
        ticket.held, ticket.trust = True, {"result": "fail", "why": "DMARC"}
        uid = db.get_one(Person, holder).uid
    assert agent_client.post(f"/tickets/{one.number}/rejections/{uid}").status_code == 422


def test_a_mail_that_fails_authentication_says_so_at_each_candidate(
    agent_client: FlaskClient, arrive: Arrive, fresh_database: Database,
) -> None:
    """An impostor resembles whom they imitate: the proof against them outweighs the name, and nobody is linked without a click."""
    known(fresh_database)
    one = held(arrive, fresh_database)
    with fresh_database.write() as db:
        db.get_one(Ticket, one.id).trust = {"result": "fail", "why": "DMARC says that it is not from there."}
    card = page(agent_client, f"/tickets/{one.number}").partition('id="card"')[2]
    assert "−100" in words(card)
    assert "It really is this person" in words(card)
    assert now_of(one).requester_id is None

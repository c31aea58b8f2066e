"""A request in a mail is seen when it is filed, offered, and by an option a case by itself."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from contacts.agent import Agent
from contacts.person import Person
from contacts.restricting import restrict
from core.options import set_option
from desk.outbound import OutboundMail
from desk.rights.case import RightsCase
from desk.rights.recognising import dismiss, offered, open_from
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket
from jobs import fanout
from tests.desk.erasing.test_running import Desk


@pytest.fixture
def desk(fresh_database):
    return Desk(fresh_database)


def messages(db):
    return db.scalars(select(Message).where(Message.direction == "in").order_by(Message.id)).all()


def test_seen_and_made_a_case_by_a_colleague(desk):
    ticket, number = desk.arrive(subject="Hello", text="Please delete all my data.\n\nMads\n\n> What do you want?\n")
    with desk.database.write() as db:
        message = offered(messages(db))
        assert (message.id, message.verdict["rights"]) == (number, {"kind": "erasure", "phrase": "Please delete all my data."})
        case = open_from(db, message, db.get_one(Ticket, ticket), by=db.get_one(Agent, desk.nora.id))
        assert (case.kind, case.origin, case.phrase, case.message_id) == ("erasure", "mail", "Please delete all my data.", number)
        assert open_from(db, message, db.get_one(Ticket, ticket), by=db.get_one(Agent, desk.nora.id)) is case, "of one mail there is one case"
        assert offered(messages(db)) is None
        assert [one.recipients for one in db.scalars(select(OutboundMail).where(OutboundMail.kind == "system"))] == [["mads.zyxwold@newplace.example"]]


def test_what_others_are_quoted_with_asks_for_nothing(desk):
    desk.arrive(text="I see.\n\nOn 3 May, Ole wrote:\n> Please delete all my data.\n")
    with desk.database.read() as db:
        assert offered(messages(db)) is None


def test_it_is_none(desk):
    desk.arrive(text="Please delete all my data.\n")
    with desk.database.write() as db:
        dismiss(offered(messages(db)))
    with desk.database.read() as db:
        assert offered(messages(db)) is None and not db.scalars(select(RightsCase)).all()


@pytest.mark.parametrize("wanted", [True, False])
def test_by_itself_where_the_option_says_so(desk, wanted):
    with desk.database.write() as db:
        set_option(db, "rights.from_mail", wanted)
    desk.arrive(text="Jag begär registerutdrag.\n")
    desk.arrive(text="My lamp is dark.\n")
    fanout.run()
    fanout.run()
    with desk.database.read() as db:
        assert [one.kind for one in db.scalars(select(RightsCase))] == ["access"] * wanted
        assert len(db.scalars(select(OutboundMail).where(OutboundMail.kind == "system")).all()) == wanted


def test_a_robot_asks_for_nothing(desk):
    desk.arrive(text="Please delete all my data.\n", Auto_Submitted="auto-generated")
    with desk.database.read() as db:
        assert messages(db) and offered(messages(db)) is None


def test_a_request_of_whoever_is_restricted_is_theirs(desk):
    desk.arrive(text="My lamp is dark.\n")
    with desk.database.write() as db:
        person = db.scalars(select(Person).where(Person.last_name == "Zyxwold")).one()
        restrict(db, person, ground="claims", reason="A dispute.", by=db.get_one(Agent, desk.jonas.id))
        uid = person.uid
    ticket, _number = desk.arrive(text="Please delete all my data.\n")
    with desk.database.write() as db:
        case = open_from(db, offered(messages(db)), db.get_one(Ticket, ticket), by=db.get_one(Agent, desk.nora.id))
        assert case.person.uid == uid

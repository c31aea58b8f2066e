"""Persons whose time in the bin is over go for good, by the steps of erasing, and nobody else (S70)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from contacts.agent import Agent
from contacts.binning import bin_person, restore_person
from contacts.editing import person_called
from contacts.person import Person
from core.clock import now
from core.errors import Gone
from core.operations import Operation
from desk.erasing.asking import PURGE
from desk.tickets.message import Message
from jobs import purging
from tests import residue as looking
from tests.desk.erasing.test_running import LEFT, Desk


@pytest.fixture
def desk(fresh_database):
    return Desk(fresh_database)


def put_in_the_bin(desk):
    with desk.database.write() as db:
        person = db.scalars(select(Person).where(Person.last_name == "Zyxwold")).one()
        bin_person(db, person, by=db.get_one(Agent, desk.nora.id))
        return person.uid


def purges(desk):
    with desk.database.read() as db:
        return list(db.scalars(select(Operation.id).where(Operation.kind == PURGE)))


def test_after_their_days_they_go_for_good(desk):
    desk.arrive(text="My quixotic printer.\n")
    other, _said = desk.arrive("Eva Lie <eva@other.example>", text="Ask mads.zyxwold@newplace.example about it.\n")
    uid = put_in_the_bin(desk)
    with time_machine.travel(now() + timedelta(days=16), tick=True):
        purging.persons()
        purging.persons()
        [number] = purges(desk)
        desk.work(number)
        assert desk.operation(number)[0] == "done" and desk.operation(number)[2]["left"] == {}
    with desk.database.read() as db:
        assert looking.residue(db, *LEFT) == []
        assert db.scalars(select(Message.text).where(Message.ticket_id == other)).one() == "Ask [erased person] about it."
        with pytest.raises(Gone):
            person_called(db, uid)


def test_nobody_goes_before_or_who_was_restored(desk):
    desk.arrive()
    uid = put_in_the_bin(desk)
    with time_machine.travel(now() + timedelta(days=14), tick=True):
        purging.persons()
        assert purges(desk) == []
        with desk.database.write() as db:
            restore_person(db, person_called(db, uid, binned=True), by=db.get_one(Agent, desk.nora.id))
    with time_machine.travel(now() + timedelta(days=30), tick=True):
        purging.persons()
        assert purges(desk) == []

"""A company that is the person goes with them: blanking a sole trader alone would tell who it was (PRIVACY 2)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from contacts.agent import Agent
from contacts.companies import new_company
from contacts.company import Company
from contacts.editing import create_person
from contacts.employing import work_at
from contacts.person import Person
from core import erasure_ledger
from core.errors import Refused
from core.operations import Operation, OperationItem
from desk.erasing import asking
from desk.tickets.message import Message
from skranke import catching_up
from tests import residue as looking
from tests.desk.erasing.test_running import LEFT, MADS, Desk, erase


@pytest.fixture
def desk(fresh_database):
    return Desk(fresh_database)


def employed(desk, name, *colleagues):
    """The person works at a company, with these others."""
    desk.arrive(MADS, text="My quixotic printer.\n")
    with desk.database.write() as db:
        by = db.get_one(Agent, desk.nora.id)
        company = new_company(db, {"name": name, "phone": "+47 22 11 33 44", "website": "https://wobbly.example"}, by=by)
        work_at(db, db.scalars(select(Person).where(Person.last_name == "Zyxwold")).one(), company, None, by=by)
        for one in colleagues:
            create_person(db, {"first_name": one, "last_name": "Lie"}, by=by, employments=[{"company": company}])
        return company.id


def company(desk, number):
    with desk.database.read() as db:
        one = db.get_one(Company, number)
        return one.name, one.phone, one.website


def test_a_sole_traders_company_goes_with_them(desk):
    """It has their name and nobody else: shown before, without a question; what others say of it goes too."""
    number = employed(desk, "Zyxwold Mads Quixotic Printing")
    other, _said = desk.arrive("Eva Lie <eva@other.example>", text="Ask Zyxwold Mads Quixotic Printing, telephone 22 11 33 44.\n")
    asked = desk.ask(review="erase")
    [shown] = [data for kind, data in desk.items(asked) if kind == "companies"]
    assert shown["before"] == {"company": "Zyxwold Mads Quixotic Printing"} and not shown["review"]
    desk.act(asked)
    assert desk.operation(asked)[0] == "done" and desk.operation(asked)[2]["left"] == {}
    assert company(desk, number) == ("[erased person]", None, None)
    with desk.database.read() as db:
        assert looking.residue(db, *LEFT) == []
        assert db.scalars(select(Message.text).where(Message.ticket_id == other)).one() == "Ask [erased person], telephone [erased person]."


@pytest.mark.parametrize("goes", [True, False])
def test_of_a_company_of_one_whoever_approves_is_asked(desk, goes):
    """We may know one of many: nothing happens to it by itself."""
    number = employed(desk, "Kunde AS")
    asked = desk.ask(review="ask")
    with pytest.raises(Refused, match="uncertain"):
        desk.act(asked)
    with desk.database.write() as db:
        operation = db.get_one(Operation, asked)
        for item in db.scalars(select(OperationItem).where(OperationItem.operation_id == asked)):
            if item.data.get("review"):
                asking.decide(db, operation, item, erases=goes)
    desk.act(asked)
    assert company(desk, number)[0] == ("[erased person]" if goes else "Kunde AS")


def test_a_company_with_others_stays(desk):
    number = employed(desk, "Zyxwold Mads Printing", "Tove")
    erase(desk)
    assert company(desk, number)[1:] == ("+47 22 11 33 44", "https://wobbly.example")


def test_a_restored_backup_does_not_bring_it_back(desk):
    """The ledger knows of the company too."""
    number = employed(desk, "Kunde AS")
    with desk.database.read() as db:
        uid = db.get_one(Company, number).uid
    erasure_ledger.write("companies", uid, "erase")
    assert catching_up.replay(desk.database) == 1
    assert company(desk, number) == ("[erased person]", None, None)


@pytest.mark.parametrize("name", ["Zyxwold Mads Quixotic Printing", "Wobbly Printing"])
def test_a_restored_backup_leaves_its_number_with_nobody(desk, name):
    """The ledger names the company before the person: its number in what others say goes by the person, so they are erased first."""
    number = employed(desk, name)
    desk.arrive("Eva Lie <eva@other.example>", text="Ask them, telephone 22 11 33 44.\n")
    with desk.database.read() as db:
        uid = db.get_one(Company, number).uid
    erasure_ledger.write("companies", uid, "erase")
    erasure_ledger.write("persons", desk.person(), "erase")
    assert catching_up.replay(desk.database) == 2
    assert company(desk, number) == ("[erased person]", None, None)
    with desk.database.read() as db:
        assert looking.residue(db, *LEFT, "22 11 33 44") == []

"""Persons, companies and tickets whose time in the bin is over go for good, and nothing else (S70)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select

from contacts.activities import add_activity
from contacts.activity import Activity
from contacts.address import Address
from contacts.addressing import add_address
from contacts.agent import Agent
from contacts.bin import Binned
from contacts.binning import bin_company, bin_person, restore_company, restore_person
from contacts.companies import new_company
from contacts.company import Company, CompanyDomain
from contacts.editing import create_person, person_called
from contacts.merging import merge
from contacts.note import Note
from contacts.notes import write_note
from contacts.person import Person
from contacts.suppression import suppressed
from core import erasure_ledger
from core.clock import now
from core.errors import Gone, Refused
from core.operations import Operation
from core.options import set_option
from desk.erasing import card, running
from desk.erasing.asking import PURGE, purge
from desk.tickets.binning import bin_ticket
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket
from jobs import purging
from skranke import catching_up
from tests import residue as looking
from tests.desk.erasing.test_running import LEFT, Desk, Killed


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


def test_what_is_left_of_many_is_looked_for_some_words_at_a_time(desk, monkeypatch):
    """Of each of them, also of who is in the last part: here the eraser is kept from a message that names both."""
    monkeypatch.setattr("desk.erasing.running.AT_ONCE", 3)
    desk.arrive(text="My quixotic printer.\n")
    desk.arrive("Anna Quaxvik <anna.quaxvik@newplace.example>", text="Hello.\n")
    desk.arrive("Eva Lie <eva@other.example>", text="Ask mads.zyxwold@newplace.example, or anna.quaxvik@newplace.example, about it.\n")
    with desk.database.write() as db:
        for person in db.scalars(select(Person).where(Person.last_name.in_(("Zyxwold", "Quaxvik")))).all():
            bin_person(db, person, by=db.get_one(Agent, desk.nora.id))
    with desk.database.write() as db:
        number = purge(db, db.scalars(select(Person).where(Person.binned_at.is_not(None)).order_by(Person.id)).all()).id
    monkeypatch.setattr("desk.erasing.mentions.take_out", lambda *_given: [])
    desk.work(number)
    state, _given, result = desk.operation(number)
    assert (state, result["left"]["messages"]) == ("done", 2), result       # one row, by what is left of each


def test_cards_of_many_go_some_at_a_time(desk, monkeypatch):
    """Each with who was merged into them; an address that two of them hold goes with the last. A worker that dies between is followed by another."""
    monkeypatch.setattr("desk.erasing.steps.PERSONS", 1)
    monkeypatch.setattr("desk.erasing.running.LOT", 0.0)
    desk.arrive(text="My quixotic printer.\n")
    desk.arrive("Anna Quaxvik <anna.quaxvik@newplace.example>", text="Hello.\n")
    desk.arrive("Annie Quaxvik <annie.quaxvik@newplace.example>", text="Hello again.\n")
    with desk.database.write() as db:
        by = db.get_one(Agent, desk.nora.id)
        mads, anna, annie = (db.scalars(select(Person).where(Person.first_name == name)).one() for name in ("Mads", "Anna", "Annie"))
        add_address(db, mads, "email", "both@newplace.example", by=by)
        add_address(db, anna, "email", "both@newplace.example", by=by, share=True)
        merge(db, annie, anna, by=by)
        for person in (mads, anna):
            bin_person(db, person, by=by)
        uids = [one.uid for one in (mads, anna, annie)]
        number = purge(db, [mads, anna]).id
    real = card.erase_card

    def dies(db, subject):
        if "Anna" in [first for first, _last in subject.aliases.names]:
            monkeypatch.setattr("desk.erasing.card.erase_card", real)
            raise Killed
        return real(db, subject)

    monkeypatch.setattr("desk.erasing.card.erase_card", dies)
    with pytest.raises(Killed):
        desk.work(number)
    running._KEPT.clear()
    with desk.database.write() as db:
        assert db.scalars(select(Person.first_name).order_by(Person.id)).all() == ["Anna", "Annie"]
        db.get_one(Operation, number).lease_until = None
    desk.work(number)
    assert (desk.operation(number)[0], desk.operation(number)[2]["left"]) == ("done", {})
    with desk.database.read() as db:
        assert db.scalars(select(Person.id)).all() == []
        assert [one for one in db.scalars(select(Address.normalised)) if "newplace" in one] == []
        assert len(suppressed(db, "erased", [("email", f"{name}@newplace.example") for name in ("both", "anna.quaxvik", "annie.quaxvik", "mads.zyxwold")])) == 4
    assert {uid for uid in uids if erasure_ledger.contains(uid)} == set(uids)


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


def test_a_company_goes_and_nothing_of_persons_with_it(desk):
    """S63-S65, S70: its domain is free, its own notes go; what is a living person's or a sale's stays, without the name."""
    with desk.database.write() as db:
        nora = db.get_one(Agent, desk.nora.id)
        gone, empty = (new_company(db, {"name": name}, domains=[domain], by=nora) for name, domain in (
            ("Quixotic AS", "quixotic.example"), ("Wobbly AS", "wobbly.example")))
        stays = new_company(db, {"name": "Stays AS"}, by=nora)
        eva = create_person(db, {"first_name": "Eva", "last_name": "Lie"}, by=nora, employments=[{"company": gone}, {"company": stays}])
        write_note(db, "Of the company alone.", company=gone, by=nora)
        write_note(db, "Of Eva and the company.", company=gone, person=eva, by=nora)
        add_activity(db, {"kind": "call", "title": "Call Eva", "company_id": gone.id}, persons=[eva], by=nora)
        for one in (gone, empty):
            bin_company(db, one, by=nora)
        uids, eva_uid = [gone.uid, empty.uid], eva.uid
    with time_machine.travel(now() + timedelta(days=14), tick=True):
        purging.companies()
    with desk.database.read() as db:
        assert set(db.scalars(select(CompanyDomain.domain))) == {"quixotic.example", "wobbly.example"}
    with time_machine.travel(now() + timedelta(days=16), tick=True):
        purging.companies()
        purging.companies()
    with desk.database.write() as db:
        nora = db.get_one(Agent, desk.nora.id)
        left = db.scalars(select(Company).where(Company.uid.in_(uids))).all()
        assert [(one.name, one.called) for one in left] == [("", "Deleted company")]
        eva = person_called(db, eva_uid)
        assert {one.company.called for one in eva.employments} == {"Deleted company", "Stays AS"}
        assert db.scalars(select(Note.text)).all() == ["Of Eva and the company."]
        assert db.scalars(select(Activity.company_id)).all() == [left[0].id]
        assert looking.residue(db, "quixotic", "wobbly") == []
        assert list(erasure_ledger.behind(db)) == [] and {one.uid for one in erasure_ledger.entries()} == set(uids)
        set_option(db, "contacts.bin_days", 60)
        with pytest.raises(Refused, match="cannot be restored"):
            restore_company(db, left[0], by=nora)
        new_company(db, {"name": "Newcomer AS"}, domains=["quixotic.example"], by=nora)


def test_a_company_that_a_backup_brings_back_goes_again(desk):
    with desk.database.write() as db:
        uid = new_company(db, {"name": "Quixotic AS"}, by=db.get_one(Agent, desk.nora.id)).uid
    erasure_ledger.write("companies", uid, "purge")
    assert catching_up.replay(desk.database) == 1
    with desk.database.read() as db:
        assert looking.residue(db, "quixotic") == []


def test_tickets_go_with_what_was_merged_into_them(desk):
    number, _message = desk.arrive(text="My quixotic printer.\n")
    stays, _message = desk.arrive("Eva Lie <eva@other.example>")
    with desk.database.write() as db:
        bin_ticket(db, db.get_one(Ticket, number), by=db.get_one(Agent, desk.nora.id))
    with time_machine.travel(now() + timedelta(days=14), tick=True):
        purging.tickets()
        with desk.database.read() as db:
            assert db.get(Ticket, number) is not None
    with time_machine.travel(now() + timedelta(days=16), tick=True):
        purging.tickets()
    with desk.database.read() as db:
        assert db.scalars(select(Ticket.id)).all() == [stays] and db.scalar(select(Binned.id)) is None
        assert looking.residue(db, "quixotic") == []
        assert db.scalars(select(Person.last_name).order_by(Person.id)).all() == ["Zyxwold", "Lie"]


def test_nothing_of_companies_and_tickets_is_left_in_the_file(desk):
    """S70: `grep -a` over the database and its log, in whose unused pages the words of rows that are gone would lie on."""
    if desk.database.engine.dialect.name != "sqlite":
        return              # dead rows are vacuumed there
    for _mail in range(3):
        number, _message = desk.arrive("Eva Lie <eva@other.example>", subject="Wobbly", text="My wobbly printer.\n" * 2000)
        with desk.database.write() as db:
            bin_ticket(db, db.get_one(Ticket, number), by=db.get_one(Agent, desk.nora.id))
    with desk.database.write() as db:
        nora = db.get_one(Agent, desk.nora.id)
        for one in range(40):
            bin_company(db, new_company(db, {"name": f"Quixotic {one}", "address": f"{one} quixotic " * 12}, by=nora), by=nora)

    def words():
        folder = Path(desk.database.engine.url.database).parent
        kept = b"".join(one.read_bytes() for one in folder.glob("*") if one.is_file()).lower()
        return [word for word in (b"quixotic", b"wobbly") if word in kept]

    assert words() == [b"quixotic", b"wobbly"]
    with time_machine.travel(now() + timedelta(days=16), tick=True):
        purging.tickets()
        assert words() == [b"quixotic"]
        purging.companies()
    assert words() == []

"""Persons who are merged while mail arrives and agents decide: each thing keeps whose it was, and two at once do no harm."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import event, func, insert, select

from contacts.address import Holding
from contacts.addressing import holdings_of
from contacts.agent import Agent
from contacts.binning import bin_person
from contacts.confirming import confirm, new_signature
from contacts.editing import create_person
from contacts.merging import merge, unmerge
from contacts.person import Person
from core.clock import now
from core.database import Database
from core.errors import Refused
from desk import inbound
from desk.inbound import Delivery
from desk.mailboxes import add_mailbox
from desk.tickets import undeciding
from desk.tickets.answering import begin
from desk.tickets.deciding import change_requester
from desk.tickets.message import Message
from desk.tickets.returning import restore_person
from desk.tickets.ticket import Ticket
from tests.desk.test_two_workers import waits_or_ends, work
from tests.letters_made import mail

OLE, OLAV = "ole@privat.example", "ole@kunde.example"


@pytest.fixture
def two(db, nora):
    return [create_person(db, {"first_name": name, "last_name": "Vang", "private_customer": True}, by=nora, addresses=[{"value": address}])
            for name, address in (("Ole", OLE), ("Olav", OLAV))]


def test_what_arrives_later_is_of_whose_address_it_came_from(db, nora, two, arrive):
    """A ticket that opens, an answer that joins a ticket of the other's, a call that is noted down: all with the origin of the address."""
    ole, olav = two
    before = arrive(mail(f"Ole Vang <{OLAV}>", subject="Before"))
    merge(db, ole, olav, by=nora)
    opened = arrive(mail(f"Ole Vang <{OLE}>", subject="After"))
    joined = arrive(mail(f"Ole Vang <{OLE}>", subject=f"Re: Before [#{before.ticket.number}]"))
    called = begin(db, before.ticket.mailbox, by=nora, subject="A call", text="x", requester=olav, to=[OLE], channel="phone")
    assert {opened.ticket.requester_id, joined.message.person_id, called.requester_id} == {olav.id}
    unmerge(db, ole, by=nora)
    db.expire_all()
    assert (opened.ticket.requester_id, opened.message.person_id) == (ole.id, ole.id)
    assert joined.message.person_id == ole.id
    assert before.ticket.requester_id == olav.id


def test_what_an_agent_settles_keeps_the_address_origin(db, nora, two, arrive):
    ole, olav = two
    merge(db, ole, olav, by=nora)
    got = arrive(mail(f"Somebody <{OLE}>", subject="After"))
    change_requester(db, got.ticket, nora, none=True)
    change_requester(db, got.ticket, nora, person=olav)
    assert (got.ticket.origin_requester_id, got.message.origin_person_id) == (ole.id, ole.id)


def test_a_decision_from_before_a_merge_can_still_be_taken_back(db, nora, two, arrive):
    """What was kept by id is of who goes on now."""
    ole, olav = two
    got = arrive(mail(f"Ole Vang <{OLE}>"))
    before = undeciding.Before(db, got.ticket)
    kept = undeciding.remember(db, before, change_requester(db, got.ticket, nora, person=olav), by=nora)
    merge(db, ole, olav, by=nora)
    undeciding.undo(db, kept, by=nora)
    assert (got.ticket.requester_id, got.ticket.origin_requester_id) == (olav.id, ole.id)
    unmerge(db, ole, by=nora)
    db.expire_all()
    assert got.ticket.requester_id == ole.id


def test_a_link_that_was_mailed_before_still_confirms(db, nora, two):
    ole, olav = two
    holding = holdings_of(db, ole)[0]
    signature = new_signature(db, holding, by=nora)
    merge(db, ole, olav, by=nora)
    assert confirm(db, holding.uid, signature).proof == "link"


def test_mail_while_the_survivor_was_deleted(db, nora, jonas, two, arrive):
    ole, olav = two
    first = arrive(mail(f"Ole Vang <{OLAV}>"))
    merge(db, ole, olav, by=nora)
    bin_person(db, olav, by=jonas)
    joined = arrive(mail(f"Ole Vang <{OLE}>", subject=f"Re: x [#{first.ticket.number}]"))
    restore_person(db, olav, by=jonas)
    db.expire_all()
    assert (joined.message.person_id, joined.message.origin_person_id) == (olav.id, ole.id)


def test_however_many_mails_move_it_takes_as_many_statements(db, nora, two, arrive):
    """W91: one statement a kind, for a person with one mail and with thousands."""
    ole, olav = two
    ticket = arrive(mail(f"Ole Vang <{OLE}>")).ticket

    def both_ways() -> int:
        asked = []

        def heard(*given) -> None:
            asked.append(given[2])
        event.listen(db.get_bind(), "before_cursor_execute", heard)
        merge(db, ole, olav, by=nora)
        unmerge(db, ole, by=nora)
        event.remove(db.get_bind(), "before_cursor_execute", heard)
        return len(asked)

    few = both_ways()
    columns = [c.name for c in Message.__table__.columns if c.name not in ("id", "uid")]
    row = db.execute(select(*[Message.__table__.c[name] for name in columns]).limit(1)).one()
    db.execute(insert(Message.__table__), [dict(zip(columns, row, strict=True)) | {"uid": f"{n:024x}", "at": now()} for n in range(3000)])
    assert 0 < both_ways() <= few + 5 < 200
    assert ticket.requester_id == ole.id and db.scalar(select(func.count()).select_from(Message).where(Message.person_id == ole.id)) == 3001


def of_both(database: Database) -> tuple[int, int, int]:
    with database.write() as db:
        add_mailbox(db, "support@desk.example", "Support")
        agent = Agent(email="nora@desk.example", name="Nora Vik")
        db.add(agent)
        db.flush()
        persons = [create_person(db, {"first_name": name, "last_name": "Vang", "private_customer": True}, by=agent, addresses=[{"value": address}])
                   for name, address in (("Ole", OLE), ("Olav", OLAV))]
        return agent.id, persons[0].id, persons[1].id


@pytest.mark.parametrize("other_way", [False, True])
def test_two_merges_at_once(fresh_database: Database, other_way: bool) -> None:
    """Over two connections, also each the other way round: one is done, the other is told; no circle, and nobody waits for ever."""
    agent_id, one, two_ = of_both(fresh_database)
    said: list[str] = []

    def merging(of: int, into: int, between: object = None) -> None:
        with fresh_database.write() as db:
            try:
                merge(db, db.get_one(Person, of), db.get_one(Person, into), by=db.get_one(Agent, agent_id))
                said.append("merged")
                if callable(between):
                    between()
            except Refused as refused:
                said.append(refused.sentence)

    other = threading.Thread(target=merging, args=(two_, one) if other_way else (one, two_))

    def meanwhile() -> None:
        other.start()
        waits_or_ends(fresh_database, other)
    merging(one, two_, meanwhile)
    other.join(30)
    assert said[0] == "merged" and "in the meantime" in said[1], said
    with fresh_database.read() as db:
        assert [p.merged_into_id for p in db.scalars(select(Person).order_by(Person.id))] == [two_, None]


@pytest.mark.parametrize("ahead", [True, False])
def test_a_mail_that_is_filed_while_two_are_merged(fresh_database: Database, ahead: bool) -> None:
    """The letter is filed after the merge, and is of who goes on; with whose it is by its address."""
    agent_id, one, two_ = of_both(fresh_database)
    with fresh_database.write() as db:
        inbound.accept(db, Delivery(1, "smtp", "one", mail(f"Ole Vang <{OLE}>")))
    other = threading.Thread(target=work, args=(fresh_database, 0, ahead))
    with fresh_database.write() as db:
        merge(db, db.get_one(Person, one), db.get_one(Person, two_), by=db.get_one(Agent, agent_id))
        other.start()
        waits_or_ends(fresh_database, other)
    other.join(30)
    with fresh_database.read() as db:
        assert db.execute(select(Ticket.requester_id, Ticket.origin_requester_id)).all() == [(two_, one)]
        assert db.execute(select(Message.person_id, Message.origin_person_id)).all() == [(two_, one)]
        assert db.scalar(select(func.count()).select_from(Person)) == 2
        assert db.scalars(select(Holding.person_id)).all() == [two_, two_]

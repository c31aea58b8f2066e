"""Earlier tickets of nobody come along when a person gets their address, and go back when that is taken back (S83d)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from contacts.editing import create_person
from contacts.person import Person
from core.options import set_option
from desk.tickets import gathering
from desk.tickets.binning import bin_ticket
from desk.tickets.deciding import change_requester
from desk.tickets.gathering import how_many
from desk.tickets.states import change_state
from desk.tickets.strangers import candidates_now
from desk.tickets.undeciding import Before, remember, undo
from tests.letters_made import mail

MADS = "Mads Holm <mads@new.example>"
NEW = {"first_name": "Mads", "last_name": "Holm", "company": None}


@pytest.fixture
def tickets(arrive, db, nora):
    """Four of a sender without a record: open, closed, and one each that nothing follows to (spam, forged)."""
    set_option(db, "intake.unknown_sender", "never")
    first, closed, spam, forged = (arrive(mail(sender=MADS, subject=f"Number {n}")).ticket for n in range(4))
    change_state(db, closed, "closed", by=nora)
    change_state(db, spam, "spam", by=nora)
    forged.trust = {"result": "fail", "why": "DMARC"}
    arrive(mail(sender="Kari Moe <kari@new.example>"))
    db.flush()
    return first, closed, spam, forged


def test_a_person_made_of_a_ticket_gathers_the_earlier_ones_and_gives_them_back(tickets, arrive, db, nora):
    """S83d, S83c."""
    first, closed, _spam, forged = tickets
    last = arrive(mail(sender=MADS, subject="Once more")).ticket
    assert how_many(db, last) == 2
    before = Before(db, last)
    settled = change_requester(db, last, nora, create=NEW)
    person = last.requester
    assert settled[1:] == [first, closed] and person.name == "Mads Holm"
    assert [t.requester_id for t in tickets] == [person.id, person.id, None, None]
    assert (closed.state, forged.requester_name) == ("closed", "Mads Holm")
    undo(db, remember(db, before, settled, by=nora), by=nora)
    assert [t.requester_id for t in (*tickets, last)] == [None] * 5
    assert not person.living and closed.state == "closed"


def test_whoever_got_the_address_since_is_named_on_them(tickets, arrive, db, nora):
    """S83b, S83d: a mailbox that makes persons may have made one of the same sender."""
    set_option(db, "intake.unknown_sender", "create")
    made = arrive(mail(sender=MADS, subject="Elsewhere")).ticket.requester
    assert [t.requester_id for t in tickets] == [None] * 4
    [found] = candidates_now(db, tickets[0])
    assert (found["person_id"], [clue["words"] for clue in found["evidence"]]) == (
        made.uid, ["Wrote from mads@new.example, primary address of Mads Holm."])
    assert change_requester(db, tickets[0], nora, person=made)[0].requester_id == made.id
    assert candidates_now(db, tickets[0]) == []


def test_a_person_who_gets_the_address_gathers_them_too(tickets, db, nora):
    """S83b."""
    first, closed, *_ = tickets
    person = create_person(db, {"first_name": "Mads", "last_name": "Holm"}, by=nora, how="form", exempt=True)
    assert change_requester(db, first, nora, person=person, add_address=True) == [first, closed]


def test_for_this_ticket_alone_nothing_comes_along(tickets, db, nora):
    first, closed, *_ = tickets
    person = create_person(db, {"first_name": "Mads", "last_name": "Holm"}, by=nora, how="form", exempt=True)
    assert change_requester(db, first, nora, person=person) == [first]
    assert closed.requester_id is None


def test_held_and_settled_ones_come_along_together(tickets, arrive, db, nora):
    set_option(db, "intake.unknown_sender", "ask")
    held = arrive(mail(sender=MADS, subject="Held")).ticket
    assert held.held
    assert change_requester(db, tickets[0], nora, create=NEW) == [tickets[0], tickets[1], held]
    assert not held.held


def test_from_what_may_be_forged_nothing_follows(tickets, db, nora):
    *_, forged = tickets
    assert change_requester(db, forged, nora, create=NEW) == [forged]


def test_the_newest_come_and_what_is_in_the_bin_stays(tickets, arrive, db, nora, jonas, monkeypatch):
    monkeypatch.setattr(gathering, "MOST", 1)
    newer, binned = (arrive(mail(sender=MADS, subject=s)).ticket for s in ("Newer", "Deleted"))
    bin_ticket(db, binned, by=jonas)
    assert how_many(db, tickets[0]) == 1
    assert change_requester(db, tickets[0], nora, create=NEW) == [tickets[0], newer]


def test_no_record_settles_only_what_is_held(tickets, db, nora):
    """S83d."""
    assert change_requester(db, tickets[0], nora, none=True) == [tickets[0]]
    assert db.scalars(select(Person)).all() == []

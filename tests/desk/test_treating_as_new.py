"""A deleted person writes (section 0.18): held and masked; restored, or treated as new by the policy; and taken back."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from contacts.addressing import holdings_of
from contacts.binning import bin_person
from contacts.giving_back import clashes
from contacts.person import Person
from core.errors import Conflict, Refused
from core.options import set_option
from desk.tickets import undeciding
from desk.tickets.returning import restore_person
from desk.tickets.treating_as_new import treat_as_new
from tests.letters_made import mail


@pytest.fixture
def ole(arrive, db, jonas):
    """In the bin."""
    person = arrive(mail()).ticket.requester
    bin_person(db, person, by=jonas)
    return person


def test_by_a_policy_that_creates_a_new_person_is_made(arrive, db, jonas, ole):
    """S71: all that waits from the address follows; restoring the old one asks whose the address is."""
    held, other = arrive(mail(subject="One")).ticket, arrive(mail(subject="Two")).ticket
    treat_as_new(db, held, jonas)
    new = held.requester
    assert new is not None and new is not ole and new.name == "Ole Vang" and other.requester is new and not held.held and not other.held
    assert [h.address.value for h in holdings_of(db, new)] == ["ole@kunde.example"] and not holdings_of(db, ole)
    assert arrive(mail(subject="Three")).ticket.requester is new
    (clash,) = clashes(db, [ole])
    with pytest.raises(Conflict):
        restore_person(db, ole, by=jonas)
    restore_person(db, ole, by=jonas, answers={clash.key: "back"})
    assert holdings_of(db, ole) and not holdings_of(db, new)


def test_by_a_policy_that_asks_it_waits_as_a_strangers(arrive, db, jonas, ole):
    set_option(db, "intake.unknown_sender", "ask")
    held = arrive(mail(subject="One")).ticket
    assert held.waits_for_a_deleted and held.requester_name == ""
    treat_as_new(db, held, jonas)
    assert held.held and not held.waits_for_a_deleted and held.requester_name == "Ole Vang"
    assert held.verdict["because"][0]["with"] == {"agent": "Jonas Berg"}
    with pytest.raises(Refused):
        treat_as_new(db, held, jonas)
    restore_person(db, ole, by=jonas)
    assert holdings_of(db, ole), "nobody has got the address, so it comes back"


def test_by_a_policy_that_never_makes_anybody_no_record_is_kept(arrive, db, jonas, ole):
    set_option(db, "intake.unknown_sender", "never")
    held = arrive(mail(subject="One")).ticket
    treat_as_new(db, held, jonas)
    assert not held.held and held.requester is None and db.scalars(select(Person)).all() == [ole]


@pytest.mark.parametrize("policy", ["create", "ask", "never"])
def test_it_is_taken_back(arrive, db, jonas, ole, policy):
    """Whatever became of it: the address is the deleted person's again, the ticket waits for them, and a new person is in the bin."""
    set_option(db, "intake.unknown_sender", policy)
    held = arrive(mail(subject="One")).ticket
    kept = treat_as_new(db, held, jonas)
    undeciding.undo(db, kept, by=jonas)
    assert held.waits_for_a_deleted and held.requester is None and holdings_of(db, ole)
    assert db.scalars(select(Person).where(Person.binned_at.is_(None))).all() == []
    assert restore_person(db, ole, by=jonas) == [held] and held.requester is ole

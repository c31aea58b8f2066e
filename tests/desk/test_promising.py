"""The service level on a ticket (S79b): priority, when the first answer is due, and when the next one is."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from contacts.company import ServiceLevel
from core.clock import now
from core.options import set_option
from desk.tickets.answering import reply
from desk.tickets.deciding import change_requester
from desk.tickets.states import change_state
from tests.desk.test_intake import person
from tests.letters_made import mail


@pytest.fixture
def gold(db):
    level = ServiceLevel(name="Gold", first_answer_minutes=60, next_answer_minutes=30, priority=1)
    db.add(level)
    db.flush()
    return level


@pytest.fixture
def ole(db, gold):
    return person(db, "Ole Vang", "ole@kunde.example", service_level_id=gold.id)


def test_priority_and_first_answer(arrive, ole):
    got = arrive(mail("ole@kunde.example"))
    assert (got.ticket.priority, got.ticket.due_at) == (1, got.row.received_at + timedelta(hours=1))


def test_in_business_hours_with_holidays(arrive, db, ole, gold):
    """Wednesday before Easter at half past three: an hour later is Tuesday at half past eight."""
    gold.business_hours = True
    set_option(db, "desk.hours", {"days": [[["08:00", "16:00"]]] * 5 + [[]] * 2, "holidays": "no", "half_days": {}, "closed": []})
    with time_machine.travel(datetime(2026, 4, 1, 13, 30, tzinfo=UTC), tick=False):
        got = arrive(mail("ole@kunde.example"))
        assert got.ticket.due_at == datetime(2026, 4, 7, 6, 30, tzinfo=UTC)


def answered(db, arrive, nora):
    first = arrive(mail("ole@kunde.example", message_id="one@k.example"))
    reply(db, first.ticket, by=nora, text="Have you tried?")
    assert first.ticket.due_at is None
    return first.ticket


def again(arrive, ticket, **more):
    return arrive(mail("ole@kunde.example", subject=f"Re: {ticket.subject}", message_id="two@k.example", In_Reply_To="<one@k.example>", **more))


def test_the_next_answer_is_due_when_the_customer_writes_again(arrive, db, ole, nora):
    ticket = answered(db, arrive, nora)
    got = again(arrive, ticket)
    assert got.ticket.id == ticket.id
    assert ticket.due_at == got.row.received_at + timedelta(minutes=30)


def test_writing_again_does_not_set_the_clock_anew(arrive, db, ole):
    first = arrive(mail("ole@kunde.example", message_id="one@k.example"))
    due = first.ticket.due_at
    again(arrive, first.ticket)
    assert first.ticket.due_at == due


def test_out_of_office_asks_nothing(arrive, db, ole, nora):
    """MAIL.md: automatic mail never resets the clock."""
    ticket = answered(db, arrive, nora)
    got = again(arrive, ticket, Auto_Submitted="auto-replied")
    assert got.ticket.id == ticket.id and ticket.due_at is None


def test_spam_has_no_clock_and_a_closed_ticket_gets_one_when_it_opens_again(arrive, db, ole, nora):
    ticket = answered(db, arrive, nora)
    change_state(db, ticket, "closed", by=nora)
    got = again(arrive, ticket)
    assert ticket.state == "open" and ticket.due_at == got.row.received_at + timedelta(minutes=30)
    change_state(db, ticket, "spam", by=nora)
    assert ticket.due_at is None


def test_an_archived_level_holds_for_who_has_it(arrive, ole, gold):
    gold.archived_at = now()
    assert arrive(mail("ole@kunde.example")).ticket.priority == 1


def test_who_is_recognised_later_is_promised_the_same(arrive, db, ole, nora, support):
    set_option(db, "intake.unknown_sender", "ask")
    got = arrive(mail("ole.vang@post.example"))
    assert got.ticket.held and got.ticket.due_at is None
    change_requester(db, got.ticket, nora, person=ole)
    assert (got.ticket.priority, got.ticket.due_at) == (1, got.ticket.created_at + timedelta(hours=1))


@pytest.mark.parametrize("answered", [False, True])
def test_who_is_recognised_on_a_ticket_in_work_is_promised_it_until_it_is_answered(arrive, db, ole, nora, answered):
    set_option(db, "intake.unknown_sender", "ask")
    ticket = arrive(mail("ole.vang@post.example")).ticket
    change_state(db, ticket, "open", by=nora)
    ticket.answered_at = now() if answered else None
    change_requester(db, ticket, nora, person=ole)
    assert ticket.due_at == (None if answered else ticket.created_at + timedelta(hours=1))

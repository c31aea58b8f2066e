"""Tickets are folded into figures of days, and the figures stay when the tickets go."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import event, func, select, update

from contacts.company import Company, ServiceLevel
from contacts.editing import employ
from contacts.person import Person
from core.operations import Operation
from core.options import set_option
from desk.reports import keeping_up
from desk.reports.figure import CountedTicket, Figure
from desk.reports.folding import add, fold, seal
from desk.reports.intake import fold_intake
from desk.reports.letting_go import alone_at, let_go
from desk.tickets.answering import reply
from desk.tickets.assigning import assign
from desk.tickets.binning import bin_ticket
from desk.tickets.forgetting import forget_tickets
from desk.tickets.merging import merge
from desk.tickets.states import change_state
from desk.tickets.ticket import Ticket
from rules.durations import bounds
from tests.jobs.test_forgetting import Desk
from tests.letters_made import mail

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)       # nine o'clock in Oslo


@pytest.fixture
def clock():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def ticket(db, clock, arrive, nora):
    """Came at nine, was answered at half past, and closed on Tuesday at ten."""
    ticket = arrive(mail()).ticket
    assign(db, ticket, by=nora, assignee=nora)
    clock.shift(timedelta(minutes=30))
    reply(db, ticket, by=nora, text="Try this.")
    clock.move_to(MONDAY + timedelta(days=1, hours=1))
    change_state(db, ticket, "closed", by=nora)
    fold(db, [ticket])
    return ticket


def figures(db, *conditions):
    """All that is counted: (dimension, measure, day, value, bucket) → how often."""
    db.flush()
    return {(row.dimension, row.measure, row.day.isoformat(), row.value, row.bucket): row.count for row in db.scalars(
        select(Figure).where(*conditions).execution_options(populate_existing=True))}


def totals(db):
    """What the totals say: (measure, day) → how often."""
    counts = Counter()
    for (dimension, measure, day, _value, _bucket), n in figures(db).items():
        if dimension == "total":
            counts[measure, day] += n
    return dict(counts)


def test_a_ticket_counts_on_the_days_on_which_things_happened(db, ticket, nora):
    assert totals(db) == {("in", "2026-11-23"): 1, ("up", "2026-11-23"): 1, ("out", "2026-11-23"): 1, ("first", "2026-11-23"): 1,
                          ("solved", "2026-11-24"): 1, ("down", "2026-11-24"): 1}
    assert figures(db, Figure.dimension == "agent", Figure.measure == "out") == {("agent", "out", "2026-11-23", nora.uid, 0): 1}


def test_durations_are_of_business_hours(db, ticket):
    """From nine to four, and from eight to ten: the night is no time that a customer waited for a desk that is closed."""
    buckets = dict(db.execute(select(Figure.measure, Figure.bucket).where(Figure.dimension == "total", Figure.bucket > 0)).all())
    assert bounds(buckets["first"])[0] <= 30 < bounds(buckets["first"])[1]
    assert bounds(buckets["solved"])[0] <= 9 * 60 < bounds(buckets["solved"])[1]


def test_folding_twice_equals_folding_once(db, ticket):
    once = figures(db)
    fold(db, [ticket])
    assert figures(db) == once


def test_a_ticket_that_changed_is_counted_as_it_is_now(db, ticket, clock, jonas, nora):
    assign(db, ticket, by=nora, assignee=jonas)
    change_state(db, ticket, "open", by=nora)
    fold(db, [ticket])
    assert ("solved", "2026-11-24") not in totals(db)
    assert totals(db)["up", "2026-11-24"] == 1
    assert {value for dimension, measure, _day, value, _bucket in figures(db) if (dimension, measure) == ("agent", "in")} == {jonas.uid}
    assert db.scalar(select(func.count()).select_from(Figure).where(Figure.count <= 0)) == 0


def test_figures_stay_when_tickets_are_forgotten(db, ticket, support):
    """The last state is folded even where no folding came before, and nothing of the ticket is left beside the counts."""
    before = figures(db)
    forget_tickets(db, [ticket])
    assert figures(db) == before
    assert db.scalar(select(func.count()).select_from(CountedTicket)) == 0
    assert db.scalar(select(func.count()).select_from(Ticket)) == 0


def test_what_was_never_folded_is_folded_before_it_is_forgotten(db, clock, arrive, nora):
    ticket = arrive(mail()).ticket
    forget_tickets(db, [ticket])
    assert totals(db) == {("in", "2026-11-23"): 1, ("up", "2026-11-23"): 1, ("down", "2026-11-23"): 1}


def test_spam_is_no_ticket_and_an_archive_neither(db, clock, arrive, nora):
    one = arrive(mail()).ticket
    fold(db, [one])
    change_state(db, one, "spam", by=nora)
    fold(db, [one])
    assert figures(db) == {}


def test_a_merged_ticket_is_the_other_ones_request(db, clock, arrive, nora):
    one, two = arrive(mail()).ticket, arrive(mail(subject="Again")).ticket
    fold(db, [one, two])
    merge(db, two, one, by=nora)
    fold(db, [one, two])
    assert totals(db) == {("in", "2026-11-23"): 1, ("up", "2026-11-23"): 1}


def test_a_deleted_ticket_counts_on_but_is_open_no_longer(db, clock, arrive, jonas):
    ticket = arrive(mail()).ticket
    clock.shift(timedelta(days=1))
    bin_ticket(db, ticket, by=jonas)
    fold(db, [ticket])
    assert totals(db) == {("in", "2026-11-23"): 1, ("up", "2026-11-23"): 1, ("down", "2026-11-24"): 1}


def with_level(db, ticket, first, following=None):
    person = db.get_one(Person, ticket.requester_id)
    level = ServiceLevel(name="Gold", first_answer_minutes=first, next_answer_minutes=following, business_hours=True)
    db.add(level)
    db.flush()
    person.service_level_id = level.id
    return level


def test_a_promise_is_kept_or_missed(db, ticket):
    level = with_level(db, ticket, 20)
    fold(db, [ticket])
    assert totals(db)["missed", "2026-11-23"] == 1
    level.first_answer_minutes = 40
    fold(db, [ticket])
    assert totals(db)["kept", "2026-11-23"] == 1
    assert ("missed", "2026-11-23") not in totals(db)
    assert figures(db, Figure.dimension == "level", Figure.measure == "kept") == {("level", "kept", "2026-11-23", level.uid, 0): 1}


def test_what_nobody_answers_is_missed_when_it_is_late(db, clock, arrive):
    ticket = arrive(mail()).ticket
    with_level(db, ticket, 60)
    fold(db, [ticket])
    assert ("missed", "2026-11-23") not in totals(db)
    clock.shift(timedelta(minutes=61))
    fold(db, [ticket])
    assert totals(db)["missed", "2026-11-23"] == 1


def test_a_sealed_ticket_keeps_company_and_level_without_its_person(db, ticket):
    level = with_level(db, ticket, 40)
    company = Company(name="Fjord AS", sort_name="fjord as", order_key="fjord as")
    db.add(company)
    db.flush()
    employ(db, db.get_one(Person, ticket.requester_id), company)
    seal(db, [ticket])
    before = figures(db)
    assert ("company", "in", "2026-11-23", company.uid, 0) in before
    assert ("level", "in", "2026-11-23", level.uid, 0) in before
    ticket.requester_id = None
    fold(db, [ticket])
    assert figures(db) == before


def test_a_company_that_is_let_go_is_counted_as_none(db, ticket):
    """A company of one person would name the person after erasing."""
    company = Company(name="Snekker Kari Holm", sort_name="snekker", order_key="snekker")
    db.add(company)
    db.flush()
    person = db.get_one(Person, ticket.requester_id)
    employ(db, person, company)
    fold(db, [ticket])
    total = totals(db)
    assert alone_at(db, person) == [company.uid]
    let_go(db, alone_at(db, person))
    assert company.uid not in {value for _d, _m, _day, value, _b in figures(db)}
    assert figures(db)["company", "in", "2026-11-23", "", 0] == 1
    assert totals(db) == total
    forget_tickets(db, [ticket])
    assert totals(db) == total
    assert all(n > 0 for n in figures(db).values())


def test_many_are_folded_in_as_many_statements_as_one(db, clock, arrive):
    def statements(tickets):
        counted = []
        listen = lambda _c, _cursor, statement, *_rest: counted.append(statement)  # noqa: E731
        event.listen(db.get_bind(), "before_cursor_execute", listen)
        try:
            fold(db, tickets)
        finally:
            event.remove(db.get_bind(), "before_cursor_execute", listen)
        return len(counted)
    tickets = [arrive(mail(subject=f"No. {n}", sender=f"p{n}@kunde.example")).ticket for n in range(12)]
    assert statements(tickets[2:]) <= statements(tickets[:1]) + 1


def test_the_policy_is_counted_by_what_it_did(db, clock, arrive, support):
    arrive(mail(sender="new@kunde.example"))
    set_option(db, "intake.unknown_sender", "ask")
    arrive(mail(sender="other@kunde.example"))
    set_option(db, "intake.unknown_sender", "never")
    arrive(mail(sender="third@kunde.example"))
    for _twice in range(2):
        fold_intake(db)
        assert {(dimension, measure, value): n for (dimension, measure, _day, value, _b), n in figures(db).items()} == {
            ("total", "created", ""): 1, ("total", "asked", ""): 1, ("total", "never", ""): 1,
            ("rule", "created", "else"): 1, ("rule", "asked", "else"): 1, ("rule", "never", "else"): 1}


def test_a_decision_that_was_taken_back_is_counted(db, clock, arrive):
    ticket = arrive(mail()).ticket
    db.add(Operation(kind="ticket.requester", state="undone", given={"tickets": [{"id": ticket.id}]}, ended_at=MONDAY))
    fold_intake(db)
    assert totals(db)["undone", "2026-11-23"] == 1


def test_what_lies_before_the_last_days_stays(db, clock, support):
    add(db, {("total", "asked", "2026-01-05", support.id, "", 0): 7})
    fold_intake(db)
    assert totals(db)["asked", "2026-01-05"] == 7


def test_keeping_up_folds_what_is_new_and_what_changed(fresh_database, clock):
    desk = Desk(fresh_database)
    one = desk.arrive()
    list(keeping_up.keep_up())
    with fresh_database.read() as db:
        assert totals(db)["in", "2026-11-23"] == 1
        assert keeping_up.folded_at(db) == MONDAY
    desk.close(one)
    two = desk.arrive(subject="Another")
    list(keeping_up.keep_up())
    with fresh_database.read() as db:
        assert (totals(db)["in", "2026-11-23"], totals(db)["down", "2026-11-23"]) == (2, 1)
        before = figures(db)
    list(keeping_up.keep_up())
    with fresh_database.read() as db:
        assert figures(db) == before
    assert two > one


def test_what_became_late_is_found_though_nothing_happened(fresh_database, clock):
    desk = Desk(fresh_database)
    with fresh_database.write() as db:
        set_option(db, "intake.unknown_sender", "create")
    one = desk.arrive()
    with fresh_database.write() as db:
        ticket = db.get_one(Ticket, one)
        with_level(db, ticket, 60)
        db.flush()
        db.execute(update(Ticket).values(due_at=MONDAY + timedelta(hours=1)))
    list(keeping_up.keep_up())
    with fresh_database.read() as db:
        assert ("missed", "2026-11-23") not in totals(db)
    with fresh_database.write() as db:
        db.execute(update(keeping_up.FoldMark).where(keeping_up.FoldMark.name == "facts").values(number=10_000))
    clock.shift(timedelta(hours=2))
    list(keeping_up.keep_up())
    with fresh_database.read() as db:
        assert totals(db)["missed", "2026-11-23"] == 1


def test_what_is_stopped_half_way_goes_on_and_counts_nothing_twice(fresh_database, clock, monkeypatch):
    monkeypatch.setattr(keeping_up, "LOT", 2)
    desk = Desk(fresh_database)
    for n in range(5):
        desk.arrive(subject=f"No. {n}")
    next(stopped := keeping_up.keep_up())
    stopped.close()
    with fresh_database.read() as db:
        assert totals(db)["in", "2026-11-23"] == 2
    for _again in range(2):
        list(keeping_up.keep_up())
        with fresh_database.read() as db:
            assert totals(db)["in", "2026-11-23"] == 5

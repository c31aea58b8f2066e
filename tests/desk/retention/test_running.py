"""What has had its time is planned, looked through, and goes; what is held stays; and the card told so before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from contacts.activities import add_activity, finish
from contacts.activity import Activity
from contacts.agent import Agent
from contacts.bases import stop
from contacts.editing import create_person
from contacts.note import Note
from contacts.notes import write_note
from contacts.person import LegalBasis, Person
from core import bulk, erasure_ledger
from core.clock import now
from core.errors import Conflict, Forbidden, Refused
from core.operations import Operation, OperationItem
from core.options import set_option
from desk.operating import act_on
from desk.retention import running
from desk.retention.falling_due import counted, due
from desk.retention.planned import planned
from desk.retention.rules import active_rules, class_called, save_rule
from desk.rights.opening import open_case
from desk.tickets.message import Attachment, Message, Notification
from desk.tickets.ticket import Ticket
from jobs import retaining
from skranke import catching_up
from tests import residue as looking
from tests.desk.erasing.test_legal_holds import hold, lift, through
from tests.desk.erasing.test_running import LEFT, Desk, Killed, figures

LONG_AGO = timedelta(days=2000)
FILED = (b"From: Eva Lie <eva@other.example>\r\nTo: support@desk.example\r\nSubject: A file\r\nMIME-Version: 1.0\r\n"
         b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n"
         b"--b\r\nContent-Type: text/plain; name=plan.txt\r\nContent-Disposition: attachment; filename=plan.txt\r\n\r\nsecret quixotic plan\r\n--b--\r\n")


@pytest.fixture
def desk(fresh_database):
    return Desk(fresh_database)


def rule(desk, of, *, period=12, unit="months", active=True, **more):
    with desk.database.write() as db:
        kind = class_called(of)
        save_rule(db, kind, {"period": period, "unit": unit, "since": kind.since[0], "act": kind.acts[0], "active": active} | more,
                  by=db.get_one(Agent, desk.jonas.id))


def age(desk, by=LONG_AGO):
    """Everything that is there happened so much longer ago, and is closed."""
    with desk.database.write() as db:
        for one in db.scalars(select(Person)):
            one.created_at -= by
        for one in db.scalars(select(LegalBasis)):
            one.at -= by
        for one in db.scalars(select(Message)):
            one.at -= by
        for one in db.scalars(select(Note)):
            one.at -= by
        for one in db.scalars(select(Ticket)):
            one.moved_at -= by
            one.enter("closed")
            one.closed_at = one.moved_at


def told(db):
    """What the bell tells, to the admins alone."""
    rung = db.execute(select(Notification.subject_uid, Agent.role).join(Agent, Agent.id == Notification.agent_id).where(Notification.event == running.EVENT)).all()
    admins = db.scalars(select(Agent.id).where(Agent.role == "admin", Agent.active)).all()
    assert {role for _uid, role in rung} <= {"admin"} and len(rung) in (0, len(admins))
    return [uid for uid, _role in rung][:1]


def night(desk):
    """The nightly job and a worker: the operation's number, state and the states of its items."""
    retaining.plan()
    through(desk)
    return latest(desk)


def latest(desk):
    with desk.database.read() as db:
        one = db.scalars(select(Operation).where(Operation.kind == running.KIND).order_by(Operation.id.desc()).limit(1)).one()
        return one.id, one.state, bulk.counts(db, one)


def approve(desk, number):
    with desk.database.write() as db:
        act_on(db, db.get_one(Operation, number), "approve", by=db.get_one(Agent, desk.jonas.id))
    through(desk)


def names(desk):
    with desk.database.read() as db:
        return sorted(db.scalars(select(Person.last_name)))


def test_without_a_rule_nothing_falls_due(desk):
    """No rule is there by itself, and one that is switched off does nothing."""
    desk.arrive()
    age(desk)
    rule(desk, "persons.legitimate_interest", active=False)
    retaining.plan()
    with desk.database.read() as db:
        assert db.scalars(select(Operation)).all() == []
        assert planned(db, db.scalars(select(Person)).all())[1].why == "no_rule"


def test_it_is_planned_waits_for_a_word_and_goes(desk):
    """Dry run first: nothing is changed before an admin says so, who hears of it by the bell."""
    desk.arrive(text="My quixotic printer.\n")
    age(desk)
    rule(desk, "persons.newcomers")
    before = desk.rows()
    number, state, counts = night(desk)
    assert (state, counts) == ("planned", {"planned": 1})
    after = desk.rows()
    assert {name for name in before | after if before.get(name) != after.get(name)} <= {"notifications"}
    with desk.database.read() as db:
        assert told(db) == [db.get_one(Operation, number).uid]
        assert db.scalars(select(OperationItem)).one().data["name"] == "Mads Zyxwold"
    approve(desk, number)
    assert names(desk) == [] and latest(desk)[1] == "done"
    with desk.database.read() as db:
        assert looking.residue(db, *LEFT) == []
        assert told(db) == []
        assert [(one.table, one.operation) for one in erasure_ledger.entries()] == [("persons", "purge")]


def test_the_desk_may_be_set_not_to_wait(desk):
    desk.arrive()
    age(desk)
    rule(desk, "persons.newcomers")
    with desk.database.write() as db:
        set_option(db, "retention.waits", False)
    assert night(desk)[1] == "done"
    assert names(desk) == []


def test_a_plan_that_waits_is_made_anew_each_night(desk):
    desk.arrive()
    age(desk)
    rule(desk, "persons.newcomers")
    first, _state, _counts = night(desk)
    second, state, counts = night(desk)
    assert second != first and (state, counts) == ("planned", {"planned": 1})
    assert desk.operation(first)[0] == "cancelled"
    with desk.database.read() as db:
        assert told(db) == [db.get_one(Operation, second).uid], "of the new one alone"
    rule(desk, "persons.newcomers", active=False)
    retaining.plan()
    with desk.database.read() as db:
        assert told(db) == []


def test_who_is_being_erased_is_left_to_that(desk):
    """It has their words, and would never end."""
    desk.arrive(text="My quixotic printer.\n")
    age(desk)
    rule(desk, "persons.newcomers")
    number, _state, counts = night(desk)
    assert counts == {"planned": 1}
    erasing = desk.ask()
    approve(desk, number)
    assert names(desk) == ["Zyxwold"] and latest(desk)[2] == {"skipped": 1}
    assert night(desk)[2] == {"skipped": 1}, "nor is it offered"
    desk.act(erasing, who=desk.jonas)
    assert desk.operation(erasing)[0] == "done" and names(desk) == []


@pytest.mark.parametrize("act", ["approve", "cancel"])
def test_the_bell_falls_silent_when_somebody_has_given_the_word(desk, act):
    desk.arrive()
    age(desk)
    rule(desk, "persons.newcomers")
    number, _state, _counts = night(desk)
    with desk.database.write() as db:
        assert told(db)
        act_on(db, db.get_one(Operation, number), act, by=db.get_one(Agent, desk.jonas.id))
    with desk.database.read() as db:
        assert told(db) == []


def test_what_moved_since_the_plan_is_left_and_says_so(desk):
    desk.arrive()
    age(desk)
    rule(desk, "persons.newcomers")
    number, _state, _counts = night(desk)
    desk.arrive(text="One more thing.\n")
    approve(desk, number)
    assert names(desk) == ["Zyxwold"] and latest(desk)[2] == {"skipped": 1}
    with desk.database.read() as db:
        assert "does not fall due" in db.scalars(select(OperationItem.reason)).one()


@pytest.mark.parametrize("scope", ["person", "ticket"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_what_is_held_is_skipped_and_says_so(desk, scope, when):
    """Whether the hold came before the plan or after it; the night after it lifts they go."""
    ticket, _message = desk.arrive(text="My quixotic printer.\n")
    age(desk)
    rule(desk, "persons.newcomers")
    rule(desk, "tickets")
    key = ticket if scope == "ticket" else desk.person()
    kept = hold(desk, scope, key) if when == "before" else None
    number, state, _counts = night(desk)
    kept = kept or hold(desk, scope, key)
    if state == "planned":
        approve(desk, number)
    assert names(desk) == ["Zyxwold"] and latest(desk)[2] == {"skipped": 2}
    with desk.database.read() as db:
        assert set(db.scalars(select(OperationItem.reason))) == {"Under legal hold."}
        assert {one["name"] for one in db.scalars(select(OperationItem.data))} == {"Mads Zyxwold", f"#{ticket}"}
        assert "quixotic" in db.scalars(select(Message.text)).one()
        if scope == "person":
            assert planned(db, db.scalars(select(Person)).all())[1].why == "held"
    lift(desk, kept)
    approve(desk, night(desk)[0])
    assert names(desk) == []


def test_losing_the_last_basis_starts_the_clock(desk):
    """PRIVACY 1, Article 6: without a word of anybody."""
    with desk.database.write() as db:
        nora = db.get_one(Agent, desk.nora.id)
        create_person(db, {"first_name": "Mads", "last_name": "Zyxwold"}, by=nora, exempt=True)
    age(desk)
    rule(desk, "persons.none", period=30, unit="days")
    with desk.database.write() as db:
        person = db.scalars(select(Person)).one()
        person.to_be_completed = False
        assert planned(db, [person])[person.id].why == "no_rule"
        for purpose in list(person.standing_bases):
            stop(db, person, purpose, source="They wrote so.", by=None)
        told = planned(db, [person])[person.id]
        assert (told.why, told.on) == ("persons.none", now().date() + timedelta(days=30))
        assert counted(db, due(active_rules(db), "persons.none", told.on - timedelta(days=1))) == 0
        assert counted(db, due(active_rules(db), "persons.none", told.on)) == 1


def test_of_several_grounds_the_longest_counts(desk):
    """And one without a rule keeps them for ever."""
    with desk.database.write() as db:
        nora = db.get_one(Agent, desk.nora.id)
        person = create_person(db, {"first_name": "Mads", "last_name": "Zyxwold"}, by=nora, exempt=True)
        person.to_be_completed, number = False, person.id
        db.add(LegalBasis(person_id=number, purpose="contract", basis="contract", source="Signed."))
    with desk.database.write() as db:
        for one in db.scalars(select(Person)):
            one.created_at = datetime(2020, 1, 31, 12, tzinfo=UTC)
    rule(desk, "persons.legitimate_interest", period=12)

    def asked(day):
        with desk.database.read() as db:
            person = db.scalars(select(Person)).one()
            found = {of: counted(db, due(active_rules(db), of, day)) for of in ("persons.legitimate_interest", "persons.contract")}
            return planned(db, [person])[person.id], found

    assert asked(date(2100, 1, 1)) == (asked(date(2100, 1, 1))[0], {"persons.legitimate_interest": 0, "persons.contract": 0})
    assert asked(date(2100, 1, 1))[0].why == "no_rule"
    rule(desk, "persons.contract", period=73)
    told, _found = asked(date(2020, 1, 1))
    assert (told.why, told.on) == ("persons.contract", date(2026, 3, 1)), "February has no 31st"
    assert asked(date(2026, 2, 28))[1] == {"persons.legitimate_interest": 0, "persons.contract": 0}
    assert asked(date(2026, 3, 1))[1] == {"persons.legitimate_interest": 1, "persons.contract": 1}


def test_whoever_has_something_open_does_not_fall_due(desk):
    ticket, _message = desk.arrive()
    age(desk)
    rule(desk, "persons.newcomers")
    with desk.database.write() as db:
        db.get_one(Ticket, ticket).enter("waiting")
    assert night(desk)[1:] == ("done", {})
    with desk.database.read() as db:
        assert planned(db, db.scalars(select(Person)).all())[1].why == "busy"


def test_whoever_waits_for_an_answer_about_their_rights_does_not_fall_due(desk):
    """What they ask to see must not be gone before they have seen it."""
    desk.arrive()
    age(desk)
    rule(desk, "persons.newcomers")
    with desk.database.write() as db:
        open_case(db, "access", person=db.get_one(Person, 1), by=db.get_one(Agent, desk.jonas.id))
    with desk.database.read() as db:
        assert planned(db, db.scalars(select(Person)).all())[1].why == "busy"


def test_a_closed_ticket_is_emptied_and_its_files_go_before(desk):
    """What was written becomes a line; that it was, whose, and the figures stay; the ledger keeps a backup from bringing it back."""
    ticket, _message = desk.arrive("Eva Lie <eva@other.example>", raw=FILED)
    age(desk)
    before = figures(desk)
    rule(desk, "attachments", period=24)
    approve(desk, night(desk)[0])
    with desk.database.read() as db:
        assert db.scalars(select(Attachment)).all() == []
        assert db.scalars(select(Message.text)).one().startswith("See the file.")
    rule(desk, "tickets", period=36)
    approve(desk, night(desk)[0])
    with desk.database.read() as db:
        kept = db.get_one(Ticket, ticket)
        assert (kept.subject, kept.state, kept.requester_id is not None) == ("", "closed", True)
        assert "was erased on" in db.scalars(select(Message.text)).one()
        assert looking.residue(db, "See the file", "quixotic") == []
        assert [entry.table for entry in erasure_ledger.entries()] == ["attachments", "tickets"]
    assert figures(desk) == before
    assert night(desk)[1:] == ("done", {}), "once is enough"
    again, _message = desk.arrive("Eva Lie <eva@other.example>", raw=FILED)
    with desk.database.read() as db:
        uid = db.get_one(Ticket, again).uid
    erasure_ledger.write("tickets", uid, "retain")          # as though this database were from before that was done
    assert catching_up.replay(desk.database) == 1
    with desk.database.read() as db:
        assert looking.residue(db, "See the file") == []


def test_notes_and_activities_go_into_the_bin(desk):
    with desk.database.write() as db:
        nora = db.get_one(Agent, desk.nora.id)
        person = create_person(db, {"first_name": "Mads", "last_name": "Zyxwold"}, by=nora, exempt=True)
        write_note(db, "Old.", person=person, by=nora)
        finish(db, add_activity(db, {"kind": "call", "title": "Call"}, persons=[person], by=nora), by=nora)
    age(desk)
    with desk.database.write() as db:
        db.scalars(select(Activity)).one().done_at = now() - LONG_AGO
        write_note(db, "New.", person=db.scalars(select(Person)).one(), by=db.get_one(Agent, desk.nora.id))
    rule(desk, "notes")
    rule(desk, "activities")
    approve(desk, night(desk)[0])
    with desk.database.read() as db:
        assert [(one.text, one.binned_at is not None) for one in db.scalars(select(Note).order_by(Note.id))] == [("Old.", True), ("New.", False)]
        assert db.scalars(select(Activity)).one().binned_at is not None


def test_many_persons_are_read_for_together(desk):
    for number in range(5):
        desk.arrive(f"Mads Zyxwold <mads{number}@newplace.example>")
    age(desk)
    rule(desk, "persons.newcomers")
    approve(desk, night(desk)[0])
    assert names(desk) == []
    with desk.database.read() as db:
        assert len(db.scalars(select(Operation.id).where(Operation.kind == "persons.purge")).all()) == 1


def test_a_worker_that_dies_is_followed_by_another(desk, monkeypatch):
    """Killed at every commit of a chunk, twice each: in the end it is done once."""
    for number in range(3):
        desk.arrive(f"Eva Lie <eva{number}@other.example>", raw=FILED.replace(b"eva@", b"eva%d@" % number))
    age(desk)
    rule(desk, "tickets")
    monkeypatch.setattr(bulk, "CHUNK", 1)
    number, _state, _counts = night(desk)
    progress, dead = bulk._Work._progress, []

    def dying(work, db, **values):
        progress(work, db, **values)
        if len(dead) < 12 and values:
            dead.append(1)
            raise Killed

    with desk.database.write() as db:
        act_on(db, db.get_one(Operation, number), "approve", by=db.get_one(Agent, desk.jonas.id))
    monkeypatch.setattr(bulk._Work, "_progress", dying)
    for _life in range(50):
        try:
            through(desk)
        except Killed:
            with desk.database.write() as db:
                db.get_one(Operation, number).lease_until = None
        else:
            break
    assert latest(desk)[1:] == ("done", {"done": 3}) and len(dead) == 12
    with desk.database.read() as db:
        assert looking.residue(db, "See the file", "quixotic") == []
    assert sorted(entry.table for entry in erasure_ledger.entries()) == ["tickets"] * 3


def test_a_rule_has_a_history_and_loses_no_edit(desk):
    rule(desk, "notes")
    with pytest.raises(Conflict), desk.database.write() as db:
        save_rule(db, class_called("notes"), {"period": 3, "unit": "days", "since": "created", "act": "bin"}, by=db.get_one(Agent, desk.jonas.id), version=0)
    for wrong in ({"period": 0}, {"period": 99_999}, {"unit": "weeks"}, {"since": "closed"}, {"act": "erase"}):
        with pytest.raises(Refused):
            rule(desk, "notes", **wrong)
    with desk.database.write() as db:
        ola = Agent(email="ola@desk.example", name="Ola Dahl")
        db.add(ola)
        db.flush()
        with pytest.raises(Forbidden):
            save_rule(db, class_called("notes"), {}, by=ola)

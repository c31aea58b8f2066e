"""A legal hold stands in the way of everything that erases: what is held stays, the rest goes, and the end comes when the hold lifts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select

from contacts.agent import Agent
from contacts.binning import bin_company, bin_person
from contacts.companies import new_company
from contacts.company import Company
from contacts.editing import create_person, edit_person, person_called
from contacts.employing import work_at
from contacts.legal_hold import LegalHold
from contacts.merging import merge
from contacts.note import Note
from contacts.notes import delete_note, write_note
from contacts.person import Person
from contacts.restriction import Restriction
from contacts.searching import search_persons
from core.clock import now
from core.errors import Forbidden, Gone, Refused
from core.history import FactRow
from core.operations import Operation
from desk import lifting
from desk.erasing import asking, running
from desk.legal_holds import lift_hold, remind_of_reviews, set_hold
from desk.operating import act_on
from desk.outbound import OutboundMail
from desk.tickets import merging
from desk.tickets.binning import bin_ticket
from desk.tickets.message import Message, Notification
from desk.tickets.ticket import Ticket
from jobs import cleaning, forgetting, operations, purging
from tests import residue as looking
from tests.desk.erasing.test_running import LEFT, Desk, Killed


@pytest.fixture
def desk(fresh_database):
    return Desk(fresh_database)


def hold(desk, of, key):
    with desk.database.write() as db:
        jonas = db.get_one(Agent, desk.jonas.id)
        kind = {"person": Person, "company": Company, "ticket": Ticket}[of]
        row = db.scalars(select(kind).where((kind.id if of == "ticket" else kind.uid) == key)).one()
        made = set_hold(db, of, row, {"reason": "A claim", "basis": "legal_claims", "owner": jonas, "review_on": date(2030, 1, 1)}, by=jonas)
        return made.id


def lift(desk, number, work=True):
    with desk.database.write() as db:
        woken = lift_hold(db, db.get_one(LegalHold, number), "Settled.", by=db.get_one(Agent, desk.jonas.id))
    if work:
        through(desk)
    return woken


def through(desk):
    """A worker, until nothing waits for one."""
    for _slice in range(500):
        operations.run()
        with desk.database.read() as db:
            if not db.scalars(select(Operation.id).where(Operation.state.in_(("approved", "running")))).all():
                return


def company_of(desk):
    with desk.database.write() as db:
        nora = db.get_one(Agent, desk.nora.id)
        company = new_company(db, {"name": "Kunde AS"}, by=nora)
        work_at(db, db.scalars(select(Person).where(Person.last_name == "Zyxwold")).one(), company, None, by=nora)
        return company.uid


def refused(desk, doing, words="under legal hold"):
    with pytest.raises(Refused, match=words), desk.database.write() as db:
        doing(db, db.get_one(Agent, desk.jonas.id))


def mads(db):
    return db.scalars(select(Person).where(Person.last_name == "Zyxwold")).one()


def binned_long_ago(desk):
    with desk.database.write() as db:
        person = mads(db)
        bin_person(db, person, by=db.get_one(Agent, desk.nora.id))
        person.binned_at = now() - timedelta(days=60)


@pytest.mark.parametrize("scope", ["person", "company", "ticket"])
def test_nobody_under_hold_goes_at_the_end_of_the_bin(desk, scope):
    """PRIVACY 6: purging goes round what is held, whatever the scope; the day the hold lifts it goes."""
    ticket, _message = desk.arrive(text="My quixotic printer.\n")
    company = company_of(desk)
    binned_long_ago(desk)
    number = hold(desk, scope, {"person": desk.person(), "company": company, "ticket": ticket}[scope])
    purging.persons()
    through(desk)
    with desk.database.read() as db:
        assert mads(db).name == "Mads Zyxwold"
        assert "quixotic" in db.scalars(select(Message.text)).one()
    lift(desk, number)
    purging.persons()
    through(desk)
    with desk.database.read() as db:
        assert db.scalars(select(Person)).all() == []
        assert looking.residue(db, *LEFT) == []


def test_a_hold_that_comes_between_asking_and_purging_holds(desk):
    desk.arrive(text="My quixotic printer.\n")
    binned_long_ago(desk)
    purging.persons()                   # asked, and no worker has looked yet
    hold(desk, "person", desk.person())
    through(desk)
    with desk.database.read() as db:
        assert mads(db).name == "Mads Zyxwold"
        assert db.scalars(select(Operation.state)).all() == ["failed"]
        assert not asking.has_begun(db, mads(db).uid), "so they may be restored"


@pytest.mark.parametrize("scope", ["person", "company"])
def test_of_a_person_under_hold_nothing_is_erased_until_it_lifts(desk, scope):
    """PRIVACY 6: what is held is restricted meanwhile: nobody meets the person, nothing of them changes, and no list or search uses them."""
    ticket, _message = desk.arrive(text="My quixotic printer.\n")
    company = company_of(desk)
    number = hold(desk, scope, desk.person() if scope == "person" else company)
    before = desk.rows()
    erasing = desk.ask()
    desk.act(erasing)
    state, given, _result = desk.operation(erasing)
    assert (state, given["persons"]) == ("paused", [desk.person()])
    after = desk.rows()
    changed = {name for name in before | after if before.get(name) != after.get(name)}
    assert changed <= {"legal_holds", "facts", "fact_subjects", "persons", "restrictions"}, changed
    with desk.database.read() as db:
        assert [(one.ground, one.by_id) for one in db.scalars(select(Restriction))] == [("erasing", desk.nora.id)]
        assert mads(db).restricted_at is not None and mads(db).name == "Mads Zyxwold" and search_persons(db, "zyxwold").rows == []
        assert db.scalars(select(LegalHold)).one().restricted_at is not None
        with pytest.raises(Refused):
            act_on(db, db.get_one(Operation, erasing), "resume", by=db.get_one(Agent, desk.nora.id))
        with pytest.raises(Refused):
            act_on(db, db.get_one(Operation, erasing), "cancel", by=db.get_one(Agent, desk.nora.id))
    for end_it in (lifting.lift, lifting.undo):
        with pytest.raises(Refused, match="stays restricted"), desk.database.write() as db:
            end_it(db, mads(db), by=db.get_one(Agent, desk.nora.id))
    assert lift(desk, number) == 1
    assert desk.operation(erasing)[0] == "done" and desk.operation(erasing)[2]["left"] == {}
    with desk.database.read() as db:
        assert looking.residue(db, *LEFT) == []
        assert db.get_one(Ticket, ticket).state == "closed"


def test_what_changed_while_all_was_held_is_foreseen_and_approved_once_more(desk):
    """Nothing had been erased: they could be edited, and others wrote of them under the new name."""
    desk.arrive(text="My quixotic printer.\n")
    number = hold(desk, "person", desk.person())
    erasing = desk.ask()
    desk.act(erasing)
    assert desk.operation(erasing)[0] == "paused"
    with desk.database.write() as db:
        edit_person(db, mads(db), {"last_name": "Quaxwood"}, by=db.get_one(Agent, desk.nora.id))
    desk.arrive("Eva Lie <eva@other.example>", text="Ask Mads Quaxwold, I mean Mads Quaxwood.\n")
    lift(desk, number)
    state, given, _result = desk.operation(erasing)
    assert (state, given["anew"]) == ("planned", True)
    desk.act(erasing)
    state, _given, result = desk.operation(erasing)
    assert (state, result["left"]) == ("done", {}), result
    with desk.database.read() as db:
        assert looking.residue(db, *LEFT, "quaxwood") == []


def test_with_one_ticket_under_hold_the_rest_goes_now(desk):
    """Erasure under hold: the rest now, the held part restricted, finished when the hold lifts; the last step proves it."""
    held, _message = desk.arrive(subject="The claim", text="My quixotic printer.\n")
    other, _said = desk.arrive("Eva Lie <eva@other.example>", text="Write to mads.zyxwold@newplace.example about it.\n")
    free, _again = desk.arrive(subject="Something else", text="My wobbly chair.\n")
    with desk.database.write() as db:
        write_note(db, "Mads is wobbly.", person=mads(db), by=db.get_one(Agent, desk.nora.id))
    number, uid = hold(desk, "ticket", held), desk.person()
    erasing = desk.ask()
    desk.act(erasing)
    assert desk.operation(erasing)[0] == "paused"
    with desk.database.read() as db:
        texts = dict(db.execute(select(Message.ticket_id, Message.text)).all())
        assert "quixotic" in texts[held], "what is held is as it was"
        assert texts[other] == "Write to [erased person] about it."
        assert "wobbly" not in texts[free] and db.scalars(select(Note)).all() == []
        person = mads(db)
        assert person.binned_at is not None and db.get_one(Ticket, held).requester_id == person.id
        assert db.scalars(select(LegalHold)).one().restricted_at is not None
        assert looking.residue(db, "wobbly") == []
    lift(desk, number)
    state, _given, result = desk.operation(erasing)
    assert (state, result["left"]) == ("done", {}), result
    with desk.database.read() as db:
        assert looking.residue(db, *LEFT) == []
        with pytest.raises(Gone):
            person_called(db, uid)


def test_who_is_named_on_somebody_elses_held_ticket_is_named_there_until_it_lifts(desk):
    desk.arrive(text="My quixotic printer.\n")
    other, _said = desk.arrive("Eva Lie <eva@other.example>", text="Write to mads.zyxwold@newplace.example about it.\n")
    number = hold(desk, "ticket", other)
    erasing = desk.ask()
    desk.act(erasing)
    assert desk.operation(erasing)[0] == "paused"
    with desk.database.read() as db:
        assert "mads.zyxwold@newplace.example" in db.scalars(select(Message.text).where(Message.ticket_id == other)).one()
        assert db.scalars(select(Person.last_name)).all() == ["Lie"]
    lift(desk, number)
    assert desk.operation(erasing)[0] == "done"
    with desk.database.read() as db:
        assert looking.residue(db, *LEFT) == []


def test_a_second_hold_keeps_on(desk):
    held, _message = desk.arrive(text="My quixotic printer.\n")
    first, second = hold(desk, "ticket", held), hold(desk, "person", desk.person())
    erasing = desk.ask()
    desk.act(erasing)
    lift(desk, first)
    assert desk.operation(erasing)[0] == "paused"
    lift(desk, second)
    assert desk.operation(erasing)[0] == "done"


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_that_dies_on_either_side_of_the_lifting_is_followed_by_another(desk, monkeypatch, when):
    """Killed around every commit, while the hold stands and after it lifted: what is held is never touched before, and all is gone after."""
    held, _message = desk.arrive(subject="Quixotic", text="My quixotic printer.\n\nMads Zyxwold\n")
    number, erasing, keep, dead = hold(desk, "ticket", held), desk.ask(), running._keep, set()

    def dying(db, operation):
        at = (desk.lifted, *operation.result.get("at", ["end"]))
        if when == "after":
            keep(db, operation)
        if at not in dead:
            dead.add(at)
            raise Killed
        if when == "before":
            keep(db, operation)

    def lives():
        for _life in range(2000):
            with desk.database.read() as db:
                if not desk.lifted:
                    assert "quixotic" in db.scalars(select(Message.text).where(Message.ticket_id == held)).one()
            try:
                desk.work(erasing)
            except Killed:
                with desk.database.write() as db:
                    db.get_one(Operation, erasing).lease_until = None
            else:
                return

    desk.lifted = False
    monkeypatch.setattr(running, "_keep", dying)
    with desk.database.write() as db:
        act_on(db, db.get_one(Operation, erasing), "approve", by=db.get_one(Agent, desk.nora.id))
    lives()
    assert desk.operation(erasing)[0] == "paused"
    lift(desk, number, work=False)
    desk.lifted = True
    lives()
    assert desk.operation(erasing)[0] == "done" and len(dead) > 40
    with desk.database.read() as db:
        assert looking.residue(db, *LEFT) == []


def test_it_is_too_late_to_hold_what_is_being_erased(desk):
    ticket, _message = desk.arrive(text="My quixotic printer.\n")
    erasing = desk.ask()
    with desk.database.write() as db:
        one = db.get_one(Operation, erasing)
        one.state, one.result = "running", one.result | {"at": ["messages", 1]}
    with pytest.raises(Refused, match="too late"):
        hold(desk, "ticket", ticket)
    with pytest.raises(Refused, match="too late"):
        hold(desk, "person", desk.person())


def test_neither_bin_nor_merge(desk):
    """What is held is not put into the bin, and becomes part of nothing."""
    ticket, _message = desk.arrive()
    another, _again = desk.arrive()
    company = company_of(desk)
    with desk.database.write() as db:
        create_person(db, {"first_name": "Eva", "last_name": "Lie"}, by=db.get_one(Agent, desk.nora.id), exempt=True)
    number = hold(desk, "company", company)
    refused(desk, lambda db, by: bin_person(db, mads(db), by=by))
    refused(desk, lambda db, by: bin_company(db, db.scalars(select(Company)).one(), by=by, persons=True))
    refused(desk, lambda db, by: merge(db, mads(db), db.scalars(select(Person).where(Person.last_name == "Lie")).one(), by=by))
    refused(desk, lambda db, by: merge(db, db.scalars(select(Person).where(Person.last_name == "Lie")).one(), mads(db), by=by))
    refused(desk, lambda db, by: bin_ticket(db, db.get_one(Ticket, ticket), by=by))
    refused(desk, lambda db, by: merging.merge(db, db.get_one(Ticket, ticket), db.get_one(Ticket, another), by=by))
    lift(desk, number)
    with desk.database.write() as db:
        nora = db.get_one(Agent, desk.nora.id)
        merging.merge(db, db.get_one(Ticket, ticket), db.get_one(Ticket, another), by=nora)
    hold(desk, "ticket", another)
    refused(desk, lambda db, by: merging.unmerge(db, db.get_one(Ticket, ticket), by=by))


def test_a_note_in_the_bin_stays_while_its_person_is_held(desk):
    desk.arrive()
    with desk.database.write() as db:
        jonas = db.get_one(Agent, desk.jonas.id)
        note = write_note(db, "Seen.", person=mads(db), by=jonas)
        delete_note(db, note, by=jonas)
        note.binned_at = now() - timedelta(days=60)
    number = hold(desk, "person", desk.person())
    cleaning.records()
    with desk.database.read() as db:
        assert len(db.scalars(select(Note)).all()) == 1
    lift(desk, number)
    cleaning.records()
    with desk.database.read() as db:
        assert db.scalars(select(Note)).all() == []


def test_a_ticket_of_nobodys_stays_while_it_is_held(desk):
    ticket, _message = desk.arrive()
    desk.arrive()           # the newest of all stays in any case
    with desk.database.write() as db:
        row, long_ago = db.get_one(Ticket, ticket), now() - timedelta(days=900)
        row.requester_id, row.origin_requester_id, row.moved_at, row.closed_at = None, None, long_ago, long_ago
        row.enter("closed")
    hold(desk, "ticket", ticket)
    with desk.database.write() as db:               # what an admin did about it counts as a sign of life: that was long ago too
        for fact in db.scalars(select(FactRow)):
            fact.at = now() - timedelta(days=800)
    forgetting.unrecorded()
    with desk.database.read() as db:
        assert db.get(Ticket, ticket) is not None
    with desk.database.write() as db:
        db.execute(delete(LegalHold))
    forgetting.unrecorded()
    with desk.database.read() as db:
        assert db.get(Ticket, ticket) is None


def test_the_owner_is_reminded_once_of_each_review(desk):
    desk.arrive()
    number = hold(desk, "person", desk.person())
    with desk.database.write() as db:
        assert remind_of_reviews(db) == 0
        db.get_one(LegalHold, number).review_on = now().date()
    with desk.database.write() as db:
        assert (remind_of_reviews(db), remind_of_reviews(db)) == (1, 0)
        [bell] = db.scalars(select(Notification).where(Notification.event == "review")).all()
        assert bell.agent_id == desk.jonas.id


def test_nobody_but_an_admin_holds(desk):
    desk.arrive()
    with desk.database.write() as db:
        ola = Agent(email="ola@desk.example", name="Ola Dahl")
        db.add(ola)
        db.flush()
        with pytest.raises(Forbidden):
            set_hold(db, "person", mads(db), {}, by=ola)


def test_asking_twice_is_refused_while_the_first_waits(desk):
    desk.arrive()
    hold(desk, "person", desk.person())
    desk.act(desk.ask())
    with desk.database.read() as db:
        assert asking.standing(db, desk.person()) is not None
    with pytest.raises(Refused, match="already"):
        desk.ask()


def test_a_hold_on_somebody_else_leaves_an_erasing_with_sent_mail_to_its_end(desk):
    """What went out is held by its ticket and by its message: both are asked in one question."""
    desk.arrive(text="My quixotic printer.\n")
    other, _message = desk.arrive("Eva Lie <eva@other.example>", text="Mine is fine.\n")
    hold(desk, "ticket", other)
    with desk.database.write() as db:
        db.add(OutboundMail(kind="acknowledgement", mailbox_id=desk.support.id, recipients=["mads.zyxwold@newplace.example"], text="Dear Mads Zyxwold",
                            rfc_message_id="<ack@desk.example>", message_key="ack", state="sent", due_at=now()))
    number = desk.ask()
    desk.act(number)
    assert desk.operation(number)[0] == "done"
    with desk.database.read() as db:
        assert looking.residue(db, *LEFT) == []

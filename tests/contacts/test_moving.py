"""Moving a person: what goes along, what stays, what follows, what is kept, and taking it back."""

from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from contacts.activity import Activity, ActivityParticipant
from contacts.agent import Agent
from contacts.binning import bin_company, restore_company
from contacts.companies import new_company
from contacts.company import Category, Company
from contacts.copying import employ_also
from contacts.editing import create_person
from contacts.enrolling import add_agent
from contacts.file import File
from contacts.files import delete_file, files_of, keep_file
from contacts.merging import merge, unmerge
from contacts.move_plan import Move, plan
from contacts.moving import move_person
from contacts.note import Note
from contacts.notes import delete_note, write_note
from contacts.order import Order
from contacts.person import Employment, Person
from contacts.sale import Sale, SaleMember
from contacts.unmoving import standing, undo_move
from core.clock import now
from core.database import Database
from core.errors import Conflict, Refused
from core.history import Change, FactRow
from core.i18n import today
from core.operations import Operation, OperationItem
from desk.mailboxes import add_mailbox
from desk.tickets.ticket import Ticket

FIRST = date(2026, 11, 1)


@pytest.fixture
def nora(db: Session) -> Agent:
    return add_agent(db, "nora@desk.example", name="Nora Vik")


@pytest.fixture
def jonas(db: Session) -> Agent:
    return add_agent(db, "jonas@desk.example", name="Jonas Berg")


@pytest.fixture
def kunde(db: Session, nora: Agent) -> Company:
    return new_company(db, {"name": "Kunde ApS"}, by=nora)


@pytest.fixture
def workshop(db: Session, jonas: Agent) -> Company:
    return new_company(db, {"name": "Værksted A/S"}, by=jonas)


@pytest.fixture
def mads(db: Session, kunde: Company, nora: Agent) -> Person:
    return create_person(db, {"first_name": "Mads", "last_name": "Kjær"}, by=nora,
                         employments=[{"company": kunde, "position": "IT technician", "from": date(2022, 3, 1)}])


def active(db: Session, company: Company | None, at: datetime | None, *persons: Person, title: str = "Call") -> Activity:
    made = Activity(kind="call", title=title, at=at, company_id=company.id if company else None,
                    participants=[ActivityParticipant(person_id=person.id) for person in persons])
    db.add(made)
    db.flush()
    return made


def with_whom(db: Session, *activities: Any) -> list[int | None]:
    db.expire_all()
    return [activity.company_id for activity in activities]


def jobs(person: Person) -> list[tuple[str, str | None, date | None, date | None, bool, str]]:
    return [(job.company.name, job.position, job.started_on, job.ended_on, job.primary, job.status)
            for job in sorted(person.employments, key=lambda job: job.id)]


def test_a_job_change_closes_one_and_opens_another(db: Session, mads: Person, workshop: Company, nora: Agent) -> None:
    """S36, C14, C15: the old employment stays, with the day before as its last."""
    move_person(db, mads, Move(mads.employment, workshop, FIRST, "Operations manager"), by=nora)
    assert jobs(mads) == [("Kunde ApS", "IT technician", date(2022, 3, 1), date(2026, 10, 31), False, "left"),
                          ("Værksted A/S", "Operations manager", FIRST, None, True, "active")]
    assert [mads.employment_on(day).company.name for day in (date(2026, 10, 31), FIRST, today())] == [  # type: ignore[union-attr]
        "Kunde ApS", "Værksted A/S", "Værksted A/S"]
    assert mads.employment_on(date(2020, 1, 1)) is None


def test_three_fields_follow_the_new_company_and_no_others(
        db: Session, mads: Person, kunde: Company, workshop: Company, nora: Agent, jonas: Agent) -> None:
    """S31, S32, S33, S34, 0.16: our contact, category and business; title, language and the rest stay as they are."""
    partner = Category(name="Partner")
    db.add(partner)
    db.flush()
    workshop.category_id, mads.title, mads.preferred_language = partner.id, "Mr", "da"
    foreseen = plan(db, mads, Move(mads.employment, workshop, FIRST))
    assert foreseen.follows == {"our_contact_id": (nora.id, jonas.id), "category_id": (None, partner.id)}
    move_person(db, mads, Move(mads.employment, workshop, FIRST), by=nora)
    assert (mads.our_contact_id, mads.category_id, mads.business_id, mads.title, mads.preferred_language) == (
        jonas.id, partner.id, None, "Mr", "da")
    changed = dict(db.execute(select(Change.field, Change.after).join(FactRow, FactRow.id == Change.fact_id).where(
        FactRow.kind == "person.moved")).all())
    assert changed == {"company": "Værksted A/S", "our_contact_id": str(jonas.id), "category_id": str(partner.id)}


def test_a_second_company_changes_nothing(db: Session, mads: Person, workshop: Company, nora: Agent) -> None:
    """0.16, T3: only the primary company is followed."""
    before = standing(mads)
    employ_also(db, mads, workshop, position="Board", started_on=FIRST, by=nora)
    after = standing(mads)
    assert {name: after[name] for name in after if name != "jobs"} == {name: before[name] for name in before if name != "jobs"}
    assert [job["primary"] for job in after["jobs"]].count(True) == 1
    assert mads.employment is not None and mads.employment.company.name == "Kunde ApS"
    with pytest.raises(Refused):
        employ_also(db, mads, workshop, position="Again", started_on=FIRST, by=nora)


@pytest.mark.parametrize(("take", "moved"), [("stay", []), ("all", ["old", "first", "new", "undated"]), ("after", ["first", "new", "undated"])])
def test_what_goes_along(
        db: Session, mads: Person, kunde: Company, workshop: Company, nora: Agent, take: str, moved: list[str]) -> None:
    """S38, S39, S40, S41: all stay, all go, or those from a day on; what has no day is of the day it was noted."""
    made = {"old": active(db, kunde, datetime(2026, 10, 31, 22, 59, tzinfo=UTC), mads), "first": active(db, kunde, datetime(2026, 10, 31, 23, 0, tzinfo=UTC), mads),
            "new": active(db, kunde, datetime(2026, 11, 5, tzinfo=UTC), mads), "undated": active(db, kunde, None, mads)}
    elsewhere, others = active(db, None, None, mads), active(db, kunde, None)
    move = Move(mads.employment, workshop, FIRST, take=take, after=FIRST if take == "after" else None)
    foreseen = plan(db, mads, move).sides[0]
    assert (foreseen.moves, foreseen.stays) == (len(moved), 4 - len(moved))
    assert {one.id for one in foreseen.moving} == {made[name].id for name in moved}
    move_person(db, mads, move, by=nora)
    assert {name for name, one in zip(made, with_whom(db, *made.values()), strict=True) if one == workshop.id} == set(moved)
    assert with_whom(db, elsewhere, others) == [None, kunde.id]


def test_a_kind_that_is_not_chosen_stays(db: Session, mads: Person, kunde: Company, workshop: Company, nora: Agent) -> None:
    """W91: by kind of record."""
    call = active(db, kunde, None, mads)
    move_person(db, mads, Move(mads.employment, workshop, FIRST, take="all", kinds=()), by=nora)
    assert with_whom(db, call) == [kunde.id]


def test_disconnected(db: Session, mads: Person, nora: Agent) -> None:
    """S37, 0.11, 0.15: allowed though a company is required; the person is to be completed, and *left* is proposed, not set."""
    move = Move(mads.employment, None, FIRST)
    assert plan(db, mads, move).status == "left"
    move_person(db, mads, move, by=nora)
    assert (mads.employment, mads.to_be_completed, mads.status) == (None, True, "active")


def test_the_proposed_status_is_set_where_it_is_taken(db: Session, mads: Person, workshop: Company, nora: Agent) -> None:
    """0.15, and back again with a new job; a second employment that goes on proposes nothing."""
    move_person(db, mads, Move(mads.employment, None, FIRST, status="left"), by=nora)
    assert mads.status == "left"
    back = Move(None, workshop, FIRST)
    assert plan(db, mads, back).status == "active"
    move_person(db, mads, Move(None, workshop, FIRST, status="active"), by=nora)
    assert (mads.status, mads.to_be_completed) == ("active", False)
    kept = new_company(db, {"name": "Fjordhaven"}, by=nora)
    employ_also(db, mads, kept, position=None, started_on=FIRST, by=nora)
    assert plan(db, mads, Move(mads.employment, None, today())).status is None
    move_person(db, mads, Move(mads.employment, None, today()), by=nora)
    assert mads.employment is not None and mads.employment.company_id == kept.id


def test_linked_to_the_wrong_company(db: Session, mads: Person, kunde: Company, workshop: Company, nora: Agent) -> None:
    """S42: put right, they never worked there, and the move tells what was written before."""
    call = active(db, kunde, None, mads)
    move_person(db, mads, Move(mads.employment, workshop, today(), take="all", mistake=True), by=nora)
    assert jobs(mads) == [("Værksted A/S", "IT technician", date(2022, 3, 1), None, True, "active")]
    assert with_whom(db, call) == [workshop.id]
    move_person(db, mads, Move(mads.employment, None, today(), mistake=True), by=nora)
    assert jobs(mads) == []


def test_a_new_position_keeps_the_old_one(db: Session, mads: Person, kunde: Company, nora: Agent) -> None:
    """C14: a promotion is a version of the card too; what was agreed is with the same company anyway."""
    call = active(db, kunde, None, mads)
    move_person(db, mads, Move(mads.employment, kunde, FIRST, "Head of IT", take="all"), by=nora)
    assert [job[1:4] for job in jobs(mads)] == [("IT technician", date(2022, 3, 1), date(2026, 10, 31)), ("Head of IT", FIRST, None)]
    assert with_whom(db, call) == [kunde.id]
    with pytest.raises(Refused):
        move_person(db, mads, Move(mads.employment, kunde, today()), by=nora)


def test_the_company_of_a_second_job_becomes_the_primary(db: Session, mads: Person, workshop: Company, nora: Agent, jonas: Agent) -> None:
    side = employ_also(db, mads, workshop, position="Board", started_on=date(2024, 1, 1), by=nora)
    move_person(db, mads, Move(mads.employment, workshop, FIRST), by=nora)
    assert mads.employment is side and len(mads.employments) == 2
    assert (side.position, side.started_on, mads.our_contact_id) == ("Board", date(2024, 1, 1), jonas.id)


@pytest.mark.parametrize(("wanted", "field"), [
    ({"take": "after"}, "after"), ({"on": today() + timedelta(days=2)}, "on"), ({"on": date(2022, 2, 28)}, "on"), ({"take": "some"}, None),
    ({"kinds": ("jokes",)}, None)])
def test_what_cannot_be(db: Session, mads: Person, workshop: Company, nora: Agent, wanted: dict[str, Any], field: str | None) -> None:
    before = standing(mads)
    with pytest.raises(Refused) as refused:
        move_person(db, mads, Move(mads.employment, workshop, **{"on": FIRST, **wanted}), by=nora)
    assert field is None or field in refused.value.errors
    assert standing(mads) == before


def test_what_is_confirmed_is_what_was_shown(db: Session, mads: Person, kunde: Company, workshop: Company, nora: Agent) -> None:
    """W95: somebody noted one more call meanwhile, so it is shown again."""
    move = Move(mads.employment, workshop, FIRST, take="all")
    shown = plan(db, mads, move).mark
    active(db, kunde, None, mads)
    with pytest.raises(Conflict):
        move_person(db, mads, move, by=nora, mark=shown)
    assert mads.employment is not None and mads.employment.company_id == kunde.id
    move_person(db, mads, move, by=nora, mark=plan(db, mads, move).mark)


def test_undone(db: Session, mads: Person, kunde: Company, workshop: Company, nora: Agent) -> None:
    """S42, S43: as before; what a colleague has put elsewhere since stays there and is named."""
    calls, before = [active(db, kunde, None, mads) for _ in range(3)], standing(mads)
    kept = move_person(db, mads, Move(mads.employment, workshop, FIRST, "Boss", take="all", status="left"), by=nora)
    calls[1].company_id = None
    later = active(db, workshop, None, mads)
    db.flush()
    assert undo_move(db, kept, by=nora) == 1
    assert with_whom(db, *calls, later) == [kunde.id, None, kunde.id, workshop.id]
    assert standing(mads) == before
    items = db.execute(select(OperationItem.subject_uid, OperationItem.data).where(OperationItem.operation_id == kept.id)).all()
    assert [uid for uid, data in items if data] == [calls[1].uid]
    with pytest.raises(Refused):
        undo_move(db, kept, by=nora)


def test_no_undo_into_a_deleted_company(db: Session, mads: Person, kunde: Company, workshop: Company, nora: Agent) -> None:
    """What they left may be deleted by now: nobody works at a company that is shown nowhere."""
    kept, after = move_person(db, mads, Move(mads.employment, workshop, FIRST), by=nora), standing(mads)
    bin_company(db, kunde, by=nora)
    with pytest.raises(Conflict, match="The company is deleted"):
        undo_move(db, kept, by=nora)
    assert standing(mads) == after and kept.state == "done"
    restore_company(db, kunde, by=nora)
    undo_move(db, kept, by=nora)
    assert mads.employment is not None and mads.employment.company_id == kunde.id


@pytest.mark.parametrize("undone", [False, True])
def test_what_a_colleague_puts_elsewhere_at_the_same_moment(fresh_database: Database, undone: bool) -> None:
    """S43: a move that waits for a colleague's change of a record does not overwrite it: it is refused, all of it, and shown again;
    taking one back leaves that record where the colleague has put it. (On SQLite the two take turns: the move sees what the colleague did.)"""
    with fresh_database.write() as db:
        nora = add_agent(db, "nora@desk.example", name="Nora Vik")
        kunde, workshop, third = (new_company(db, {"name": name}, by=nora) for name in ("Kunde ApS", "Værksted A/S", "Fjord AS"))
        mads = create_person(db, {"first_name": "Mads", "last_name": "Kjær"}, by=nora, employments=[{"company": kunde}])
        calls = [active(db, kunde, None, mads) for _n in range(2)]
        move = Move(mads.employment, workshop, FIRST, take="all")
        operation = move_person(db, mads, move, by=nora).id if undone else 0
    outcome: list[Any] = []

    def act() -> None:
        try:
            with fresh_database.write() as db:
                by, person = db.get_one(Agent, nora.id), db.get_one(Person, mads.id)
                outcome.append(undo_move(db, db.get_one(Operation, operation), by=by) if undone else move_person(
                    db, person, Move(person.employment, db.get_one(Company, workshop.id), FIRST, take="all"), by=by).total)
        except Conflict:
            outcome[:] = ["refused"]

    other, postgresql = threading.Thread(target=act), fresh_database.dialect == "postgresql"
    with fresh_database.write() as db:
        put, limit = db.get_one(Activity, calls[1].id), time.monotonic() + 20
        put.company_id = third.id
        db.flush()
        other.start()
        while postgresql and other.is_alive() and time.monotonic() < limit:
            with fresh_database.engine.connect() as looking:
                if looking.scalar(text("SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()")):
                    break
    other.join(30)
    with fresh_database.read() as db:
        job = db.get_one(Person, mads.id).employment
        where = [db.get_one(Activity, call.id).company_id for call in calls]
    moved = not undone and not postgresql
    assert outcome == ([1] if undone or moved else ["refused"])
    assert job is not None and job.company_id == (workshop.id if moved else kunde.id)
    assert where == [workshop.id if moved else kunde.id, third.id]


def test_no_undo_over_a_later_change(db: Session, mads: Person, kunde: Company, workshop: Company, nora: Agent) -> None:
    first = move_person(db, mads, Move(mads.employment, workshop, FIRST), by=nora)
    second = move_person(db, mads, Move(mads.employment, kunde, today()), by=nora)
    with pytest.raises(Conflict):
        undo_move(db, first, by=nora)
    undo_move(db, second, by=nora)
    undo_move(db, first, by=nora)
    assert len(mads.employments) == 1


def sold(db: Session, kind: type[Any], company: Company | None, at: datetime | None, person: Person, number: int) -> Any:
    said: dict[Any, dict[str, Any]] = {Order: {"number": number}, Note: {"text": "Deal", "at": at or now()}, File: {
        "name": "deal.pdf", "type": "application/pdf", "size": 1, "digest": "d", "at": at or now()}}
    made = kind(company_id=company.id if company else None, person_id=person.id, **({"title": "Deal", "currency": "NOK", "at": at} if kind in (
        Sale, Order) else {}), **said.get(kind, {}))
    db.add(made)
    db.flush()
    return made


def test_sales_and_orders_go_along_by_kind(db: Session, mads: Person, kunde: Company, workshop: Company, nora: Agent) -> None:
    """S38, S41, W91: sales and orders are parted by the same day, each kind where it was asked for; who only takes part keeps nothing back."""
    old, new = datetime(2026, 10, 1, 12, tzinfo=UTC), datetime(2026, 11, 5, 12, tzinfo=UTC)
    sales, orders = ([sold(db, kind, kunde, at, mads, n) for n, at in enumerate((old, new, None))] for kind in (Sale, Order))
    lone = create_person(db, {"last_name": "Friis"}, by=nora, employments=[{"company": kunde}])
    others = sold(db, Sale, kunde, new, lone, 9)
    db.add(SaleMember(matter_id=others.id, person_id=mads.id, origin_person_id=mads.id))
    db.flush()
    move_person(db, mads, Move(mads.employment, workshop, FIRST, take="after", after=FIRST, kinds=("sales",)), by=nora)
    assert with_whom(db, *sales, others) == [kunde.id, workshop.id, workshop.id, kunde.id]
    assert with_whom(db, *orders) == [kunde.id] * 3


def test_files_and_notes_go_along_by_kind(db: Session, mads: Person, kunde: Company, workshop: Company, nora: Agent) -> None:
    """S38, S41, W91: a file is with the company they worked at when it was added, a note with the one it was put on too; each goes along
    where it was asked for, and comes back. What stands on the company alone, a private note, and what is deleted, is not the move's."""
    files = [keep_file(db, card, name=f"{n}.pdf", kind="application/pdf", size=1, digest="d", by=nora) for n, card in enumerate((mads, mads, kunde))]
    assert [file.company_id for file in files] == [kunde.id] * 3
    files[0].at = datetime(2026, 10, 1, 12, tzinfo=UTC)
    notes = [write_note(db, f"{n}", person=mads, company=company, private=private, by=nora) for n, (company, private) in enumerate((
        (kunde, False), (kunde, True), (None, False)))]
    gone = (keep_file(db, mads, name="old.pdf", kind="", size=1, digest="d", by=nora), write_note(db, "Old", person=mads, company=kunde, by=nora))
    delete_file(db, gone[0], by=nora)
    delete_note(db, gone[1], by=nora)
    move = Move(mads.employment, workshop, FIRST, take="after", after=FIRST, kinds=("files", "notes"))
    sides = {side.kind.key: (side.moves, side.stays) for side in plan(db, mads, move).sides}
    assert (sides["files"], sides["notes"]) == ((1, 1), (1, 0))
    kept = move_person(db, mads, move, by=nora)
    assert with_whom(db, *files) == [kunde.id, workshop.id, kunde.id]
    assert with_whom(db, *notes, *gone) == [workshop.id, kunde.id, None, kunde.id, kunde.id]
    assert [[file.name for file in files_of(db, one).rows] for one in (mads, kunde, workshop)] == [["1.pdf", "0.pdf"], ["2.pdf", "0.pdf"], ["1.pdf"]]
    assert undo_move(db, kept, by=nora) == 0
    assert with_whom(db, *files, *notes) == [kunde.id] * 5 + [None]


def test_files_that_moved_follow_a_merge_and_go_back(db: Session, mads: Person, kunde: Company, workshop: Company, nora: Agent) -> None:
    """S43, C19: whose a file is and which company it is with are two things: a merge and taking it apart change the first alone."""
    other = create_person(db, {"last_name": "Kjær"}, by=nora, employments=[{"company": kunde}])
    file = keep_file(db, mads, name="cv.pdf", kind="application/pdf", size=1, digest="d", by=nora)
    merge(db, mads, other, by=nora)
    move_person(db, other, Move(other.employment, workshop, FIRST, take="all"), by=nora)
    assert (file.person_id, *with_whom(db, file)) == (other.id, workshop.id)
    unmerge(db, mads, by=nora)
    assert (file.person_id, *with_whom(db, file)) == (mads.id, workshop.id)


DAYS = st.dates(date(2025, 1, 1), date(2026, 11, 28))
NOTED = st.tuples(st.one_of(st.none(), DAYS), st.sampled_from(["here", "there", "none"]), st.sampled_from(["mads", "lone", "both"]),
                  st.sampled_from(["activity", "sale", "order", "note", "file"]))
ROWS: dict[str, Any] = {"activity": Activity, "sale": Sale, "order": Order, "note": Note, "file": File}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noted=st.lists(NOTED, max_size=8), take=st.sampled_from(["stay", "all", "after"]), after=DAYS, on=DAYS, mistake=st.booleans(),
       to=st.sampled_from(["there", "none"]))
def test_a_move_conserves_every_record_and_ticket(
        db: Session, mads: Person, kunde: Company, workshop: Company, nora: Agent, noted: list[tuple[date | None, str, str, str]], take: str,
        after: date, on: date, mistake: bool, to: str) -> None:
    """S43: nothing lost, nothing doubled, others' records untouched, exactly what was foreseen; and undone it is as before."""
    point = db.begin_nested()
    try:
        lone = create_person(db, {"last_name": "Friis"}, by=nora, employments=[{"company": kunde}])
        where = {"here": kunde, "there": workshop, "none": None}
        who = {"mads": [mads], "lone": [lone], "both": [mads, lone]}
        made = []
        for n, (day, place, whose, kind) in enumerate(noted):
            at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) if day else None
            made.append(active(db, where[place], at, *who[whose]) if kind == "activity" else sold(db, ROWS[kind], where[place], at, who[whose][0], n))
        mailbox = add_mailbox(db, "support@desk.example", "Support")
        tickets = [Ticket(mailbox_id=mailbox.id, moved_at=now(), subject=f"{n}", requester_id=person.id) for n, person in enumerate((mads, lone, mads))]
        db.add_all(tickets)
        db.flush()
        before, stood = everything(db), standing(mads)
        move = Move(mads.employment, where[to], on, take=take, after=after if take == "after" else None, mistake=mistake)
        foreseen = plan(db, mads, move).sides
        kept = move_person(db, mads, move, by=nora)
        wanted = dict(before[0])
        moving = {(side.kind.row.__tablename__, one.id) for side in foreseen for one in side.moving}
        assert moving <= {(one.__tablename__, one.id) for one, (_day, place, whose, _kind) in zip(made, noted, strict=True)
                          if place == "here" and whose != "lone"}
        target = where[to]
        wanted |= dict.fromkeys(moving, target.id if target else None)
        assert everything(db) == (wanted, *before[1:])
        assert undo_move(db, kept, by=nora) == 0
        assert (everything(db), standing(mads)) == (before, stood)
    finally:
        point.rollback()
        db.expire_all()


def everything(db: Session) -> tuple[dict[tuple[str, int], int | None], list[Any], list[Any]]:
    """Where each activity, sale, order, note and file is; who takes part; whose each ticket is."""
    return ({(kind.__tablename__, row): company for kind in ROWS.values() for row, company in db.execute(select(kind.id, kind.company_id))},
            list(db.execute(select(ActivityParticipant.activity_id, ActivityParticipant.person_id).order_by(ActivityParticipant.id))),
            list(db.execute(select(Ticket.id, Ticket.requester_id).order_by(Ticket.id))))


def test_employments_are_all_found_again(db: Session, mads: Person, workshop: Company, nora: Agent) -> None:
    """The other way round: from the company, who has left it is still known."""
    move_person(db, mads, Move(mads.employment, workshop, FIRST), by=nora)
    assert db.scalars(select(Employment.status).where(Employment.person_id == mads.id).order_by(Employment.id)).all() == ["left", "active"]

"""Sales, projects, campaigns and orders: what they hold, who takes part, where they are found."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.binning import bin_person
from contacts.companies import new_company
from contacts.company import Company
from contacts.editing import create_person
from contacts.matter_kinds import CAMPAIGNS, KINDS, ORDERS, PROJECTS, SALES
from contacts.matter_lists import matters, of_company, of_person
from contacts.matters import add_matter, delete_matter, edit_matter, matter_called, restore_matter
from contacts.membership import add_members, change_member, count_members, members_of, remove_member
from contacts.merging import merge
from contacts.note import Note
from contacts.notes import write_note
from contacts.order_lines import Line
from contacts.person import Person
from contacts.project import Project, ProjectMember
from contacts.sale import SaleStage
from core import money
from core.errors import Forbidden, Refused, Stale, Unknown
from core.history import Change, FactRow, FactSubject


@pytest.fixture
def nora(db: Session) -> Agent:
    agent = Agent(email="nora@desk.example", name="Nora Vik")
    db.add(agent)
    db.flush()
    return agent


@pytest.fixture
def nordlys(db: Session, nora: Agent) -> Company:
    return new_company(db, {"name": "Nordlys AS"}, by=nora)


@pytest.fixture
def eva(db: Session, nora: Agent, nordlys: Company) -> Person:
    return create_person(db, {"first_name": "Eva", "last_name": "Lie"}, by=nora, employments=[{"company": nordlys}])


def at(db: Session, name: str) -> SaleStage:
    """A stage of sales."""
    return db.scalars(select(SaleStage).where(SaleStage.name == name)).one()


def told(db: Session, uid: str) -> list[tuple[str, str]]:
    """What the history of a card says, the first first."""
    db.flush()
    rows = db.scalars(select(FactRow).join(FactSubject, FactSubject.fact_id == FactRow.id).where(
        FactSubject.subject_uid == uid, FactRow.kind.in_(("matter.changed", "members.changed"))).order_by(FactRow.id))
    return [(row.data["of"], row.data["change"]) for row in rows]


def test_a_sale_follows_its_stage_and_its_end_is_kept(db: Session, nora: Agent, eva: Person, nordlys: Company) -> None:
    sale = add_matter(db, SALES, {"title": "Scanners", "person_id": eva.id, "company_id": nordlys.id, "amount": 1_250_050, "stage_id": at(db, "Offer sent").id}, by=nora)
    assert (sale.state, sale.probability, sale.currency, sale.owner_id, sale.origin_person_id) == ("open", 50, "NOK", nora.id, eva.id)
    edit_matter(db, sale, {"stage_id": at(db, "Negotiation").id}, by=nora)
    assert sale.probability == 75
    edit_matter(db, sale, {"state": "sold", "amount": 1_200_000}, by=nora)
    assert sale.over_at is not None
    edit_matter(db, sale, {"state": "open"}, by=nora)
    assert sale.over_at is None
    assert told(db, eva.uid) == told(db, nordlys.uid) == [("sale", "added"), ("sale", "edited"), ("sale", "entered"), ("sale", "entered")]
    amounts = db.execute(select(Change.before, Change.after).where(Change.field == "amount")).all()
    assert [tuple(row) for row in amounts] == [("12500.50 NOK", "12000.00 NOK")]
    with pytest.raises(Stale):
        edit_matter(db, sale, {"title": "Mine"}, by=nora, version=1)


@pytest.mark.parametrize(("key", "fields", "wrong"), [
    ("sales", {"title": ""}, "title"), ("sales", {"title": "x", "probability": 101}, "probability"), ("sales", {"title": "x", "stage_id": 999}, "stage"),
    ("sales", {"title": "x", "amount": -1}, "amount"), ("sales", {"title": "x", "currency": "XX"}, "currency"), ("sales", {"title": "x", "state": "done"}, "state"),
    ("projects", {"title": "x", "starts_on": date(2026, 2, 1), "ends_on": date(2026, 1, 1)}, "ends_on"), ("orders", {"title": "x"}, "person")])
def test_what_cannot_be(db: Session, nora: Agent, key: str, fields: dict[str, object], wrong: str) -> None:
    with pytest.raises(Refused) as refused:
        add_matter(db, KINDS[key], fields, by=nora)
    assert wrong in refused.value.errors


def test_an_order_on_a_private_customer(db: Session, nora: Agent, eva: Person, nordlys: Company) -> None:
    """T2, T8: numbers in sequence, lines and their sum; a person alone must be a private customer."""
    lines = [Line("Scanner", 3000, 199_000), Line("Hours", 1500, 99_999)]
    first = add_matter(db, ORDERS, {"person_id": eva.id, "company_id": nordlys.id}, lines=lines, by=nora)
    with pytest.raises(Refused):
        add_matter(db, ORDERS, {"person_id": eva.id}, lines=lines, by=nora)
    ole = create_person(db, {"last_name": "Vang", "private_customer": True}, by=nora)
    second = add_matter(db, ORDERS, {"person_id": ole.id}, lines=lines, by=nora)
    assert second.number == first.number + 1
    assert (second.total, [line.amount for line in second.lines]) == (746_999, [597_000, 149_999])
    edit_matter(db, second, {}, lines=lines[:1], by=nora)
    assert second.total == 597_000 and told(db, ole.uid) == [("order", "added"), ("order", "edited")]
    assert edit_matter(db, second, {}, lines=lines[:1], by=nora) == {}


def test_lists_have_what_one_takes_part_in(db: Session, nora: Agent, eva: Person, nordlys: Company) -> None:
    """C12: what is tied to the person, and what the person takes part in; the company's, also of campaigns."""
    for kind in KINDS.values():
        if kind.members is None:
            continue
        tied = add_matter(db, kind, {"title": "Tied", **({"person_id": eva.id, "company_id": nordlys.id} if kind.customer else {})}, by=nora)
        part = add_matter(db, kind, {"title": "Takes part"}, by=nora)
        add_matter(db, kind, {"title": "Of others"}, by=nora)
        add_members(db, part, [eva.uid], by=nora)
        found = [one.title for one in matters(db, kind, of_person(kind, eva)).rows]
        assert found == (["Takes part", "Tied"] if kind.customer else ["Takes part"])
        assert [one.title for one in matters(db, kind, of_company(kind, nordlys)).rows] == (["Tied"] if kind.customer else ["Takes part"])
        first = matters(db, kind, limit=2)
        assert len(first.rows) == 2 and [one.id for one in matters(db, kind, before=first.next).rows] == [tied.id]


def test_persons_are_added_to_a_campaign(db: Session, nora: Agent, eva: Person) -> None:
    """Each once, whoever went on for the merged, nobody who is deleted; each card tells of it."""
    ole, gone, double = (create_person(db, {"last_name": name}, by=nora, exempt=True) for name in ("Vang", "Gone", "Vang II"))
    bin_person(db, gone, by=nora)
    merge(db, double, ole, by=nora)
    fair = add_matter(db, CAMPAIGNS, {"title": "Fair"}, by=nora)
    assert add_members(db, fair, [eva.uid, ole.uid, double.uid, gone.uid, "0" * 24], by=nora) == 2
    assert add_members(db, fair, [eva.uid, ole.uid], by=nora) == 0
    assert count_members(db, fair) == 2
    member = next(one for one in members_of(db, fair) if one.person_id == eva.id)
    assert member.status == "chosen"
    change_member(db, fair, member, "answered", by=nora)
    with pytest.raises(Refused):
        change_member(db, fair, member, "enchanted", by=nora)
    remove_member(db, fair, member, by=nora)
    assert told(db, eva.uid) == [("campaign", "joined"), ("campaign", "changed"), ("campaign", "left")] and count_members(db, fair) == 1
    bin_person(db, ole, by=nora)
    assert members_of(db, fair) == []


def test_deleted_by_whoever_may(db: Session, nora: Agent) -> None:
    other, admin = Agent(email="kari@desk.example", name="Kari"), Agent(email="jonas@desk.example", name="Jonas", role="admin")
    db.add_all([other, admin])
    db.flush()
    campaign = add_matter(db, CAMPAIGNS, {"title": "New hall"}, by=nora)
    with pytest.raises(Forbidden):
        delete_matter(db, campaign, by=other)
    for agent in (nora, admin):
        delete_matter(db, campaign, by=agent)
        with pytest.raises(Unknown):
            matter_called(db, "campaigns", campaign.uid)
        with pytest.raises(Forbidden):
            restore_matter(db, campaign, by=other)
        restore_matter(db, campaign, by=agent)


def test_a_deleted_project_is_gone(db: Session, nora: Agent) -> None:
    """S72: with its members and notes, at once; nothing is kept to restore."""
    ole = create_person(db, {"first_name": "Ole", "last_name": "Vang"}, by=nora, exempt=True)
    project = add_matter(db, PROJECTS, {"title": "New hall"}, by=nora)
    add_members(db, project, [ole.uid], by=nora)
    write_note(db, "Begun", project=project, by=nora)
    delete_matter(db, project, by=nora)
    for row in (Project, ProjectMember, Note):
        assert db.scalars(select(row)).all() == []


@pytest.mark.parametrize(("typed", "amount"), [("12 500,50", 1_250_050), ("12,500.50", 1_250_050), ("12.500", 1_250_000), ("1250", 125_000), ("0,5", 50),
                                               ("1.234.567,89", 123_456_789), ("-3,25", -325)])
def test_amounts_as_people_write_them(typed: str, amount: int) -> None:
    assert money.read(typed, "NOK") == amount
    assert money.read(money.written(amount, "NOK"), "NOK") == amount


@pytest.mark.parametrize("typed", ["", "abc", "1e400", "NaN", "1,2,3", "9" * 30])
def test_what_is_no_amount(typed: str) -> None:
    with pytest.raises(Refused):
        money.read(typed, "NOK")


def test_days_of_a_sale_are_days(db: Session, nora: Agent) -> None:
    sale = add_matter(db, SALES, {"title": "x", "at": datetime(2026, 12, 1, 12, tzinfo=UTC)}, by=nora)
    db.flush()
    db.expire(sale)
    assert sale.at == datetime(2026, 12, 1, 12, tzinfo=UTC)

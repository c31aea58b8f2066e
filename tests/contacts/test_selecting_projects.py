"""Selections of projects: who is in them, what criteria mean, and fields changed on many."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import contacts.project_criteria  # noqa: F401 - what they go by
from contacts.agent import Agent
from contacts.companies import new_company
from contacts.company import Category
from contacts.editing import create_person
from contacts.exporting import project_rows
from contacts.mass_update import plan_update
from contacts.matter_kinds import PROJECTS
from contacts.matter_lists import matters
from contacts.matters import add_matter, delete_matter, edit_matter
from contacts.membership import add_members as join
from contacts.project import Project
from contacts.selected import count_selected, selected
from contacts.selecting import add_members, copy_selection, new_selection, remove_members
from contacts.selection import Selection
from core.errors import Refused, Unknown
from core.i18n import today


@pytest.fixture
def nora(db: Session) -> Agent:
    agent = Agent(email="nora@desk.example", name="Nora Vik")
    db.add(agent)
    db.flush()
    return agent


@pytest.fixture
def projects(db: Session, nora: Agent) -> list[Project]:
    """Brygga, for a customer, with Eva of Havn AS as its contact and Per among its members, overdue; Låven, done; Tårnet, planned, of nobody's."""
    customer = Category(name="Customer")
    db.add(customer)
    db.flush()
    havn, bygg = new_company(db, {"name": "Havn AS", "category_id": customer.id}, by=nora), new_company(db, {"name": "Bygg og Betong"}, by=nora)
    eva = create_person(db, {"first_name": "Eva", "last_name": "Grønlund"}, by=nora, employments=[{"company": havn}])
    per = create_person(db, {"first_name": "Per", "last_name": "Bøe"}, by=nora, employments=[{"company": bygg}])
    made = [add_matter(db, PROJECTS, fields, by=nora) for fields in (
        {"title": "Brygga", "text": "Impregnert furu", "person_id": eva.id, "company_id": havn.id, "starts_on": date(2020, 3, 1), "ends_on": date(2020, 9, 1)},
        {"title": "Låven på Nes", "state": "done", "ends_on": today()}, {"title": "Tårnet", "state": "planned", "owner_id": None, "starts_on": date(2190, 1, 1)})]
    join(db, made[0], [per.uid], by=nora)
    return made


def dynamic(db: Session, by: Agent, *rows: tuple[str, str, str], **more: Any) -> Selection:
    return new_selection(db, {"name": "D", "of": "projects", "kind": "dynamic", **more,
                              "criteria": [{"field": field, "op": op, "value": value} for field, op, value in rows]}, by=by)


def names(db: Session, selection: Selection, by: Agent) -> list[str]:
    found = matters(db, PROJECTS, selected(db, selection, by)).rows
    assert len(found) == count_selected(db, selection, by)
    return [one.title.split()[0] for one in reversed(found)]


@pytest.mark.parametrize(("rows", "found"), [
    ([("name", "contains", "laav nes")], ["Låven"]), ([("name", "is", "TÅRNET")], ["Tårnet"]), ([("name", "begins", "taar")], ["Tårnet"]), ([("name", "lacks", "år")], ["Brygga", "Låven"]),
    ([("name", "contains", "furu")], []), ([("text", "contains", "furu")], ["Brygga"]), ([("text", "empty", "")], ["Låven", "Tårnet"]),
    ([("state", "is", "done")], ["Låven"]), ([("state", "is_not", "done")], ["Brygga", "Tårnet"]),
    ([("owner", "is", "nora")], ["Brygga", "Låven"]), ([("owner", "empty", "")], ["Tårnet"]), ([("owner", "is_not", "nora")], ["Tårnet"]),
    ([("starts_on", "before", "2021-01-01")], ["Brygga"]), ([("starts_on", "after", "2020-03-01")], ["Brygga", "Tårnet"]), ([("starts_on", "empty", "")], ["Låven"]),
    ([("ends_on", "within", "2")], ["Låven"]), ([("ends_on", "older", "300")], ["Brygga"]), ([("overdue", "yes", "")], ["Brygga"]), ([("overdue", "no", "")], ["Låven", "Tårnet"]),
    ([("created", "within", "1")], ["Brygga", "Låven", "Tårnet"]), ([("company", "contains", "avn")], ["Brygga"]), ([("company", "empty", "")], ["Låven", "Tårnet"]),
    ([("company_category", "is", "customer")], ["Brygga"]), ([("company_category", "is_not", "customer")], ["Låven", "Tårnet"]), ([("company_our_contact", "is", "nora")], ["Brygga"]),
    ([("person", "contains", "groen")], ["Brygga"]), ([("person", "contains", "bøe")], []), ([("member", "contains", "boe")], ["Brygga"]), ([("member", "empty", "")], ["Låven", "Tårnet"]),
    ([("member_company", "contains", "betong")], ["Brygga"]), ([("member_company", "contains", "havn")], []), ([("state", "is", "done"), ("owner", "empty", "")], []),
])
def test_criteria(db: Session, nora: Agent, projects: list[Project], rows: list[tuple[str, str, str]], found: list[str]) -> None:
    known = {"customer": db.scalars(select(Category.uid)).one(), "nora": nora.uid}
    rows = [(field, op, known.get(value, value)) for field, op, value in rows]
    assert names(db, dynamic(db, nora, *rows), nora) == found
    if len(rows) > 1:
        assert names(db, dynamic(db, nora, *rows, joined="any"), nora) == ["Låven", "Tårnet"]


def test_a_new_name_is_what_it_is_found_by(db: Session, nora: Agent, projects: list[Project]) -> None:
    selection = dynamic(db, nora, ("name", "begins", "ø"))
    edit_matter(db, projects[1], {"title": "Østre låve"}, by=nora)
    assert names(db, selection, nora) == ["Østre"]


def test_members_come_and_go_are_copied_and_combined(db: Session, nora: Agent, projects: list[Project]) -> None:
    some, uids = new_selection(db, {"name": "Some", "of": "projects"}, by=nora), [one.uid for one in projects]
    assert (add_members(db, some, uids[:2], by=nora), add_members(db, some, uids, by=nora)) == (2, 1)
    assert remove_members(db, some, [uids[2]], by=nora) == 1
    assert names(db, copy_selection(db, some, by=nora), nora) == ["Brygga", "Låven"]
    done = dynamic(db, nora, ("state", "is", "done"))
    for how, found in (("union", ["Brygga", "Låven"]), ("intersection", ["Låven"]), ("difference", ["Brygga"])):
        assert names(db, new_selection(db, {"name": how, "of": "projects", "kind": "combined", "how": how, "first": some.uid, "second": done.uid}, by=nora), nora) == found
    people = new_selection(db, {"name": "People", "of": "persons"}, by=nora)
    with pytest.raises(Refused) as refused:
        new_selection(db, {"name": "X", "of": "projects", "kind": "combined", "how": "union", "first": some.uid, "second": people.uid}, by=nora)
    assert "second" in refused.value.errors
    with pytest.raises(Unknown):
        add_members(db, people, uids, by=nora)
    delete_matter(db, projects[0], by=nora)
    assert names(db, some, nora) == ["Låven"]


def test_only_what_makes_sense_is_changed_on_many(db: Session, nora: Agent, projects: list[Project]) -> None:
    operation = plan_update(db, "projects", [one.uid for one in projects], {"state": "done", "ends_on": date(2030, 1, 2)}, nora)
    assert operation.given["changes"] == {"state": "done", "ends_on": "2030-01-02"}
    for changes in ({"title": "X"}, {"company_id": 1}, {"infotag.x": True}, {"custom.shoe": 1}, {"state": "sold"}, {}):
        with pytest.raises((Refused, Unknown)):
            plan_update(db, "projects", [projects[0].uid], changes, nora)


def test_rows_of_a_file(db: Session, nora: Agent, projects: list[Project]) -> None:
    edit_matter(db, projects[1], {"title": "=cmd"}, by=nora)
    first, second = project_rows(db, projects[:2]).splitlines()
    assert first == f"{projects[0].uid};Brygga;open;Nora Vik;Havn AS;Eva Grønlund;2020-03-01;2020-09-01;Impregnert furu"
    assert ";=cmd;" not in second and "=cmd" in second

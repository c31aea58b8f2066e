"""Selections in the browser: made, built, ticked into, searched, and seen by whom they are shared with alone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent
from contacts.campaign import CampaignMember
from contacts.companies import new_company
from contacts.company import Category, Company
from contacts.custom_fields import save_field
from contacts.editing import create_person
from contacts.infotags import save_infotag
from contacts.matter_kinds import CAMPAIGNS
from contacts.matters import add_matter
from contacts.person import Person
from contacts.selecting import add_members, new_selection
from contacts.selection import Selection
from core.database import Database
from core.operations import Operation, OperationItem
from jobs import operations as job
from tests.desk.web.tickets.conftest import page, post, said, statements, words

__all__ = ["statements"]
HTMX = {"HX-Request": "true"}
LEFT = {"field_0": "status", "op_0": "is", "value_0": "left"}


@pytest.fixture
def people(fresh_database: Database, jonas: Agent) -> list[Person]:
    with fresh_database.write() as db:
        db.add(Category(name="Customer"))
        kunde = new_company(db, {"name": "Kunde AS"}, by=jonas)
        return [create_person(db, {"first_name": first, "last_name": "Dahl", "private_customer": True, "status": status}, by=jonas,
                              employments=[{"company": kunde}]) for first, status in (("Åse", "active"), ("Bo", "left"), ("Cato", "left"))]


def listed(html: str) -> list[str]:
    return re.findall(r"data-open>([^<]+)</a>", html)


def made(client: FlaskClient, **form: str) -> str:
    """The address of a selection that is made by the form."""
    return str(post(client, "/selections", **{"of": "persons", "kind": "dynamic", "name": "Have left", "do": "save", "sharing": "private", **form}).location)


def test_built_counted_and_listed(agent_client: FlaskClient, people: list[Person]) -> None:
    form = page(agent_client, "/selections/new?of=persons&kind=dynamic")
    assert '<option value="domain">' in form and 'name="field_1"' not in form
    trial = post(agent_client, "/selections", 200, of="persons", kind="dynamic", name="X", do="count", **LEFT).text
    assert "2 persons" in words(trial) and 'name="field_1"' in trial and '<option value="left" selected>' in trial
    url = made(agent_client, **LEFT)
    text = page(agent_client, url)
    assert listed(text) == ["Bo Dahl", "Cato Dahl"] and "Status is Has left" in words(text)
    assert listed(page(agent_client, f"{url}?q=dahl+bo")) == ["Bo Dahl"]
    assert "Have left" in page(agent_client, "/selections") and "Have left" not in page(agent_client, "/selections?of=companies")
    post(agent_client, url, do="save", name="Left", sharing="all", version="1", **LEFT, field_1="name", op_1="begins", value_1="dahl c")
    assert listed(page(agent_client, url)) == ["Cato Dahl"]


def test_the_count_is_live(agent_client: FlaskClient, people: list[Person]) -> None:
    """A change of a row brings the builder anew, and nothing else: operators that fit the field, and how many there are."""
    form = {"of": "persons", "kind": "dynamic", "joined": "all", **LEFT, "field_1": "created"}
    part = said(agent_client.post("/selections", data=form, headers=HTMX))
    assert part.startswith("<div") and '<option value="within" selected>' in part and "2 persons" in words(part)
    part = said(agent_client.post("/selections", data=form | {"op_1": "older", "value_1": "1"}, headers=HTMX))
    assert "0 persons" in words(part)
    assert "Give a whole number." in said(agent_client.post("/selections", data=form | {"op_1": "older", "value_1": "-"}, headers=HTMX))


def test_ticked_in_a_list_and_taken_out(agent_client: FlaskClient, people: list[Person]) -> None:
    assert f'name="uids" value="{people[0].uid}" form="many"' in page(agent_client, "/persons")
    uids = [person.uid for person in people[:2]]
    asks = post(agent_client, "/selections/members", 200, of="persons", uids=uids, selection="").text
    assert "Bo Dahl, Åse Dahl" in words(asks) and "name a new one" not in words(asks)
    assert "name a new one" in words(post(agent_client, "/selections/members", 422, of="persons", uids=uids, selection="", name="").text)
    url = str(post(agent_client, "/selections/members", of="persons", uids=uids, name="Picked").location)
    assert listed(page(agent_client, url)) == ["Bo Dahl", "Åse Dahl"]
    uid = url.rpartition("/")[2]
    post(agent_client, "/selections/members", of="persons", uids=people[2].uid, selection=uid)
    post(agent_client, f"{url}/members/end", uids=uids[0])
    assert listed(page(agent_client, url)) == ["Bo Dahl", "Cato Dahl"]
    assert f"/selections/members/new?of=persons&amp;uids={uids[0]}" in page(agent_client, f"/persons/{uids[0]}")
    assert "Picked" in page(agent_client, f"/selections/members/new?of=persons&uids={uids[0]}")
    post(agent_client, "/selections/members", 422, of="persons", selection=uid)


def test_companies_and_what_is_made_of_two(agent_client: FlaskClient, people: list[Person], fresh_database: Database) -> None:
    with fresh_database.read() as db:
        kunde = db.scalars(select(Company)).one()
    firms = str(post(agent_client, "/selections/members", of="companies", uids=kunde.uid, name="Firms").location)
    assert listed(page(agent_client, firms)) == ["Kunde AS"]
    url = str(post(agent_client, "/selections/members", of="persons", uids=[people[0].uid, people[1].uid], name="Some").location)
    first, second = url.rpartition("/")[2], made(agent_client, **LEFT).rpartition("/")[2]
    form = page(agent_client, "/selections/new?of=persons&kind=combined")
    assert first in form and firms.rpartition("/")[2] not in form
    both = made(agent_client, kind="combined", name="Both", first=first, second=second, how="difference")
    assert listed(page(agent_client, both)) == ["Åse Dahl"]
    post(agent_client, "/selections", 422, of="persons", kind="combined", name="No", first=first, do="save")


def test_a_private_one_is_nowhere_for_others(
    agent_client: FlaskClient, admin_client: FlaskClient, people: list[Person],
) -> None:
    """In no list, by no address, in no search and as no narrowing: not for an admin either."""
    url = made(agent_client, **LEFT)
    uid = url.rpartition("/")[2]
    for path in ("/selections", "/search?q=dahl", "/persons", "/selections/new?of=persons&kind=combined"):
        assert "Have left" not in page(admin_client, path), path
    assert "Have left" not in words(page(admin_client, "/search/hits?q=have", headers=HTMX))
    assert "Have left" in words(page(agent_client, "/search/hits?q=have", headers=HTMX))
    for path in (url, f"{url}/edit", f"/search?q=dahl&selection={uid}"):
        page(admin_client, path, 404)
    page(admin_client, f"/persons?selection={uid}", 404, follow_redirects=True)
    for path in ("", "/copy", "/end", "/members/end"):
        post(admin_client, url + path, 404, name="Mine", do="save")
    post(admin_client, "/selections/members", 404, of="persons", uids=people[0].uid, selection=uid)
    some = str(post(agent_client, "/selections/members", of="persons", uids=people[0].uid, name="Some").location).rpartition("/")[2]
    both = made(agent_client, kind="combined", name="Both", first=some, second=uid, how="union", sharing="all")
    shown = page(admin_client, both)
    assert "(private), (private)" in words(shown) and "Have left" not in shown and "Have left" in page(agent_client, both)


def test_who_sees_it_may_use_and_copy_it_but_not_change_it(agent_client: FlaskClient, people: list[Person], jonas: Agent, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        ours = new_selection(db, {"name": "Ours", "of": "persons", "sharing": "all"}, by=db.get_one(Agent, jonas.id))
        add_members(db, ours, [people[0].uid], by=db.get_one(Agent, jonas.id))
        url = f"/selections/{ours.uid}"
    text = page(agent_client, url)
    assert listed(text) == ["Åse Dahl"]
    for path in ("/edit", "/end", "/members/end"):
        assert url + path not in text, path
    for path in ("", "/end", "/members/end"):
        post(agent_client, url + path, 403, name="Mine", do="save", uids=people[0].uid)
    post(agent_client, "/selections/members", 403, of="persons", uids=people[1].uid, selection=ours.uid)
    for path in ("/persons", f"/selections/members/new?of=persons&uids={people[1].uid}"):
        assert f'value="{ours.uid}"' not in page(agent_client, path), path
    copied = str(post(agent_client, url + "/copy").location)
    assert "Copy of Ours" in page(agent_client, copied)
    copy = copied.split("/")[-2]
    post(agent_client, "/selections/members", of="persons", uids=people[1].uid, selection=copy)
    assert f'value="{copy}"' in page(agent_client, "/persons") and listed(page(agent_client, f"/selections/{copy}")) == ["Bo Dahl", "Åse Dahl"]


def test_an_admin_changes_who_is_in_a_shared_one(agent_client: FlaskClient, admin_client: FlaskClient, people: list[Person]) -> None:
    uid = str(post(agent_client, "/selections/members", of="persons", uids=people[0].uid, name="Ours").location).rpartition("/")[2]
    url = f"/selections/{uid}"
    post(agent_client, url, do="save", name="Ours", sharing="all", version="1")
    assert f'value="{uid}"' in page(admin_client, "/persons") and f"{url}/members/end" in page(admin_client, url)
    post(admin_client, "/selections/members", of="persons", uids=people[1].uid, selection=uid)
    post(admin_client, f"{url}/members/end", uids=people[0].uid)
    assert listed(page(agent_client, url)) == ["Bo Dahl"]


def test_renamed_and_deleted(agent_client: FlaskClient, people: list[Person], fresh_database: Database) -> None:
    url = made(agent_client, **LEFT)
    post(agent_client, url, 422, do="save", name=" ", version="1", **LEFT)
    post(agent_client, url, 412, do="save", name="Other", version="9", **LEFT)
    post(agent_client, f"{url}/end")
    page(agent_client, url, 404)
    with fresh_database.read() as db:
        assert db.scalars(select(Selection)).all() == []


def test_hits_are_narrowed_by_a_selection(agent_client: FlaskClient, people: list[Person]) -> None:
    """T14."""
    uid = made(agent_client, **LEFT).rpartition("/")[2]
    text = page(agent_client, f"/search?q=dahl&kind=persons&selection={uid}")
    assert "Bo" in words(text) and "Åse" not in words(text) and f'value="{uid}" selected' in text


def test_a_page_asks_the_same_however_many(
    agent_client: FlaskClient, people: list[Person], statements: list[str], fresh_database: Database, jonas: Agent,
) -> None:
    url = made(agent_client, field_0="name", op_0="contains", value_0="dahl")

    def asked(path: str) -> int:
        page(agent_client, path)
        statements.clear()
        page(agent_client, path)
        return len(statements)

    post(agent_client, "/selections/members", of="persons", uids=people[0].uid, name="Static")
    paths = (url, f"{url}/edit", "/selections", "/persons")
    before = [asked(path) for path in paths]
    with fresh_database.write() as db:
        kunde = db.scalars(select(Company)).one()
        for n in range(12):
            create_person(db, {"first_name": f"P{n}", "last_name": "Dahl"}, by=jonas, employments=[{"company": kunde}])
            new_selection(db, {"name": f"S{n}", "of": "persons", "sharing": "all"}, by=db.get_one(Agent, jonas.id))
    assert [asked(path) for path in paths] == before
    assert max(before) <= 30


def test_nobody_but_agents(visitor: FlaskClient, signed_in: Callable[[Agent], FlaskClient]) -> None:
    for path in ("/selections", "/selections/new", f"/selections/{'0' * 24}", "/selections/members/new"):
        assert visitor.get(path).status_code == 303, path


def test_fields_of_all_are_planned_to_change(agent_client: FlaskClient, people: list[Person], fresh_database: Database, jonas: Agent) -> None:
    """Of a selection, or of those ticked; it is an operation, which waits to be approved."""
    uid = made(agent_client, **LEFT).rpartition("/")[2]
    form = words(page(agent_client, f"/selections/acts?selection={uid}"))
    assert "2 persons" in form and "No campaign is open." in form
    with fresh_database.read() as db:
        customer = db.scalars(select(Category.uid)).one()
    assert "1 person" in words(post(agent_client, "/selections/acts/new", 200, of="persons", uids=people[0].uid).text)
    operation = post(agent_client, "/selections/acts/changes", selection=uid, category=customer, service_level="-").location
    with fresh_database.read() as db:
        row = db.scalars(select(Operation)).one()
        laid = db.scalars(select(OperationItem.subject_uid).where(OperationItem.operation_id == row.id)).all()
    assert str(operation).endswith(row.uid) and set(laid) == {people[1].uid, people[2].uid}
    assert row.given["changes"] == {"category_id": 1, "service_level_id": None}
    with fresh_database.write() as db:
        save_field(db, None, {"of": "person", "name": "Shoe size", "kind": "number"}, by=jonas)
        golf = save_infotag(db, None, {"name": "Golf"}, by=jonas).uid
    assert "Shoe size" in page(agent_client, f"/selections/acts?selection={uid}")
    post(agent_client, "/selections/acts/changes", selection=uid, infotag_on=golf, **{"custom.shoe_size": "42,5"})
    with fresh_database.read() as db:
        second = db.scalars(select(Operation).where(Operation.id != row.id)).one()
    assert second.given["changes"] == {f"infotag.{golf}": True, "custom.shoe_size": 42.5}
    job.run()
    assert "Golf: no yes" in words(page(agent_client, f"/operations/{second.uid}"))
    post(agent_client, "/selections/acts/changes", 422, selection=uid, **{"custom.shoe_size": "large"})
    post(agent_client, "/selections/acts/changes", 422, selection=uid)
    post(agent_client, "/selections/acts/changes", 422, of="persons", uids=people[0].uid, category="nothing")
    post(agent_client, "/selections/acts/new", 422, of="persons")


def test_all_are_added_to_a_campaign(agent_client: FlaskClient, people: list[Person], fresh_database: Database) -> None:
    uid = made(agent_client, **LEFT).rpartition("/")[2]
    with fresh_database.write() as db:
        spring = add_matter(db, CAMPAIGNS, {"title": "Spring"}, by=None)
        campaign = spring.uid
    assert "Spring" in page(agent_client, f"/selections/acts?selection={uid}")
    post(agent_client, "/selections/acts/campaign", 422, selection=uid)
    post(agent_client, "/selections/acts/campaign", selection=uid, campaign=campaign)
    with fresh_database.read() as db:
        assert set(db.scalars(select(CampaignMember.person_id))) == {people[1].id, people[2].id}


def test_saved_as_a_file(agent_client: FlaskClient, admin_client: FlaskClient, people: list[Person]) -> None:
    uid = made(agent_client, **LEFT).rpartition("/")[2]
    text = page(agent_client, f"/exports/persons.csv?selection={uid}")
    assert "Cato" in text and "Åse" not in text
    for path in (f"/exports/persons.csv?selection={uid}", f"/exports/persons.vcf?selection={uid}", f"/selections/acts?selection={uid}"):
        page(admin_client, path, 404)
    for path in ("/changes", "/campaign"):
        post(admin_client, f"/selections/acts{path}", 404, selection=uid, category="x")


def test_who_of_it_may_be_mailed(agent_client: FlaskClient, admin_client: FlaskClient, people: list[Person]) -> None:
    """W22: whoever has left is not mailed though they meet the criteria; seen by whoever sees the selection."""
    url = made(agent_client, **LEFT)
    assert "may get a mass mail 0 has left 2" in words(page(agent_client, f"{url}/mass-mail")) and "/mass-mail" in page(agent_client, url)
    page(admin_client, f"{url}/mass-mail", 404)


def test_all_move_to_a_company(agent_client: FlaskClient, admin_client: FlaskClient, people: list[Person], fresh_database: Database) -> None:
    """Of a selection, or of those ticked, with what goes along; an operation, which waits to be approved."""
    uid = made(agent_client, **LEFT).rpartition("/")[2]
    assert "Move to a company" in words(page(agent_client, f"/selections/acts?selection={uid}"))
    operation = post(agent_client, "/selections/acts/move", selection=uid, company="kunde as", on="2026-03-01", take="after", kinds="sales").location
    with fresh_database.read() as db:
        row = db.scalars(select(Operation)).one()
        laid = db.scalars(select(OperationItem.subject_uid).where(OperationItem.operation_id == row.id)).all()
    assert str(operation).endswith(row.uid) and set(laid) == {people[1].uid, people[2].uid}
    assert {name: row.given[name] for name in ("take", "after", "kinds")} == {"take": "after", "after": "2026-03-01", "kinds": ["sales"]}
    wrong = words(post(agent_client, "/selections/acts/move", 422, selection=uid, company="Nobody AS", on="soon").text)
    assert "Choose one of the list, or make the company first." in wrong and "Write a day like" in wrong
    post(agent_client, "/selections/acts/move", 422, of="persons", uids=people[0].uid)
    post(admin_client, "/selections/acts/move", 404, selection=uid, company="Kunde AS")

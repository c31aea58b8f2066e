"""Relations on the cards of persons and companies, and their kinds in the settings."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent
from contacts.binning import bin_person
from contacts.company import Company
from contacts.creating import create_company
from contacts.editing import create_person
from contacts.person import Person
from contacts.positions import end_position
from contacts.relating import relate
from contacts.relation import Relation, RelationKind
from core.clock import now
from core.database import Database
from tests.desk.web.tickets.conftest import page, post, said, statements, words

__all__ = ["statements"]


@pytest.fixture
def frokost(fresh_database: Database) -> Company:
    with fresh_database.write() as db:
        return create_company(db, "Frokost ApS")


@pytest.fixture
def mads(fresh_database: Database, frokost: Company) -> Person:
    with fresh_database.write() as db:
        return create_person(db, {"first_name": "Mads", "last_name": "Kjær"}, by=None,
                             employments=[{"company": db.get_one(Company, frokost.id), "position": "Driftsleder"}])


@pytest.fixture
def lone(fresh_database: Database) -> Person:
    with fresh_database.write() as db:
        return create_person(db, {"first_name": "Lone", "last_name": "Friis"}, by=None, exempt=True)


def kind(database: Database, name: str) -> RelationKind:
    with database.read() as db:
        return db.scalars(select(RelationKind).where(RelationKind.name == name)).one()


def tied(database: Database) -> Relation:
    with database.read() as db:
        return db.scalars(select(Relation)).one()


def tab(client: FlaskClient, of: Person | Company, asked: str = "") -> str:
    whole = page(client, f"{url(of)}{asked}")
    return words(whole[whole.index('id="relations"'):whole.index("<aside")])


def url(of: Person | Company) -> str:
    return f"/{'persons' if isinstance(of, Person) else 'companies'}/{of.uid}/relations"


def test_added_by_the_form_and_walked_both_ways(agent_client: FlaskClient, mads: Person, lone: Person, fresh_database: Database) -> None:
    """S49, S50, S52: the button at the foot of the tab, the form with all details, a link to the other card."""
    whole = page(agent_client, url(mads))
    panel = whole[whole.index('id="relations"'):whole.index("<aside")]
    assert f'href="{url(mads)}/new"' in panel[panel.rindex("panel__foot"):]
    post(agent_client, url(mads), kind=f"{kind(fresh_database, 'deputy of').uid}-turned", other=f"person:{lone.uid}", details="Has the keys",
         since="2026-03-01", until="")
    text = page(agent_client, url(mads))
    assert "has as deputy LF Lone Friis 1 Mar 2026 – Has the keys 1 Mar 2026 –" in tab(agent_client, mads)
    assert f'href="/persons/{lone.uid}"' in text
    assert "deputy of MK Mads Kjær 1 Mar 2026 – Has the keys" in tab(agent_client, lone) and f'href="/persons/{mads.uid}"' in page(agent_client, url(lone))


def test_the_roles_of_one_human_apart(
    agent_client: FlaskClient, mads: Person, frokost: Company, fresh_database: Database, jonas: Agent,
) -> None:
    """S44, S51: works at one company, has left another, owns a third; all that are tied are counted."""
    with fresh_database.write() as db:
        person, by = db.get_one(Person, mads.id), db.get_one(Agent, jonas.id)
        end_position(db, person.employments[0], by=by)
        relate(db, db.merge(kind(fresh_database, "owner of")), person, create_company(db, "Kjær Invest"), by=by)
    text = tab(agent_client, mads)
    assert "owner of Kjær Invest" in text[:text.index("Before")] and "worked at Frokost ApS" in text[text.index("Before"):]
    assert '>Relations<span class="tabs__count">2</span>' in page(agent_client, f"/persons/{mads.uid}")


def test_the_other_side_is_looked_for_in_the_form(agent_client: FlaskClient, mads: Person, lone: Person, fresh_database: Database) -> None:
    """S50: without JavaScript a button looks, what was typed stays, and nothing is saved."""
    deputy = kind(fresh_database, "deputy of").uid
    answer = agent_client.post(url(mads), data={"kind": deputy, "q": "fri", "details": "In June", "search": "1"})
    text = said(answer)
    assert f'value="person:{lone.uid}" checked' in text and "In June" in text and f'value="{deputy}" selected' in text
    with fresh_database.read() as db:
        assert db.scalars(select(Relation)).all() == []
    found = page(agent_client, f"{url(mads)}/new?q=fro&kind={kind(fresh_database, 'owner of').uid}")
    assert "Frokost ApS" in found and "person:" not in found
    assert "Nobody is called that." in page(agent_client, f"{url(mads)}/new?q=nowhere")
    assert f"person:{mads.uid}" not in page(agent_client, f"{url(mads)}/new?q=kj")


def test_what_is_wrong_is_said_at_the_field(agent_client: FlaskClient, mads: Person, lone: Person, fresh_database: Database) -> None:
    deputy, owner = kind(fresh_database, "deputy of").uid, kind(fresh_database, "owner of").uid
    for form, told in (({}, "Choose a kind."), ({"kind": deputy}, "Look for the other side by name"),
                       ({"kind": owner, "other": f"person:{lone.uid}"}, "between a person and a company"),
                       ({"kind": deputy, "other": f"person:{mads.uid}"}, "Nobody is related to themselves."),
                       ({"kind": deputy, "other": f"person:{lone.uid}", "since": "2026-02-02", "until": "2026-02-01"}, "before the first"),
                       ({"kind": deputy, "other": f"person:{lone.uid}", "since": "soon"}, "Write a day like"),
                       ({"kind": deputy, "other": f"person:{lone.uid}", "until": "0001-01-01"}, "Write a day like")):
        assert told in said(agent_client.post(url(mads), data=form), 422), form
    post(agent_client, url(mads), 404, kind=deputy, other="person:" + "0" * 24)


def test_changed_ended_deleted_and_back(agent_client: FlaskClient, mads: Person, lone: Person, fresh_database: Database) -> None:
    post(agent_client, url(mads), kind=kind(fresh_database, "deputy of").uid, other=f"person:{lone.uid}", until="2099-01-01")
    relation = tied(fresh_database)
    here, there = f"{url(mads)}/{relation.uid}", f"{url(lone)}/{relation.uid}"
    form = page(agent_client, there)
    assert re.search(r'-turned" selected>has as deputy', form) and "Mads Kjær" in form
    post(agent_client, there, kind=kind(fresh_database, "manager of").uid, details="At last", until="2099-01-01", version=str(relation.version))
    assert "reports to LF Lone Friis – 1 Jan 2099 At last" in tab(agent_client, mads)
    assert "It is now: At last" in said(agent_client.post(here, data={"kind": kind(fresh_database, "manager of").uid, "details": "Mine",
                                                                      "version": str(relation.version)}), 409)
    toast = page(agent_client, post(agent_client, f"{here}/end").location)
    assert "Today is the last day" in toast and tied(fresh_database).until == now().date()
    assert f'action="{here}/reopening?until=2099-01-01"' in toast
    post(agent_client, f"{here}/reopening?until=2099-01-01")
    assert tied(fresh_database).until == date(2099, 1, 1)
    toast = page(agent_client, post(agent_client, f"{here}/removal").location)
    assert "The relation to Lone Friis was taken away." in toast and f'action="{here}/restoration"' in toast
    page(agent_client, here, 404)
    post(agent_client, f"{here}/restoration")
    assert "reports to LF Lone Friis – 1 Jan 2099 At last" in tab(agent_client, mads)


def test_what_is_no_relation_of_the_card_is_not_there(
    agent_client: FlaskClient, mads: Person, lone: Person, frokost: Company, fresh_database: Database, jonas: Agent,
) -> None:
    post(agent_client, url(mads), kind=kind(fresh_database, "deputy of").uid, other=f"person:{lone.uid}")
    uid = tied(fresh_database).uid
    page(agent_client, f"{url(frokost)}/{uid}", 404)
    post(agent_client, f"{url(frokost)}/{uid}/removal", 404)
    post(agent_client, f"{url(frokost)}/{uid}/restoration", 404)
    page(agent_client, f"/animals/{mads.uid}/relations", 404)
    with fresh_database.write() as db:
        bin_person(db, db.get_one(Person, lone.id), by=db.get_one(Agent, jonas.id))
    text = page(agent_client, url(mads))
    assert "Lone" not in text and "somebody deleted" in text
    page(agent_client, f"{url(mads)}/{uid}", 404)


def test_the_sidebar_tells_the_most_telling(agent_client: FlaskClient, mads: Person, fresh_database: Database, jonas: Agent) -> None:
    with fresh_database.write() as db:
        by, person = db.get_one(Agent, jonas.id), db.get_one(Person, mads.id)
        for name, other in (("has", "Lone"), ("deputy of", "Søren"), ("manager of", "Kari"), ("took over from", "Ida"), ("manager of", "Per")):
            if name != "has":
                relate(db, db.scalars(select(RelationKind).where(RelationKind.name == name)).one(), person,
                       create_person(db, {"first_name": other}, by=None, exempt=True), by=by)
    text = page(agent_client, f"/persons/{mads.uid}/details")
    aside = words(text[text.index("<aside"):text.index("</aside>")])
    assert "Relations All 5 deputy of Søren took over from Ida manager of Per" in aside or (
        "Relations All 5 deputy of Søren took over from Ida manager of Kari" in aside)


def test_both_histories_show_it(agent_client: FlaskClient, mads: Person, frokost: Company, fresh_database: Database) -> None:
    post(agent_client, url(frokost), kind=f"{kind(fresh_database, 'owner of').uid}-turned", other=f"person:{mads.uid}", details="All of it", since="2026-03-01")
    for of, told in ((mads, "Related: owner of Frokost ApS"), (frokost, "Related: owned by Mads Kjær")):
        text = words(page(agent_client, url(of).replace("/relations", "/history")))
        assert told in text and "details – All of it" in text and "first day – 1 Mar 2026" in text and "Nora Vik" in text


def test_by_pages_and_with_few_questions(
    agent_client: FlaskClient, mads: Person, fresh_database: Database, jonas: Agent, statements: list[str],
) -> None:
    page(agent_client, url(mads))
    with fresh_database.write() as db:
        by, person = db.get_one(Agent, jonas.id), db.get_one(Person, mads.id)
        owner = db.scalars(select(RelationKind).where(RelationKind.name == "owner of")).one()
        for number in range(60):
            relate(db, owner, person, create_company(db, f"Firm {number:02}"), by=by)
            relate(db, owner, person, create_company(db, f"Old {number:02}"), by=by, until=now().date() - timedelta(days=3))
    statements.clear()
    first = page(agent_client, url(mads))
    assert len(statements) <= 38, len(statements)
    cursors = re.findall(r'href="([^"]*relations\?(?:cursor|past)=\d+)"', first)
    assert len(cursors) == 2
    assert "Firm 10" in words(first) and "Firm 09" not in words(first)
    second = page(agent_client, cursors[0])
    assert "Firm 09" in words(second) and "Firm 10" not in words(second) and "Old 59" in words(second)
    assert '<span class="tabs__count">121</span>' in first


def test_only_for_those_who_signed_in(visitor: FlaskClient, mads: Person, frokost: Company) -> None:
    for of in (mads, frokost):
        for part in ("", "/new", f"/{'0' * 24}"):
            assert visitor.get(url(of) + part).status_code == 303
        for part in ("", f"/{'0' * 24}", *(f"/{'0' * 24}/{act}" for act in ("end", "reopening", "removal", "restoration"))):
            assert visitor.post(url(of) + part).status_code == 303


def test_an_admin_names_the_kinds(admin_client: FlaskClient, agent_client: FlaskClient, mads: Person, fresh_database: Database) -> None:
    post(admin_client, "/settings/relations", between="person-company", name="patron of", reverse="protected by", meaning="")
    made = kind(fresh_database, "patron of")
    assert "patron of … (a company)" in page(agent_client, f"{url(mads)}/new")
    post(admin_client, f"/settings/relations/{made.uid}", name="benefactor of", reverse="helped by", meaning="", version=str(made.version))
    post(admin_client, f"/settings/relations/{made.uid}/place", to="up")
    assert "benefactor of" in words(page(admin_client, "/settings/relations"))
    refused = admin_client.post(f"/settings/relations/{made.uid}", data={"name": "x", "reverse": "y", "meaning": "", "version": str(made.version)})
    assert "It is now: benefactor of" in said(refused, 409)
    done = post(admin_client, f"/settings/relations/{made.uid}/archive")
    assert "benefactor of is no longer offered." in page(admin_client, done.location)
    assert "benefactor of" not in page(agent_client, f"{url(mads)}/new")
    post(admin_client, f"/settings/relations/{made.uid}/restoration")
    assert "benefactor of" in page(agent_client, f"{url(mads)}/new")
    assert "This name is taken." in said(admin_client.post("/settings/relations", data={"between": "person-person", "name": "deputy of"}), 422)

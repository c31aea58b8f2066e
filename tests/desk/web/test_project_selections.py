"""Selections of projects in the browser: built, ticked into, searched, changed, saved as a file, by whoever sees them alone."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent
from contacts.matter_kinds import PROJECTS
from contacts.matters import add_matter, edit_matter
from contacts.project import Project
from core.database import Database
from core.operations import Operation, OperationItem
from jobs import operations as job
from tests.desk.web.tickets.conftest import page, post, said, statements, words

__all__ = ["statements"]
OPEN = {"field_0": "state", "op_0": "is", "value_0": "open"}


@pytest.fixture
def projects(fresh_database: Database, nora: Agent) -> list[Project]:
    with fresh_database.write() as db:
        return [add_matter(db, PROJECTS, {"title": title, "state": state}, by=db.get_one(Agent, nora.id))
                for title, state in (("Brygga", "open"), ("Låven", "open"), ("Tårnet", "done"))]


def listed(html: str) -> list[str]:
    return re.findall(r'class="lines__row-link" href="/projects/\w+">([^<]+)</a>', html)


def made(client: FlaskClient, **form: str) -> str:
    """The address of a selection that is made by the form."""
    return str(post(client, "/selections", **{"of": "projects", "kind": "dynamic", "name": "Going on", "do": "save", "sharing": "private", **form}).location)


def test_built_counted_and_listed(agent_client: FlaskClient, projects: list[Project]) -> None:
    assert "Selection of projects" in page(agent_client, "/selections/new?of=projects&kind=dynamic")
    part = said(agent_client.post("/selections", data={"of": "projects", "kind": "dynamic", **OPEN}, headers={"HX-Request": "true"}))
    assert "2 projects" in words(part) and '<option value="open" selected>Open' in part
    url = made(agent_client, **OPEN)
    text = page(agent_client, url)
    assert listed(text) == ["Låven", "Brygga"] and "State is Open" in words(text)
    assert listed(page(agent_client, f"{url}?q=laav")) == ["Låven"] and "Nothing matches" in page(agent_client, f"{url}?q=nowhere")
    assert "Going on" in page(agent_client, "/selections?of=projects") and "Going on" not in page(agent_client, "/selections?of=companies")


def test_what_makes_no_sense_of_projects_is_not_offered(agent_client: FlaskClient, projects: list[Project]) -> None:
    url = made(agent_client, **OPEN)
    text, uid = words(page(agent_client, url)), url.rpartition("/")[2]
    assert "campaign" not in text and "mailed" not in text
    page(agent_client, f"{url}/mass-mail", 404)
    acts = words(page(agent_client, f"/selections/acts?selection={uid}"))
    assert "Move to a company" not in acts and "campaign" not in acts and "infotag" not in acts
    post(agent_client, "/selections/acts/move", 422, selection=uid, company="Nobody AS")
    post(agent_client, "/selections/acts/campaign", 422, selection=uid)
    assert uid not in page(agent_client, "/search?q=laven")        # the page of hits has no projects to narrow


def test_ticked_in_the_list_added_from_the_page_and_taken_out(agent_client: FlaskClient, projects: list[Project]) -> None:
    assert f'name="uids" value="{projects[0].uid}" form="many"' in page(agent_client, "/projects") and 'form="many"' not in page(agent_client, "/sales")
    uids = [one.uid for one in projects[:2]]
    asks = post(agent_client, "/selections/members", 200, of="projects", uids=uids, selection="").text
    assert "Låven, Brygga" in words(asks) and 'href="/projects"' in asks
    url = str(post(agent_client, "/selections/members", of="projects", uids=uids, name="Picked").location)
    uid = url.rpartition("/")[2]
    assert listed(page(agent_client, url)) == ["Låven", "Brygga"] and f'<option value="{uid}">Picked' in page(agent_client, "/projects")
    assert f"/selections/members/new?of=projects&amp;uids={projects[2].uid}" in page(agent_client, f"/projects/{projects[2].uid}")
    form = page(agent_client, f"/selections/members/new?of=projects&uids={projects[2].uid}")
    assert "Picked" in form and f'href="/projects/{projects[2].uid}"' in form
    post(agent_client, "/selections/members", of="projects", uids=projects[2].uid, selection=uid)
    post(agent_client, f"{url}/members/end", uids=uids[0])
    assert listed(page(agent_client, url)) == ["Tårnet", "Låven"]
    post(agent_client, "/selections/members", 404, of="persons", uids=uids, selection=uid)


def test_fields_of_all_are_changed_and_taken_back(
    agent_client: FlaskClient, projects: list[Project], fresh_database: Database, jonas: Agent,
) -> None:
    """State, owner and days, each shown before; what somebody has changed since is left as it is."""
    with fresh_database.write() as db:
        edit_matter(db, db.get_one(Project, projects[2].id), {"state": "open"}, by=jonas)
        edit_matter(db, db.get_one(Project, projects[2].id), {"state": "done"}, by=jonas)
        over_at = db.get_one(Project, projects[2].id).over_at
    uids = [one.uid for one in projects]
    form = post(agent_client, "/selections/acts/new", 200, of="projects", uids=uids).text
    assert "3 projects" in words(form) and 'name="starts_on"' in form
    post(agent_client, "/selections/acts/changes", 422, of="projects", uids=uids, starts_on="soon")
    post(agent_client, "/selections/acts/changes", 422, of="projects", uids=uids, owner="nobody")
    post(agent_client, "/selections/acts/changes", of="projects", uids=uids, state="planned", owner=jonas.uid, ends_on="2030-01-02")
    job.run()
    with fresh_database.read() as db:
        operation = db.scalars(select(Operation)).one()
        assert [one.state for one in db.scalars(select(OperationItem))] == ["planned"] * 3
    shown = page(agent_client, f"/operations/{operation.uid}")
    assert "Change of many projects" in shown and f'href="/projects/{uids[0]}"' in shown
    assert "state: Open Planned" in words(shown) and "owner: Nora Vik Jonas" in words(shown) and "2 Jan 2030" in words(shown)
    post(agent_client, f"/operations/{operation.uid}/approve")
    job.run()
    with fresh_database.write() as db:
        rows = list(db.scalars(select(Project).order_by(Project.id)))
        assert {(one.state, one.owner_id, str(one.ends_on), one.over_at) for one in rows} == {("planned", jonas.id, "2030-01-02", None)}
        edit_matter(db, rows[0], {"state": "cancelled"}, by=jonas)
    post(agent_client, f"/operations/{operation.uid}/undo")
    job.run()
    with fresh_database.read() as db:
        rows = list(db.scalars(select(Project).order_by(Project.id)))
        assert [(one.state, str(one.ends_on)) for one in rows] == [("cancelled", "2030-01-02"), ("open", "None"), ("done", "None")]
        assert rows[2].over_at == over_at and rows[1].owner_id != jonas.id


def test_all_of_a_selection_are_changed(agent_client: FlaskClient, projects: list[Project], fresh_database: Database) -> None:
    uid = made(agent_client, **OPEN).rpartition("/")[2]
    post(agent_client, "/selections/acts/changes", selection=uid, owner="-")
    job.run()
    with fresh_database.read() as db:
        assert {(one.subject_uid, one.state) for one in db.scalars(select(OperationItem))} == {(one.uid, "planned") for one in projects[:2]}


def test_saved_as_a_file(agent_client: FlaskClient, admin_client: FlaskClient, projects: list[Project]) -> None:
    """What the selection, or the list with its search and its states, shows."""
    url = made(agent_client, **OPEN)
    uid = url.rpartition("/")[2]
    assert f"/exports/projects.csv?selection={uid}" in page(agent_client, url)
    lines = page(agent_client, f"/exports/projects.csv?selection={uid}").lstrip("\ufeff").splitlines()
    assert lines[0].startswith("Id;Name;State") and [line.split(";")[1] for line in lines[1:]] == ["Låven", "Brygga"]
    assert "/exports/projects.csv?q=taarn&amp;state=done" in page(agent_client, "/projects?q=taarn&state=done")
    text = page(agent_client, "/exports/projects.csv?q=taarn&whose=mine&state=done")
    assert "Tårnet" in text and "Låven" not in text
    assert "Tårnet" not in page(admin_client, "/exports/projects.csv?whose=mine")


def test_a_private_one_is_nowhere_for_others(agent_client: FlaskClient, admin_client: FlaskClient, visitor: FlaskClient, projects: list[Project]) -> None:
    """Not for an admin either; and nobody without a session is let in."""
    url = made(agent_client, **OPEN)
    uid = url.rpartition("/")[2]
    for path in (url, f"{url}/edit", f"/exports/projects.csv?selection={uid}", f"/selections/acts?selection={uid}"):
        page(admin_client, path, 404)
        assert "/sign-in" in visitor.get(path).location, path
    post(admin_client, "/selections/acts/changes", 404, selection=uid, state="done")
    assert "Going on" not in page(admin_client, "/selections?of=projects") and uid not in page(admin_client, "/projects")


def test_a_page_asks_the_same_however_many(
    agent_client: FlaskClient, projects: list[Project], statements: list[str], fresh_database: Database, jonas: Agent,
) -> None:
    url = made(agent_client, field_0="name", op_0="filled")

    def asked(path: str) -> int:
        page(agent_client, path)
        statements.clear()
        page(agent_client, path)
        return len(statements)

    paths = (url, f"{url}?q=o", "/projects", f"/exports/projects.csv?selection={url.rpartition('/')[2]}")
    before = [asked(path) for path in paths]
    with fresh_database.write() as db:
        for n in range(12):
            add_matter(db, PROJECTS, {"title": f"Over {n}"}, by=jonas)
    assert [asked(path) for path in paths] == before and max(before) <= 25

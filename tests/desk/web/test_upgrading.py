"""A desk that was there before the register grew."""

from __future__ import annotations

from alembic import command
from flask.testing import FlaskClient
from sqlalchemy import MetaData, select, text

from contacts.agent import Agent
from contacts.creating import create_company
from contacts.editing import create_person
from contacts.matter_kinds import KINDS
from contacts.matters import add_matter, delete_matter
from contacts.order_lines import Line
from contacts.selecting import add_members, new_selection
from contacts.selection import Selection, SelectionMember
from core import schema
from core.database import Database
from core.options import option
from tests.desk.web.tickets.conftest import page


def test_what_is_new_is_there_at_once_and_the_defaults_keep_the_old_ways(agent_client: FlaskClient, nora: Agent, fresh_database: Database) -> None:
    """S86: whoever was held before is found, has every tab, and a company is asked for and unknown senders are created as before."""
    with fresh_database.write() as db:
        person = create_person(db, {"first_name": "Ingrid", "last_name": "Solheim"}, by=db.get_one(Agent, nora.id),
                               employments=[{"company": create_company(db, "Kunde AS", by=nora.uid)}])
        uid = person.uid
    with fresh_database.engine.execution_options(skranke="write").begin() as connection:
        command.downgrade(schema.config(connection), "0001")
        before = MetaData()
        before.reflect(connection)
        assert "activities" not in before.tables
        assert connection.scalar(text("SELECT count(*) FROM persons")) == 1
    schema.upgrade(fresh_database)
    assert "Ingrid Solheim" in page(agent_client, "/persons?q=solheim")
    for tab in ("", "/details", "/companies", "/activities", "/notes", "/sales", "/files", "/relations", "/infotags", "/services", "/history"):
        assert "Ingrid Solheim" in page(agent_client, f"/persons/{uid}{tab}"), tab
    with fresh_database.read() as db:
        assert (option(db, "contacts.company_required"), option(db, "intake.unknown_sender")) == (True, "create")


def test_what_there_was_of_sales_campaigns_projects_and_orders_is_found(agent_client: FlaskClient, nora: Agent, fresh_database: Database) -> None:
    """Also by the lines of an order and by name in selections; what was deleted is not. Going back takes selections of projects along."""
    with fresh_database.write() as db:
        by = db.get_one(Agent, nora.id)
        company, rows = create_company(db, "Kunde AS", by=nora.uid), {}
        for key, kind in KINDS.items():
            tied = {"company_id": company.id} if kind.customer else {}
            rows[key] = add_matter(db, kind, {"title": "Øvre låve", **tied}, lines=[Line("Røde støvler")] if key == "orders" else (), by=by)
            delete_matter(db, add_matter(db, kind, {"title": "Øvre bod", **tied}, by=by), by=by)
        picked = new_selection(db, {"name": "Picked", "of": "projects"}, by=by)
        add_members(db, picked, [rows["projects"].uid], by=by)
        new_selection(db, {"name": "Twice", "of": "projects", "kind": "combined", "how": "union", "first": picked.uid, "second": picked.uid}, by=by)
        people = new_selection(db, {"name": "People", "of": "companies", "sharing": "all"}, by=by)
        add_members(db, people, [company.uid], by=by)
    with fresh_database.engine.execution_options(skranke="write").begin() as connection:
        command.downgrade(schema.config(connection), "0002")
    schema.upgrade(fresh_database)
    for key in KINDS:
        found = page(agent_client, f"/{key}?q=oevre")
        assert "Øvre låve" in found and "Øvre bod" not in found, key
    assert "Øvre låve" in page(agent_client, "/orders?q=roede+stoev")
    with fresh_database.write() as db:
        assert [one.name for one in db.scalars(select(Selection))] == ["People"] and len(db.scalars(select(SelectionMember)).all()) == 1
        named = new_selection(db, {"name": "Named", "of": "projects", "kind": "dynamic", "criteria": [{"field": "name", "op": "begins", "value": "ovre laa"}]},
                              by=db.get_one(Agent, nora.id))
    assert "Øvre låve" in page(agent_client, f"/selections/{named.uid}")

"""A desk that was there before the register grew."""

from __future__ import annotations

from alembic import command
from flask.testing import FlaskClient
from sqlalchemy import MetaData, text

from contacts.agent import Agent
from contacts.creating import create_company
from contacts.editing import create_person
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

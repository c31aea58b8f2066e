"""How the database finds what a line of the register shows: from the person, never through all addresses or tickets."""

from __future__ import annotations

from flask.testing import FlaskClient
from sqlalchemy import event

from contacts.editing import create_person
from core.database import Database, database


def test_lines_lead_from_the_person_to_address_and_tickets(agent_client: FlaskClient, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        for number in range(3):
            create_person(db, {"first_name": "Kari", "last_name": f"Hansen {number}"}, by=None, exempt=True,
                          addresses=[{"kind": "email", "value": f"kari{number}@kunde.example"}])
    engine, asked = database().engine, []

    def heard(_connection: object, _cursor: object, statement: str, given: object, *_: object) -> None:
        asked.append((statement, given))

    event.listen(engine, "before_cursor_execute", heard)
    try:
        assert "kari1@" in agent_client.get("/persons?q=hansen").text.replace("<wbr>", "")
    finally:
        event.remove(engine, "before_cursor_execute", heard)
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        plans = "\n".join(
            str(row) for statement, given in asked if " holdings" in statement or ("count(*)" in statement and "requester_id" in statement)
            for row in connection.exec_driver_sql(f"EXPLAIN {'QUERY PLAN ' if sqlite else ''}{statement}", given))
    assert "holdings" in plans
    if sqlite:              # PostgreSQL has statistics to go by
        assert "ix_holdings_person" in plans
        assert "ix_tickets_requester" in plans
        assert "ix_tickets_shelf" not in plans

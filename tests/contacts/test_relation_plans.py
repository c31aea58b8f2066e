"""How the database finds relations: from either side through its own index, never by reading all of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.orm import Session

from contacts.covering import cover_of, helpers
from contacts.creating import create_company
from contacts.editing import create_person
from contacts.person import Person
from contacts.relation import Relation
from contacts.relation_kinds import kinds
from contacts.ties import count_ties, ties
from core.database import new_uid

ROWS = 3000


@pytest.fixture
def mads(db: Session) -> Person:
    """One person among many relations of others."""
    mads, other = (create_person(db, {"first_name": name}, by=None, exempt=True, addresses=[{"kind": "email", "value": f"{name}@kunde.example"}])
                   for name in ("mads", "lone"))
    company, owner, assistant = create_company(db, "Kunde AS"), kinds(db)[6], kinds(db)[2]
    db.execute(insert(Relation), [{"uid": new_uid(), "kind_id": owner.id, "person_id": other.id, "other_company_id": company.id}
                                  for _ in range(ROWS)])
    db.execute(insert(Relation), [{"uid": new_uid(), "kind_id": assistant.id, "person_id": other.id, "other_person_id": mads.id}])
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("ANALYZE"))
    return mads


@pytest.mark.parametrize("ask", [
    ties, count_ties, cover_of, lambda db, person: ties(db, person, past=True), lambda db, person: helpers(db, {"mads@kunde.example"})])
def test_from_either_side(db: Session, mads: Person, ask: Callable[[Session, Person], object]) -> None:
    connection, asked = db.connection(), []

    def heard(_connection: object, _cursor: object, statement: str, given: object, *_: object) -> None:
        asked.append((statement, given))

    event.listen(connection, "before_cursor_execute", heard)
    try:
        ask(db, mads)
    finally:
        event.remove(connection, "before_cursor_execute", heard)
    explain = "EXPLAIN " if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
    plan = "\n".join(str(row) for statement, given in asked if " relations" in statement
                     for row in connection.exec_driver_sql(explain + statement, given))
    assert "ix_relations_" in plan and "Seq Scan on relations " not in plan and "'SCAN relations'" not in plan, plan

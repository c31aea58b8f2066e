"""A desk with addresses, before and after their table is made anew (migration 0013)."""

from __future__ import annotations

import pytest
from alembic import command
from sqlalchemy import inspect, select, text

from contacts.address import Address, Holding
from contacts.editing import create_person
from contacts.rejection import Rejection
from core import schema
from core.database import Database


def test_what_points_at_an_address_stays(fresh_database: Database) -> None:
    with fresh_database.write() as db:
        person = create_person(db, {"first_name": "Ingrid", "last_name": "Solheim"}, by=None, exempt=True,
                               addresses=[{"kind": "email", "value": "ingrid@kunde.example"}, {"kind": "phone", "value": "+4722334455"}])
        address = db.scalars(select(Address.id).where(Address.kind == "email")).one()
        db.add(Rejection(person_id=person.id, address_id=address))
    before = _rows(fresh_database)
    assert len(before["holdings"]) == 2
    assert len(before["rejections"]) == 1
    _down(fresh_database)
    assert ["kind", "normalised"] in _unique(fresh_database)
    schema.upgrade(fresh_database)
    assert _rows(fresh_database) == before
    assert ["normalised", "kind"] in _unique(fresh_database)
    with fresh_database.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            assert connection.scalar(text("PRAGMA foreign_keys")) == 1
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []


def test_it_refuses_where_it_would_take_anything_along(fresh_database: Database) -> None:
    with fresh_database.write() as db:
        create_person(db, {"first_name": "Ingrid", "last_name": "Solheim"}, by=None, exempt=True, addresses=[{"kind": "email", "value": "ingrid@kunde.example"}])
    if fresh_database.dialect != "sqlite":
        return
    with pytest.raises(RuntimeError, match="Foreign keys"), fresh_database.engine.execution_options(skranke="write").begin() as connection:
        command.downgrade(schema.config(connection), "0012")
    with fresh_database.read() as db:
        assert len(db.scalars(select(Holding.id)).all()) == 1


def _down(database: Database) -> None:
    engine = database.engine.execution_options(skranke="write")
    with engine.connect() as connection, schema._nothing_follows(connection), connection.begin():
        command.downgrade(schema.config(connection), "0012")


def _rows(database: Database) -> dict[str, list[object]]:
    with database.engine.connect() as connection:
        return {table: [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY address_id" if table != "addresses" else
                                                                      "SELECT * FROM addresses ORDER BY id"))]
                for table in ("addresses", "holdings", "rejections")}


def _unique(database: Database) -> list[list[str]]:
    with database.engine.connect() as connection:
        return [list(one["column_names"]) for one in inspect(connection).get_unique_constraints("addresses")]

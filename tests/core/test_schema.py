"""Migrations make exactly what the models declare."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from core import schema


def test_migrations_and_models_agree(shared_database):
    with shared_database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={
            "include_object": schema.is_ours, "compare_type": True, "target_metadata": schema.metadata()})
        assert compare_metadata(context, schema.metadata()) == []


def test_current_knows_that_nothing_is_missing(shared_database):
    assert schema.current(shared_database)

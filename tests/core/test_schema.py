"""Migrations make exactly what the models declare."""

import subprocess
import sys

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from core import schema


def test_migrations_and_models_agree(shared_database):
    with shared_database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={
            "include_object": schema.is_ours, "compare_type": True, "target_metadata": schema.metadata()})
        assert compare_metadata(context, schema.metadata()) == []


def test_current_knows_that_nothing_is_missing(shared_database):
    assert schema.current(shared_database)


def test_a_process_that_has_read_nothing_else_knows_every_table(shared_database):
    told = subprocess.run([sys.executable, "-c", "from core import schema; print(*schema.metadata().tables)"], capture_output=True, text=True, check=True)
    with shared_database.engine.connect() as connection:
        there = {name for name in inspect(connection).get_table_names() if "_search" not in name} - {"alembic_version"}
    assert set(told.stdout.split()) == there

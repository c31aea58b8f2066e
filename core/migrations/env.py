"""Alembic's environment: migrations run on the engine the caller hands over."""

from alembic import context

from core import schema

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=schema.metadata(), render_as_batch=True,
                  compare_type=True, include_object=schema.is_ours)
with context.begin_transaction():
    context.run_migrations()

"""Addresses are found by the address first and by their kind second.

The other way round SQLite, which keeps no statistics here, went through all addresses of a kind for those of a few persons.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision, down_revision = "0013", "0012"
branch_labels = depends_on = None


def upgrade() -> None:
    """The two columns of the constraint change places."""
    _turn("uq_addresses_kind_normalised", "uq_addresses_normalised_kind", "normalised", "kind")


def downgrade() -> None:
    """And back."""
    _turn("uq_addresses_normalised_kind", "uq_addresses_kind_normalised", "kind", "normalised")


def _turn(before: str, after: str, *columns: str) -> None:
    """SQLite makes the table anew. While foreign keys are on that would take along what points at addresses."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite" and connection.scalar(text("PRAGMA foreign_keys")) and connection.scalar(text("SELECT 1 FROM addresses LIMIT 1")):
        raise RuntimeError("Foreign keys must be off while the table of addresses is made anew.")
    with op.batch_alter_table("addresses") as table:
        table.drop_constraint(before, type_="unique")
        table.create_unique_constraint(after, list(columns))

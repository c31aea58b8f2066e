"""Who must not be written to is kept by a keyed hash.

Revision ID: 0006
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.database

revision, down_revision = "0006", "0004"
branch_labels = depends_on = None


def upgrade() -> None:
    """Make the lists."""
    op.create_table(
        "suppressions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("list", sa.String(length=10), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("at", core.database.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppressions")),
        sa.UniqueConstraint("list", "purpose", "fingerprint", name=op.f("uq_suppressions_list_purpose_fingerprint")),
        sa.UniqueConstraint("uid", name=op.f("uq_suppressions_uid")))


def downgrade() -> None:
    """Without them."""
    op.drop_table("suppressions")

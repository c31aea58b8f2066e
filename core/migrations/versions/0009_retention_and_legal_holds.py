"""What is kept for how long, and what is held: rules of retention, legal holds, and when a ticket was emptied.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.database

revision, down_revision = "0009", "0008"
branch_labels = depends_on = None

_STANDING, _CLOSED = sa.text("lifted_at IS NULL"), sa.text("closed_at IS NOT NULL")


def upgrade() -> None:
    """Make them; there is neither a rule nor a hold yet."""
    op.create_table(
        "legal_holds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("of", sa.String(length=10), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("record_uid", sa.String(length=24), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("basis", sa.String(length=20), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("restricted_at", core.database.Moment(timezone=True), nullable=True),
        sa.Column("set_by_id", sa.Integer(), nullable=True),
        sa.Column("lifted_at", core.database.Moment(timezone=True), nullable=True),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.Column("lifted_why", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", core.database.Moment(timezone=True), nullable=False),
        *(sa.ForeignKeyConstraint([f"{name}_id"], ["agents.id"], name=op.f(f"fk_legal_holds_{name}_id"), ondelete="SET NULL")
          for name in ("owner", "set_by", "lifted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_holds")),
        sa.UniqueConstraint("uid", name=op.f("uq_legal_holds_uid")))
    op.create_index("ix_legal_holds_record", "legal_holds", ["of", "record_id", "id"], unique=False)
    op.create_index("ix_legal_holds_standing", "legal_holds", ["review_on", "id"], unique=False, sqlite_where=_STANDING, postgresql_where=_STANDING)
    op.create_table(
        "retention_rules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("of", sa.String(length=30), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=6), nullable=False),
        sa.Column("since", sa.String(length=12), nullable=False),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", core.database.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_rules")),
        sa.UniqueConstraint("of", name=op.f("uq_retention_rules_of")),
        sa.UniqueConstraint("uid", name=op.f("uq_retention_rules_uid")))
    op.add_column("tickets", sa.Column("emptied_at", core.database.Moment(timezone=True), nullable=True))
    op.create_index("ix_tickets_closed", "tickets", ["closed_at", "id"], unique=False, sqlite_where=_CLOSED, postgresql_where=_CLOSED)


def downgrade() -> None:
    """Forget them; what was emptied stays so."""
    op.drop_index("ix_tickets_closed", table_name="tickets")
    op.drop_column("tickets", "emptied_at")
    op.drop_table("retention_rules")
    op.drop_table("legal_holds")

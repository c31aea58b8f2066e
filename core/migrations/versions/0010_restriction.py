"""Persons may be restricted: stored and not used; who was looked up is counted; who got data of a person is told.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.database

revision, down_revision = "0010", "0009"
branch_labels = depends_on = None

RESTRICTED = sa.text("restricted_at IS NOT NULL")


def upgrade() -> None:
    """A mark on persons, and the list of restrictions."""
    op.add_column("persons", sa.Column("restricted_at", core.database.Moment(timezone=True), nullable=True))
    op.create_index("ix_persons_restricted", "persons", ["id"], unique=False, sqlite_where=RESTRICTED, postgresql_where=RESTRICTED)
    op.create_table(
        "restrictions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("origin_person_id", sa.Integer(), nullable=True),
        sa.Column("ground", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", core.database.Moment(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("lifted_at", core.database.Moment(timezone=True), nullable=True),
        sa.Column("lifted_by_id", sa.Integer(), nullable=True),
        sa.Column("told", sa.String(length=10), nullable=False),
        sa.Column("told_how", sa.Text(), nullable=False),
        sa.Column("mail_uid", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["agents.id"], name=op.f("fk_restrictions_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["lifted_by_id"], ["agents.id"], name=op.f("fk_restrictions_lifted_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_restrictions_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restrictions")),
        sa.UniqueConstraint("uid", name=op.f("uq_restrictions_uid")))
    op.create_index("ix_restrictions_person_id", "restrictions", ["person_id"], unique=False)
    op.create_table(
        "lookups",
        sa.Column("subject_uid", sa.String(length=24), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_lookups_agent_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("subject_uid", "day", "purpose", "agent_id", name=op.f("pk_lookups")))
    op.create_index("ix_lookups_day", "lookups", ["day"], unique=False)
    op.create_table(
        "tellings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("subject_uid", sa.String(length=24), nullable=False),
        sa.Column("about", sa.String(length=10), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("mail_uid", sa.String(length=24), nullable=True),
        sa.Column("at", core.database.Moment(timezone=True), nullable=False),
        sa.Column("by_uid", sa.String(length=24), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tellings")),
        sa.UniqueConstraint("uid", name=op.f("uq_tellings_uid")))
    op.create_index("ix_tellings_subject", "tellings", ["subject_uid", "id"], unique=False)
    op.create_index("ix_tellings_mail", "tellings", ["mail_uid"], unique=False)


def downgrade() -> None:
    """Without them; whoever was restricted is used again: a mask alone would mean the bin, which purges."""
    op.execute("UPDATE persons SET binned_at = NULL WHERE restricted_at IS NOT NULL")
    op.drop_table("tellings")
    op.drop_table("lookups")
    op.drop_table("restrictions")
    op.drop_index("ix_persons_restricted", table_name="persons")
    op.drop_column("persons", "restricted_at")

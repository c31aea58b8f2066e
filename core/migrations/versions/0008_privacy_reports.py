"""Privacy reports are kept for some days, and agents may be given the right to make them.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.database

revision, down_revision = "0008", "0007"
branch_labels = depends_on = None
MOMENT = core.database.Moment(timezone=True)


def upgrade() -> None:
    """Make the tables; nobody but admins has the right yet."""
    op.add_column("agents", sa.Column("privacy_reports", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "privacy_reports",
        sa.Column("id", sa.Integer(), nullable=False), sa.Column("uid", sa.String(), nullable=False),
        sa.Column("form", sa.String(length=10), nullable=False), sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("by_uid", sa.String(length=24), nullable=True), sa.Column("operation_uid", sa.String(length=24), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False), sa.Column("made_at", MOMENT, nullable=True), sa.Column("until", MOMENT, nullable=False),
        sa.Column("held_back", sa.Integer(), nullable=False), sa.Column("released_at", MOMENT, nullable=True),
        sa.Column("released_by_uid", sa.String(length=24), nullable=True),
        sa.Column("summary", core.database.Json, nullable=False), sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.Column("link_digest", sa.String(length=32), nullable=True), sa.Column("link_until", MOMENT, nullable=True),
        sa.Column("sent_at", MOMENT, nullable=True), sa.Column("opened_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_reports")), sa.UniqueConstraint("uid", name=op.f("uq_privacy_reports_uid")))
    op.create_index(op.f("ix_privacy_reports_until"), "privacy_reports", ["until"], unique=False)
    op.create_index("ix_privacy_reports_operation", "privacy_reports", ["operation_uid"], unique=False)
    linked = sa.text("link_digest IS NOT NULL")
    op.create_index("ix_privacy_reports_link", "privacy_reports", ["link_digest"], unique=True, sqlite_where=linked, postgresql_where=linked)
    op.create_table(
        "privacy_report_persons",
        sa.Column("report_id", sa.Integer(), nullable=False), sa.Column("person_uid", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["privacy_reports.id"], name=op.f("fk_privacy_report_persons_report_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("report_id", "person_uid", name=op.f("pk_privacy_report_persons")))
    op.create_index("ix_privacy_report_persons_person", "privacy_report_persons", ["person_uid", "report_id"], unique=False)
    op.create_table(
        "privacy_report_parts",
        sa.Column("id", sa.Integer(), nullable=False), sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=20), nullable=False), sa.Column("entries", core.database.Json, nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["privacy_reports.id"], name=op.f("fk_privacy_report_parts_report_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_report_parts")))
    op.create_index("ix_privacy_report_parts_report", "privacy_report_parts", ["report_id", "section", "id"], unique=False)


def downgrade() -> None:
    """Forget the reports and the right."""
    for table in ("privacy_report_parts", "privacy_report_persons", "privacy_reports"):
        op.drop_table(table)
    op.drop_column("agents", "privacy_reports")

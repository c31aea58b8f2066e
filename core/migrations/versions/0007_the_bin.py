"""The bin has a list of its own: who put what there, when, and what went together.

Revision ID: 0007
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.database

revision, down_revision = "0007", "0006"
branch_labels = depends_on = None


def upgrade() -> None:
    """Make the list, with what lies in the bin already; who put it there is not known."""
    op.create_table('bin',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('of', sa.String(length=10), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('act', sa.String(length=24), nullable=False),
    sa.Column('at', core.database.Moment(timezone=True), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('number', sa.String(length=40), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['agents.id'], name=op.f('fk_bin_by_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bin')),
    sa.UniqueConstraint('of', 'record_id', name=op.f('uq_bin_of_record_id'))
    )
    op.create_index('ix_bin_act', 'bin', ['act', 'id'], unique=False)
    op.create_index('ix_bin_of', 'bin', ['of', 'id'], unique=False)
    for of, table, part in (("person", "persons", "merged_into_id IS NULL"), ("company", "companies", "1 = 1"),
                            ("ticket", "tickets", "merged_into_id IS NULL")):
        op.execute(f"INSERT INTO bin (of, record_id, act, at) SELECT '{of}', id, uid, binned_at FROM {table} "      # noqa: S608 - words of ours
                   f"WHERE binned_at IS NOT NULL AND {part} ORDER BY binned_at, id")


def downgrade() -> None:
    """Forget it: the marks on the records stay."""
    op.drop_table('bin')

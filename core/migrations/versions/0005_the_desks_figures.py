"""The desk's figures: counts by day that stay when tickets go.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.database

revision, down_revision = "0005", "0004"
branch_labels = depends_on = None


def upgrade() -> None:
    """Make the tables; the timetable fills them."""
    op.create_table('figures',
    sa.Column('dimension', sa.String(length=10), nullable=False),
    sa.Column('measure', sa.String(length=10), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('mailbox_id', sa.Integer(), nullable=False),
    sa.Column('value', sa.String(length=24), nullable=False),
    sa.Column('bucket', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['mailbox_id'], ['mailboxes.id'], name=op.f('fk_figures_mailbox_id')),
    sa.PrimaryKeyConstraint('dimension', 'measure', 'day', 'mailbox_id', 'value', 'bucket', name=op.f('pk_figures'))
    )
    op.create_index('ix_figures_value', 'figures', ['value', 'dimension'], unique=False, sqlite_where=sa.text("value <> ''"),
                    postgresql_where=sa.text("value <> ''"))
    op.create_table('counted_tickets',
    sa.Column('ticket_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('mailbox_id', sa.Integer(), nullable=False),
    sa.Column('team', sa.String(length=24), nullable=False),
    sa.Column('company', sa.String(length=24), nullable=False),
    sa.Column('language', sa.String(length=24), nullable=False),
    sa.Column('level', sa.String(length=24), nullable=False),
    sa.Column('events', core.database.Json, nullable=False),
    sa.Column('sealed', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_counted_tickets_ticket_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('ticket_id', name=op.f('pk_counted_tickets'))
    )
    op.create_index('ix_counted_tickets_company', 'counted_tickets', ['company'], unique=False, sqlite_where=sa.text("company <> ''"),
                    postgresql_where=sa.text("company <> ''"))
    op.add_column('outbound_mails', sa.Column('operation_uid', sa.String(length=24), nullable=True))
    op.create_table('fold_marks',
    sa.Column('name', sa.String(length=20), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('at', core.database.Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_fold_marks'))
    )


def downgrade() -> None:
    """Take them away, with what was counted of tickets that have gone."""
    op.drop_column('outbound_mails', 'operation_uid')
    op.drop_table('fold_marks')
    op.drop_table('counted_tickets')
    op.drop_table('figures')

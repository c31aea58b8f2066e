"""What bookkeeping keeps of private customers who were erased.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.database

revision, down_revision = "0012", "0011"
branch_labels = depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table('vouchers',
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('until', core.database.Moment(timezone=True), nullable=False),
    sa.Column('sealed', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_vouchers_order_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('order_id', name=op.f('pk_vouchers'))
    )
    op.create_index(op.f('ix_vouchers_until'), 'vouchers', ['until'], unique=False)


def downgrade() -> None:
    """Forget them."""
    op.drop_table('vouchers')

"""Stages of sales become a list that an admin keeps; every sale keeps its own, and the histories say it as it is called.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.clock
import core.database

revision, down_revision = "0004", "0003"
branch_labels = depends_on = None

#: What a sale had until now → its name and probability, as ``contacts.sale`` has them.
STAGES = {"contact": ("First contact", 10), "needs": ("Needs known", 25), "offer": ("Offer sent", 50), "negotiation": ("Negotiation", 75),
          "agreed": ("Agreed by word", 90)}


def upgrade() -> None:
    """Make the list, and give every sale its stage of it."""
    op.create_table('sale_stages',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('probability', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('retired_at', core.database.Moment(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', core.database.Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sale_stages')),
    sa.UniqueConstraint('uid', name=op.f('uq_sale_stages_uid'))
    )
    table = sa.table("sale_stages", *(sa.column(name) for name in ("uid", "name", "probability", "place", "version")),
                     sa.column("created_at", core.database.Moment(timezone=True)))
    op.bulk_insert(table, [
        {"uid": core.database.new_uid(), "name": name, "probability": probability, "place": place, "version": 1, "created_at": core.clock.now()}
        for place, (name, probability) in enumerate(STAGES.values(), start=1)])
    # A column that may be empty: SQLite gives a table no other that points elsewhere, and making the table anew would take the members along.
    op.execute("ALTER TABLE sales ADD COLUMN stage_id INTEGER CONSTRAINT fk_sales_stage_id REFERENCES sale_stages (id)")
    for key, (name, _probability) in STAGES.items():
        op.execute(sa.text("UPDATE sales SET stage_id = (SELECT id FROM sale_stages WHERE name = :name) WHERE stage = :key").bindparams(name=name, key=key))
    _say({key: name for key, (name, _probability) in STAGES.items()})
    op.drop_column('sales', 'stage')
    op.create_index('ix_sales_stage', 'sales', ['stage_id', 'id'], unique=False)


def downgrade() -> None:
    """Back to the five; a stage that was added since becomes the first."""
    op.drop_index('ix_sales_stage', table_name='sales')
    op.add_column('sales', sa.Column('stage', sa.String(length=12), nullable=False, server_default='contact'))
    for key, (name, _probability) in STAGES.items():
        op.execute(sa.text("UPDATE sales SET stage = :key WHERE stage_id = (SELECT id FROM sale_stages WHERE name = :name)").bindparams(name=name, key=key))
    _say({name: key for key, (name, _probability) in STAGES.items()})
    op.drop_column('sales', 'stage_id')
    op.drop_table('sale_stages')


def _say(words: dict[str, str]) -> None:
    """In the histories."""
    changes = sa.table("changes", *(sa.column(name, sa.Text) for name in ("field", "before", "after")))
    for column in (changes.c.before, changes.c.after):
        op.execute(sa.update(changes).where(changes.c.field == "stage", column.in_(list(words))).values(
            {column.name: sa.case(words, value=column, else_=column)}))

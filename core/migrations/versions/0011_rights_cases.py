"""The rights desk: what persons ask of us, and certificates of what was erased.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.database

revision, down_revision = "0011", "0010"
branch_labels = depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table('erasure_certificates',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(), nullable=False),
    sa.Column('operation_uid', sa.String(length=24), nullable=False),
    sa.Column('case_uid', sa.String(length=24), nullable=True),
    sa.Column('at', core.database.Moment(timezone=True), nullable=False),
    sa.Column('content', core.database.Json, nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_erasure_certificates')),
    sa.UniqueConstraint('operation_uid', name=op.f('uq_erasure_certificates_operation_uid')),
    sa.UniqueConstraint('uid', name=op.f('uq_erasure_certificates_uid'))
    )
    op.create_index(op.f('ix_erasure_certificates_case_uid'), 'erasure_certificates', ['case_uid'], unique=False)
    op.create_table('rights_cases',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('closed', sa.Boolean(), nullable=False),
    sa.Column('origin', sa.String(length=10), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('origin_person_id', sa.Integer(), nullable=True),
    sa.Column('ticket_id', sa.Integer(), nullable=True),
    sa.Column('message_id', sa.Integer(), nullable=True),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('received_at', core.database.Moment(timezone=True), nullable=False),
    sa.Column('due_at', core.database.Moment(timezone=True), nullable=False),
    sa.Column('extended_at', core.database.Moment(timezone=True), nullable=True),
    sa.Column('extended_why', sa.Text(), nullable=False),
    sa.Column('identity', sa.String(length=10), nullable=False),
    sa.Column('identity_at', core.database.Moment(timezone=True), nullable=True),
    sa.Column('identity_address_id', sa.Integer(), nullable=True),
    sa.Column('link_key', sa.String(length=32), nullable=True),
    sa.Column('link_at', core.database.Moment(timezone=True), nullable=True),
    sa.Column('link_address_id', sa.Integer(), nullable=True),
    sa.Column('unproven_why', sa.Text(), nullable=False),
    sa.Column('ground', sa.String(length=1), nullable=False),
    sa.Column('phrase', sa.Text(), nullable=False),
    sa.Column('decision', sa.Text(), nullable=False),
    sa.Column('decided_at', core.database.Moment(timezone=True), nullable=True),
    sa.Column('operation_uid', sa.String(length=24), nullable=True),
    sa.Column('told', sa.String(length=10), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', core.database.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['identity_address_id'], ['addresses.id'], name=op.f('fk_rights_cases_identity_address_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['link_address_id'], ['addresses.id'], name=op.f('fk_rights_cases_link_address_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['message_id'], ['messages.id'], name=op.f('fk_rights_cases_message_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['owner_id'], ['agents.id'], name=op.f('fk_rights_cases_owner_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_rights_cases_person_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_rights_cases_ticket_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rights_cases')),
    sa.UniqueConstraint('link_key', name=op.f('uq_rights_cases_link_key')),
    sa.UniqueConstraint('message_id', name=op.f('uq_rights_cases_message_id')),
    sa.UniqueConstraint('uid', name=op.f('uq_rights_cases_uid'))
    )
    op.create_index(op.f('ix_rights_cases_identity_address_id'), 'rights_cases', ['identity_address_id'], unique=False)
    op.create_index('ix_rights_cases_kind', 'rights_cases', ['kind', 'closed', 'due_at', 'id'], unique=False)
    op.create_index(op.f('ix_rights_cases_link_address_id'), 'rights_cases', ['link_address_id'], unique=False)
    op.create_index(op.f('ix_rights_cases_operation_uid'), 'rights_cases', ['operation_uid'], unique=False)
    op.create_index('ix_rights_cases_order', 'rights_cases', ['closed', 'due_at', 'id'], unique=False)
    op.create_index(op.f('ix_rights_cases_person_id'), 'rights_cases', ['person_id'], unique=False)
    op.create_index('ix_rights_cases_state', 'rights_cases', ['state', 'closed', 'due_at', 'id'], unique=False)
    op.create_index(op.f('ix_rights_cases_ticket_id'), 'rights_cases', ['ticket_id'], unique=False)


def downgrade() -> None:
    """Forget cases and certificates."""
    op.drop_table('rights_cases')
    op.drop_table('erasure_certificates')

"""The register: activities, notes, sales, projects, campaigns, orders, relations, merges, what agents keep at hand.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql

import core.clock
import core.database
from core.alphabet import order_key

revision, down_revision = "0002", "0001"
branch_labels = depends_on = None

#: What selections go by, beside those of whom it is not known.
SELECTED = (*(("persons", name) for name in ("category", "business", "service_level", "our_contact", "support_contact")),
            *(("companies", name) for name in ("category", "business", "our_contact")))


#: Compared letter by letter on both databases.
ORDERED = sa.String(length=250).with_variant(sa.String(length=250, collation='C'), 'postgresql')
#: Rows that are given their place in the alphabet at a time.
TOGETHER = 10_000
INCOMPLETE = {'sqlite_where': sa.text('to_be_completed = 1'), 'postgresql_where': sa.text('to_be_completed')}


def upgrade() -> None:
    """Make them."""
    _order_names()
    op.create_table('imported_rows',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('subject_uid', sa.String(length=24), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_imported_rows'))
    )
    op.create_index('ix_imported_rows_subject_uid', 'imported_rows', ['subject_uid'], unique=False)
    op.create_table('relation_kinds',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(), nullable=False),
    sa.Column('between', sa.String(length=16), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('reverse', sa.String(length=80), nullable=False),
    sa.Column('meaning', sa.String(length=12), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('archived', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', core.database.Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_relation_kinds')),
    sa.UniqueConstraint('uid', name=op.f('uq_relation_kinds_uid'))
    )
    _offer_relations()
    op.create_table('custom_fields',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(), nullable=False),
    sa.Column('of', sa.String(length=10), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('names', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('choices', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('required', sa.Boolean(), nullable=False),
    sa.Column('personal', sa.Boolean(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('retired_at', core.database.Moment(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', core.database.Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_custom_fields')),
    sa.UniqueConstraint('of', 'key', name=op.f('uq_custom_fields_of_key')),
    sa.UniqueConstraint('uid', name=op.f('uq_custom_fields_uid'))
    )
    op.create_table('custom_values',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('field_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('company_id', sa.Integer(), nullable=True),
    sa.Column('text', sa.Text(), nullable=True),
    sa.Column('folded', sa.String(length=200), nullable=True),
    sa.Column('number', sa.Float(precision=53), nullable=True),
    sa.Column('day', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_custom_values_company_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['field_id'], ['custom_fields.id'], name=op.f('fk_custom_values_field_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_custom_values_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_custom_values'))
    )
    with op.batch_alter_table('custom_values', schema=None) as batch_op:
        batch_op.create_index('ix_custom_values_company', ['company_id', 'field_id'], unique=False)
        batch_op.create_index('ix_custom_values_day', ['field_id', 'day'], unique=False, sqlite_where=sa.text('day IS NOT NULL'), postgresql_where=sa.text('day IS NOT NULL'))
        batch_op.create_index('ix_custom_values_folded', ['field_id', 'folded'], unique=False, sqlite_where=sa.text('folded IS NOT NULL'), postgresql_where=sa.text('folded IS NOT NULL'))
        batch_op.create_index('ix_custom_values_number', ['field_id', 'number'], unique=False, sqlite_where=sa.text('number IS NOT NULL'), postgresql_where=sa.text('number IS NOT NULL'))
        batch_op.create_index('ix_custom_values_person', ['person_id', 'field_id'], unique=False)

    op.create_table('infotags',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('retired_at', core.database.Moment(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', core.database.Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_infotags')),
    sa.UniqueConstraint('name', name=op.f('uq_infotags_name')),
    sa.UniqueConstraint('uid', name=op.f('uq_infotags_uid'))
    )
    op.create_table('infotagged',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('tag_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('origin_person_id', sa.Integer(), nullable=True),
    sa.Column('company_id', sa.Integer(), nullable=True),
    sa.Column('by_uid', sa.String(length=24), nullable=True),
    sa.Column('at', core.database.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_infotagged_company_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_infotagged_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['tag_id'], ['infotags.id'], name=op.f('fk_infotagged_tag_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_infotagged')),
    sa.UniqueConstraint('company_id', 'tag_id', name=op.f('uq_infotagged_company_id_tag_id')),
    sa.UniqueConstraint('person_id', 'tag_id', name=op.f('uq_infotagged_person_id_tag_id'))
    )
    with op.batch_alter_table('infotagged', schema=None) as batch_op:
        batch_op.create_index('ix_infotagged_tag', ['tag_id', 'person_id'], unique=False)

    op.create_table('contact_files',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('origin_person_id', sa.Integer(), nullable=True),
    sa.Column('company_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=200), nullable=False),
    sa.Column('type', sa.String(length=120), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('source', sa.String(length=10), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('by_name', sa.String(length=120), nullable=False),
    sa.Column('at', core.database.Moment(timezone=True), nullable=False),
    sa.Column('binned_at', core.database.Moment(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', core.database.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['agents.id'], name=op.f('fk_contact_files_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_contact_files_company_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_contact_files_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_files')),
    sa.UniqueConstraint('uid', name=op.f('uq_contact_files_uid'))
    )
    with op.batch_alter_table('contact_files', schema=None) as batch_op:
        batch_op.create_index('ix_contact_files_binned', ['binned_at'], unique=False, sqlite_where=sa.text('binned_at IS NOT NULL'), postgresql_where=sa.text('binned_at IS NOT NULL'))
        batch_op.create_index('ix_contact_files_company', ['company_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_contact_files_digest'), ['digest'], unique=False)
        batch_op.create_index('ix_contact_files_person', ['person_id', 'id'], unique=False)

    op.create_table('at_hand',
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('subject_uid', sa.String(length=24), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('favourite', sa.Boolean(), nullable=False),
    sa.Column('subscribed', sa.Boolean(), nullable=False),
    sa.Column('subscribed_at', core.database.Moment(timezone=True), nullable=True),
    sa.Column('opened_at', core.database.Moment(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['agent_id'], ['agents.id'], name=op.f('fk_at_hand_agent_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('agent_id', 'subject_uid', name=op.f('pk_at_hand'))
    )
    with op.batch_alter_table('at_hand', schema=None) as batch_op:
        batch_op.create_index('ix_at_hand_opened', ['agent_id', 'opened_at'], unique=False)
        batch_op.create_index('ix_at_hand_subject', ['subject_uid'], unique=False)

    op.create_table('selections',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('sort_name', sa.String(length=120), nullable=False),
    sa.Column('order_key', ORDERED, nullable=False),
    sa.Column('of', sa.String(length=12), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('criteria', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('joined', sa.String(length=4), nullable=False),
    sa.Column('how', sa.String(length=12), nullable=True),
    sa.Column('first_id', sa.Integer(), nullable=True),
    sa.Column('second_id', sa.Integer(), nullable=True),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('sharing', sa.String(length=8), nullable=False),
    sa.Column('team_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', core.database.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['first_id'], ['selections.id'], name=op.f('fk_selections_first_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['agents.id'], name=op.f('fk_selections_owner_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['second_id'], ['selections.id'], name=op.f('fk_selections_second_id')),
    sa.ForeignKeyConstraint(['team_id'], ['teams.id'], name=op.f('fk_selections_team_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_selections')),
    sa.UniqueConstraint('uid', name=op.f('uq_selections_uid'))
    )
    with op.batch_alter_table('selections', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_selections_first_id'), ['first_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_selections_second_id'), ['second_id'], unique=False)
        batch_op.create_index('ix_selections_order_key', ['order_key', 'id'], unique=False)

    op.create_table('selection_members',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('selection_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('origin_person_id', sa.Integer(), nullable=True),
    sa.Column('company_id', sa.Integer(), nullable=True),
    sa.Column('added_at', core.database.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_selection_members_company_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_selection_members_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['selection_id'], ['selections.id'], name=op.f('fk_selection_members_selection_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_selection_members')),
    sa.UniqueConstraint('selection_id', 'company_id', name=op.f('uq_selection_members_selection_id_company_id')),
    sa.UniqueConstraint('selection_id', 'person_id', name=op.f('uq_selection_members_selection_id_person_id'))
    )
    with op.batch_alter_table('selection_members', schema=None) as batch_op:
        batch_op.create_index('ix_selection_members_company', ['company_id'], unique=False)
        batch_op.create_index('ix_selection_members_person', ['person_id'], unique=False)

    for table, name in SELECTED:
        op.create_index(f'ix_{table}_{name}', table, [f'{name}_id'], unique=False, sqlite_where=sa.text(f'{name}_id IS NOT NULL'),
                        postgresql_where=sa.text(f'{name}_id IS NOT NULL'))
    op.create_index('ix_persons_created', 'persons', ['created_at'], unique=False)
    op.create_index('ix_companies_created', 'companies', ['created_at'], unique=False)
    op.create_index('ix_persons_left', 'persons', ['id'], unique=False, sqlite_where=sa.text("status = 'left'"), postgresql_where=sa.text("status = 'left'"))
    op.create_index('ix_messages_heard', 'messages', ['at', 'person_id'], unique=False, sqlite_where=sa.text('person_id IS NOT NULL'),
                    postgresql_where=sa.text('person_id IS NOT NULL'))

    op.create_table('activities',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('at', core.database.Moment(timezone=True), nullable=True),
    sa.Column('ends_at', core.database.Moment(timezone=True), nullable=True),
    sa.Column('whole_day', sa.Boolean(), nullable=False),
    sa.Column('done_at', core.database.Moment(timezone=True), nullable=True),
    sa.Column('remind_at', core.database.Moment(timezone=True), nullable=True),
    sa.Column('binned_at', core.database.Moment(timezone=True), nullable=True),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('company_id', sa.Integer(), nullable=True),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('created_at', core.database.Moment(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_activities_company_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['created_by_id'], ['agents.id'], name=op.f('fk_activities_created_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['owner_id'], ['agents.id'], name=op.f('fk_activities_owner_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activities')),
    sa.UniqueConstraint('uid', name=op.f('uq_activities_uid'))
    )
    with op.batch_alter_table('activities', schema=None) as batch_op:
        batch_op.create_index('ix_activities_at', ['at'], unique=False)
        batch_op.create_index('ix_activities_binned', ['binned_at'], unique=False, sqlite_where=sa.text('binned_at IS NOT NULL'), postgresql_where=sa.text('binned_at IS NOT NULL'))
        batch_op.create_index('ix_activities_company', ['company_id', 'id'], unique=False)
        batch_op.create_index('ix_activities_done', ['done_at', 'id'], unique=False, sqlite_where=sa.text('done_at IS NOT NULL'), postgresql_where=sa.text('done_at IS NOT NULL'))
        batch_op.create_index('ix_activities_open', ['at', 'id'], unique=False, sqlite_where=sa.text('done_at IS NULL'), postgresql_where=sa.text('done_at IS NULL'))
        batch_op.create_index('ix_activities_owner', ['owner_id', 'done_at', 'at'], unique=False)
        batch_op.create_index('ix_activities_remind', ['remind_at'], unique=False, sqlite_where=sa.text('remind_at IS NOT NULL'), postgresql_where=sa.text('remind_at IS NOT NULL'))

    op.create_table('campaigns',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('over_at', core.database.Moment(timezone=True), nullable=True),
    sa.Column('binned_at', core.database.Moment(timezone=True), nullable=True),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', core.database.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['created_by_id'], ['agents.id'], name=op.f('fk_campaigns_created_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['owner_id'], ['agents.id'], name=op.f('fk_campaigns_owner_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaigns')),
    sa.UniqueConstraint('uid', name=op.f('uq_campaigns_uid'))
    )
    with op.batch_alter_table('campaigns', schema=None) as batch_op:
        batch_op.create_index('ix_campaigns_binned', ['binned_at'], unique=False, sqlite_where=sa.text('binned_at IS NOT NULL'), postgresql_where=sa.text('binned_at IS NOT NULL'))
        batch_op.create_index('ix_campaigns_owner', ['owner_id', 'id'], unique=False)
        batch_op.create_index('ix_campaigns_state', ['state', 'id'], unique=False)

    op.create_table('campaign_members',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('origin_person_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaigns.id'], name=op.f('fk_campaign_members_campaign_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_campaign_members_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_campaign_members')),
    sa.UniqueConstraint('uid', name=op.f('uq_campaign_members_uid'))
    )
    with op.batch_alter_table('campaign_members', schema=None) as batch_op:
        batch_op.create_index('ix_campaign_members_campaign', ['campaign_id', 'id'], unique=False)
        batch_op.create_index('ix_campaign_members_person', ['person_id', 'campaign_id'], unique=False)

    op.create_table('orders',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('total', sa.BigInteger(), nullable=False),
    sa.Column('at', core.database.Moment(timezone=True), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('origin_person_id', sa.Integer(), nullable=True),
    sa.Column('company_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('over_at', core.database.Moment(timezone=True), nullable=True),
    sa.Column('binned_at', core.database.Moment(timezone=True), nullable=True),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', core.database.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_orders_company_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['created_by_id'], ['agents.id'], name=op.f('fk_orders_created_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['owner_id'], ['agents.id'], name=op.f('fk_orders_owner_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_orders_person_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_orders')),
    sa.UniqueConstraint('number', name=op.f('uq_orders_number')),
    sa.UniqueConstraint('uid', name=op.f('uq_orders_uid'))
    )
    with op.batch_alter_table('orders', schema=None) as batch_op:
        batch_op.create_index('ix_orders_binned', ['binned_at'], unique=False, sqlite_where=sa.text('binned_at IS NOT NULL'), postgresql_where=sa.text('binned_at IS NOT NULL'))
        batch_op.create_index('ix_orders_company', ['company_id', 'id'], unique=False)
        batch_op.create_index('ix_orders_owner', ['owner_id', 'id'], unique=False)
        batch_op.create_index('ix_orders_person', ['person_id', 'id'], unique=False)
        batch_op.create_index('ix_orders_state', ['state', 'id'], unique=False)

    op.create_table('projects',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('origin_person_id', sa.Integer(), nullable=True),
    sa.Column('company_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('over_at', core.database.Moment(timezone=True), nullable=True),
    sa.Column('binned_at', core.database.Moment(timezone=True), nullable=True),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', core.database.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_projects_company_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['created_by_id'], ['agents.id'], name=op.f('fk_projects_created_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['owner_id'], ['agents.id'], name=op.f('fk_projects_owner_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_projects_person_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_projects')),
    sa.UniqueConstraint('uid', name=op.f('uq_projects_uid'))
    )
    with op.batch_alter_table('projects', schema=None) as batch_op:
        batch_op.create_index('ix_projects_binned', ['binned_at'], unique=False, sqlite_where=sa.text('binned_at IS NOT NULL'), postgresql_where=sa.text('binned_at IS NOT NULL'))
        batch_op.create_index('ix_projects_company', ['company_id', 'id'], unique=False)
        batch_op.create_index('ix_projects_owner', ['owner_id', 'id'], unique=False)
        batch_op.create_index('ix_projects_person', ['person_id', 'id'], unique=False)
        batch_op.create_index('ix_projects_state', ['state', 'id'], unique=False)

    op.create_table('sales',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('stage', sa.String(length=12), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=True),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('probability', sa.Integer(), nullable=False),
    sa.Column('at', core.database.Moment(timezone=True), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('origin_person_id', sa.Integer(), nullable=True),
    sa.Column('company_id', sa.Integer(), nullable=True),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('over_at', core.database.Moment(timezone=True), nullable=True),
    sa.Column('binned_at', core.database.Moment(timezone=True), nullable=True),
    sa.Column('owner_id', sa.Integer(), nullable=True),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', core.database.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_sales_company_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['created_by_id'], ['agents.id'], name=op.f('fk_sales_created_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['owner_id'], ['agents.id'], name=op.f('fk_sales_owner_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_sales_person_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sales')),
    sa.UniqueConstraint('uid', name=op.f('uq_sales_uid'))
    )
    with op.batch_alter_table('sales', schema=None) as batch_op:
        batch_op.create_index('ix_sales_binned', ['binned_at'], unique=False, sqlite_where=sa.text('binned_at IS NOT NULL'), postgresql_where=sa.text('binned_at IS NOT NULL'))
        batch_op.create_index('ix_sales_company', ['company_id', 'id'], unique=False)
        batch_op.create_index('ix_sales_owner', ['owner_id', 'id'], unique=False)
        batch_op.create_index('ix_sales_person', ['person_id', 'id'], unique=False)
        batch_op.create_index('ix_sales_state', ['state', 'id'], unique=False)

    op.create_table('order_lines',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('order_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('quantity', sa.BigInteger(), nullable=False),
    sa.Column('price', sa.BigInteger(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['order_id'], ['orders.id'], name=op.f('fk_order_lines_order_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_order_lines'))
    )
    with op.batch_alter_table('order_lines', schema=None) as batch_op:
        batch_op.create_index('ix_order_lines_order', ['order_id', 'place'], unique=False)

    op.create_table('project_members',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(), nullable=False),
    sa.Column('project_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=80), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('origin_person_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_project_members_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_project_members_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_members')),
    sa.UniqueConstraint('uid', name=op.f('uq_project_members_uid'))
    )
    with op.batch_alter_table('project_members', schema=None) as batch_op:
        batch_op.create_index('ix_project_members_person', ['person_id', 'project_id'], unique=False)
        batch_op.create_index('ix_project_members_project', ['project_id', 'id'], unique=False)

    op.create_table('sale_members',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(), nullable=False),
    sa.Column('sale_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(length=80), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('origin_person_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_sale_members_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['sale_id'], ['sales.id'], name=op.f('fk_sale_members_sale_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sale_members')),
    sa.UniqueConstraint('uid', name=op.f('uq_sale_members_uid'))
    )
    with op.batch_alter_table('sale_members', schema=None) as batch_op:
        batch_op.create_index('ix_sale_members_person', ['person_id', 'sale_id'], unique=False)
        batch_op.create_index('ix_sale_members_sale', ['sale_id', 'id'], unique=False)

    op.create_table('contact_notes',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('origin_person_id', sa.Integer(), nullable=True),
    sa.Column('company_id', sa.Integer(), nullable=True),
    sa.Column('project_id', sa.Integer(), nullable=True),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('author_name', sa.String(length=120), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('private', sa.Boolean(), nullable=False),
    sa.Column('at', core.database.Moment(timezone=True), nullable=False),
    sa.Column('binned_at', core.database.Moment(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', core.database.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['agents.id'], name=op.f('fk_contact_notes_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_contact_notes_company_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_contact_notes_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_contact_notes_project_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact_notes')),
    sa.UniqueConstraint('uid', name=op.f('uq_contact_notes_uid'))
    )
    with op.batch_alter_table('contact_notes', schema=None) as batch_op:
        batch_op.create_index('ix_contact_notes_binned', ['binned_at'], unique=False, sqlite_where=sa.text('binned_at IS NOT NULL'), postgresql_where=sa.text('binned_at IS NOT NULL'))
        batch_op.create_index('ix_contact_notes_company', ['company_id', 'id'], unique=False)
        batch_op.create_index('ix_contact_notes_person', ['person_id', 'id'], unique=False)
        batch_op.create_index('ix_contact_notes_project', ['project_id', 'id'], unique=False)

    op.create_table('layouts',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(), nullable=False),
    sa.Column('entity', sa.String(length=10), nullable=False),
    sa.Column('owner_uid', sa.String(length=24), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('content', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('by_uid', sa.String(length=24), nullable=True),
    sa.Column('at', core.database.Moment(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_layouts')),
    sa.UniqueConstraint('uid', name=op.f('uq_layouts_uid'))
    )
    with op.batch_alter_table('layouts', schema=None) as batch_op:
        batch_op.create_index('ix_layouts_version', ['entity', 'owner_uid', 'number'], unique=True)

    op.create_table('layout_drafts',
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('entity', sa.String(length=10), nullable=False),
    sa.Column('content', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('base', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['agent_id'], ['agents.id'], name=op.f('fk_layout_drafts_agent_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('agent_id', 'entity', name=op.f('pk_layout_drafts'))
    )
    op.create_table('merges',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('into_id', sa.Integer(), nullable=False),
    sa.Column('before', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('after', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('by_uid', sa.String(length=24), nullable=True),
    sa.Column('at', core.database.Moment(timezone=True), nullable=False),
    sa.Column('undone_at', core.database.Moment(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['into_id'], ['persons.id'], name=op.f('fk_merges_into_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_merges_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_merges')),
    sa.UniqueConstraint('uid', name=op.f('uq_merges_uid'))
    )
    with op.batch_alter_table('merges', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_merges_into_id'), ['into_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_merges_person_id'), ['person_id'], unique=False)

    op.create_table('not_the_same',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('other_id', sa.Integer(), nullable=False),
    sa.Column('by_uid', sa.String(length=24), nullable=True),
    sa.Column('at', core.database.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['other_id'], ['persons.id'], name=op.f('fk_not_the_same_other_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_not_the_same_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', 'other_id', name=op.f('pk_not_the_same'))
    )
    with op.batch_alter_table('not_the_same', schema=None) as batch_op:
        batch_op.create_index('ix_not_the_same_other', ['other_id'], unique=False)

    op.create_table('duplicate_pairs',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('other_id', sa.Integer(), nullable=False),
    sa.Column('points', sa.Integer(), nullable=False),
    sa.Column('evidence', sa.JSON().with_variant(postgresql.JSONB(astext_type=Text()), 'postgresql'), nullable=False),
    sa.Column('origin', sa.String(length=10), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('scan_id', sa.Integer(), nullable=True),
    sa.Column('found_at', core.database.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['other_id'], ['persons.id'], name=op.f('fk_duplicate_pairs_other_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_duplicate_pairs_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_duplicate_pairs')),
    sa.UniqueConstraint('person_id', 'other_id', name=op.f('uq_duplicate_pairs_person_id_other_id')),
    sa.UniqueConstraint('uid', name=op.f('uq_duplicate_pairs_uid'))
    )
    with op.batch_alter_table('duplicate_pairs', schema=None) as batch_op:
        batch_op.create_index('ix_duplicate_pairs_other', ['other_id'], unique=False)
        batch_op.create_index('ix_duplicate_pairs_state', ['state', 'points', 'id'], unique=False)

    op.create_table('relations',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('uid', sa.String(), nullable=False),
    sa.Column('kind_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('origin_person_id', sa.Integer(), nullable=True),
    sa.Column('company_id', sa.Integer(), nullable=True),
    sa.Column('other_person_id', sa.Integer(), nullable=True),
    sa.Column('other_origin_person_id', sa.Integer(), nullable=True),
    sa.Column('other_company_id', sa.Integer(), nullable=True),
    sa.Column('details', sa.Text(), nullable=False),
    sa.Column('since', sa.Date(), nullable=True),
    sa.Column('until', sa.Date(), nullable=True),
    sa.Column('created_at', core.database.Moment(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['companies.id'], name=op.f('fk_relations_company_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['kind_id'], ['relation_kinds.id'], name=op.f('fk_relations_kind_id')),
    sa.ForeignKeyConstraint(['other_company_id'], ['companies.id'], name=op.f('fk_relations_other_company_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['other_person_id'], ['persons.id'], name=op.f('fk_relations_other_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_relations_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_relations')),
    sa.UniqueConstraint('uid', name=op.f('uq_relations_uid'))
    )
    with op.batch_alter_table('relations', schema=None) as batch_op:
        batch_op.create_index('ix_relations_company', ['company_id', 'id'], unique=False)
        batch_op.create_index('ix_relations_other_company', ['other_company_id', 'id'], unique=False)
        batch_op.create_index('ix_relations_other_person', ['other_person_id', 'id'], unique=False)
        batch_op.create_index('ix_relations_person', ['person_id', 'id'], unique=False)

    op.create_table('activity_participants',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('activity_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('origin_person_id', sa.Integer(), nullable=True),
    sa.Column('agent_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_activity_participants_activity_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['agent_id'], ['agents.id'], name=op.f('fk_activity_participants_agent_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['persons.id'], name=op.f('fk_activity_participants_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activity_participants'))
    )
    with op.batch_alter_table('activity_participants', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_activity_participants_activity_id'), ['activity_id'], unique=False)
        batch_op.create_index('ix_activity_participants_agent', ['agent_id', 'activity_id'], unique=False)
        batch_op.create_index('ix_activity_participants_person', ['person_id', 'activity_id'], unique=False)

    with op.batch_alter_table('persons', schema=None) as batch_op:
        batch_op.add_column(sa.Column('mail_locked_at', core.database.Moment(timezone=True), nullable=True))
        batch_op.create_index('ix_persons_mail_locked', ['id'], unique=False, sqlite_where=sa.text('mail_locked_at IS NOT NULL'), postgresql_where=sa.text('mail_locked_at IS NOT NULL'))

    op.create_table('locked_mail_openings',
    sa.Column('ticket_id', sa.Integer(), nullable=False),
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('at', core.database.Moment(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['agent_id'], ['agents.id'], name=op.f('fk_locked_mail_openings_agent_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_locked_mail_openings_ticket_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('ticket_id', 'agent_id', name=op.f('pk_locked_mail_openings'))
    )
    with op.batch_alter_table('locked_mail_openings', schema=None) as batch_op:
        batch_op.create_index('ix_locked_mail_openings_agent', ['agent_id', 'at'], unique=False)

    op.create_table('digests',
    sa.Column('agent_id', sa.Integer(), nullable=False),
    sa.Column('every', sa.String(length=4), nullable=False),
    sa.Column('hour', sa.Integer(), nullable=False),
    sa.Column('told_at', core.database.Moment(timezone=True), nullable=False),
    sa.Column('told_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['agent_id'], ['agents.id'], name=op.f('fk_digests_agent_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('agent_id', name=op.f('pk_digests'))
    )


#: The kinds of relations that a fresh desk offers, as ``contacts.relation_kinds`` has them.
RELATIONS = (
    ("person-person", "deputy of", "has as deputy", "deputy"),
    ("person-person", "replaces during leave", "replaced during leave by", "deputy"),
    ("person-person", "assistant of", "has as assistant", "assistant"),
    ("person-person", "took over from", "succeeded by", ""),
    ("person-person", "manager of", "reports to", ""),
    ("person-person", "also recorded as", "also recorded as", ""),
    ("person-company", "owner of", "owned by", ""),
    ("person-company", "board member of", "has on the board", ""),
    ("person-company", "adviser to", "advised by", ""),
    ("person-company", "former employee of", "former employer of", ""),
    ("company-company", "parent company of", "subsidiary of", ""),
    ("company-company", "supplier of", "customer of", ""),
    ("company-company", "partner of", "partner of", ""),
)


def _offer_relations() -> None:
    table = sa.table("relation_kinds", *(sa.column(name) for name in (
        "uid", "between", "name", "reverse", "meaning", "place", "archived", "version")),
        sa.column("created_at", core.database.Moment(timezone=True)))
    op.bulk_insert(table, [
        {"uid": core.database.new_uid(), "between": between, "name": name, "reverse": reverse, "meaning": meaning, "place": place,
         "archived": False, "version": 1, "created_at": core.clock.now()}
        for place, (between, name, reverse, meaning) in enumerate(RELATIONS, start=1)])


def _order_names() -> None:
    """Persons and companies stand in the order of the alphabet."""
    op.drop_index('ix_persons_to_be_completed', 'persons')
    for name in ('persons', 'companies'):
        op.add_column(name, sa.Column('order_key', ORDERED, nullable=False, server_default=''))
    _give_keys('persons', 'last_name', 'first_name')
    _give_keys('companies', 'name')
    for name in ('persons', 'companies'):
        op.create_index(f'ix_{name}_order_key', name, ['order_key', 'id', 'sort_name'])
    op.create_index('ix_persons_to_be_completed', 'persons', ['order_key', 'id'], **INCOMPLETE)


def _give_keys(name: str, *parts: str) -> None:
    table = sa.table(name, sa.column('id', sa.Integer), sa.column('order_key', ORDERED), *map(sa.column, parts))
    rows = sa.select(table.c.id, *(table.c[part] for part in parts)).order_by(table.c.id).limit(TOGETHER)
    change = sa.update(table).where(table.c.id == sa.bindparam('row')).values(order_key=sa.bindparam('key'))
    last = 0
    while found := op.get_bind().execute(rows.where(table.c.id > last)).all():
        op.get_bind().execute(change, [{'row': row.id, 'key': order_key(' '.join(row[1:]))[:250]} for row in found])
        last = found[-1].id


def downgrade() -> None:
    """Take them away."""
    op.drop_index('ix_persons_to_be_completed', 'persons')
    for name in ('persons', 'companies'):
        op.drop_index(f'ix_{name}_order_key', name)
        op.drop_column(name, 'order_key')
    op.create_index('ix_persons_to_be_completed', 'persons', ['sort_name', 'id'], **INCOMPLETE)
    op.drop_table('digests')
    op.drop_table('locked_mail_openings')
    with op.batch_alter_table('persons', schema=None) as batch_op:
        batch_op.drop_index('ix_persons_mail_locked', sqlite_where=sa.text('mail_locked_at IS NOT NULL'), postgresql_where=sa.text('mail_locked_at IS NOT NULL'))
        batch_op.drop_column('mail_locked_at')
    op.drop_index('ix_imported_rows_subject_uid', table_name='imported_rows')
    op.drop_table('imported_rows')

    op.drop_index('ix_messages_heard', 'messages')
    op.drop_index('ix_persons_left', 'persons')
    op.drop_index('ix_companies_created', 'companies')
    op.drop_index('ix_persons_created', 'persons')
    for table, name in SELECTED:
        op.drop_index(f'ix_{table}_{name}', table)
    op.drop_table('selection_members')
    op.drop_table('selections')

    with op.batch_alter_table('activity_participants', schema=None) as batch_op:
        batch_op.drop_index('ix_activity_participants_person')
        batch_op.drop_index('ix_activity_participants_agent')
        batch_op.drop_index(batch_op.f('ix_activity_participants_activity_id'))

    op.drop_table('activity_participants')
    with op.batch_alter_table('relations', schema=None) as batch_op:
        batch_op.drop_index('ix_relations_person')
        batch_op.drop_index('ix_relations_other_person')
        batch_op.drop_index('ix_relations_other_company')
        batch_op.drop_index('ix_relations_company')

    op.drop_table('relations')
    with op.batch_alter_table('duplicate_pairs', schema=None) as batch_op:
        batch_op.drop_index('ix_duplicate_pairs_state')
        batch_op.drop_index('ix_duplicate_pairs_other')

    op.drop_table('duplicate_pairs')
    with op.batch_alter_table('not_the_same', schema=None) as batch_op:
        batch_op.drop_index('ix_not_the_same_other')

    op.drop_table('not_the_same')
    with op.batch_alter_table('merges', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_merges_person_id'))
        batch_op.drop_index(batch_op.f('ix_merges_into_id'))

    op.drop_table('merges')
    op.drop_table('layout_drafts')
    with op.batch_alter_table('layouts', schema=None) as batch_op:
        batch_op.drop_index('ix_layouts_version')

    op.drop_table('layouts')
    with op.batch_alter_table('contact_notes', schema=None) as batch_op:
        batch_op.drop_index('ix_contact_notes_project')
        batch_op.drop_index('ix_contact_notes_person')
        batch_op.drop_index('ix_contact_notes_company')
        batch_op.drop_index('ix_contact_notes_binned', sqlite_where=sa.text('binned_at IS NOT NULL'), postgresql_where=sa.text('binned_at IS NOT NULL'))

    op.drop_table('contact_notes')
    with op.batch_alter_table('sale_members', schema=None) as batch_op:
        batch_op.drop_index('ix_sale_members_sale')
        batch_op.drop_index('ix_sale_members_person')

    op.drop_table('sale_members')
    with op.batch_alter_table('project_members', schema=None) as batch_op:
        batch_op.drop_index('ix_project_members_project')
        batch_op.drop_index('ix_project_members_person')

    op.drop_table('project_members')
    with op.batch_alter_table('order_lines', schema=None) as batch_op:
        batch_op.drop_index('ix_order_lines_order')

    op.drop_table('order_lines')
    with op.batch_alter_table('sales', schema=None) as batch_op:
        batch_op.drop_index('ix_sales_state')
        batch_op.drop_index('ix_sales_person')
        batch_op.drop_index('ix_sales_owner')
        batch_op.drop_index('ix_sales_company')
        batch_op.drop_index('ix_sales_binned', sqlite_where=sa.text('binned_at IS NOT NULL'), postgresql_where=sa.text('binned_at IS NOT NULL'))

    op.drop_table('sales')
    with op.batch_alter_table('projects', schema=None) as batch_op:
        batch_op.drop_index('ix_projects_state')
        batch_op.drop_index('ix_projects_person')
        batch_op.drop_index('ix_projects_owner')
        batch_op.drop_index('ix_projects_company')
        batch_op.drop_index('ix_projects_binned', sqlite_where=sa.text('binned_at IS NOT NULL'), postgresql_where=sa.text('binned_at IS NOT NULL'))

    op.drop_table('projects')
    with op.batch_alter_table('orders', schema=None) as batch_op:
        batch_op.drop_index('ix_orders_state')
        batch_op.drop_index('ix_orders_person')
        batch_op.drop_index('ix_orders_owner')
        batch_op.drop_index('ix_orders_company')
        batch_op.drop_index('ix_orders_binned', sqlite_where=sa.text('binned_at IS NOT NULL'), postgresql_where=sa.text('binned_at IS NOT NULL'))

    op.drop_table('orders')
    with op.batch_alter_table('campaign_members', schema=None) as batch_op:
        batch_op.drop_index('ix_campaign_members_person')
        batch_op.drop_index('ix_campaign_members_campaign')

    op.drop_table('campaign_members')
    with op.batch_alter_table('campaigns', schema=None) as batch_op:
        batch_op.drop_index('ix_campaigns_state')
        batch_op.drop_index('ix_campaigns_owner')
        batch_op.drop_index('ix_campaigns_binned', sqlite_where=sa.text('binned_at IS NOT NULL'), postgresql_where=sa.text('binned_at IS NOT NULL'))

    op.drop_table('campaigns')
    with op.batch_alter_table('activities', schema=None) as batch_op:
        batch_op.drop_index('ix_activities_remind', sqlite_where=sa.text('remind_at IS NOT NULL'), postgresql_where=sa.text('remind_at IS NOT NULL'))
        batch_op.drop_index('ix_activities_owner')
        batch_op.drop_index('ix_activities_open', sqlite_where=sa.text('done_at IS NULL'), postgresql_where=sa.text('done_at IS NULL'))
        batch_op.drop_index('ix_activities_done', sqlite_where=sa.text('done_at IS NOT NULL'), postgresql_where=sa.text('done_at IS NOT NULL'))
        batch_op.drop_index('ix_activities_company')
        batch_op.drop_index('ix_activities_binned', sqlite_where=sa.text('binned_at IS NOT NULL'), postgresql_where=sa.text('binned_at IS NOT NULL'))
        batch_op.drop_index('ix_activities_at')

    op.drop_table('activities')
    with op.batch_alter_table('at_hand', schema=None) as batch_op:
        batch_op.drop_index('ix_at_hand_subject')
        batch_op.drop_index('ix_at_hand_opened')

    op.drop_table('at_hand')
    for table in ('contact_files', 'infotagged', 'infotags', 'custom_values', 'custom_fields', 'relation_kinds'):
        op.drop_table(table)

"""Legal bases become evidence: purposes and wordings are lists that an admin keeps; who must not be written to is kept by a keyed hash.

Revision ID: 0006
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import core.clock
import core.database

revision, down_revision = "0006", "0005"
branch_labels = depends_on = None

#: What a fresh desk holds persons for: key → name, and whether it is direct marketing; as ``contacts.purpose`` has them.
PURPOSES = {"service": ("Service and support", False), "contract": ("Contract and invoices", False), "marketing": ("Marketing", True)}


def upgrade() -> None:
    """Make the lists; what was noted of persons so far was given."""
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
    _purposes()
    for name, default in (("event", "given"), ("proof", "")):
        op.add_column("legal_bases", sa.Column(name, sa.String(length=10), nullable=False, server_default=default))
    for name in ("proof_uid", "by_uid"):
        op.add_column("legal_bases", sa.Column(name, sa.String(length=24), nullable=True))
    # SQLite adds no other constraint to a table that stands; making it anew would take what hangs on it along
    op.execute("ALTER TABLE legal_bases ADD COLUMN wording_id INTEGER CONSTRAINT fk_legal_bases_wording_id REFERENCES consent_wordings (id)")
    _mailings()


def downgrade() -> None:
    """Without them; what was withdrawn or objected to is not known any more."""
    for name in ("recipient", "pace"):
        op.drop_index(f"ix_outbound_mails_{name}", table_name="outbound_mails")
    for name in ("mailing_id", "person_uid", "recipient_key"):
        op.drop_column("outbound_mails", name)
    op.drop_table("mailings")
    op.execute("DELETE FROM legal_bases WHERE event IN ('withdrawn', 'objected')")
    for name in ("wording_id", "proof_uid", "by_uid", "event", "proof"):
        op.drop_column("legal_bases", name)
    for name in ("consent_wordings", "purposes", "suppressions"):
        op.drop_table(name)


def _mailings() -> None:
    op.create_table(
        "mailings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("mailbox_id", sa.Integer(), nullable=False),
        sa.Column("selection_uid", sa.String(length=24), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("texts", core.database.Json, nullable=False),
        sa.Column("by_uid", sa.String(length=24), nullable=False),
        sa.Column("operation_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", core.database.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailboxes.id"], name=op.f("fk_mailings_mailbox_id")),
        sa.ForeignKeyConstraint(["operation_id"], ["operations.id"], name=op.f("fk_mailings_operation_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailings")),
        sa.UniqueConstraint("uid", name=op.f("uq_mailings_uid")))
    op.create_index("ix_mailings_selection", "mailings", ["selection_uid", "id"], unique=False)
    op.execute("ALTER TABLE outbound_mails ADD COLUMN mailing_id INTEGER CONSTRAINT fk_outbound_mails_mailing_id REFERENCES mailings (id)")
    op.add_column("outbound_mails", sa.Column("person_uid", sa.String(length=24), nullable=True))
    op.add_column("outbound_mails", sa.Column("recipient_key", sa.String(length=32), nullable=True))
    op.create_index("ix_outbound_mails_recipient", "outbound_mails", ["mailing_id", "recipient_key"], unique=True)
    op.create_index("ix_outbound_mails_pace", "outbound_mails", ["mailbox_id", "created_at"], unique=False,
                    sqlite_where=sa.text("mailing_id IS NOT NULL"), postgresql_where=sa.text("mailing_id IS NOT NULL"))


def _purposes() -> None:
    op.create_table(
        "purposes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("marketing", sa.Boolean(), nullable=False),
        sa.Column("retired_at", core.database.Moment(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", core.database.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purposes")),
        sa.UniqueConstraint("key", name=op.f("uq_purposes_key")),
        sa.UniqueConstraint("uid", name=op.f("uq_purposes_uid")))
    table = sa.table("purposes", *(sa.column(name) for name in ("uid", "key", "name", "marketing", "version")),
                     sa.column("created_at", core.database.Moment(timezone=True)))
    op.bulk_insert(table, [{"uid": core.database.new_uid(), "key": key, "name": name, "marketing": marketing, "version": 1, "created_at": core.clock.now()}
                           for key, (name, marketing) in PURPOSES.items()])
    op.create_table(
        "consent_wordings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("purpose_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("since", core.database.Moment(timezone=True), nullable=False),
        sa.Column("by_uid", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(["purpose_id"], ["purposes.id"], name=op.f("fk_consent_wordings_purpose_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_wordings")),
        sa.UniqueConstraint("purpose_id", "language", "version", name=op.f("uq_consent_wordings_purpose_id_language_version")),
        sa.UniqueConstraint("uid", name=op.f("uq_consent_wordings_uid")))

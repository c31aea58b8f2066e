"""A plan of retention that waits is told by the bell: no alert of it is left standing.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0014", "0013"
branch_labels = depends_on = None


def upgrade() -> None:
    """End it; the next night rings."""
    alerts = sa.table("alerts", sa.column("about"), sa.column("kind"), sa.column("ended_at"), sa.column("raised_at"))
    op.execute(alerts.update().where(alerts.c.about == "retention", alerts.c.kind == "waiting", alerts.c.ended_at.is_(None)).values(ended_at=alerts.c.raised_at))


def downgrade() -> None:
    """Nothing to take back."""

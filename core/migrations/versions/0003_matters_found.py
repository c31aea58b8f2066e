"""Sales, campaigns, projects and orders are found by their words; selections may be of projects.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from core import search
from core.fold import fold

revision, down_revision = "0003", "0002"
branch_labels = depends_on = None

#: Rows read at a time.
TOGETHER = 2000
MATTERS = ("sales", "campaigns", "projects", "orders")


def upgrade() -> None:
    """Let them be found."""
    op.add_column("projects", sa.Column("sort_name", sa.String(length=200), nullable=False, server_default=""))
    op.create_index("ix_projects_sort_name", "projects", ["sort_name", "id"], unique=False)
    op.create_index("ix_projects_created", "projects", ["created_at"], unique=False)
    op.create_index("ix_projects_ends_on", "projects", ["ends_on"], unique=False)
    op.create_index("ix_projects_starts_on", "projects", ["starts_on"], unique=False)
    with op.batch_alter_table("selection_members", schema=None) as batch_op:
        batch_op.add_column(sa.Column("project_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(op.f("fk_selection_members_project_id"), "projects", ["project_id"], ["id"], ondelete="CASCADE")
        batch_op.create_unique_constraint(op.f("uq_selection_members_selection_id_project_id"), ["selection_id", "project_id"])
        batch_op.create_index("ix_selection_members_project", ["project_id"], unique=False)
    search.create_substring(op.get_bind(), search.MATTERS)
    for name in MATTERS:
        _find(name)


def _find(name: str) -> None:
    """Fill the search table of a kind with what is not deleted; a project's folded title beside it."""
    columns = (sa.column("id", sa.Integer), *map(sa.column, ("title", "text", "binned_at")), *([sa.column("number")] if name == "orders" else []))
    table, bind, last = sa.table(name, *columns, sa.column("sort_name")), op.get_bind(), 0
    key = "rowid" if bind.dialect.name == "sqlite" else "id"
    found_in = sa.table(f"{name[:-1]}_search", sa.column(key), sa.column("body"))
    rows = sa.select(*(table.c[column.name] for column in columns)).order_by(table.c.id).limit(TOGETHER)
    rename = sa.update(table).where(table.c.id == sa.bindparam("row")).values(sort_name=sa.bindparam("folded"))
    while found := bind.execute(rows.where(table.c.id > last)).all():
        lines = _lines(found[0].id, found[-1].id) if name == "orders" else {}
        bodies = [{key: row.id, "body": fold(" ".join(part for part in (row.title, row.text, *(
            (str(row.number), *lines.get(row.id, ())) if name == "orders" else ())) if part))} for row in found if row.binned_at is None]
        if bodies:
            bind.execute(sa.insert(found_in), bodies)
        if name == "projects":
            bind.execute(rename, [{"row": row.id, "folded": fold(row.title)[:200]} for row in found])
        last = found[-1].id


def _lines(first: int, last: int) -> dict[int, list[str]]:
    """Order → what its lines say."""
    table = sa.table("order_lines", *map(sa.column, ("order_id", "place", "text")))
    kept: dict[int, list[str]] = {}
    for order, said in op.get_bind().execute(sa.select(table.c.order_id, table.c.text).where(
            table.c.order_id.between(first, last)).order_by(table.c.order_id, table.c.place)):
        kept.setdefault(order, []).append(said)
    return kept


def downgrade() -> None:
    """Take it away; selections of projects go with their members."""
    search.drop(op.get_bind(), search.MATTERS)
    selections = sa.table("selections", *map(sa.column, ("id", "of", "first_id", "second_id")))
    op.execute(sa.delete(sa.table("selection_members", sa.column("project_id"))).where(sa.column("project_id").is_not(None)))
    op.execute(sa.update(selections).where(selections.c.of == "projects").values(first_id=None, second_id=None))
    op.execute(sa.delete(selections).where(selections.c.of == "projects"))
    with op.batch_alter_table("selection_members", schema=None) as batch_op:
        batch_op.drop_index("ix_selection_members_project")
        batch_op.drop_constraint(op.f("uq_selection_members_selection_id_project_id"), type_="unique")
        batch_op.drop_constraint(op.f("fk_selection_members_project_id"), type_="foreignkey")
        batch_op.drop_column("project_id")
    for column in ("starts_on", "ends_on", "created", "sort_name"):
        op.drop_index(f"ix_projects_{column}", "projects")
    op.drop_column("projects", "sort_name")

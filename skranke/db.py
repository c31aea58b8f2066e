"""``skranke db``: the database's shape."""

from __future__ import annotations

import click

from core import logs, schema
from core.database import Database
from core.settings import settings


@click.group()
def db() -> None:
    """The database."""


@db.command()
def upgrade() -> None:
    """Bring the database to the present. Safe to repeat, and from several machines at once."""
    logs.configure("db")
    settings().data.mkdir(parents=True, exist_ok=True)
    made = Database(settings().database)
    schema.upgrade(made)
    click.echo("The database is up to date.")

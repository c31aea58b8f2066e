"""``skranke db``: the database's shape."""

from __future__ import annotations

import click

from core import erasure_ledger, logs, schema
from core.database import Database
from core.settings import settings
from skranke import catching_up
from skranke.opening import opened


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
    catching_up.begin(made)
    click.echo("The database is up to date.")


@db.command()
@click.option("--ledger-lost", is_flag=True, help="The erasure ledger is lost for good: go by the file that there is, or by none.")
def replay(ledger_lost: bool) -> None:
    """Erase again what the erasure ledger says was erased, in a database that came back from a backup."""
    logs.configure("db")
    if ledger_lost:
        erasure_ledger.begin_anew(opened())
    done = catching_up.replay(opened())
    click.echo(f"{done} entries of {erasure_ledger.path()} were carried out." if done else "The database is not behind the erasure ledger.")

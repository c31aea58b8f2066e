"""Opening the database for a command: made when there is none, refused when it is behind."""

from __future__ import annotations

from alembic.migration import MigrationContext

from core import schema
from core.database import Database, database
from core.errors import Refused
from core.settings import settings


def opened() -> Database:
    """The desk's database. Raises Refused when it is older than this program."""
    settings().data.mkdir(parents=True, exist_ok=True)
    if schema.current(database()):
        return database()
    with database().engine.connect() as connection:
        empty = not MigrationContext.configure(connection).get_current_heads()
    if not empty:
        raise Refused("The database is not up to date. Run: skranke db upgrade")
    schema.upgrade(database())
    return database()

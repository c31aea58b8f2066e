"""Bringing a database to the present: migrations, applied by the program or by ``skranke db upgrade``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, text
from sqlalchemy.engine import Connection

from core.database import Base, Database

#: Modules that declare tables. Named, not imported: they stand to our right.
TABLES = ("core.history", "core.options", "core.leases", "core.operations", "contacts.agent", "contacts.company",
          "contacts.person", "contacts.address", "contacts.name_keys", "contacts.rejection", "contacts.activity", "contacts.note",
          "contacts.sale", "contacts.project", "contacts.campaign", "contacts.order",
          "contacts.bin", "contacts.restriction", "contacts.lookup", "contacts.relation", "contacts.custom_field", "contacts.infotag", "contacts.file", "contacts.merge", "contacts.duplicate_pair", "contacts.favourite", "contacts.layout", "contacts.selection", "contacts.imported_row", "contacts.suppression", "contacts.voucher", "contacts.purpose", "contacts.legal_hold", "rules.book", "desk.mailboxes", "desk.mailbox_sign_ins",
          "desk.inbound", "desk.outbound", "desk.telling", "desk.mailing", "desk.routing", "desk.digesting", "desk.locked_mail",
          "desk.tickets.ticket", "desk.tickets.message", "desk.reports.figure", "desk.retention.rule", "desk.privacy.kept", "desk.idempotency",
          "desk.rights.case", "desk.rights.certificate")


def metadata() -> MetaData:
    """All tables of the desk."""
    for module in TABLES:
        import_module(module)
    return Base.metadata


def is_ours(_thing: object, name: str | None, kind: str, reflected: bool, _compared: object) -> bool:
    """Leave the search tables, which no model declares, out of comparisons."""
    return not (kind in ("table", "index") and reflected and "_search" in (name or ""))


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, pointing at the migrations that travel with the package."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def upgrade(database: Database) -> None:
    """Apply what is missing; several processes may call this at once.

    SQLite changes a table by making it anew, and the old one's going must take nothing along of what points at it: foreign keys are
    off meanwhile.
    """
    engine: Any = database.engine.execution_options(skranke="write")
    with engine.connect() as connection, _nothing_follows(connection), connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(727210)"))
        command.upgrade(config(connection), "head")


@contextmanager
def _nothing_follows(connection: Connection) -> Iterator[None]:
    """Foreign keys of SQLite are off: they can be switched outside a transaction alone."""
    if connection.dialect.name != "sqlite":
        yield
        return
    raw: Any = connection.connection.driver_connection
    raw.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys = ON")


def current(database: Database) -> bool:
    """Whether every migration has been applied."""
    heads = set(ScriptDirectory.from_config(config()).get_heads())
    with database.engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == heads

"""Which database a store of ours has: SQLite in its folder, or one of a PostgreSQL server, which a file in the folder names."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from bench.peers.measuring import copy_of

NAME = "url"


def url_of(home: Path) -> str:
    """The database of this store."""
    told = home / NAME
    return told.read_text() if told.exists() else f"sqlite:///{home.resolve() / 'skranke.db'}"


def make(home: Path, server: str) -> None:
    """An empty database on this server for a store."""
    home.mkdir(parents=True, exist_ok=True)
    _new(home, server, "")


@contextmanager
def twin(store: Path) -> Iterator[Path]:
    """A copy of a store with its database, gone afterwards."""
    with copy_of(store) as home:
        if not (store / NAME).exists():
            yield home
            return
        before = url_of(store)
        name = _new(home, before, f"TEMPLATE {before.rsplit('/', 1)[1]} STRATEGY file_copy")
        try:
            yield home
        finally:
            _administer(before, f"DROP DATABASE {name} WITH (FORCE)")


def analyse(home: Path) -> None:
    """What PostgreSQL's own housekeeping does by and by; a desk on SQLite keeps no statistics."""
    if (home / NAME).exists():
        _administer(url_of(home), "VACUUM ANALYZE")


def _new(home: Path, server: str, like: str) -> str:
    name = f"bench_{secrets.token_hex(4)}"
    _administer(server, f"CREATE DATABASE {name} {like}")
    (home / NAME).write_text(f"{server.rsplit('/', 1)[0]}/{name}")
    return name


def _administer(url: str, statement: str) -> None:
    server = url.rsplit("/", 1)[0] + "/postgres" if "DATABASE" in statement else url
    engine = create_engine(server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()

"""Fixtures: one schema a run, each test in a transaction that is rolled back, on SQLite or PostgreSQL.

``SKRANKE_TEST_DATABASE_URL`` names a PostgreSQL server (the run makes a database of its own there); without
it everything runs on SQLite. Tests that must commit use ``fresh_database``.
"""

from __future__ import annotations

import os
import secrets
import shutil
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import settings as drawing
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.util import LRUCache

from contacts import enrolling
from core import database as database_module
from core import files, queue, schema, tokens
from core.database import Database
from core.settings import settings
from mailgate import dns
from tests.buckets import Bucket
from tests.skipping import pytest_runtest_makereport, pytest_terminal_summary

__all__ = ["pytest_runtest_makereport", "pytest_terminal_summary"]

POSTGRESQL = os.environ.get("SKRANKE_TEST_DATABASE_URL", "")
ALL = os.environ.get("SKRANKE_TEST_ALL") == "1"
OPENED: set[Engine] = set()         # disposed of after each test, whoever made them
MAILS = Path(__file__).parents[2] / "shared" / "mails"

# The same examples in every run, so that a change is judged by itself; SKRANKE_TEST_SEARCH=1 draws new ones.
drawing.register_profile("steady", derandomize=True)
if os.environ.get("SKRANKE_TEST_SEARCH") != "1":
    drawing.load_profile("steady")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The walks take a minute each: they come first, so that no process is left with them at the end."""
    items.sort(key=lambda item: "walks" not in item.path.parts)


def forget_caches() -> None:
    """Let the process read its settings anew; no connection to the database it used is left open."""
    if database_module.database.made:
        database_module.database().engine.dispose()
    for kept in (settings, files.store, tokens.secret, tokens._fernet, queue.connection, database_module.database):
        kept.forget()
    tokens.key.cache_clear()


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder of the test's own."""
    for name in [n for n in os.environ if n.startswith("SKRANKE_") and not n.startswith("SKRANKE_TEST_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SKRANKE_DATA", str(tmp_path / "var"))
    forget_caches()
    yield tmp_path / "var"
    for thread in threading.enumerate():
        if thread.name == "reading":        # nobody waits for it when a worker ends; it may be at its bytes yet, with a connection
            thread.join(10)
    forget_caches()
    while OPENED:
        OPENED.pop().dispose()


@pytest.fixture(autouse=True)
def no_name_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is asked outside: every name is without an answer, unless a test brings names of its own."""
    monkeypatch.setattr(dns.System, "ask", lambda *_asked: (_ for _ in ()).throw(dns.Away("in a test")))
    dns.names.forget()


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Passwords are hashed at the least cost; the desk of ``tests/skranke`` takes the real one."""
    with pytest.MonkeyPatch.context() as patching:
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patching.setattr(enrolling, "hasher", lambda: quick)
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """A statement is compiled once a run, not once for each test's database: dialects of one class are as good as one another,
    and what they compile is kept together."""
    kept = LRUCache[Any, Any](3000)
    with pytest.MonkeyPatch.context() as patching:
        for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
            patching.setattr(dialect, "__eq__", lambda one, other: type(one) is type(other))
            patching.setattr(dialect, "__hash__", lambda one: hash(type(one)))
        patching.setattr(database_module, "create_engine", lambda *given, **options: _keeping(create_engine(*given, **options), kept))
        yield


def _keeping(engine: Engine, kept: LRUCache[Any, Any]) -> Engine:
    engine.update_execution_options(compiled_cache=kept)
    OPENED.add(engine)
    opened = weakref.ref(engine)

    def close_late(_connection: object, record: ConnectionPoolEntry) -> None:
        """Given back by a thread that outlived its test, to a pool that was disposed of: nobody would close it."""
        kept_by = opened()
        if kept_by is None or kept_by.pool is not record._ConnectionRecord__pool:  # type: ignore[attr-defined]
            record.close()
    event.listen(engine, "checkin", close_late)
    return engine


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database with the schema and nothing else: a file to copy, or a PostgreSQL template."""
    if POSTGRESQL:
        name = f"skranke_template_{secrets.token_hex(4)}"
        _administer(f"CREATE DATABASE {name}")
        made = Database(_url(name))
    else:
        name = str(tmp_path_factory.mktemp("schema") / "template.db")
        made = Database(f"sqlite:///{name}")
    schema.upgrade(made)
    made.engine.dispose()
    yield name
    if POSTGRESQL:
        _administer(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def shared_database(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The database of all tests that roll back."""
    for made in _copy(template, tmp_path_factory.mktemp("shared")):
        OPENED.discard(made.engine)
        yield made


@pytest.fixture
def db(shared_database: Database) -> Iterator[Session]:
    """A session whose work is undone when the test ends; services commit nothing, so this is all they see."""
    with shared_database.writer() as session:
        session.begin()
        yield session
        session.rollback()


@pytest.fixture
def fresh_database(template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database of the test's own, also for other processes: ``core.database.database()`` opens it."""
    for made in _copy(template, tmp_path):
        monkeypatch.setenv("SKRANKE_DATABASE_URL", made.engine.url.render_as_string(hide_password=False))
        forget_caches()
        yield made
        database_module.database().engine.dispose()


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """The files of this test lie in a bucket. After trouble it is asked again at once."""
    made = Bucket(tmp_path / "s3").start()
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("core.bucket.REST", 0.0)
    forget_caches()
    yield made
    made.stop()


def _copy(template: str, folder: Path) -> Iterator[Database]:
    name = f"skranke_test_{secrets.token_hex(4)}"
    if POSTGRESQL:
        _administer(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")     # half the time of a log of it
        made = Database(_url(name))
    else:
        path = folder / f"{name}.db"
        shutil.copy(template, path)
        made = Database(f"sqlite:///{path}")
    yield made
    made.engine.dispose()
    if POSTGRESQL:
        _administer(f"DROP DATABASE {name} WITH (FORCE)")


def _url(name: str) -> str:
    return POSTGRESQL.rsplit("/", 1)[0] + "/" + name


def _administer(statement: str) -> None:
    engine = create_engine(POSTGRESQL.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()

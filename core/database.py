"""Engine, sessions, the base of all tables, and the declaration every column carries.

Three edges commit (DESIGN.md section 4): they open ``database.write()``; services only take ``db``.
On SQLite a read opens with ``BEGIN`` and a write with ``BEGIN IMMEDIATE``, so a writer never fails half-way
for want of the lock; all commits are ``synchronous=FULL``. A thread writes in one transaction at a time: a second one
would wait for the first in vain, and is a mistake that shows at once (:class:`WaitsForItself`).
"""

from __future__ import annotations

import secrets
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar, Literal, TypeVar

import sqlean
from sqlalchemy import JSON, DateTime, Dialect, Engine, MetaData, create_engine, event, func, make_url, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedColumn,
    Session,
    declared_attr,
    mapped_column,
)
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.types import TypeDecorator

from core.clock import now
from core.once import Once
from core.settings import settings

Erasing = Literal["keep", "clear", "rewrite", "delete_row"]
Kept = Literal["row", "message", "raw_mail", "ledger", "log", "session", "draft"]


Kind = TypeVar("Kind", bound="Base")


#: No number of a row is larger: both databases count in 32 bits.
LARGEST_ID = 2**31 - 1
#: How long a write waits for others on SQLite before it gives up.
LOCK_SECONDS = 15

#: When a connection to PostgreSQL is given up on which nothing comes any more (libpq's words; seconds, the last in
#: milliseconds). A URL may say otherwise.
SILENT = {"connect_timeout": 5, "keepalives": 1, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3,
          "tcp_user_timeout": 15_000}


class WaitsForItself(RuntimeError):
    """A thread begins to write while another transaction of its own has the lock of SQLite."""


class Moment(TypeDecorator[datetime]):
    """A moment in UTC: aware in Python, without zone in SQLite, ``timestamptz`` in PostgreSQL."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name == "postgresql":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    """All tables. Names of constraints are fixed, so that migrations can speak of them."""

    metadata = MetaData(naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s", "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    })
    type_annotation_map = {datetime: Moment, dict[str, Any]: Json, list[Any]: Json}

    #: Ids that a batch takes from a sequence of PostgreSQL at a time, at most; 1 where people see them as numbers, so that
    #: none is left out.
    ids_ahead: ClassVar[int] = 25


def plain(*args: Any, kept: Kept = "row", **options: Any) -> MappedColumn[Any]:
    """A column that says nothing about a person."""
    return mapped_column(*args, info={"personal": False, "erase": "keep", "report": False, "kept": kept}, **options)


def personal(
    *args: Any, erase: Erasing = "clear", report: bool = True, kept: Kept = "row", **options: Any,
) -> MappedColumn[Any]:
    """A column that may say something about a person.

    ``erase`` is what erasing that person does to it, ``report`` whether a privacy report shows it, ``kept``
    the class of retention it belongs to.
    """
    return mapped_column(*args, info={"personal": True, "erase": erase, "report": report, "kept": kept}, **options)


#: Letters in a uid.
UID_LENGTH = 24


def new_uid() -> str:
    """A random name for a row, never used again: 96 bits, hexadecimal."""
    return secrets.token_hex(UID_LENGTH // 2)


class Row:
    """What most tables share: a key for us and a random name for the outside."""

    id: Mapped[int] = plain(primary_key=True, sort_order=-2)
    uid: Mapped[str] = plain(default=new_uid, unique=True, sort_order=-1)


class Versioned:
    """A record that several may edit: ``version`` counts its changes (optimistic locking, If-Match)."""

    version: Mapped[int] = plain(default=1, sort_order=90)
    created_at: Mapped[datetime] = plain(default=now, sort_order=91)


class Guarded(Versioned):
    """A versioned record whose ``version`` the ORM checks and raises at each change: no edit of a colleague is lost."""

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - called on the class
        return {"version_id_col": cls.version}

    def raise_version(self) -> None:
        """Something that hangs on the record changed: whoever has the record before them hears of it when they save."""
        flag_modified(self, "created_at")


def take_turns(db: Session, name: str) -> None:
    """Whoever else takes a turn at this name waits until this transaction ends. On SQLite all who write do so anyway.

    For what is compared and then written without a row whose version says that it has moved: there may be none yet.
    """
    if db.get_bind().dialect.name == "postgresql":
        db.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))


class Database:
    """An engine with sessions for reading and for writing."""

    def __init__(self, url: str, **options: Any) -> None:
        self.engine = make_engine(url, **options)
        self.dialect = self.engine.dialect.name
        self._writing = self.engine.execution_options(skranke="write")
        self._reading = self.engine.execution_options(
            **({"postgresql_readonly": True} if self.dialect == "postgresql" else {"skranke": "read"}))

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that commits at the end, or is rolled back when anything is raised."""
        with Session(self._writing, expire_on_commit=False) as db, db.begin():
            yield db

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A snapshot to read from; nothing can be written."""
        with Session(self._reading, expire_on_commit=False, autoflush=False) as db:
            yield db

    def writer(self) -> Session:
        """A session for writing whose edge commits by itself."""
        return Session(self._writing, expire_on_commit=False)

    def reader(self) -> Session:
        """A session for reading whose edge closes it by itself."""
        return Session(self._reading, expire_on_commit=False, autoflush=False)


def make_engine(url: str, **options: Any) -> Engine:
    """An engine for SQLite (the one that ships with us) or PostgreSQL (psycopg 3)."""
    if url.startswith(("postgres://", "postgresql://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith("sqlite"):
        silent = {name: value for name, value in SILENT.items() if name not in make_url(url).query}
        return create_engine(url, pool_pre_ping=True, pool_size=8, max_overflow=8, connect_args=silent, hide_parameters=True, **options)
    engine = create_engine(url, module=sqlean, connect_args={"timeout": LOCK_SECONDS, "isolation_level": None}, hide_parameters=True, **options)
    event.listen(engine, "connect", _open_sqlite)
    event.listen(engine, "begin", _alone())
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _alone() -> Callable[[Connection], None]:
    """Lets each thread have one transaction that writes; raises WaitsForItself at a second one."""
    writing = threading.local()

    def look(connection: Connection) -> None:
        if connection.get_execution_options().get("skranke") != "write":
            return
        other: Connection | None = getattr(writing, "connection", lambda: None)()
        if other is not None and other is not connection and other.in_transaction():
            raise WaitsForItself("This thread writes already: end its transaction before another one is begun.")
        writing.connection = weakref.ref(connection)
    return look


def _open_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-32000",
                   "temp_store=MEMORY", "secure_delete=FAST"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    purpose = connection.get_execution_options().get("skranke")
    connection.exec_driver_sql(f"PRAGMA query_only={int(purpose == 'read')}")
    if purpose == "write":
        _begin_immediate(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _begin_immediate(connection: Connection) -> None:
    """Wait for the one write lock at short intervals: SQLite's own waiting sleeps ever longer, and whoever files a
    batch every tenth of a second would keep the door and the pages out."""
    cursor = connection.connection.cursor()
    limit = time.monotonic() + LOCK_SECONDS
    cursor.execute("PRAGMA busy_timeout=0")
    try:
        while time.monotonic() < limit:
            try:
                cursor.execute("BEGIN IMMEDIATE")
                return
            except sqlean.OperationalError as error:
                if "locked" not in str(error):
                    break
                time.sleep(0.002)
        connection.exec_driver_sql("BEGIN IMMEDIATE")       # once more, for the error everybody knows
    finally:
        cursor.execute(f"PRAGMA busy_timeout={LOCK_SECONDS * 1000}")
        cursor.close()


@Once
def database() -> Database:
    """The database of this process. Processes that fork dispose of the engine first."""
    return Database(settings().database)

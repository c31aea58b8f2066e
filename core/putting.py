"""Inserting rows that are records of the session at once: what intake writes many times a second.

In a batch (``core.batch.together``) ids are reserved and the rows go to the database together: at the end of the
batch, or as soon as anything else is asked of the session, so that nobody ever looks past them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any, TypeVar

from sqlalchemy import bindparam, event, func, insert, select
from sqlalchemy.orm import ORMExecuteState, Session, class_mapper, make_transient_to_detached

from core.database import Base

Kind = TypeVar("Kind", bound=Base)


class Waiting:
    """Rows of a batch that are not in the database yet; on SQLite the last id of each table that was written to, on
    PostgreSQL the ids taken from its sequence and not used yet."""

    def __init__(self) -> None:
        self.rows: dict[type[Base], list[dict[str, Any]]] = {}
        self.last_ids: dict[type[Base], int] = {}
        self.ahead: dict[type[Base], Ahead] = {}


@dataclass(slots=True)
class Ahead:
    """Ids of a sequence that are ours, and how many were taken the last time. They end with the batch: an id that
    outlived it would stand before rows that others write meanwhile, and what is read by id would be out of order."""

    ids: Iterator[int] = field(default_factory=lambda: iter(()))
    taken: int = 0


@contextmanager
def rows_together(db: Session) -> Iterator[None]:
    """Within, rows wait for each other; at the end they are written, or forgotten when anything is raised."""
    write_waiting(db)
    outer = db.info.get("rows")
    db.info["rows"] = Waiting()
    try:
        yield
        write_waiting(db)
    finally:
        db.info["rows"] = outer
        if outer is not None:
            outer.last_ids.clear()


def put(db: Session, kind: type[Kind], /, *, at_once: bool = False, **values: Any) -> Kind:
    """Insert a row and return it as a record of the session, without reading it back.

    A tenth of the price of ``db.add`` with a flush. Columns that are not given take their defaults. ``at_once``:
    also in a batch, for a row that the database may refuse.
    """
    constant, made = _defaults(kind)
    row = {**constant, **values}
    for name, make in made.items():
        if name not in values:
            row[name] = make()
    waiting: Waiting | None = db.info.get("rows")
    if waiting is None or at_once:
        write_waiting(db)
        row["id"] = db.connection().execute(_returning(kind), row).scalar_one()
    else:
        row["id"] = _next_id(db, kind, waiting)
        waiting.rows.setdefault(kind, []).append(row)
    record: Kind = class_mapper(kind).class_manager.new_instance()
    record.__dict__.update(row)
    make_transient_to_detached(record)
    db.add(record)
    return record


@contextmanager
def savepoint(db: Session) -> Iterator[None]:
    """What is done within is undone when anything is raised, and nothing else: rows that waited are written before."""
    write_waiting(db)
    with db.begin_nested():
        yield


def write_waiting(db: Session) -> None:
    """Insert the rows that wait, parents before children. Others may add rows afterwards: ids are looked up anew."""
    waiting: Waiting | None = db.info.get("rows")
    if waiting is None:
        return
    rows, waiting.rows = waiting.rows, {}
    waiting.last_ids.clear()
    for kind in sorted(rows, key=_place):
        db.connection().execute(_inserting(kind), rows[kind])


def reserve(db: Session, kind: type[Base], count: int) -> Sequence[int]:
    """Ids for so many rows, which the caller inserts in this transaction before anything else is put there."""
    if db.get_bind().dialect.name == "postgresql":
        return db.connection().execute(_sequence(kind), {"count": count}).scalars().all()
    last = db.connection().execute(_last_id(kind)).scalar_one() or 0
    return range(last + 1, last + 1 + count)


def _next_id(db: Session, kind: type[Base], waiting: Waiting) -> int:
    """An id that no other row has: on SQLite the next one of the table, ours until the transaction ends; on
    PostgreSQL from its sequence."""
    if db.get_bind().dialect.name == "postgresql":
        return _from_sequence(db, kind, waiting.ahead.setdefault(kind, Ahead()))
    last = waiting.last_ids.get(kind)
    if last is None:
        last = db.connection().execute(_last_id(kind)).scalar_one() or 0
    waiting.last_ids[kind] = last + 1
    return last + 1


@event.listens_for(Session, "do_orm_execute")
def _before_anything_is_asked(state: ORMExecuteState) -> None:
    write_waiting(state.session)


@event.listens_for(Session, "before_flush")
def _before_changes(db: Session, _context: object, _instances: Iterable[object] | None) -> None:
    write_waiting(db)


def _from_sequence(db: Session, kind: type[Base], ahead: Ahead) -> int:
    """One more id: twice as many are taken at a time as the last time, so that a small batch leaves none over."""
    found = next(ahead.ids, None)
    if found is None:
        ahead.taken = min(2 * ahead.taken or 1, kind.ids_ahead)
        ahead.ids = iter(reserve(db, kind, ahead.taken))
        found = next(ahead.ids)
    return found


@lru_cache(maxsize=64)
def _sequence(kind: type[Base]) -> Any:
    return select(func.nextval(func.pg_get_serial_sequence(kind.__tablename__, "id"))).select_from(
        func.generate_series(1, bindparam("count")))


@lru_cache(maxsize=64)
def _last_id(kind: type[Base]) -> Any:
    return select(func.max(kind.__table__.c.id))


@lru_cache(maxsize=64)
def _place(kind: type[Base]) -> int:
    return Base.metadata.sorted_tables.index(kind.__table__)  # type: ignore[arg-type]


@lru_cache(maxsize=64)
def _returning(kind: type[Base]) -> Any:
    table = kind.__table__
    return insert(table).values(_given(kind, key=False)).returning(table.c.id)  # type: ignore[arg-type]


@lru_cache(maxsize=64)
def _inserting(kind: type[Base]) -> Any:
    return insert(kind.__table__).values(_given(kind, key=True))  # type: ignore[arg-type]


def _given(kind: type[Base], *, key: bool) -> dict[str, Any]:
    """The value of each column, by the name of its attribute."""
    return {column.name: bindparam(name) for name, column in kind.__mapper__.c.items() if key or not column.primary_key}


@lru_cache(maxsize=64)
def _defaults(kind: type[Base]) -> tuple[dict[str, Any], dict[str, Callable[[], Any]]]:
    """The default of each column where it is a constant, and what makes it where it is not."""
    constant: dict[str, Any] = {}
    made: dict[str, Callable[[], Any]] = {}
    for name, column in kind.__mapper__.c.items():
        default: Any = column.default
        if default is not None and default.is_callable:
            made[name] = partial(default.arg, None)
        elif not column.primary_key:
            constant[name] = None if default is None else default.arg
    return constant, made

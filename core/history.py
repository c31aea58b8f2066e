"""What happened, as typed facts: one writer, the audit trail, and the outbox of whoever must act on it.

A fact is a frozen dataclass of uids, numbers and enums, never prose about a person; values that changed sit
in ``changes``, declared personal. Beside each fact goes one outbox row per interested consumer, which deletes
its row when done (a cursor over ids would skip facts on PostgreSQL, where ids commit out of order).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import Connection, ForeignKey, Index, String, Text, insert
from sqlalchemy.orm import Mapped, Session

from core.batch import defer
from core.clock import now
from core.database import Base, Json, Row, new_uid, personal, plain
from core.putting import reserve


class Fact:
    """Base of all facts. ``kind`` names it; ``consumers`` are told of it by an outbox row each.

    Subclasses are frozen dataclasses whose fields ending in ``_uid`` name records, and in ``_uids`` several of them. ``subject`` says which of
    them the fact is mainly about, the others make it findable from their cards too.
    """

    kind: ClassVar[str]
    consumers: ClassVar[tuple[str, ...]] = ()
    registry: ClassVar[dict[str, type[Fact]]] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "kind" in cls.__dict__:
            Fact.registry[cls.kind] = cls


class FactRow(Row, Base):
    """One fact: when, by which agent (none: the desk itself), what, and its uids and enums."""

    __tablename__ = "facts"
    at: Mapped[datetime] = plain(kept="log", index=True)
    by_uid: Mapped[str | None] = plain(String(24), kept="log")
    kind: Mapped[str] = plain(String(40), kept="log")
    data: Mapped[dict[str, Any]] = plain(Json, kept="log")


class FactSubject(Base):
    """Which records a fact speaks of, for the history on each card."""

    __tablename__ = "fact_subjects"
    fact_id: Mapped[int] = plain(ForeignKey("facts.id", ondelete="CASCADE"), primary_key=True, kept="log")
    subject_uid: Mapped[str] = plain(String(24), primary_key=True, kept="log")
    __table_args__ = (Index("ix_fact_subjects_subject", "subject_uid", "fact_id"),)


class Change(Base):
    """One field that changed, from what to what."""

    __tablename__ = "changes"
    id: Mapped[int] = plain(primary_key=True)
    fact_id: Mapped[int] = plain(ForeignKey("facts.id", ondelete="CASCADE"), index=True, kept="log")
    field: Mapped[str] = plain(String(60), kept="log")
    before: Mapped[str | None] = personal(Text, kept="log")
    after: Mapped[str | None] = personal(Text, kept="log")


class Outbox(Base):
    """A fact that a consumer has not dealt with yet."""

    __tablename__ = "outbox"
    id: Mapped[int] = plain(primary_key=True)
    consumer: Mapped[str] = plain(String(20))
    fact_id: Mapped[int] = plain(ForeignKey("facts.id", ondelete="CASCADE"), index=True)
    due_at: Mapped[datetime] = plain()
    attempts: Mapped[int] = plain(default=0)
    reason: Mapped[str | None] = plain(Text)
    __table_args__ = (Index("ix_outbox_due", "due_at"),)


def record(
    db: Session, fact: Fact, *, by: str | None = None, at: datetime | None = None,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
) -> None:
    """Write a fact, its changed values and its outbox rows.

    ``by`` is the uid of the acting agent, None when the desk acted by itself. ``changes`` maps a field to its
    value before and after.
    """
    entry = _Entry(fact, by, at or now(), {n: (_text(a), _text(b)) for n, (a, b) in (changes or {}).items()})
    defer(db, _write, entry)


def load(row: FactRow) -> Fact:
    """The fact a row holds. Fields that the fact no longer has are left out."""
    kind = Fact.registry[row.kind]
    known = _names(row.kind)
    return kind(**{name: value for name, value in row.data.items() if name in known})


class _Entry(NamedTuple):
    fact: Fact
    by: str | None
    at: datetime
    changes: dict[str, tuple[str | None, str | None]]


def _write(db: Session, entries: Sequence[_Entry]) -> None:
    if not entries:
        return
    ids, connection = reserve(db, FactRow, len(entries)), db.connection()
    connection.execute(_FACTS, [{"id": i, "uid": new_uid(), "at": e.at, "by_uid": e.by, "kind": e.fact.kind,
                                 "data": _data(e.fact)} for i, e in zip(ids, entries, strict=True)])
    _write_all(connection, _SUBJECTS, [{"fact_id": i, "subject_uid": uid}
                                       for i, e in zip(ids, entries, strict=True) for uid in _subjects(e.fact)])
    _write_all(connection, _CHANGES, [{"fact_id": i, "field": name, "before": before, "after": after}
                                      for i, e in zip(ids, entries, strict=True)
                                      for name, (before, after) in e.changes.items()])
    _write_all(connection, _OUTBOX, [{"consumer": consumer, "fact_id": i, "due_at": e.at}
                                     for i, e in zip(ids, entries, strict=True) for consumer in e.fact.consumers])


def _write_all(connection: Connection, statement: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(statement, rows)


def _subjects(fact: Fact) -> list[str]:
    values = [getattr(fact, name) for name in _names(fact.kind) if name.endswith("_uid")]
    values += [uid for name in _names(fact.kind) if name.endswith("_uids") for uid in getattr(fact, name)]
    return list(dict.fromkeys(uid for uid in values if uid))


def _data(fact: Fact) -> dict[str, Any]:
    """The fields as they are: uids (or several), numbers and enums, nothing nested deeper."""
    return {name: getattr(fact, name) for name in _names(fact.kind)}


@lru_cache(maxsize=256)
def _names(kind: str) -> tuple[str, ...]:
    return tuple(f.name for f in fields(Fact.registry[kind]))  # type: ignore[arg-type]


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


_FACTS, _SUBJECTS, _CHANGES, _OUTBOX = (
    insert(kind.__table__) for kind in (FactRow, FactSubject, Change, Outbox))  # type: ignore[arg-type]

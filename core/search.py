"""Search tables: folded text beside the rows it finds. FTS5 on SQLite, trigrams and ``simple`` on PostgreSQL.

``person_search`` and ``company_search`` find by substring, ``message_search`` by words and beginnings of words.
Written by the services that write the rows; every query is bounded.
The table names put into the statements are constants of ours.
"""
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Select, column, literal_column, select, text
from sqlalchemy import table as sql_table
from sqlalchemy.orm import Session

from core.batch import defer
from core.fold import fold, words

SUBSTRING = ("person_search", "company_search")
LONGEST = 100_000
#: Above every id.
LAST = 2**62

_SQLITE = [
    *(f"CREATE VIRTUAL TABLE {name} USING fts5(body, tokenize='trigram')" for name in SUBSTRING),
    "CREATE VIRTUAL TABLE message_search USING fts5(body, ticket_id UNINDEXED, tokenize='unicode61', detail='none')",
    *(f"INSERT INTO {name}({name}, rank) VALUES ('secure-delete', 1)" for name in (*SUBSTRING, "message_search")),
]
_POSTGRESQL = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    *(f"CREATE TABLE {name} (id bigint PRIMARY KEY, body text NOT NULL)" for name in SUBSTRING),
    *(f"CREATE INDEX ix_{name}_body ON {name} USING gin (body gin_trgm_ops)" for name in SUBSTRING),
    "CREATE TABLE message_search (id bigint PRIMARY KEY, ticket_id bigint NOT NULL, words tsvector NOT NULL)",
    "CREATE INDEX ix_message_search_words ON message_search USING gin (words)",
    "CREATE INDEX ix_message_search_ticket ON message_search (ticket_id)",
]


def create(connection: Connection) -> None:
    """Make the search tables."""
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
        connection.exec_driver_sql(statement)


def drop(connection: Connection) -> None:
    """Take the search tables away."""
    for name in (*SUBSTRING, "message_search"):
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")


def index_substring(db: Session, table: str, row_id: int, parts: Iterable[str | None], *, new: bool = False) -> None:
    """Let a row be found by any substring of these texts; ``new`` when it cannot be in the table yet."""
    body = fold(" ".join(part for part in parts if part))
    key = _key(db)
    if not new:
        db.execute(text(f"DELETE FROM {table} WHERE {key} = :id"), {"id": row_id})
    if new:
        defer(db, _index_persons if table == "person_search" else _index_companies, {"id": row_id, "body": body})
    else:
        db.execute(text(f"INSERT INTO {table} ({key}, body) VALUES (:id, :body)"), {"id": row_id, "body": body})


def index_message(db: Session, message_id: int, ticket_id: int, parts: Iterable[str | None]) -> None:
    """Let a ticket be found by the words of one of its messages."""
    body = fold("\n".join(part for part in parts if part)[:LONGEST])
    defer(db, _index_messages, {"id": message_id, "ticket": ticket_id, "body": body})


def forget(db: Session, table: str, row_id: int) -> None:
    """Let a row not be found any more."""
    db.execute(text(f"DELETE FROM {table} WHERE {_key(db)} = :id"), {"id": row_id})


def messages_with(db: Session, query: str, *, before: int | None = None, most: int = 500) -> Sequence[int]:
    """Ids of messages that have all the words (each a beginning of one), the latest first, below an id."""
    terms = words(query)
    if not terms:
        return []
    if _sqlite(db):
        asked = " ".join(f'"{term}"*' for term in terms)
        statement = ("SELECT rowid FROM message_search WHERE message_search MATCH :q AND rowid < :before "
                     "ORDER BY rowid DESC LIMIT :n")
    else:
        asked = " & ".join(f"{term}:*" for term in terms)
        statement = ("SELECT id FROM message_search WHERE words @@ to_tsquery('simple', :q) AND id < :before "
                     "ORDER BY id DESC LIMIT :n")
    return db.scalars(text(statement), {"q": asked, "n": most, "before": LAST if before is None else before}).all()


def rows_with(db: Session, table: str, query: str, *, most: int = 500) -> Sequence[int]:
    """Ids of rows whose text has the query's words as substrings; one of them has three letters or more, and finds."""
    terms = fold(query).split()
    long = [term for term in terms if len(term) >= 3]
    if not long:
        return []
    if _sqlite(db):
        asked = " ".join('"' + term.replace('"', '""') + '"' for term in long)
        short = {f"t{n}": f"%{escape_like(term)}%" for n, term in enumerate(terms) if len(term) < 3}
        fits = "".join(f" AND body LIKE :{name} ESCAPE '\\'" for name in short)
        statement = f"SELECT rowid FROM {table} WHERE {table} MATCH :q{fits} LIMIT :n"
        return list(db.scalars(text(statement), {"q": asked, "n": most, **short}))
    likes = " AND ".join(f"body LIKE :t{n} ESCAPE '\\'" for n in range(len(terms)))
    given = {f"t{n}": f"%{escape_like(term)}%" for n, term in enumerate(terms)}
    return list(db.scalars(text(f"SELECT id FROM {table} WHERE {likes} LIMIT :n"), {**given, "n": most}))


def having(db: Session, table: str, query: str) -> Select[Any] | None:
    """The ids of all rows whose text has the query's words of three letters or more, for use within another question; None where the
    query has no such word."""
    terms = [term for term in fold(query).split() if len(term) >= 3]
    if not terms:
        return None
    if _sqlite(db):
        asked = " ".join('"' + term.replace('"', '""') + '"' for term in terms)
        rows = sql_table(table, column("rowid"))
        return select(rows.c.rowid).where(literal_column(table).op("MATCH")(asked))
    rows = sql_table(table, column("id"), column("body"))
    return select(rows.c.id).where(*(rows.c.body.like(f"%{escape_like(term)}%", escape="\\") for term in terms))


def escape_like(term: str) -> str:
    """The term with LIKE's own signs taken literally (escape character ``\\``)."""
    return term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _index_messages(db: Session, rows: list[dict[str, object]]) -> None:
    """On PostgreSQL cut into words by us, as questions are: its parser takes ``<seal>`` for a tag and an address for a word."""
    if _sqlite(db):
        statement = "INSERT INTO message_search (rowid, body, ticket_id) VALUES (:id, :body, :ticket)"
    else:
        statement = ("INSERT INTO message_search (id, ticket_id, words) "
                     "VALUES (:id, :ticket, to_tsvector('simple', :body))")
        rows = [{**row, "body": " ".join(words(str(row["body"]), most=LONGEST))} for row in rows]
    db.execute(text(statement), rows)


def _index_persons(db: Session, rows: list[dict[str, object]]) -> None:
    db.execute(text(f"INSERT INTO person_search ({_key(db)}, body) VALUES (:id, :body)"), rows)


def _index_companies(db: Session, rows: list[dict[str, object]]) -> None:
    db.execute(text(f"INSERT INTO company_search ({_key(db)}, body) VALUES (:id, :body)"), rows)


def _sqlite(db: Session) -> bool:
    return db.get_bind().dialect.name == "sqlite"


def _key(db: Session) -> str:
    return "rowid" if _sqlite(db) else "id"

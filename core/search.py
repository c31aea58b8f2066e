"""Search tables: folded text beside the rows it finds. FTS5 on SQLite, trigrams and ``simple`` on PostgreSQL.

``person_search``, ``company_search`` and those of :data:`MATTERS` find by substring, ``message_search`` by words and beginnings of words.
Written by the services that write the rows; every query is bounded.
The table names put into the statements are constants of ours.
"""
# ruff: noqa: S608

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, Select, column, literal_column, select, text
from sqlalchemy import table as sql_table
from sqlalchemy.orm import Session

from core.batch import defer
from core.fold import fold, words

SUBSTRING = ("person_search", "company_search")
MATTERS = ("sale_search", "campaign_search", "project_search", "order_search")
LONGEST = 100_000
#: Above every id.
LAST = 2**62

_SQLITE = [
    "CREATE VIRTUAL TABLE message_search USING fts5(body, ticket_id UNINDEXED, tokenize='unicode61', detail='none')",
    "INSERT INTO message_search(message_search, rank) VALUES ('secure-delete', 1)",
]
_POSTGRESQL = [
    "CREATE TABLE message_search (id bigint PRIMARY KEY, ticket_id bigint NOT NULL, words tsvector NOT NULL)",
    "CREATE INDEX ix_message_search_words ON message_search USING gin (words)",
    "CREATE INDEX ix_message_search_ticket ON message_search (ticket_id)",
]


def create(connection: Connection) -> None:
    """Make the search tables of persons, companies and messages."""
    create_substring(connection, SUBSTRING)
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
        connection.exec_driver_sql(statement)


def create_substring(connection: Connection, names: Iterable[str]) -> None:
    """Make tables that find by substring."""
    sqlite = connection.dialect.name == "sqlite"
    if not sqlite:
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for name in names:
        for statement in (f"CREATE VIRTUAL TABLE {name} USING fts5(body, tokenize='trigram')",
                          f"INSERT INTO {name}({name}, rank) VALUES ('secure-delete', 1)") if sqlite else (
                          f"CREATE TABLE {name} (id bigint PRIMARY KEY, body text NOT NULL)",
                          f"CREATE INDEX ix_{name}_body ON {name} USING gin (body gin_trgm_ops)"):
            connection.exec_driver_sql(statement)


def drop(connection: Connection, names: Iterable[str] = (*SUBSTRING, "message_search")) -> None:
    """Take search tables away."""
    for name in names:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")


def index_substring(db: Session, table: str, row_id: int, parts: Iterable[str | None], *, new: bool = False) -> None:
    """Let a row be found by any substring of these texts; ``new`` when it cannot be in the table yet."""
    body = fold(" ".join(part for part in parts if part))
    key = _key(db)
    if not new:
        db.execute(text(f"DELETE FROM {table} WHERE {key} = :id"), {"id": row_id})
    if new:
        defer(db, _WRITERS[table], {"id": row_id, "body": body})
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


def rows_with(db: Session, table: str, query: str, *, most: int = 500, before: int | None = None) -> Sequence[int]:
    """Ids of rows whose text has the query's words as substrings; one of them has three letters or more, and finds. With ``before``
    the latest below that id, the last first."""
    terms = fold(query).split()
    long = [term for term in terms if len(term) >= 3]
    if not long:
        return []
    latest = "" if before is None else f" AND {_key(db)} < :before ORDER BY {_key(db)} DESC"
    below = {} if before is None else {"before": before}
    if _sqlite(db):
        asked = " ".join('"' + term.replace('"', '""') + '"' for term in long)
        short = {f"t{n}": f"%{escape_like(term)}%" for n, term in enumerate(terms) if len(term) < 3}
        fits = "".join(f" AND body LIKE :{name} ESCAPE '\\'" for name in short)
        statement = f"SELECT rowid FROM {table} WHERE {table} MATCH :q{fits}{latest} LIMIT :n"
        return list(db.scalars(text(statement), {"q": asked, "n": most, **short, **below}))
    likes = " AND ".join(f"body LIKE :t{n} ESCAPE '\\'" for n in range(len(terms)))
    given = {f"t{n}": f"%{escape_like(term)}%" for n, term in enumerate(terms)}
    return list(db.scalars(text(f"SELECT id FROM {table} WHERE {likes}{latest} LIMIT :n"), {**given, **below, "n": most}))


def having(db: Session, table: str, query: str) -> Select[Any] | None:
    """The ids of all rows whose text has the query's words of three letters or more, for use within another question; None where the
    query has no such word."""
    terms = [term for term in fold(query).split() if len(term) >= 3]
    if not terms:
        return None
    if _sqlite(db):
        asked = " ".join('"' + term.replace('"', '""') + '"' for term in terms)
        return select(bodies(db, table)[0]).where(literal_column(table).op("MATCH")(asked))
    key, body = bodies(db, table)
    return select(key).where(*(body.like(f"%{escape_like(term)}%", escape="\\") for term in terms))


def bodies(db: Session, table: str) -> tuple[Any, Any]:
    """The columns of a table that finds by substring: the id of the row, and its folded text."""
    rows = sql_table(table, column(_key(db)), column("body"))
    return rows.c[_key(db)], rows.c.body


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


def _write(table: str, db: Session, rows: list[dict[str, object]]) -> None:
    db.execute(text(f"INSERT INTO {table} ({_key(db)}, body) VALUES (:id, :body)"), rows)


#: One function a table, so that what waits for the end of a batch goes there together.
_WRITERS = {name: partial(_write, name) for name in (*SUBSTRING, *MATTERS)}


def _sqlite(db: Session) -> bool:
    return db.get_bind().dialect.name == "sqlite"


def _key(db: Session) -> str:
    return "rowid" if _sqlite(db) else "id"

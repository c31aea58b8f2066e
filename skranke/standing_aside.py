"""Putting aside the desk that a restored one takes the place of. Nothing is deleted."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.database import Database
from core.errors import Refused
from core.settings import settings
from skranke.snapshots import ASIDE

#: Tables, sequences that no table owns, and views of the schema in use.
RELATIONS = """
SELECT quote_ident(c.relname), CASE c.relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'S')
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i', 'e'))
"""
OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


def in_the_way(made: Database) -> list[str]:
    """What of another desk is where a restored one would go, in words."""
    found = []
    if made.dialect == "postgresql":
        with made.read() as db:
            tables = len(db.execute(text(RELATIONS)).all())
        found += [f"{tables} tables in {made.engine.url.render_as_string()}"] if tables else []
    else:
        found += [str(path) for path in _parts(made) if path.exists()]
    if not settings().files_url and any(path.is_file() for path in settings().files.rglob("*")):
        found.append(str(settings().files))
    return found


def put_aside(made: Database, at: datetime) -> str:
    """Move it out of the way; where it is now. Raises Refused where somebody is still at it."""
    name = f"{ASIDE}{at:%Y%m%dt%H%M%S}"
    folder = settings().data.absolute() / name
    where = []
    if made.dialect == "postgresql":
        where += _tables(made, name)
    moving = [*(_parts(made) if made.dialect == "sqlite" else []), *([] if settings().files_url else [settings().files])]
    made.engine.dispose()
    for path in moving:
        if path.exists():
            folder.mkdir(mode=0o700, exist_ok=True)
            path.rename(folder / path.name)
    return " and ".join([*where, *([str(folder)] if folder.exists() else [])])


def _tables(made: Database, name: str) -> list[str]:
    """Into a schema of that name, in one transaction. Extensions stay where they are."""
    with made.write() as db:
        if others := _others(db):
            raise Refused(f"{others} others are connected to {made.engine.url.render_as_string()}. Stop every part of the desk first.")
        relations = db.execute(text(RELATIONS)).all()
        if not relations:
            return []
        db.execute(text(f"CREATE SCHEMA {name}"))
        for relation, kind in relations:
            db.execute(text(f"ALTER {kind} {relation} SET SCHEMA {name}"))
    return [f"the schema {name} of the database"]


def _others(db: Session) -> int:
    """How many are connected besides us; those who have just left may be seen a moment longer."""
    for _ in range(20):
        if not (others := db.scalar(text(OTHERS)) or 0):
            break
        time.sleep(0.1)
        db.execute(text("SELECT pg_stat_clear_snapshot()"))
    return others


def _parts(made: Database) -> list[Path]:
    path = Path(str(made.engine.url.database)).absolute()
    return [path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")]

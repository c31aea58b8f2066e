"""Telling an outage of the database from a question that no database can answer."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from core.database import Database
from core.outage import Outages, is_outage


class Said(Exception):
    """What PostgreSQL says."""

    def __init__(self, sqlstate: str | None) -> None:
        self.sqlstate = sqlstate


@pytest.mark.parametrize(("sqlstate", "outage"), [
    (None, True), ("57P01", True), ("57P03", True), ("53100", True), ("53300", True), ("40P01", True), ("25006", True),
    ("54000", False), ("57014", False), ("22021", False),
])
def test_postgresql_by_its_codes(sqlstate: str | None, outage: bool) -> None:
    assert is_outage(OperationalError("INSERT", None, Said(sqlstate))) is outage


def test_sqlite_by_its_codes(tmp_path: Path) -> None:
    embedded = Database(f"sqlite:///{tmp_path / 'small.db'}")
    with pytest.raises(DBAPIError) as full, embedded.write() as db:
        fill(db)
    with pytest.raises(DBAPIError) as unknown, embedded.read() as db:
        db.execute(text("SELECT * FROM nothing"))
    embedded.engine.dispose()
    assert is_outage(full.value)
    assert not is_outage(unknown.value)


def fill(db: Session) -> None:
    db.execute(text("PRAGMA max_page_count = 1"))
    db.execute(text("CREATE TABLE much AS SELECT zeroblob(100000)"))


def test_no_server_and_no_error_of_the_database() -> None:
    with pytest.raises(DBAPIError) as nobody:
        create_engine("postgresql+psycopg://nobody@127.0.0.1:1/x").connect()
    assert is_outage(nobody.value)
    assert not is_outage(OSError("disk"))


@pytest.mark.parametrize(("error", "excused"), [
    (OperationalError("COMMIT", None, Said(None)), [True, True, False]), (OperationalError("COMMIT", None, Said("53100")), [True] * 3),
    (ValueError("a bug"), [False] * 3),
], ids=["no connection", "a full disk", "no outage"])
def test_what_breaks_the_connection_again_and_again_is_not_believed(error: Exception, excused: list[bool]) -> None:
    outages = Outages(2)
    assert [outages.excuse(error) for _ in excused] == excused
    outages.over()
    assert outages.excuse(error) is excused[0]

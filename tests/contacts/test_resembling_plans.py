"""How the database finds whom a stranger resembles: every question through its index, never by reading all persons or addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.orm import Session

from contacts.address import Address, Holding
from contacts.company import Company, CompanyDomain
from contacts.name_keys import NameKey
from contacts.person import Employment, Person
from contacts.phones import phones_in
from contacts.resembling import candidates
from contacts.same_fields import values
from contacts.stranger import Stranger, Trace
from core.database import Database, new_uid
from rules.hearing import keys

PERSONS = 4000
MOST_STATEMENTS = 10


@pytest.fixture(scope="module")
def db(shared_database: Database) -> Iterator[Session]:
    """Filled once for all that is asked here, then undone."""
    with shared_database.writer() as session:
        session.begin()
        fill(session)
        yield session
        session.rollback()


def fill(db: Session) -> None:
    names = [(f"Fornavn{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}", f"Etternavn{chr(97 + n // 7 % 26)}{chr(97 + n // 100 % 26)}") for n in range(1, PERSONS + 1)]
    db.execute(insert(Company), [{"id": n, "name": f"C{n}", "sort_name": f"c{n}"} for n in range(1, 100)])
    db.execute(insert(CompanyDomain), [{"domain": f"firma{n}.example", "company_id": n} for n in range(1, 100)])
    db.execute(insert(Person), [{"id": n, "first_name": first, "last_name": last, "sort_name": f"{last} {first}".lower()}
                                for n, (first, last) in enumerate(names, start=1)])
    db.execute(insert(Employment), [{"person_id": n, "company_id": 1 + n % 99} for n in range(1, PERSONS + 1)])
    for kind, value in (("email", "p{}@firma.example"), ("phone", "+47 91 00 {:04}")):
        ids = [n + (PERSONS if kind == "phone" else 0) for n in range(1, PERSONS + 1)]
        db.execute(insert(Address), [{"id": n, "uid": new_uid(), "kind": kind, "value": value.format(n), "normalised": value.format(n)} for n in ids])
        db.execute(insert(Holding), [{"address_id": n, "person_id": 1 + (n - 1) % PERSONS} for n in ids])
    db.execute(insert(NameKey), [{"key": key, "person_id": n} for n, (first, last) in enumerate(names, start=1) for key in keys(f"{first} {last}")])
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("ANALYZE"))
        db.execute(text("SET LOCAL enable_seqscan = off"))      # a table as small as these is read whole whatever there is


STRANGER = Stranger(name="Fornavnab Etternavncd", address="fornavnab.etternavncd@firma7.example", address_id=1, language="nb",
                    phones=phones_in("Mob 91 00 12 34"), mentions=("p17@firma.example",), traces=(Trace(5, 1, answers=True, asked=True),))


def plans(db: Session, ask: Callable[[], object]) -> list[str]:
    """The plans of all questions that are asked, in words of the database."""
    asked: list[tuple[str, object]] = []
    connection = db.connection()

    def heard(_connection: object, _cursor: object, statement: str, given: object, *_: object) -> None:
        asked.append((statement, given))

    event.listen(connection, "before_cursor_execute", heard)
    try:
        ask()
    finally:
        event.remove(connection, "before_cursor_execute", heard)
    explain = "EXPLAIN " if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
    return ["\n".join(str(row) for row in connection.exec_driver_sql(explain + statement, given)) for statement, given in asked]


@pytest.mark.parametrize("stranger", [STRANGER, Stranger(address="fornavnab@firma7.example"), Stranger(name="F. Etternavncd")])
def test_no_question_reads_a_table_from_end_to_end(db: Session, stranger: Stranger) -> None:
    """Candidates among 1 000 000 persons on both databases: as few questions and as little reading as for a thousand."""
    found = plans(db, lambda: candidates(db, stranger))
    assert 0 < len(found) <= MOST_STATEMENTS
    for plan in found:
        for table in ("persons", "addresses", "holdings", "employments", "name_keys"):
            assert f"Seq Scan on {table}" not in plan, plan
            assert f"'SCAN {table}" not in plan, plan


def test_the_indexes_are_those_meant(db: Session) -> None:
    found, sqlite = "\n".join(plans(db, lambda: candidates(db, STRANGER))), db.get_bind().dialect.name == "sqlite"
    for index in ("ix_employments_company_id", *(("name_keys USING PRIMARY KEY", "sqlite_autoindex_addresses") if sqlite else (
            "pk_name_keys", "uq_addresses_normalised_kind"))):
        assert index in found, found


def test_addresses_of_some_persons_are_reached_by_who_holds_them(db: Session) -> None:
    """Never through all there are of a kind, which SQLite took for few: an import asked so for every chunk."""
    for many in (1, 200):
        found = plans(db, lambda many=many: values(db, "email", range(1, many + 1)))
        assert any("ix_holdings_person" in plan for plan in found)
        assert not any("addresses" in row and "(kind=?" in row for plan in found for row in plan.splitlines()), found

"""Rows named one by one are found alike on both databases, by one statement however many they are."""

from __future__ import annotations

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from contacts.company import Company
from contacts.creating import create_company
from core.among import among


def test_found_by_number_and_by_text(db: Session) -> None:
    made = [create_company(db, f"Firma {n} 100% “så” \\", by=None) for n in range(3)]
    assert set(db.scalars(select(Company.id).where(among(db, Company.id, [made[0].id, made[2].id, 2_000_000_000])))) == {made[0].id, made[2].id}
    assert set(db.scalars(select(Company.uid).where(among(db, Company.uid, {made[1].uid, "none", "", 'a"b,{c}'})))) == {made[1].uid}
    assert set(db.scalars(select(Company.id).where(among(db, Company.name, [made[1].name])))) == {made[1].id}
    assert db.scalars(select(Company.id).where(among(db, Company.uid, []))).all() == []


def test_postgresql_reads_one_statement_for_any_number(db: Session) -> None:
    said: set[str] = set()
    engine = db.get_bind()

    def keep(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "companies" in statement:
            said.add(statement)

    event.listen(engine, "before_cursor_execute", keep)
    for many in (1, 7, 400):
        db.scalars(select(Company.id).where(among(db, Company.id, list(range(many))))).all()
    event.remove(engine, "before_cursor_execute", keep)
    assert len(said) == (1 if engine.dialect.name == "postgresql" else 3)

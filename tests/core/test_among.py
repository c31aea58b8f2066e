"""Rows named one by one are found alike on both databases, by one statement however many they are."""

from __future__ import annotations

from sqlalchemy import event, exists, func, select
from sqlalchemy.orm import Session, aliased

from contacts.company import Company
from contacts.creating import create_company
from core.among import among


def test_found_by_number_and_by_text(db: Session) -> None:
    made = [create_company(db, f"Firma {n} 100% “så” \\", by=None) for n in range(3)]
    assert set(db.scalars(select(Company.id).where(among(Company.id, [made[0].id, made[2].id, 2_000_000_000])))) == {made[0].id, made[2].id}
    assert set(db.scalars(select(Company.uid).where(among(Company.uid, {made[1].uid, "none", "", 'a"b,{c}'})))) == {made[1].uid}
    assert set(db.scalars(select(Company.id).where(among(Company.name, [made[1].name])))) == {made[1].id}
    assert db.scalars(select(Company.id).where(among(Company.uid, []))).all() == []
    assert set(db.scalars(select(Company.id).where(~among(Company.id, [made[0].id]), Company.name.startswith("Firma")))) == {made[1].id, made[2].id}
    assert db.scalar(select(func.count()).where(among(Company.id, [one.id for one in made]))) == 3
    other = aliased(Company)
    assert db.scalar(select(Company.id).where(exists().where(other.id == Company.id, among(other.uid, [made[2].uid])))) == made[2].id


def test_one_statement_for_any_number(db: Session) -> None:
    said: set[str] = set()
    engine = db.get_bind()

    def keep(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "companies" in statement:
            said.add(statement)

    event.listen(engine, "before_cursor_execute", keep)
    for many in (1, 7, 400):
        db.scalars(select(Company.id).where(among(Company.id, list(range(many))))).all()
    event.remove(engine, "before_cursor_execute", keep)
    assert len(said) == 1 and "= 1" not in said.pop()

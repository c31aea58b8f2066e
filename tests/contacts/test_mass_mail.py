"""Who may get a mass mail, and why others may not."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import event, update
from sqlalchemy.orm import Session

from contacts.address import Address
from contacts.addressing import add_address, holdings_of, retire
from contacts.company import CompanyDomain
from contacts.creating import create_company
from contacts.editing import create_person
from contacts.mass_mail import WHY, may_be_mailed, standings
from contacts.person import Employment, Person


def made(db: Session, email: str = "", **fields: Any) -> Person:
    return create_person(db, {"first_name": "Ole", "last_name": "Vang", **fields}, by=None, exempt=True,
                         addresses=[{"kind": "email", "value": email}] if email else [])


def test_each_with_the_reason(db: Session) -> None:
    """W20, W22, W23: blocked, has left, has no address; the rest is mailed at the address used first."""
    good = made(db, "ole@kunde.example")
    blocked, left, bare = made(db, "b@kunde.example", block_mass_mail=True), made(db, "l@kunde.example", status="left"), made(db)
    quiet = made(db, "q@kunde.example")
    retire(db, holdings_of(db, quiet)[0], by=None)
    found = {one.person_id: one for one in standings(db, [good.id, blocked.id, left.id, bare.id, quiet.id])}
    assert found[good.id].address.value == "ole@kunde.example" and found[good.id].why == ""
    assert [found[one.id].why for one in (blocked, left, bare, quiet)] == ["blocked", "left", "no_address", "no_address"]
    assert may_be_mailed(db, [good.id, blocked.id, left.id]) == {"": 1, "blocked": 1, "left": 1}
    assert {one.why for one in found.values()} <= {"", *WHY}


def test_an_address_that_mail_does_not_reach_gives_way_to_the_next(db: Session) -> None:
    """W20: what comes back or is blocked is not mailed; another address of the person is."""
    person, other = made(db, "ole@kunde.example"), made(db, "kari@kunde.example")
    db.execute(update(Address).where(Address.normalised.in_(["ole@kunde.example", "kari@kunde.example"])).values(health="bouncing"))
    db.execute(update(Address).where(Address.normalised == "kari@kunde.example").values(suppression="blocked"))
    add_address(db, person, "email", "ole@hjem.example", by=None)
    assert [one.address.value if one.address else one.why for one in standings(db, [person.id, other.id])] == ["ole@hjem.example", "suppressed"]


def test_not_at_the_company_they_have_left(db: Session) -> None:
    """W22: with REQUIREMENTS 0.15, an address of the company whose employment has ended."""
    firm = create_company(db, "Kunde AS", by="")
    db.add(CompanyDomain(domain="kunde.example", company_id=firm.id))
    person = create_person(db, {"first_name": "Ole", "last_name": "Vang"}, by=None, employments=[{"company": firm}],
                           addresses=[{"kind": "email", "value": "ole@kunde.example"}])
    [before] = standings(db, [person.id])
    db.execute(update(Employment).values(ended_on=date(2026, 1, 31)))
    [after] = standings(db, [person.id])
    assert (before.why, after.why) == ("", "ended_employment")


def test_as_many_questions_for_many(db: Session) -> None:
    persons = [made(db, f"p{n}@kunde.example").id for n in range(40)]
    db.flush()
    asked: list[str] = []
    connection = db.connection()
    event.listen(connection, "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert may_be_mailed(db, persons) == {"": 40}
    assert len(asked) == 3

"""Private customers: persons who can be invoiced themselves, with a number of their own (T1, T2, T6, T7)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.editing import edit_person
from contacts.person import Person
from core.database import take_turns
from core.options import option, set_option

NEXT = "contacts.next_customer_number"


def make_customer(db: Session, person: Person, *, by: Agent, version: int | None = None) -> str:
    """Turn a person into a private customer; the next free number is theirs unless they have one. Returns the number."""
    number = person.customer_number or next_number(db)
    edit_person(db, person, {"private_customer": True, "customer_number": number}, by=by, version=version)
    return number


def next_number(db: Session) -> str:
    """Take the next number that nobody has; two agents at once get two."""
    take_turns(db, NEXT)
    db.info.pop("options", None)        # what was read of them before our turn
    number = int(option(db, NEXT))
    while db.scalar(select(Person.id).where(Person.customer_number == str(number))) is not None:
        number += 1
    set_option(db, NEXT, number + 1)
    return str(number)

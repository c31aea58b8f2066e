"""Laws of erasing, with drawn persons in drawn places: residue(erase(x)) == {} and export(erase(x)) == {}."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from contacts.agent import Agent
from contacts.company import Company
from contacts.creating import create_company
from contacts.editing import create_person, edit_person
from contacts.exporting import company_rows, person_cards, person_rows, project_rows
from contacts.notes import write_note
from contacts.person import Person
from contacts.project import Project
from core.fold import fold
from desk.erasing import residue
from desk.erasing.subject import subject_of
from desk.tickets.answering import note
from desk.tickets.ticket import Ticket
from rules.residue import Needles
from tests.desk.erasing.test_running import Desk
from tests.letters_made import mail
from tests.residue import left_in

NAMES = st.text("abdefghiklmnoprstuvyæøåäö", min_size=6, max_size=11).map(str.capitalize)
#: How a name and an address are written, given (first, last, address).
FORMS = (
    lambda first, last, address: f"{first} {last}", lambda first, last, address: f"{last}, {first}", lambda first, last, address: f"{first} {last}s", lambda first, last, address: address,
    lambda first, last, address: f"{first} {last}".upper(), lambda first, last, address: f"{first} {last[:3]}\u00ad{last[3:]}", lambda first, last, address: f"{first}\u00a0{last} <{address}>",
    lambda first, last, address: address.replace("@", " (at) "), lambda first, last, address: f"({first}, {last.upper()})",
)
PLACES = ("mail", "subject", "quote", "note", "card", "company", "inside", "html")


@pytest.fixture
def desk(fresh_database):
    return Desk(fresh_database)


@st.composite
def persons(draw):
    """Names of now and before, a telephone number, and (place, form) for each place."""
    first, last, former = draw(st.tuples(NAMES, NAMES, NAMES).filter(lambda one: len({fold(each) for each in one}) == 3))
    return first, last, former, f"+47 9{draw(st.integers(1000, 9999))}", draw(st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(FORMS)), min_size=3, max_size=8))


def plant(desk, drawn):
    """The person, and what others say of them; their uid and what is looked for."""
    first, last, former, phone, places = drawn
    desk.count += 1                 # what was erased is not held again, and a failing example is drawn again
    address, phone = f"{fold(first)}.{fold(last)}.{desk.count}@drawn.example", f"{phone}{desk.count:03}"
    with desk.database.write() as db:
        by = db.get_one(Agent, desk.nora.id)
        person = create_person(db, {"first_name": first, "last_name": former}, by=by, exempt=True, addresses=[{"value": address}, {"kind": "phone", "value": phone}])
        edit_person(db, person, {"last_name": last}, by=by)
        uid, needles = person.uid, Needles(subject_of(db, [person]).aliases.as_json() | {"numbers": []})
    desk.arrive(f"{first} {last} <{address}>", subject=f"{last} writes", text=f"Hello.\n\n{first} {last}\n")
    for place, form in places:
        said = form(first, last, address)
        if place in ("note", "card", "company", "inside"):
            with desk.database.write() as db:
                by = db.get_one(Agent, desk.nora.id)
                if place == "inside":
                    note(db, db.scalars(select(Ticket)).first(), html=f"<p>Ask {said}.</p>", by=by)
                else:
                    whose = {"person": create_person(db, {"first_name": "Eva", "last_name": "Lie"}, by=by, exempt=True, addresses=[])} if place == "note" else (
                        {"person": db.scalars(select(Person).where(Person.uid == uid)).one()} if place == "card" else {"company": create_company(db, "Kunde AS", by=by.uid)})
                    write_note(db, f"Ask {said}.", by=by, **whose)
        else:
            desk.arrive(raw=mail("Eva Lie <eva@other.example>", subject=f"About {said}" if place == "subject" else "Hello", text=f"> {said} wrote\nYes, {phone}.\n" if place == "quote" else f"Ask {said}.\n",
                       html=f"<p>Ask {said[:3]}<b>{said[3:]}</b></p>" if place == "html" else None))
    return uid, needles


def exported(db):
    """Every list that may be saved as a file."""
    people = db.scalars(select(Person)).all()
    return "".join((person_rows(db, people), person_cards(db, people), company_rows(db, db.scalars(select(Company)).all()), project_rows(db, db.scalars(select(Project)).all())))


@given(drawn=persons())
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_nothing_is_left_and_nothing_is_exported(desk, drawn):
    """``residue(erase(x)) == {}`` and ``export(erase(x)) == {}``; before, both find them."""
    uid, needles = plant(desk, drawn)
    with desk.database.read() as db:
        assert needles.scan_text(exported(db))
        assert left_in(db, needles)["messages"]
    number = desk.ask(uid=uid)
    desk.act(number)
    state, _given, result = desk.operation(number)
    assert (state, result["left"]) == ("done", {})
    with desk.database.read() as db:
        assert left_in(db, needles) == {}
        assert [one for one in needles.scan_text(exported(db)) if one.kind == "residue"] == []
        assert residue.left_in_files(needles) == 0

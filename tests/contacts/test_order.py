"""Persons, companies and selections stand in the order of the Nordic alphabets, on either database, also over the end of a page."""

import pytest

from contacts.agent import Agent
from contacts.at_hand import favourites, keep
from contacts.companies import edit_company, new_company
from contacts.creating import create_from_mail
from contacts.editing import create_person, edit_person
from contacts.identifying import address_row
from contacts.merging import merge, unmerge
from contacts.person import Person
from contacts.searching import search_companies, search_persons
from contacts.selected import selections
from contacts.selecting import new_selection
from contacts.workforce import workforce

IN_ORDER = ["Abel", "Aksel", "Haug", "Håkonsen", "Ibsen", "Oksnes", "Zorn", "Ägir", "Æsøy", "Økland", "Östlund", "Åberg", "Aas", "Åström"]
SHUFFLED = sorted(IN_ORDER, key=lambda name: name[::-1])


@pytest.fixture
def nora(db):
    agent = Agent(email="nora@desk.example", name="Nora Vik")
    db.add(agent)
    db.flush()
    return agent


@pytest.fixture
def firm(db, nora):
    return new_company(db, {"name": "Verksted"}, by=nora)


@pytest.fixture
def persons(db, nora, firm):
    return {last: create_person(db, {"first_name": "Kim", "last_name": last}, by=nora, employments=[{"company": firm}]) for last in SHUFFLED}


def paged(find, query="", most=3, **more):
    """All rows, page by page."""
    rows, cursor = [], ""
    while cursor is not None:
        page = find(query, cursor=cursor, limit=most, **more)
        rows, cursor = [*rows, *page.rows], page.next
    return rows


@pytest.mark.parametrize(("query", "found"), [
    ("", IN_ORDER), ("kim", IN_ORDER), ("a", ["Abel", "Aksel", "Ägir", "Æsøy", "Åberg", "Aas", "Åström"]), ("å", ["Abel", "Aksel", "Ägir", "Æsøy", "Åberg", "Aas", "Åström"]),
    ("ha", ["Haug", "Håkonsen"]), ("ok", ["Oksnes", "Økland"]), ("ae", ["Ägir", "Æsøy"]), ("x", [])])
def test_persons(db, persons, query, found):
    for narrowed in ([], [Person.status == "active"]):
        assert [one.last_name for one in paged(lambda *a, **k: search_persons(db, *a, **k), query, where=narrowed)] == found


def test_companies(db, nora):
    for name in SHUFFLED:
        new_company(db, {"name": name}, by=nora)
    assert [one.name for one in paged(lambda *a, **k: search_companies(db, *a, **k))] == IN_ORDER


def test_who_works_at_a_company(db, firm, persons):
    first = workforce(db, firm, limit=8)
    assert [job.person.last_name for job in (*first, *workforce(db, firm, after=first[-1].uid))] == IN_ORDER


def test_selections(db, nora):
    for name in SHUFFLED:
        new_selection(db, {"of": "persons", "name": name}, by=nora)
    first = selections(db, nora, limit=8)
    assert [one.name for one in (*first, *selections(db, nora, after=(first[-1].order_key, first[-1].id)))] == IN_ORDER


def test_favourites(db, nora, persons):
    for one in persons.values():
        keep(db, nora, "person", one.uid, "favourite", on=True)
    assert [one.last_name for one in favourites(db, nora, Person)] == IN_ORDER


def test_a_new_name_is_a_new_place(db, nora, firm, persons):
    edit_person(db, persons["Abel"], {"last_name": "Ødegård"}, by=nora)
    edit_company(db, firm, {"name": "Ås verksted"}, by=nora)
    assert (persons["Abel"].order_key, firm.order_key) == ("|deg}rd kim", "}s verksted")
    stranger = create_from_mail(db, address_row(db, "ase@kunde.example"), "Åse Ås", why="", language=None, proof="none")
    assert stranger.order_key == "}s }se"


def test_merged_and_taken_apart(db, nora, persons):
    one, other = persons["Åberg"], persons["Abel"]
    merge(db, one, other, by=nora, choose={"last_name": "from"})
    assert other.order_key == "}berg kim"
    unmerge(db, one, by=nora)
    assert (one.order_key, other.order_key) == ("}berg kim", "abel kim")

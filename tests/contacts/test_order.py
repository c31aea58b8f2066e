"""Persons, companies, selections and what short lists show stand in the order of the Nordic alphabets, on either database, also over the end of a page."""

import pytest
from sqlalchemy import select

import contacts.person_criteria  # noqa: F401 - read for what it offers
from contacts.agent import Agent, Team
from contacts.at_hand import favourites, keep
from contacts.companies import edit_company, new_company
from contacts.company import Category, Company, ServiceLevel
from contacts.creating import create_from_mail
from contacts.criteria import criterion_called
from contacts.editing import create_person, edit_person
from contacts.identifying import address_row
from contacts.infotags import infotags, infotags_of, infotags_on, put_on, save_infotag
from contacts.levels import levels
from contacts.merging import merge, unmerge
from contacts.person import Person
from contacts.searching import search_companies, search_persons
from contacts.selected import selections
from contacts.selecting import new_selection
from contacts.staffing import agents_with
from contacts.workforce import workforce
from core.alphabet import in_order
from core.clock import now
from desk.access import visible_mailboxes
from desk.mailboxes import add_mailbox, all_mailboxes
from desk.tickets.tagging import known_tags, set_tags, tags_of
from desk.tickets.ticket import Ticket

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


def made(db):
    """A ticket."""
    ticket = Ticket(subject="x", mailbox_id=add_mailbox(db, "support@desk.example", "Support").id, moved_at=now())
    db.add(ticket)
    db.flush()
    return ticket


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


def test_short_lists(db, nora):
    """Agents, teams, mailboxes, infotags, levels, what criteria offer: whatever is listed by name."""
    card = new_company(db, {"name": "Verksted"}, by=nora)
    for name in SHUFFLED:
        db.add_all([Agent(email=f"{SHUFFLED.index(name)}@desk.example", name=name), Team(name=name), Category(name=name), ServiceLevel(name=name, place=1)])
        put_on(db, card, save_infotag(db, None, {"name": name, "kind": "Sport"}, by=nora), by=nora)
    tags = set_tags(db, ticket := made(db), SHUFFLED, by=None)
    agents = db.scalars(select(Agent).where(Agent.id != nora.id)).all()
    for found in (in_order(agents), agents_with(db, [one.uid for one in agents]), levels(db), infotags(db), [one.tag for one in infotags_on(db, card)]):
        assert [one.name for one in found] == IN_ORDER
    assert list(infotags_of(db, Company, [card.id])[card.id].values()) == IN_ORDER
    for field in ("category", "our_contact"):
        assert [label for _uid, label in criterion_called(db, "persons", field).choices(db) if label != nora.name] == IN_ORDER
    assert tags == tags_of(db, ticket) == known_tags(db, Agent(role="admin")) == [name.lower() for name in IN_ORDER]
    for name in SHUFFLED:
        add_mailbox(db, f"{SHUFFLED.index(name)}@box.example", name)
    assert [one.name for one in all_mailboxes(db) if one.name != "Support"] == IN_ORDER
    assert [one.name for one in visible_mailboxes(db, nora) if one.name != "Support"] == IN_ORDER


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

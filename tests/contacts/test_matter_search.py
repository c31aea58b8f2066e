"""Sales, campaigns, projects and orders by any part of what they say, of their number, and of whom they are with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, insert, text
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.companies import edit_company, new_company
from contacts.company import Company
from contacts.editing import create_person
from contacts.matter_kinds import KINDS
from contacts.matter_lists import matters
from contacts.matters import add_matter, delete_matter, edit_matter, restore_matter
from contacts.order_lines import Line
from contacts.person import Person
from contacts.sale import Sale
from core.database import new_uid
from core.search import bodies

EVERY = tuple(KINDS)


@pytest.fixture
def nora(db: Session) -> Agent:
    agent = Agent(email="nora@desk.example", name="Nora Vik")
    db.add(agent)
    db.flush()
    return agent


@pytest.fixture
def sjostrom(db: Session, nora: Agent) -> Company:
    return new_company(db, {"name": "Sjöström Måleri"}, by=nora)


@pytest.fixture
def eva(db: Session, nora: Agent, sjostrom: Company) -> Person:
    return create_person(db, {"first_name": "Eva", "last_name": "Grønlund"}, by=nora, employments=[{"company": sjostrom}])


def one_of(db: Session, key: str, title: str, by: Agent, person: Person | None = None, company: Company | None = None, **more: Any) -> Any:
    tied = {"person_id": person.id if person else None, "company_id": company.id if company else None} if KINDS[key].customer and key != "orders" else {}
    if key == "orders":
        tied = {"company_id": (company or new_company(db, {"name": "Payer AS"}, by=by)).id, "person_id": person.id if person else None}
    return add_matter(db, KINDS[key], {"title": title, **tied, **more}, by=by)


def titles(db: Session, key: str, query: str, **more: Any) -> list[str]:
    return [one.title for one in matters(db, KINDS[key], query=query, **more).rows]


@pytest.mark.parametrize("key", EVERY)
def test_found_by_any_part_whatever_the_spelling(db: Session, nora: Agent, key: str) -> None:
    """A substring anywhere of title or text; Nordic letters both ways, every word of it; one and two letters too."""
    one_of(db, key, "Blåbærsyltetøy til jul", nora, text="Leveres på Ærø i måneden før")
    one_of(db, key, "Kaffe", nora)
    for query in ("syltet", "BLAABAER", "blaabær jul", "sylteto", "aero", "måned ær", "tø"):
        assert titles(db, key, query) == ["Blåbærsyltetøy til jul"], query
    for query in ("syltetøy kaffe", "bærblå", "%", "_____", "tøx"):
        assert titles(db, key, query) == [], query
    assert titles(db, key, " ") == ["Kaffe", "Blåbærsyltetøy til jul"]


@pytest.mark.parametrize("key", EVERY)
def test_what_is_changed_deleted_and_brought_back_is_found_as_it_is(db: Session, nora: Agent, key: str) -> None:
    one = one_of(db, key, "Scanners", nora)
    edit_matter(db, one, {"title": "Printers", "text": "With toner"}, by=nora)
    assert (titles(db, key, "scanners"), titles(db, key, "rinte tone")) == ([], ["Printers"])
    number = one.id
    delete_matter(db, one, by=nora)
    key_column, body = bodies(db, f"{KINDS[key].of}_search")
    assert db.query(body).filter(key_column == number).all() == []      # nothing of it is left to be found
    if not KINDS[key].final:
        restore_matter(db, one, by=nora)
        assert titles(db, key, "toner") == ["Printers"]


def test_an_order_by_its_number_and_its_lines(db: Session, nora: Agent) -> None:
    first, second = (add_matter(db, KINDS["orders"], {"company_id": new_company(db, {"name": f"Firm {n}"}, by=nora).id}, lines=[Line(text)], by=nora)
                     for n, text in enumerate(("Røde hansker", "Blå hansker")))
    found = matters(db, KINDS["orders"], query=str(second.number)).rows
    assert list(found) == [second] and list(matters(db, KINDS["orders"], query="roede").rows) == [first]
    edit_matter(db, first, {}, lines=[Line("Grønne støvler")], by=nora)
    assert list(matters(db, KINDS["orders"], query="støvl").rows) == [first] and list(matters(db, KINDS["orders"], query="hansk").rows) == [second]


@pytest.mark.parametrize("key", ["sales", "projects", "orders"])
def test_by_whom_it_is_with_as_they_are_called_now(db: Session, nora: Agent, eva: Person, sjostrom: Company, key: str) -> None:
    one_of(db, key, "Scanners", nora, eva, sjostrom)
    one_of(db, key, "Printers", nora)
    assert titles(db, key, "groenl") == titles(db, key, "sjöstr") == titles(db, key, "maaleri") == ["Scanners"]
    edit_company(db, sjostrom, {"name": "Havblikk"}, by=nora)
    assert (titles(db, key, "avbli"), titles(db, key, "sjöström")) == (["Scanners"], [])


@pytest.mark.parametrize("key", ["sales", "projects", "orders"])
@pytest.mark.parametrize("window", [3000, 2])
def test_some_words_of_its_own_and_some_of_whom_it_is_with(
    db: Session, nora: Agent, eva: Person, sjostrom: Company, key: str, window: int, monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each word somewhere, all of them together, also where it stands further down than what is read from the top."""
    monkeypatch.setattr("contacts.matter_search.SCANNED", window)
    other = new_company(db, {"name": "Fjellbygg AS"}, by=nora)
    one_of(db, key, "Skannere", nora, eva, sjostrom)
    one_of(db, key, "Skannere", nora, None, other)
    for n in range(3):
        one_of(db, key, f"Skrivere {n}", nora, None, sjostrom)
    for query in ("skannere sjöström", "måleri skann", "skannere eva", "eva måleri", "skannere groenlund sj", "sjostrom eva grønl skann"):
        assert [one.company for one in matters(db, KINDS[key], query=query).rows] == [sjostrom], query
    assert titles(db, key, "skannere") == ["Skannere"] * 2 and titles(db, key, "sjöström skriv", limit=2) == ["Skrivere 2", "Skrivere 1"]
    for query in ("skannere havblikk", "skrivere eva", "skrivere fjellbygg"):
        assert titles(db, key, query) == [], query


@pytest.mark.parametrize("key", ["sales", "projects", "orders"])
@pytest.mark.parametrize("window", [3000, 1])
def test_one_and_two_letters_find_whom_it_is_with(db: Session, nora: Agent, key: str, window: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the registers: those whose name begins so."""
    monkeypatch.setattr("contacts.matter_search.SCANNED", window)
    one_of(db, key, "Labels", nora, None, new_company(db, {"name": "Fjellbygg AS"}, by=nora))
    one_of(db, key, "Scanners", nora, None, new_company(db, {"name": "Nordfjord AS"}, by=nora))
    assert titles(db, key, "fj") == titles(db, key, "F") == ["Labels"]


@pytest.mark.parametrize("key", EVERY)
@pytest.mark.parametrize("window", [3000, 2])
def test_paged_and_narrowed(db: Session, nora: Agent, eva: Person, key: str, window: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The latest first, each once, also where the words stand further down than what is read from the top."""
    monkeypatch.setattr("contacts.matter_search.SCANNED", window)
    last = KINDS[key].states[-1]
    for n in range(5):
        one_of(db, key, f"Lampe {n}", nora, state=last if n % 2 else KINDS[key].open[0])
        one_of(db, key, f"Stol {n}", nora)
    found, before = [], None
    while True:
        page = matters(db, KINDS[key], query="lamp", before=before, limit=2)
        found.append([one.title for one in page.rows])
        if (before := page.next) is None:
            break
    assert found == [["Lampe 4", "Lampe 3"], ["Lampe 2", "Lampe 1"], ["Lampe 0"]]
    assert titles(db, key, "lampe", states=[last]) == ["Lampe 3", "Lampe 1"]


@pytest.fixture
def plans(db: Session) -> Callable[[Callable[[], object]], str]:
    def plans(ask: Callable[[], object]) -> str:
        connection, asked = db.connection(), []
        event.listen(connection, "before_cursor_execute", heard := lambda _c, _k, statement, given, *_: asked.append((statement, given)))
        ask()
        event.remove(connection, "before_cursor_execute", heard)
        explain = "EXPLAIN " if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
        return "\n".join(str(row) for statement, given in asked for row in connection.exec_driver_sql(explain + statement, given))
    return plans


@pytest.mark.parametrize("query", ["nestå", "nestå måler"])
def test_what_is_rare_is_found_by_an_index(db: Session, nora: Agent, sjostrom: Company, plans: Any, query: str) -> None:
    first = db.scalar(insert(Sale).returning(Sale.id), {"uid": new_uid(), "title": "Enestående", "text": "", "currency": "NOK", "company_id": sjostrom.id})
    rows = db.scalars(insert(Sale).returning(Sale.id), [{"uid": new_uid(), "title": f"S{n}", "text": "", "currency": "NOK"} for n in range(5000)]).all()
    key = "rowid" if db.get_bind().dialect.name == "sqlite" else "id"
    db.execute(text(f"INSERT INTO sale_search ({key}, body) VALUES (:id, :body)"), [{"id": first, "body": "enestaende"}, *({"id": one, "body": f"s{one}"} for one in rows)])
    if key == "id":
        db.execute(text("ANALYZE"))
        db.execute(text("SET LOCAL enable_seqscan = off"))
    got = plans(lambda: titles(db, "sales", query))
    assert titles(db, "sales", query) == ["Enestående"]
    assert key == "id" or "sale_search VIRTUAL TABLE INDEX 192:M" in got, got       # PostgreSQL has statistics to go by
    assert got.count("SCAN sales") <= 1 and "Seq Scan on sales" not in got, got       # the latest, as far as is read from the top

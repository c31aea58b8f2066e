"""The pages of sales, campaigns, projects and orders: begun from cards, listed, changed, joined, deleted by whoever may."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from contacts.agent import Agent
from contacts.company import Company
from contacts.creating import create_company
from contacts.editing import create_person
from contacts.matter_kinds import KINDS
from contacts.matters import add_matter
from contacts.membership import add_members
from contacts.order import Order
from contacts.person import Person
from contacts.sale import Sale, SaleStage
from contacts.voucher import Voucher
from core.database import Database, database
from core.tokens import seal
from tests.desk.web.tickets.conftest import Arrive, arrive, board, page, post, statements, support, words
from tests.letters_made import mail

__all__ = ["arrive", "board", "statements", "support"]
EVERY = tuple(KINDS)


@pytest.fixture
def nordlys(fresh_database: Database, nora: Agent) -> Company:
    with fresh_database.write() as db:
        return create_company(db, "Nordlys AS", by=nora.uid)


@pytest.fixture
def eva(fresh_database: Database, nora: Agent, nordlys: Company) -> Person:
    with fresh_database.write() as db:
        return create_person(db, {"first_name": "Eva", "last_name": "Lie"}, by=db.get_one(Agent, nora.id),
                             employments=[{"company": db.get_one(Company, nordlys.id)}], addresses=[{"kind": "email", "value": "eva@nordlys.example"}])


@pytest.fixture
def made(fresh_database: Database, nora: Agent, eva: Person, nordlys: Company) -> Callable[..., Any]:
    """One of a kind, with Eva at Nordlys, or with Eva among its members."""
    def made(key: str, title: str = "Scanners", *, member: bool = False, **fields: object) -> Any:
        kind = KINDS[key]
        with fresh_database.write() as db:
            tied = {"person_id": eva.id, "company_id": nordlys.id} if kind.customer and not member else {}
            one = add_matter(db, kind, {"title": title, **tied, **fields}, by=db.get_one(Agent, nora.id))
            if kind.members is not None and (member or not kind.customer):
                add_members(db, one, [eva.uid], by=db.get_one(Agent, nora.id))
            return one
    return made


def filled(client: FlaskClient, url: str) -> dict[str, Any]:
    """What a form is filled with."""
    whole = page(client, url)
    form = whole[whole.index('<form class="form sheet__inner--form"'):]
    found: dict[str, Any] = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', form))
    found |= {name: (re.search(r'value="([^"]*)" selected', options) or ["", ""])[1] for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL)}
    return {name: value for name, value in found.items() if not name.startswith("line_")}


@pytest.mark.parametrize("key", EVERY)
@pytest.mark.parametrize("begun", ["person", "company", "ticket"])
def test_begun_from_a_card_who_it_is_with_is_filled_in(
    agent_client: FlaskClient, eva: Person, nordlys: Company, arrive: Arrive, fresh_database: Database, key: str, begun: str,
) -> None:
    """W16, W60, W61: from a person, a company or a ticket; saved as it stands it is found on both cards."""
    kind = KINDS[key]
    given = {"person": eva.uid, "company": nordlys.uid, "ticket": arrive(mail(sender="Eva Lie <eva@nordlys.example>")).number if begun == "ticket" else ""}
    form = filled(agent_client, f"/{key}/new?{begun}={given[begun]}")
    if kind.customer:
        assert (form["person"], form["company"]) == ("" if begun == "company" else "Eva Lie", "Nordlys AS")
    answer = post(agent_client, f"/{key}", **form | {"title": "Begun here"})
    assert answer.status_code == 303 and "Begun here" in page(agent_client, answer.location)
    if begun != "company":
        assert "Begun here" in page(agent_client, f"/persons/{eva.uid}/{key}")
    if kind.customer or begun != "company":
        assert "Begun here" in page(agent_client, f"/companies/{nordlys.uid}/{key}")


@pytest.mark.parametrize("key", EVERY)
def test_tabs_have_what_the_person_takes_part_in(agent_client: FlaskClient, eva: Person, made: Callable[..., Any], key: str) -> None:
    """W4, C11, C12: with their number, and the history of the card tells of each (T30)."""
    made(key, "Tied")
    if KINDS[key].members is not None:
        made(key, "Takes part", member=True)
    shown = page(agent_client, f"/persons/{eva.uid}/{key}")
    assert "Tied" in shown and ("Takes part" in shown or key == "orders")
    assert re.search(rf'/persons/{eva.uid}/{key}"[^>]*>[^<]*<span class="tabs__count">{1 if key == "orders" else 2}<', shown)
    assert "Tied" in words(page(agent_client, f"/persons/{eva.uid}/history")) and "Tied" in page(agent_client, f"/{key}")


def test_what_one_writes_at_the_same_time_as_another_is_not_lost(agent_client: FlaskClient, made: Callable[..., Any], fresh_database: Database) -> None:
    sale = made("sales", amount=1_250_000)
    with fresh_database.read() as db:
        offer = db.scalars(select(SaleStage.uid).where(SaleStage.name == "Offer sent")).one()
    form = filled(agent_client, f"/sales/{sale.uid}/edit")
    assert (form["amount"], form["probability"]) == ("12500.00", "10")
    assert post(agent_client, f"/sales/{sale.uid}", **form | {"title": "Four scanners", "stage": offer}).status_code == 303
    assert filled(agent_client, f"/sales/{sale.uid}/edit")["probability"] == "50"       # as the stage says, where nobody said more
    answer = agent_client.post(f"/sales/{sale.uid}", data=form | {"title": "Five scanners"})
    assert answer.status_code == 409 and "It is now: Four scanners" in answer.text and 'value="Five scanners"' in answer.text
    answer = agent_client.post(f"/sales/{sale.uid}", data=filled(agent_client, f"/sales/{sale.uid}/edit") | {"amount": "a lot", "at": "soon", "person": "Nobody at all"})
    assert answer.status_code == 422 and answer.text.count("field__error") == 3
    with fresh_database.read() as db:
        assert db.scalars(select(Sale.title)).one() == "Four scanners"


def test_an_order_line_by_line(agent_client: FlaskClient, eva: Person, nordlys: Company, fresh_database: Database) -> None:
    """T8: lines are asked for as many as there are; the sum is ours; a wrong line is named."""
    form = filled(agent_client, f"/orders/new?person={eva.uid}") | {"line_text": ["Scanner", "Hours", ""], "line_quantity": ["3", "1,5", ""], "line_price": ["1 990,00", "999,99", ""]}
    more = agent_client.post("/orders", data=form | {"more": "1"})
    assert more.status_code == 200 and more.text.count('name="line_text"') == 2 + 8 and 'value="Scanner"' in more.text
    wrong = agent_client.post("/orders", data=form | {"line_price": ["dear", "999,99", ""]})
    assert wrong.status_code == 422 and wrong.text.count("order-line__error") == 1
    shown = page(agent_client, post(agent_client, "/orders", **form).location)
    assert "7,469.99" in shown and "1001" in shown
    alone = agent_client.post("/orders", data=form | {"company": "", "company_uid": ""})
    assert alone.status_code == 422 and "private customer" in alone.text
    with fresh_database.read() as db:
        assert db.scalars(select(Order.total)).one() == 746_999


@pytest.mark.parametrize("key", ["sales", "projects"])
def test_a_person_made_from_there_gets_the_company(agent_client: FlaskClient, made: Callable[..., Any], key: str) -> None:
    """W13, W16: from a sale or a project."""
    link = re.search(r'href="(/persons/new\?company=[^"]+)"', page(agent_client, f"/{key}/{made(key).uid}"))
    assert link and 'name="company" type="text" value="Nordlys AS"' in page(agent_client, link[1])


def test_members_come_and_go(agent_client: FlaskClient, eva: Person, made: Callable[..., Any]) -> None:
    project = made("projects", "New hall", member=True)
    at = f"/projects/{project.uid}"
    member = re.search(rf"{at}/members/(\w+)/end", page(agent_client, at))
    assert member
    post(agent_client, f"{at}/members/{member[1]}", standing="Site manager")
    assert 'value="Site manager"' in page(agent_client, at) and "Site manager" in page(agent_client, f"/persons/{eva.uid}/projects")
    post(agent_client, f"{at}/members/{member[1]}/end")
    assert "New hall" not in page(agent_client, f"/persons/{eva.uid}/projects").split("joining")[0].split('id="projects"')[1]
    post(agent_client, f"{at}/members", who="eva@nordlys.example", standing="Architect")
    assert "Architect" in page(agent_client, at)
    other = made("campaigns", "Fair")
    post(agent_client, f"/persons/{eva.uid}/campaigns", matter=other.uid)
    assert page(agent_client, f"/campaigns/{other.uid}").count("/members/") == 2         # once, with two acts


def test_notes_of_a_project_show_on_the_cards_of_its_members(
    agent_client: FlaskClient, admin_client: FlaskClient, eva: Person, made: Callable[..., Any],
) -> None:
    """T27, T29: from projects the person takes part in, named as such; a private one is its author's alone there too."""
    project = made("projects", "New hall", member=True)
    post(agent_client, f"/projects/{project.uid}/notes", text="Wants oak floors")
    post(agent_client, f"/projects/{project.uid}/notes", text="Quarrels with the architect", private="1")
    for client, private in ((agent_client, True), (admin_client, False)):
        for url in (f"/persons/{eva.uid}/notes", f"/projects/{project.uid}"):
            shown = page(client, url)
            assert "Wants oak floors" in shown and ("Quarrels" in shown) == private
        assert "New hall" in page(client, f"/persons/{eva.uid}/notes")
    assert "Note added" not in words(page(admin_client, f"/persons/{eva.uid}/history"))


def test_one_click_closes_a_sale_and_takes_it_back(agent_client: FlaskClient, made: Callable[..., Any]) -> None:
    sale = made("sales")
    post(agent_client, f"/sales/{sale.uid}/state", state="sold")
    assert "Sold" in page(agent_client, "/sales?state=sold") and "Scanners" not in page(agent_client, "/sales?state=open")
    post(agent_client, f"/sales/{sale.uid}/state?state=open")
    assert "Scanners" in page(agent_client, "/sales?state=open")


def test_who_may_not(agent_client: FlaskClient, visitor: FlaskClient, signed_in: Callable[[Agent], FlaskClient], eva: Person, made: Callable[..., Any],
                     fresh_database: Database, jonas: Agent) -> None:
    """Nobody without a session; of somebody else's nothing is deleted but by an admin."""
    with fresh_database.write() as db:
        kari = Agent(email="kari@desk.example", name="Kari Moe")
        db.add(kari)
    for key in EVERY:
        one = made(key)
        for url in (f"/{key}", f"/{key}/new", f"/{key}/{one.uid}", f"/{key}/{one.uid}/edit", f"/persons/{eva.uid}/{key}"):
            assert "/sign-in" in visitor.get(url).location
        for verb in ("", "/state", "/end", "/restoring", "/members"):
            if key != "orders" or verb != "/members":
                assert "/sign-in" in visitor.post(f"/{key}/{one.uid}{verb}").location
        assert signed_in(kari).post(f"/{key}/{one.uid}/end").status_code == 403
        assert f"/{key}/{one.uid}/end" not in page(signed_in(kari), f"/{key}/{one.uid}")
        assert signed_in(jonas).post(f"/{key}/{one.uid}/end").status_code == 303
        assert agent_client.get(f"/{key}/{one.uid}").status_code == 404
        answer = agent_client.post(f"/{key}/{one.uid}/restoring")
        assert (answer.status_code, agent_client.get(f"/{key}/{one.uid}").status_code) == ((404, 404) if key == "projects" else (303, 200))


def test_a_project_is_deleted_for_good_and_it_is_said(agent_client: FlaskClient, made: Callable[..., Any]) -> None:
    """S72: asked plainly before, and no undo behind it."""
    one = made("projects")
    assert "It cannot be restored." in page(agent_client, f"/projects/{one.uid}")
    post(agent_client, f"/projects/{one.uid}/end")
    said = page(agent_client, "/projects")
    assert "was deleted" in said and "/restoring" not in said


def test_as_many_statements_for_one_as_for_many_and_by_index(
    agent_client: FlaskClient, eva: Person, nordlys: Company, made: Callable[..., Any], statements: list[str], fresh_database: Database, nora: Agent,
) -> None:
    first = {key: made(key, member=key != "orders") for key in EVERY}
    urls = [url for key in EVERY for url in (f"/{key}", f"/{key}?whose=mine&state={KINDS[key].open[0]}", f"/{key}?q=scan+nordl", f"/{key}?q=nowhere", f"/persons/{eva.uid}/{key}", f"/companies/{nordlys.uid}/{key}",
                                             f"/{key}/{first[key].uid}")]

    def asked() -> list[int]:
        found = []
        for url in urls:
            statements.clear()
            page(agent_client, url)
            found.append(len(statements))
        return found

    for key in EVERY:
        made(key)
    asked()
    before = asked()
    with fresh_database.write() as db:
        people = [create_person(db, {"last_name": f"Member {n}"}, by=None, exempt=True).uid for n in range(20)]
        for key in ("sales", "campaigns", "projects"):
            add_members(db, db.get_one(KINDS[key].row, first[key].id), people, by=db.get_one(Agent, nora.id))
    for key in EVERY:
        for _n in range(12):
            made(key)
    after = asked()
    assert [url for url, one, many in zip(urls, before, after, strict=True) if many > one + 1] == [] and max(before) <= 45
    engine, questions = database().engine, []

    def heard(_connection: object, _cursor: object, statement: str, given: object, *_: object) -> None:
        questions.append((statement, given))

    event.listen(engine, "before_cursor_execute", heard)
    try:
        for url in (*urls, f"/persons/{eva.uid}/notes", f"/persons/{eva.uid}/details", f"/companies/{nordlys.uid}"):
            page(agent_client, url)
    finally:
        event.remove(engine, "before_cursor_execute", heard)
    if engine.dialect.name == "sqlite":              # PostgreSQL has statistics to go by
        tables = (*EVERY, "sale_members", "campaign_members", "project_members", "order_lines", "contact_notes")
        with engine.connect() as connection:
            for statement, given in questions:
                if not any(f"FROM {table}" in statement or f"JOIN {table}" in statement for table in tables):
                    continue
                plan = "\n".join(str(row) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given))
                scanned = [table for table in tables if re.search(rf"SCAN {table}'", plan)]
                assert not scanned or f"ORDER BY {scanned[0]}.id DESC" in statement, f"{plan}\n{statement}"


@pytest.mark.parametrize("key", EVERY)
def test_the_list_is_searched(agent_client: FlaskClient, admin_client: FlaskClient, made: Callable[..., Any], key: str) -> None:
    """By any part of what it says, whatever the spelling, within what the list is narrowed to, and by pages."""
    made(key, "Blåbærsyltetøy", state=KINDS[key].states[-1])
    made(key, "Kaffe", state=KINDS[key].open[0])
    shown = page(agent_client, f"/{key}?q=sylteto")
    assert "Blåbærsyltetøy" in shown and ">Kaffe<" not in shown and 'name="q" value="sylteto"' in shown
    assert "Nothing matches “sylteto”" in words(page(agent_client, f"/{key}?q=sylteto&state={KINDS[key].states[0]}"))
    mine = page(agent_client, f"/{key}?whose=mine&q=kaff&state={KINDS[key].open[0]}")
    assert ">Kaffe<" in mine.replace("1002 ", "") and "whose=mine" in mine and 'type="hidden" name="whose" value="mine"' in mine
    assert "Nothing matches" in words(page(admin_client, f"/{key}?whose=mine&q=kaff"))
    for n in range(51):
        made(key, f"Te {n}", state=KINDS[key].open[0])
    first = page(agent_client, f"/{key}?q=te+&state={KINDS[key].open[0]}")
    older = re.search(rf'href="(/{key}\?q=te&amp;[^"]*cursor=\d+)"', first)
    assert older and "Te 0<" not in first and "Te 0<" in page(agent_client, older[1].replace("&amp;", "&"))


def test_what_bookkeeping_keeps_is_for_admins(agent_client: FlaskClient, admin_client: FlaskClient, fresh_database: Database, made: Callable[..., Any]) -> None:
    """Of a customer who was erased: others hear that something is kept, and until when."""
    order = made("orders")
    with fresh_database.write() as db:
        db.add(Voucher(order_id=order.id, until=datetime(2099, 1, 1, tzinfo=UTC), sealed=seal('{"name": "Mads Zyxwold", "number": "", "address": "mads@newplace.example"}')))
    assert "Mads Zyxwold, mads@newplace.example" in words(page(admin_client, f"/orders/{order.uid}"))
    shown = words(page(agent_client, f"/orders/{order.uid}"))
    assert "Zyxwold" not in shown and "A private customer who was erased" in shown and "until 31 Dec 2098" in shown

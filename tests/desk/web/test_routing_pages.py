"""Routing, service levels, business hours and absences in the browser: what is saved, what is refused, what is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent, Team
from contacts.company import ServiceLevel
from contacts.creating import create_company
from contacts.levels import levels
from contacts.person import Person
from core.clock import now
from core.database import Database
from core.history import Change, FactRow
from core.options import option
from desk.mailboxes import Mailbox, add_mailbox
from desk.routing import RoutingRule, rules_in_order
from desk.tickets.ticket import Ticket

ROUTING, LEVELS, HOURS = "/settings/routing", "/settings/service-levels", "/settings/business-hours"


@pytest.fixture
def workshop(fresh_database: Database) -> Mailbox:
    with fresh_database.write() as db:
        db.add(Team(name="Invoices"))
        create_company(db, "Nord AS")
        return add_mailbox(db, "workshop@desk.example", "Workshop")


def book(database: Database) -> list[RoutingRule]:
    with database.read() as db:
        return list(rules_in_order(db))


def team(database: Database) -> Team:
    with database.read() as db:
        return db.scalars(select(Team)).one()


def test_a_rule_is_made_changed_and_told(admin_client: FlaskClient, workshop: Mailbox, nora: Agent, fresh_database: Database) -> None:
    data = {"name": "Invoices", "active": "1", "mailboxes": workshop.uid, "languages": ["nb", "da"], "companies": "nord as", "trust": "none",
            "words": "faktura*\nkreditnota", "all_words": "1", "team": team(fresh_database).uid, "assignee": nora.uid, "priority": "2",
            "tags": "Money, due"}
    assert admin_client.post(ROUTING, data=data).status_code == 303
    [rule] = book(fresh_database)
    assert rule.conditions["languages"] == ["nb", "da"] and rule.conditions["words"] == ["faktura*", "kreditnota"]
    assert rule.acts == {"team": team(fresh_database).uid, "assignee": nora.uid, "priority": 2, "tags": ["due", "money"]}
    page = admin_client.get(ROUTING).text
    for said in ("Mailbox is Workshop", "Language is Norwegian Bokmål or Danish", "Company is Nord AS", "“faktura*” and “kreditnota”",
                 "Invoices · Nora Vik · priority 2 · #due · #money", "Everything else"):
        assert said in page
    form = admin_client.get(f"{ROUTING}/{rule.uid}").text
    assert "Nord AS</textarea>" in form and f'value="{workshop.uid}" checked' in form
    assert admin_client.post(f"{ROUTING}/{rule.uid}", data=data | {"version": "1", "priority": "1"}).status_code == 303
    assert book(fresh_database)[0].acts["priority"] == 1
    answer = admin_client.post(f"{ROUTING}/{rule.uid}", data=data | {"version": "1", "priority": "5", "team": ""})
    assert answer.status_code == 409 and "It is now: 1" in answer.text and "It is now: Invoices" in answer.text


@pytest.mark.parametrize(("typed", "said"), [
    ({}, "Say what happens"), ({"priority": "9"}, "Between 1 and 5."), ({"priority": "1", "companies": "Sør AS"}, "There is no company called “Sør AS”."),
    ({"priority": "1", "persons": "who@else.example"}, "Nobody has the address who@else.example."),
    ({"priority": "1", "languages": "de"}, "Choose one of the languages."), ({"priority": "1", "words": "!!"}, "with a letter or a digit"),
])
def test_what_cannot_be_saved(admin_client: FlaskClient, workshop: Mailbox, fresh_database: Database, typed: dict[str, str], said: str) -> None:
    answer = admin_client.post(ROUTING, data={"name": "Kept", **typed})
    assert answer.status_code == 422 and said in answer.text and 'value="Kept"' in answer.text
    assert book(fresh_database) == []


def test_rules_are_moved_switched_deleted_and_brought_back(admin_client: FlaskClient, fresh_database: Database) -> None:
    for n in (1, 2, 3):
        admin_client.post(ROUTING, data={"name": f"Rule {n}", "active": "1", "priority": str(n)})
    one, two, three = book(fresh_database)
    admin_client.post(f"{ROUTING}/{three.uid}/place", data={"to": "up"})
    assert [rule.name for rule in book(fresh_database)] == ["Rule 1", "Rule 3", "Rule 2"]
    admin_client.post(f"{ROUTING}/{one.uid}/switch", data={})
    assert not book(fresh_database)[0].active and "switched off" in admin_client.get(ROUTING).text
    admin_client.post(f"{ROUTING}/{one.uid}/switch", data={"active": "1"})
    assert book(fresh_database)[0].active
    assert admin_client.post(f"{ROUTING}/{two.uid}/deletion", data={"version": "99"}).status_code == 409
    admin_client.post(f"{ROUTING}/{three.uid}/deletion")
    page = admin_client.get(ROUTING).text
    assert [rule.name for rule in book(fresh_database)] == ["Rule 1", "Rule 2"] and f"{three.uid}/restoration" in page
    assert admin_client.get(f"{ROUTING}/{three.uid}").status_code == 404
    admin_client.post(f"{ROUTING}/{three.uid}/restoration")
    assert [rule.name for rule in book(fresh_database)] == ["Rule 1", "Rule 3", "Rule 2"]


LEVEL = {"name": "Gold", "priority": "1", "first": "4", "first_unit": "hours", "next": "90", "next_unit": "minutes", "clock": "business"}


def offered(database: Database) -> list[ServiceLevel]:
    with database.read() as db:
        return list(levels(db))


def test_service_levels(admin_client: FlaskClient, jonas: Agent, fresh_database: Database) -> None:
    """S79b."""
    assert admin_client.post(LEVELS, data=LEVEL).status_code == 303
    [gold] = offered(fresh_database)
    assert (gold.priority, gold.first_answer_minutes, gold.next_answer_minutes, gold.business_hours) == (1, 240, 90, True)
    form = admin_client.get(f"{LEVELS}/{gold.uid}").text
    assert 'value="4"' in form and 'value="90"' in form
    assert admin_client.post(f"{LEVELS}/{gold.uid}", data=LEVEL | {"next": "", "clock": "always", "version": "1"}).status_code == 303
    [gold] = offered(fresh_database)
    assert (gold.next_answer_minutes, gold.business_hours, gold.version) == (None, False, 2)
    answer = admin_client.post(f"{LEVELS}/{gold.uid}", data=LEVEL | {"version": "1"})
    assert answer.status_code == 409 and "It is now: Round the clock" in answer.text
    with fresh_database.read() as db:
        facts = db.scalars(select(FactRow).where(FactRow.kind == "service_level.changed").order_by(FactRow.id)).all()
        assert [(f.data["change"], f.by_uid) for f in facts] == [("added", jonas.uid), ("edited", jonas.uid)]
        assert {(c.field, c.before, c.after) for c in db.scalars(select(Change).where(Change.fact_id == facts[1].id))} == {
            ("next_answer_minutes", "90", None), ("business_hours", "True", "False")}


@pytest.mark.parametrize(("typed", "said"), [
    ({"name": ""}, "Give a name"), ({"name": "Gold"}, "This name is taken."), ({"priority": "0"}, "Between 1 and 5."),
    ({"first": "soon"}, "Write a whole number"), ({"first": "0"}, "Between one minute and 90 days"),
    ({"next": "91", "next_unit": "days"}, "Between one minute and 90 days"),
])
def test_levels_that_are_none(admin_client: FlaskClient, fresh_database: Database, typed: dict[str, str], said: str) -> None:
    admin_client.post(LEVELS, data=LEVEL)
    answer = admin_client.post(LEVELS, data=LEVEL | {"name": "Silver"} | typed)
    assert answer.status_code == 422 and said in answer.text
    assert [level.name for level in offered(fresh_database)] == ["Gold"]


def test_levels_are_ordered_and_archived(admin_client: FlaskClient, agent_client: FlaskClient, fresh_database: Database) -> None:
    for name in ("Gold", "Silver", "Bronze"):
        admin_client.post(LEVELS, data=LEVEL | {"name": name})
    gold, _silver, bronze = offered(fresh_database)
    admin_client.post(f"{LEVELS}/{bronze.uid}/place", data={"to": "up"})
    assert [level.name for level in offered(fresh_database)] == ["Gold", "Bronze", "Silver"]
    with fresh_database.write() as db:
        ole = Person(first_name="Ole", last_name="Vang", sort_name="vang ole", service_level_id=gold.id)
        db.add(ole)
        db.flush()
        uid = ole.uid
    assert admin_client.post(f"{LEVELS}/{gold.uid}/archive", data={"version": "99"}).status_code == 409
    admin_client.post(f"{LEVELS}/{gold.uid}/archive")
    assert [level.name for level in offered(fresh_database)] == ["Bronze", "Silver"]
    assert "archived" in admin_client.get(LEVELS).text
    assert f'value="{gold.uid}" selected' in agent_client.get(f"/persons/{uid}/edit").text, "who has it keeps it"
    assert gold.uid not in agent_client.get("/persons/new").text
    admin_client.post(f"{LEVELS}/{gold.uid}/restoration")
    assert "Gold" in {level.name for level in offered(fresh_database)}


WEEK = {**{f"day_{n}": "8-16" for n in range(5)}, "day_5": "", "day_6": "", "holidays": "no", "christmas_eve": "12:00", "closed": "2026-12-28",
        "version": "0"}


def test_business_hours(admin_client: FlaskClient, fresh_database: Database) -> None:
    assert admin_client.post(HOURS, data=WEEK | {"day_4": "08:00–12:00, 13.30 - 15", "version": "0"}).status_code == 303
    with fresh_database.read() as db:
        assert option(db, "desk.hours") == {
            "days": [[["08:00", "16:00"]]] * 4 + [[["08:00", "12:00"], ["13:30", "15:00"]]] + [[]] * 2, "holidays": "no",
            "half_days": {"christmas_eve": "12:00"}, "closed": ["2026-12-28"]}
    page = admin_client.get(HOURS).text
    assert "08:00–12:00, 13:30–15:00" in page and "Version 1" in page and "by Jonas Berg" in page
    assert '<rect class="week__open" x="480" width="480"' in page
    answer = admin_client.post(HOURS, data=WEEK)
    assert answer.status_code == 409 and "It is now: 08:00–12:00, 13:30–15:00" in answer.text


@pytest.mark.parametrize(("typed", "said"), [
    ({"day_0": "22-6"}, "belongs to the next day"), ({"day_0": "all day"}, "Write it like"), ({"closed": "Christmas"}, "Write each day like"),
    ({f"day_{n}": "" for n in range(5)}, "Give the hours of one day at least"), ({"christmas_eve": "noon"}, "Write a time like 12:00"),
])
def test_hours_that_cannot_be(admin_client: FlaskClient, fresh_database: Database, typed: dict[str, str], said: str) -> None:
    answer = admin_client.post(HOURS, data=WEEK | typed)
    assert answer.status_code == 422 and said in answer.text
    with fresh_database.read() as db:
        assert option(db, "desk.hours")["holidays"] == ""


def test_an_agent_says_when_they_are_away(
    signed_in: Callable[[Agent], FlaskClient], nora: Agent, jonas: Agent, fresh_database: Database,
) -> None:
    """S79c: the card of a person says that the support contact is away, and who stands in."""
    today, until = now().date(), now().date() + timedelta(days=3)
    client = signed_in(nora)
    data = {"away_from": today.isoformat(), "away_until": until.isoformat(), "deputy": jonas.uid, "version": "1"}
    assert client.post("/profile/absence", data=data).status_code == 303
    with fresh_database.write() as db:
        ole = Person(first_name="Ole", last_name="Vang", sort_name="vang ole", support_contact_id=nora.id)
        db.add(ole)
        db.flush()
        uid = ole.uid
        assert db.get_one(Agent, nora.id).deputy_id == jonas.id
    assert "deputy Jonas Berg" in client.get(f"/persons/{uid}").text
    assert "deputy Jonas Berg" in client.get("/profile").text
    assert "deputy Jonas Berg" in signed_in(jonas).get("/settings/agents").text
    answer = client.post("/profile/absence", data=data | {"away_until": "2020-01-01", "version": "2"})
    assert answer.status_code == 422 and "The last day is before the first." in answer.text and 'value="2020-01-01"' in answer.text
    assert client.post("/profile/absence", data=data | {"version": "1", "deputy": ""}).status_code == 409


def test_an_admin_says_it_for_somebody_else(admin_client: FlaskClient, agent_client: FlaskClient, nora: Agent, jonas: Agent,
                                            fresh_database: Database) -> None:
    path = f"/settings/agents/{nora.uid}/absence"
    data = {"away_from": "2026-01-05", "away_until": "2026-01-09", "deputy": nora.uid}
    assert agent_client.post(path, data=data).status_code == 403
    answer = admin_client.post(path, data=data)
    assert answer.status_code == 422 and "Nobody stands in for themselves." in answer.text
    assert admin_client.post(path, data=data | {"deputy": jonas.uid}).status_code == 303
    with fresh_database.read() as db:
        assert str(db.get_one(Agent, nora.id).away_until) == "2026-01-09"
    assert admin_client.post(path, data={"away_from": "", "away_until": "", "deputy": ""}).status_code == 303
    for wrong in ("soon", "0001-01-01"):
        assert admin_client.post(path, data={"away_from": wrong}).status_code == 422


def test_a_signature_for_each_language(admin_client: FlaskClient, workshop: Mailbox, fresh_database: Database) -> None:
    """S79a: the preferred language picks the signature, too."""
    data = {"name": "Workshop", "address": "workshop@desk.example", "language": "en", "signature": "Kind regards", "everybody": "1",
            "signature_nb": "Vennlig hilsen", "signature_sv": " "}
    assert admin_client.post(f"/settings/mailboxes/{workshop.uid}", data=data).status_code == 303
    with fresh_database.write() as db:
        mailbox = db.get_one(Mailbox, workshop.id)
        assert mailbox.signatures == {"nb": "Vennlig hilsen"}
        ticket = Ticket(subject="Varmepumpe", mailbox_id=mailbox.id, language="nb", moved_at=now(), created_at=now())
        db.add(ticket)
        db.flush()
        number = ticket.number
    assert "Vennlig hilsen</textarea>" in admin_client.get(f"/settings/mailboxes/{workshop.uid}").text
    page = admin_client.get(f"/tickets/{number}").text
    assert '<p class="soft line-break">Vennlig hilsen</p>' in page and 'data-signature="Kind regards"' in page

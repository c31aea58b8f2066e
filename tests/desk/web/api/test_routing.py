"""Service levels, routing rules, business hours and absences over the API; and who may not."""

from __future__ import annotations

from typing import Any

from contacts.agent import Agent, Team
from contacts.company import Category
from core.database import Database
from desk.mailboxes import Mailbox
from tests.letters_made import mail


def test_service_levels(admin: Any, agent: Any) -> None:
    """S79b."""
    made = admin.post("/service-levels", {"name": "Gold", "priority": 1, "first_answer_minutes": 60})
    assert made["business_hours"] is True and made["next_answer_minutes"] is None and made["archived"] is False
    path = f"/service-levels/{made['id']}"
    assert agent.get(path) == made and agent.get("/service-levels")["items"] == [made]
    changed = admin.patch(path, {"next_answer_minutes": 30}, headers={"If-Match": f'"{made["version"]}"'})
    assert (changed["first_answer_minutes"], changed["next_answer_minutes"]) == (60, 30)
    admin.patch(path, {"priority": 2}, headers={"If-Match": f'"{made["version"]}"'}, status=412)
    admin.patch(path, {"name": ""}, status=422)
    admin.post("/service-levels", {"name": "Gold"}, status=422)
    admin.delete(path)
    assert admin.get(path)["archived"] is True
    assert admin.patch(path, {"archived": False})["archived"] is False


def test_who_may_not_change_levels_and_rules(agent: Any, nobody: Any) -> None:
    for caller, status in ((agent, 403), (nobody, 401)):
        caller.post("/service-levels", {"name": "Gold"}, status=status)
        caller.patch(f"/service-levels/{'0' * 24}", {"priority": 1}, status=status)
        caller.delete(f"/service-levels/{'0' * 24}", status=status)
        caller.get("/routing-rules", status=status)
        caller.put("/routing-rules", {"rules": []}, status=status)
        caller.put("/settings/desk.hours", {"value": {}}, status=status)


def test_routing_rules(admin: Any, arrive: Any, fresh_database: Database, support: Mailbox, nora: Agent) -> None:
    with fresh_database.write() as db:
        db.add_all([Team(name="Invoices"), Category(name="VIP")])
    empty = admin.get("/routing-rules")
    assert empty == {"rules": [], "version": 0}
    asked = {"name": "Invoices", "conditions": {"mailboxes": ["support@desk.example"], "words": ["faktura*"], "languages": ["nb"]},
             "acts": {"team": "Invoices", "assignee": nora.email, "priority": 2, "tags": ["money"]}}
    second = {"conditions": {"categories": ["VIP"]}, "acts": {"priority": 1}, "active": False}
    book = admin.put("/routing-rules", {"rules": [asked, second]}, headers={"If-Match": '"0"'})
    first = book["rules"][0]
    assert first["conditions"]["mailboxes"] == ["support@desk.example"] and first["acts"] == asked["acts"]
    assert book["rules"][1]["conditions"]["categories"] == ["VIP"] and not book["rules"][1]["active"]
    number = arrive(mail("ole@kunde.example", subject="Fakturaen", text="Hei, vi har ikke fått fakturaen for september, kan dere sende den?"))
    ticket = admin.get(f"/tickets/{number}")
    assert (ticket["team"], ticket["assignee"], ticket["priority"], ticket["tags"]) == ("Invoices", nora.email, 2, ["money"])
    assert {**ticket["routing"], "why": ""} == {"how": "rule", "rule": first["id"], "number": 1, "name": "Invoices", "why": ""}
    assert ticket["routing"]["why"].endswith("It says: faktura*. The rule names Nora Vik.")
    assert admin.get(f"/tickets/{arrive(mail('ole@kunde.example', subject='Hi'))}")["routing"] is None
    assert admin.get("/routing-rules")["rules"][0]["last_30_days"] == 1
    admin.put("/routing-rules", {"rules": []}, headers={"If-Match": '"0"'}, status=412)
    kept = [{name: rule[name] for name in ("id", "name", "active", "conditions", "acts")} for rule in reversed(book["rules"])]
    moved = admin.put("/routing-rules", {"rules": kept}, headers={"If-Match": f'"{book["version"]}"'})
    assert [rule["id"] for rule in moved["rules"]] == [rule["id"] for rule in kept] and moved["version"] > book["version"]
    assert admin.put("/routing-rules", {"rules": kept})["version"] == moved["version"], "nothing changed"


def test_rules_that_are_refused(admin: Any, support: Mailbox) -> None:
    for rule, field in (
        ({"acts": {"team": "None"}}, "rules.0.acts.team"), ({"acts": {"assignee": "who@else.example"}}, "rules.0.acts.assignee"),
        ({"conditions": {"mailboxes": ["a@b.example"]}, "acts": {"priority": 1}}, "rules.0.conditions.mailboxes"),
        ({"conditions": {"persons": ["0" * 24]}, "acts": {"priority": 1}}, "rules.0.conditions.persons"),
        ({"conditions": {"categories": ["?"]}, "acts": {"priority": 1}}, "rules.0.conditions.categories"),
        ({"acts": {}}, "rules.0.acts"), ({"id": "0" * 24, "acts": {"priority": 1}}, "rules.0.id"),
    ):
        assert field in admin.put("/routing-rules", {"rules": [rule]}, status=422)["errors"]
    assert admin.get("/routing-rules")["rules"] == []


def test_business_hours_are_a_setting(admin: Any, agent: Any) -> None:
    value = {"days": [[["08:00", "16:00"]]] * 5 + [[]] * 2, "holidays": "se", "half_days": {"midsummer_eve": "closed"}, "closed": []}
    assert admin.put("/settings/desk.hours", {"value": value})["value"] == value
    assert agent.get("/settings/desk.hours")["value"] == value
    admin.put("/settings/desk.hours", {"value": value | {"holidays": "us"}}, status=422)


def test_absences(admin: Any, agent: Any, nora: Agent, jonas: Agent) -> None:
    """An agent says it of themselves and nothing else; an admin of everybody."""
    mine = f"/agents/{nora.uid}"
    away = {"away_from": "2026-03-01", "away_until": "2026-03-08", "deputy": jonas.email}
    assert agent.patch(mine, away) | away == agent.get(mine)
    agent.patch(mine, {**away, "role": "admin"}, status=403)
    agent.patch(mine, {"name": "Boss"}, status=403)
    agent.patch(f"/agents/{jonas.uid}", away, status=403)
    agent.patch(mine, {"away_until": "2026-02-01"}, status=422)
    agent.patch(mine, {"away_from": "soon"}, status=422)
    agent.patch(mine, {"deputy": "who@else.example"}, status=422)
    admin.patch(f"/agents/{jonas.uid}", {**away, "deputy": nora.uid}, status=422)      # both away on the same days
    back = admin.patch(mine, {"away_from": None, "away_until": None, "deputy": None})
    assert (back["away_from"], back["away_until"], back["deputy"]) == (None, None, None)

"""Many records at once by the API: planned, shown, approved, taken back."""

from __future__ import annotations

import pytest

from contacts.duplicate_pair import DuplicatePair
from contacts.editing import create_person
from core.database import database
from jobs import operations as job


@pytest.fixture
def people(admin):
    """Eva and Per of Nordlys AS, and its id."""
    company = admin.post("/companies", {"name": "Nordlys AS"})["id"]
    return [admin.post("/persons", {"first_name": name, "last_name": "Lie", "employments": [{"company_id": company}]})["id"] for name in ("Eva", "Per")] + [company]


def approved(caller, row):
    """Its items as they are planned; then it has run."""
    job.run()
    shown = caller.get(f"/operations/{row['id']}/items")["items"]
    caller.post(f"/operations/{row['id']}/approve")
    job.run()
    assert caller.get(f"/operations/{row['id']}")["state"] == "done"
    return shown


def taken_back(caller, row):
    caller.post(f"/operations/{row['id']}/undo")
    job.run()
    assert caller.get(f"/operations/{row['id']}")["state"] == "undone"


def test_fields_of_many_persons(agent, admin, people):
    """Of those named or of a selection, own fields and infotags too; shown with names before anything happens."""
    eva, per, _company = people
    admin.post("/custom-fields", {"name": "Shoe", "key": "shoe"})
    admin.post("/infotags", {"name": "Golf"})
    chosen = agent.post("/selections", {"name": "All", "of": "persons", "kind": "dynamic", "criteria": [{"field": "status", "op": "is", "value": "active"}]})
    row = agent.post("/persons/update", {"selection_id": chosen["id"], "changes": {"our_contact": "me", "custom": {"shoe": "42"}}, "infotags_on": ["golf"]}, status=202)
    assert (row["kind"], row["state"]) == ("persons.update", "approved")
    shown = approved(agent, row)
    assert [(one["subject"], one["data"]["before"]["our_contact"], one["data"]["after"]["our_contact"], one["data"]["after"]["custom.shoe"]) for one in shown] == [
        (uid, "jonas@desk.example", "nora@desk.example", "42") for uid in (eva, per)]
    assert (agent.get(f"/persons/{eva}")["our_contact"], agent.get(f"/persons/{eva}")["custom"]) == ("nora@desk.example", {"shoe": "42"})
    assert [tag["name"] for tag in agent.get(f"/persons/{eva}/infotags")] == ["Golf"]
    agent.patch(f"/persons/{per}", {"our_contact": "jonas@desk.example"})
    taken_back(agent, row)
    assert [one["subject"] for one in agent.get(f"/operations/{row['id']}/items?state=conflict")["items"]] == [per]
    assert agent.get(f"/persons/{eva}")["our_contact"] == "jonas@desk.example" and agent.get(f"/persons/{eva}/infotags") == []


def test_fields_of_many_companies(agent, people):
    row = agent.post("/companies/update", {"ids": people[2:], "changes": {"language": "da"}}, status=202)
    assert [one["data"] for one in approved(agent, row)] == [{"name": "Nordlys AS", "before": {"language": None}, "after": {"language": "da"}}]
    assert agent.get(f"/companies/{people[2]}")["language"] == "da"


def test_many_persons_move(agent, admin, people):
    to = admin.post("/companies", {"name": "Kunde AS"})["id"]
    row = agent.post("/persons/move", {"ids": people[:2], "to_company": to}, status=202)
    assert [one["data"]["after"]["company"] for one in approved(agent, row)] == ["Kunde AS"] * 2
    assert len(agent.get(f"/persons?company={to}")["items"]) == 2
    taken_back(agent, row)
    assert agent.get(f"/persons?company={to}")["items"] == []


def test_many_pairs_merge(agent, people):
    with database().write() as db:
        first, second = (create_person(db, {"first_name": "Siv", "last_name": name}, by=None, exempt=True) for name in ("Vik", "Wik"))
        pair = DuplicatePair(person_id=first.id, other_id=second.id, points=50, evidence=[])
        db.add(pair)
        db.flush()
        uid = pair.uid
    row = agent.post("/duplicates/merge", {"ids": [uid]}, status=202)
    assert [(one["kind"], one["state"], one["data"]["pair"]) for one in approved(agent, row)] == [("merge", "planned", uid)]
    assert agent.call("GET", f"/persons/{second.uid}").status_code == 308 or agent.call("GET", f"/persons/{first.uid}").status_code == 308
    taken_back(agent, row)
    assert [agent.call("GET", f"/persons/{one.uid}").status_code for one in (first, second)] == [200, 200]


def test_what_is_refused(agent, admin, nobody, people):
    """Each by its field, and nothing is begun."""
    theirs = admin.post("/selections", {"name": "Mine", "of": "persons"})["id"]
    firms = agent.post("/selections", {"name": "Firms", "of": "companies"})["id"]
    some, title = {"ids": people[:1]}, {"changes": {"title": "Dr"}}
    for path, given, field in (
            ("/persons/update", title, "ids"), ("/persons/update", {**some, **title, "selection_id": theirs}, "ids"),
            ("/persons/update", {**title, "selection_id": theirs}, "selection_id"), ("/persons/update", {**title, "selection_id": firms}, "selection_id"),
            ("/persons/update", {**some, "changes": {"customer_number": "7"}}, "changes.customer_number"),
            ("/persons/update", {**some, "changes": {"category": "Nothing"}}, "changes.category"),
            ("/persons/update", {**some, "changes": {"custom": {"shoe": 1}}}, "changes.custom.shoe"),
            ("/persons/update", {**some, "infotags_on": ["Golf"]}, "infotags_on"), ("/companies/update", {**some, "changes": {"domains": ["a.example"]}}, "changes.domains"),
            ("/persons/move", {**some, "to_company": "0" * 24}, "to_company"), ("/persons/move", {**some, "to_company": people[2], "activities": "after"}, "after"),
            ("/persons/move", {**some, "to_company": people[2], "on": "2100-01-01"}, "on")):
        assert field in agent.post(path, given, status=422)["errors"], (path, given)
    agent.post("/persons/update", some, status=422)
    assert agent.get("/operations")["items"] == []
    for path in ("/persons/update", "/companies/update", "/persons/move", "/duplicates/merge"):
        nobody.post(path, some, status=401)

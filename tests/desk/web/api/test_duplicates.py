"""Duplicates by the API: refused by the rule, listed with their evidence, told apart."""

from __future__ import annotations

import pytest

from contacts.duplicate_pair import DuplicatePair
from contacts.editing import create_person
from contacts.identifying import evidence
from core.database import Database

OLE = {"first_name": "Ole", "last_name": "Hansen", "private_customer": True}


@pytest.fixture
def pairs(fresh_database: Database) -> list[str]:
    """Five, the likeliest first."""
    with fresh_database.write() as db:
        persons = [create_person(db, {"first_name": "Ole", "last_name": f"Hansen {n}"}, by=None, exempt=True) for n in range(6)]
        rows = [DuplicatePair(person_id=persons[n].id, other_id=persons[n + 1].id, points=90 - n, evidence=[
            evidence("company", 26, "Same company, %(company)s", company="Kunde AS")]) for n in range(5)]
        db.add_all(rows)
        db.flush()
        return [row.uid for row in rows]


def test_pairs_with_evidence_page_by_page(agent, pairs) -> None:
    first = agent.get("/duplicates?limit=3")
    assert [one["id"] for one in first["items"]] == pairs[:3]
    assert first["items"][0] | {"persons": [], "id": "", "found_at": ""} == {
        "id": "", "persons": [], "points": 90, "score": 0.96, "origin": "scan", "state": "open", "found_at": "",
        "evidence": [{"clue": "company", "points": 26, "words": "Same company, Kunde AS"}]}
    assert [one["name"] for one in first["items"][0]["persons"]] == ["Ole Hansen 0", "Ole Hansen 1"]
    second = agent.get(f"/duplicates?limit=3&cursor={first['next']}")
    assert [one["id"] for one in second["items"]] == pairs[3:] and second["next"] is None
    agent.get("/duplicates?cursor=bm9uZQ", status=422)


def test_of_one_person(agent, pairs) -> None:
    """S57."""
    one = agent.get("/duplicates")["items"][0]["persons"][1]["id"]
    assert [pair["id"] for pair in agent.get(f"/duplicates?person={one}")["items"]] == pairs[:2]
    agent.get(f"/duplicates?person={'0' * 24}", status=404)


def test_not_the_same_and_back(agent, pairs) -> None:
    assert agent.post(f"/duplicates/{pairs[0]}/not-the-same")["state"] == "two"
    assert agent.post(f"/duplicates/{pairs[0]}/not-the-same")["state"] == "two"
    assert [one["id"] for one in agent.get("/duplicates")["items"]] == pairs[1:]
    assert agent.delete(f"/duplicates/{pairs[0]}/not-the-same")["state"] == "open"
    assert len(agent.get("/duplicates")["items"]) == 5
    agent.post(f"/duplicates/{'0' * 24}/not-the-same", status=404)


def test_who_may_do_what(agent, admin, nobody, pairs) -> None:
    nobody.get("/duplicates", status=401)
    nobody.post(f"/duplicates/{pairs[0]}/not-the-same", status=401)
    agent.post("/duplicates/scan", status=403)
    agent.put("/settings/contacts.duplicate_rule", {"value": [["name"]]}, status=403)
    first = admin.post("/duplicates/scan", status=202)
    assert first["kind"] == "contacts.duplicates" and admin.post("/duplicates/scan", status=202)["id"] == first["id"]


def test_refused_by_the_rule(admin, agent) -> None:
    """W80-W83: 409, with the fields and the other."""
    admin.put("/settings/contacts.duplicate_rule", {"value": [["name", "email"]]})
    ole = agent.post("/persons", OLE | {"addresses": [{"value": "ole@kunde.example"}]})
    same = OLE | {"addresses": [{"value": "ole@kunde.example"}]}
    refused = agent.post("/persons?share=true", same, status=409)
    assert set(refused["errors"]) == {"last_name", "addresses"} and refused["nevertheless"] is False
    assert refused["duplicates"] == [{"person_id": ole["id"], "name": "Ole Hansen", "fields": ["name", "email"]}]
    agent.post("/persons?share=true&nevertheless=true", same, status=409)
    other = agent.post("/persons", OLE)
    agent.post(f"/persons/{other['id']}/addresses?share=true", {"kind": "email", "value": "ole@kunde.example"}, status=409)
    assert agent.get("/duplicates")["items"] == []


@pytest.mark.parametrize("treatment", ["warn", "queue"])
def test_warned_of_or_queued(admin, agent, treatment) -> None:
    """REQUIREMENTS 0.5."""
    admin.put("/settings/contacts.duplicate_rule", {"value": [["name"]]})
    admin.put("/settings/contacts.duplicates_api", {"value": treatment})
    agent.post("/persons", OLE)
    kari = agent.post("/persons", OLE | {"first_name": "Kari"})
    if treatment == "warn":
        assert agent.post("/persons", OLE, status=409)["nevertheless"] is True
        agent.patch(f"/persons/{kari['id']}", {"first_name": "Ole"}, status=409)
    asked = "?nevertheless=true" if treatment == "warn" else ""
    agent.post(f"/persons{asked}", OLE)
    assert agent.patch(f"/persons/{kari['id']}{asked}", {"first_name": "Ole"})["first_name"] == "Ole"
    assert {one["origin"] for one in agent.get("/duplicates")["items"]} == {"rule"}


def test_rules_that_are_none(admin) -> None:
    admin.put("/settings/contacts.duplicate_rule", {"value": [["title"]]}, status=422)
    admin.put("/settings/contacts.duplicates_form", {"value": "perhaps"}, status=422)

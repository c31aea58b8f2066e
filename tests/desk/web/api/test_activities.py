"""Activities and notes by the API: the documented shape, narrowed lists, versions, and private notes that are nobody else's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.clock import now

ACTIVITY = {"id", "kind", "title", "text", "state", "at", "ends_at", "whole_day", "done_at", "overdue", "owner", "company_id", "person_ids",
            "agents", "created_at", "version"}
NOTE = {"id", "text", "private", "author", "person_id", "company_id", "project_id", "at", "version"}


@pytest.fixture
def nordlys(admin):
    return admin.post("/companies", {"name": "Nordlys AS"})


@pytest.fixture
def eva(admin, nordlys):
    return admin.post("/persons", {"first_name": "Eva", "last_name": "Lie", "employments": [{"company_id": nordlys["id"]}]})


def in_days(days):
    return (now() + timedelta(days=days)).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def test_an_activity_has_the_documented_shape(agent, eva, nordlys):
    made = agent.post("/activities", {"kind": "call", "title": "Welcome call", "at": in_days(1), "company_id": nordlys["id"],
                                      "person_ids": [eva["id"]], "agents": ["jonas@desk.example"]}, status=201)
    assert set(made) == ACTIVITY
    assert (made["owner"], made["state"], made["overdue"], made["person_ids"], made["agents"], made["company_id"]) == (
        "nora@desk.example", "open", False, [eva["id"]], ["jonas@desk.example"], nordlys["id"])
    assert agent.get(f"/activities/{made['id']}") == made


def test_lists_are_narrowed_and_in_order(agent, eva, nordlys):
    for title, days, state in (("late", -2, "open"), ("next", 2, "in_progress"), ("over", -5, "done"), ("any day", None, "open")):
        agent.post("/activities", {"title": title, "state": state, "person_ids": [eva["id"]], **({"at": in_days(days)} if days else {})})
    agent.post("/activities", {"title": "of others"})

    def titles(asked):
        return [one["title"] for one in agent.get(f"/activities?{asked}")["items"]]

    assert titles(f"person={eva['id']}") == ["any day", "over", "next", "late"]
    assert titles(f"person={eva['id']}&sort=due") == ["late", "next", "any day", "over"]
    assert titles(f"person={eva['id']}&state=open,done&sort=due") == ["late", "any day", "over"]
    assert titles("overdue=true") == ["late"]
    assert titles("agent=me")[0] == "of others" and titles(f"company={nordlys['id']}") == [] and titles("agent=jonas@desk.example") == []
    first = agent.get("/activities?sort=due&limit=2")
    assert [one["title"] for one in first["items"]] == ["late", "next"]
    assert [one["title"] for one in agent.get(f"/activities?sort=due&limit=2&cursor={first['next']}")["items"]] == ["of others", "any day"]


def test_changed_finished_and_brought_back(agent, admin, eva):
    made = agent.post("/activities", {"title": "Ask about training", "person_ids": [eva["id"]]})
    at = f"/activities/{made['id']}"
    done = admin.patch(at, {"title": "Ask about the price", "state": "done"}, headers={"If-Match": f'"{made["version"]}"'})
    assert (done["title"], done["state"], done["person_ids"]) == ("Ask about the price", "done", [eva["id"]]) and done["done_at"]
    agent.patch(at, {"title": "Mine"}, headers={"If-Match": f'"{made["version"]}"'}, status=412)
    assert agent.patch(at, {"state": "open", "person_ids": []})["person_ids"] == []
    agent.delete(at)
    agent.get(at, status=404)
    assert agent.post(f"{at}/restore")["title"] == "Ask about the price"
    agent.patch(at, {"kind": "appointment"}, status=422)
    agent.post("/activities", {"title": "With nobody", "person_ids": ["0" * 24]}, status=422)


def test_nobody_without_a_token(nobody, eva):
    for path in ("/activities", f"/persons/{eva['id']}/notes", f"/notes/{'e' * 24}"):
        nobody.get(path, status=401)


def test_notes_of_person_and_company(agent, admin, eva, nordlys):
    made = agent.post(f"/persons/{eva['id']}/notes", {"text": "Likes coffee.", "company_id": nordlys["id"]}, status=201)
    assert set(made) == NOTE and (made["author"], made["person_id"], made["company_id"]) == ("nora@desk.example", eva["id"], nordlys["id"])
    about = admin.post(f"/companies/{nordlys['id']}/notes", {"text": "Decides.", "person_id": eva["id"]})
    assert admin.get(f"/persons/{eva['id']}/notes")["items"] == [about, made] == admin.get(f"/companies/{nordlys['id']}/notes")["items"]
    first = admin.get(f"/persons/{eva['id']}/notes?limit=1")
    assert admin.get(f"/persons/{eva['id']}/notes?limit=1&cursor={first['next']}") == {"items": [made], "next": None}
    agent.patch(f"/notes/{about['id']}", {"text": "Mine"}, status=403)
    agent.delete(f"/notes/{about['id']}", status=403)
    assert agent.patch(f"/notes/{made['id']}", {"text": "Likes tea."})["text"] == "Likes tea."
    agent.patch(f"/notes/{made['id']}", {"text": "Likes water."}, headers={"If-Match": '"1"'}, status=412)
    admin.delete(f"/notes/{made['id']}")
    agent.get(f"/notes/{made['id']}", status=404)
    assert agent.post(f"/notes/{made['id']}/restore")["text"] == "Likes tea."


def test_a_private_note_is_not_there_for_others(agent, admin, eva, nordlys):
    """T29, REQUIREMENTS 0.14: not for an admin either, in no list and no history."""
    made = agent.post(f"/persons/{eva['id']}/notes", {"text": "About to leave.", "private": True, "company_id": nordlys["id"]})
    for path in (f"/persons/{eva['id']}/notes", f"/companies/{nordlys['id']}/notes"):
        assert admin.get(path)["items"] == [] and agent.get(path)["items"] == [made]
    assert "note.changed" not in {one["kind"] for one in admin.get(f"/persons/{eva['id']}/history")["items"]}
    assert "note.changed" in {one["kind"] for one in agent.get(f"/persons/{eva['id']}/history")["items"]}
    at = f"/notes/{made['id']}"
    admin.get(at, status=404)
    admin.patch(at, {"private": False}, status=404)
    admin.delete(at, status=404)
    agent.delete(at)
    admin.post(f"{at}/restore", status=404)

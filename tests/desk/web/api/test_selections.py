"""Selections by the API."""

from __future__ import annotations

import pytest


@pytest.fixture
def people(admin):
    company = admin.post("/companies", {"name": "Nordlys AS"})["id"]
    return [admin.post("/persons", {"first_name": name, "last_name": "Lie", "status": status, "employments": [{"company_id": company}]})["id"]
            for name, status in (("Eva", "left"), ("Per", "active"))] + [company]


def test_made_filled_and_read(agent, people):
    eva, per, company = people
    made = agent.post("/selections", {"name": "Some", "of": "persons"}, status=201)
    assert (made["kind"], made["sharing"], made["criteria"], made["owner"]) == ("static", "private", [], "nora@desk.example")
    assert agent.post(f"/selections/{made['id']}/members", {"ids": [eva, per]}) == {"count": 2}
    assert agent.post(f"/selections/{made['id']}/members/remove", {"ids": [per]}) == {"count": 1}
    assert [one["id"] for one in agent.get(f"/persons?selection={made['id']}")["items"]] == [eva]
    left = agent.post("/selections", {"name": "Left", "of": "persons", "kind": "dynamic", "criteria": [{"field": "status", "op": "is", "value": "left"}]})
    assert agent.get(f"/selections/{left['id']}/count") == {"count": 1}
    assert [one["id"] for one in agent.get(f"/persons?selection={left['id']}&q=lie")["items"]] == [eva]
    both = agent.post("/selections", {"name": "Both", "of": "persons", "kind": "combined", "how": "difference", "first_id": left["id"],
                                      "second_id": made["id"]})
    assert agent.get(f"/persons?selection={both['id']}")["items"] == []
    firms = agent.post("/selections", {"name": "Firms", "of": "companies", "kind": "dynamic", "criteria": [{"field": "people", "op": "yes"}]})
    assert [one["id"] for one in agent.get(f"/companies?selection={firms['id']}")["items"]] == [company]
    agent.get(f"/companies?selection={left['id']}", status=404)
    agent.delete(f"/selections/{left['id']}", status=422)
    agent.delete(f"/selections/{both['id']}", status=204)
    changed = agent.patch(f"/selections/{left['id']}", {"name": "Gone"}, headers={"If-Match": f'"{left["version"]}"'})
    assert (changed["name"], changed["criteria"]) == ("Gone", left["criteria"])
    agent.patch(f"/selections/{left['id']}", {"name": "Else"}, headers={"If-Match": f'"{left["version"]}"'}, status=412)
    first = agent.get("/selections?limit=2")
    assert [one["name"] for one in first["items"] + agent.get(f"/selections?limit=2&cursor={first['next']}")["items"]] == ["Firms", "Gone", "Some"]
    assert {"of": "persons", "field": "status", "label": "Status", "kind": "choice", "operators": ["is", "is_not", "filled", "empty"],
            "choices": [["active", "Active"], ["left", "Has left"]]} in agent.get("/criteria")["items"]


def test_what_is_refused_and_who_may_not(agent, admin, nobody, people):
    given = {"name": "X", "of": "persons", "kind": "dynamic", "criteria": [{"field": "status", "op": "is", "value": "left"}, {"field": "x", "op": "is"}]}
    assert "criteria.1" in agent.post("/selections", given, status=422)["errors"]
    assert "first_id" in agent.post("/selections", {"name": "X", "of": "persons", "kind": "combined", "how": "union"}, status=422)["errors"]
    mine = agent.post("/selections", {"name": "Mine", "of": "persons"})
    assert admin.get("/selections")["items"] == []
    for path in (f"/selections/{mine['id']}", f"/selections/{mine['id']}/count", f"/persons?selection={mine['id']}"):
        admin.get(path, status=404)
    admin.post(f"/selections/{mine['id']}/members", {"ids": people[:1]}, status=404)
    theirs = admin.post("/selections", {"name": "Theirs", "of": "persons", "sharing": "all"})
    agent.get(f"/selections/{theirs['id']}")
    agent.patch(f"/selections/{theirs['id']}", {"name": "Ours"}, status=403)
    agent.delete(f"/selections/{theirs['id']}", status=403)
    for path in ("members", "members/remove"):
        agent.post(f"/selections/{theirs['id']}/{path}", {"ids": people[:1]}, status=403)
    assert agent.get(f"/selections/{theirs['id']}/count") == {"count": 0}
    assert admin.post(f"/selections/{theirs['id']}/members", {"ids": people[:1]}) == {"count": 1}
    nobody.get("/selections", status=401)


def test_of_projects(agent, admin):
    going, over = (agent.post("/projects", {"name": name, "state": state}) for name, state in (("Brygga", "open"), ("Låven", "done")))
    made = agent.post("/selections", {"name": "Open", "of": "projects", "kind": "dynamic", "criteria": [{"field": "state", "op": "is", "value": "open"}]})
    assert agent.get(f"/projects?selection={made['id']}")["items"] == [going] and agent.get(f"/projects?selection={made['id']}&q=laav")["items"] == []
    picked = agent.post("/selections", {"name": "Picked", "of": "projects"})
    assert agent.post(f"/selections/{picked['id']}/members", {"ids": [over["id"]]}) == {"count": 1}
    assert agent.get(f"/projects?selection={picked['id']}")["items"] == [over] and agent.get(f"/selections/{picked['id']}/count") == {"count": 1}
    agent.get(f"/persons?selection={picked['id']}", status=404)
    agent.get(f"/sales?selection={picked['id']}", status=422)
    admin.get(f"/projects?selection={picked['id']}", status=404)
    assert [one["id"] for one in agent.get("/selections?of=projects")["items"]] == [made["id"], picked["id"]]
    assert ("projects", "member") in {(one["of"], one["field"]) for one in agent.get("/criteria")["items"]}

"""Relations and their kinds by the API."""

from __future__ import annotations

import pytest


@pytest.fixture
def eva(admin):
    company = admin.post("/companies", {"name": "Nordlys AS"})
    person = admin.post("/persons", {"first_name": "Eva", "last_name": "Lie", "employments": [{"company_id": company["id"]}]})
    other = admin.post("/persons", {"first_name": "Per", "last_name": "Moe", "employments": [{"company_id": company["id"]}]})
    return person["id"], other["id"], company["id"]


def kind(caller, name):
    return next(one for one in caller.get("/relation-kinds?limit=200")["items"] if one["name"] == name)


def test_tied_changed_and_taken_away(agent, eva):
    """S45-S47."""
    person, other, company = eva
    made = agent.post("/relations", {"kind_id": kind(agent, "owner of")["id"], "first": {"company_id": company}, "second": {"person_id": person},
                                     "details": "Half of it", "from": "2026-03-01"}, status=201)
    assert (made["name"], made["first"], made["second"]["name"], made["from"], made["to"]) == (
        "owner of", {"person_id": person, "company_id": None, "name": "Eva Lie"}, "Nordlys AS", "2026-03-01", None)
    deputy = agent.post("/relations", {"kind_id": kind(agent, "deputy of")["id"], "first": {"person_id": other}, "second": {"person_id": person}})
    assert [one["id"] for one in agent.get(f"/relations?person={person}")["items"]] == [deputy["id"], made["id"]]
    assert [one["id"] for one in agent.get(f"/relations?company={company}")["items"]] == [made["id"]]
    assert agent.get(f"/relations?person={'0' * 24}") == {"items": [], "next": None}
    first = agent.get("/relations?limit=1")
    assert [one["id"] for one in agent.get(f"/relations?limit=1&cursor={first['next']}")["items"]] == [made["id"]]
    changed = agent.patch(f"/relations/{made['id']}", {"to": "2026-04-01", "details": ""}, headers={"If-Match": f'"{made["version"]}"'})
    assert (changed["to"], changed["details"], changed["from"]) == ("2026-04-01", "", "2026-03-01")
    agent.patch(f"/relations/{made['id']}", {"to": None}, headers={"If-Match": f'"{made["version"]}"'}, status=412)
    assert agent.patch(f"/relations/{deputy['id']}", {"kind_id": kind(agent, "manager of")["id"]})["reverse"] == "reports to"
    agent.delete(f"/relations/{made['id']}", status=204)
    agent.get(f"/relations/{made['id']}", status=404)
    told = [one["data"]["change"] for one in agent.get(f"/persons/{person}/history")["items"] if one["kind"] == "relation.changed"]
    assert told == ["removed", "edited", "edited", "added", "added"]


def test_what_is_refused(agent, admin, nobody, eva):
    person, other, company = eva
    deputy, owner = kind(agent, "deputy of")["id"], kind(agent, "owner of")["id"]
    sides = {"first": {"person_id": person}, "second": {"person_id": other}}
    for given, field in (({"kind_id": "0" * 24, **sides}, "kind_id"), ({"kind_id": owner, **sides}, "second"),
                         ({"kind_id": deputy, "first": {"person_id": person}, "second": {"person_id": person}}, "second"),
                         ({"kind_id": deputy, "first": {"person_id": "0" * 24}, "second": {"person_id": person}}, "first.person_id"),
                         ({"kind_id": deputy, "first": {}, "second": {"person_id": person}}, "first"),
                         ({"kind_id": deputy, **sides, "from": "2026-02-02", "to": "2026-02-01"}, "to")):
        assert field in agent.post("/relations", given, status=422)["errors"], given
    agent.post("/relations", {"kind_id": deputy, **sides})
    agent.post("/relations", {"kind_id": deputy, **sides}, status=422)
    agent.get(f"/relations?person={person}&company={company}", status=422)
    nobody.get("/relations", status=401)
    nobody.get("/relation-kinds", status=401)
    admin.delete(f"/persons/{other}", status=204)
    assert agent.get("/relations")["items"] == []


def test_kinds_are_the_admins(agent, admin):
    made = admin.post("/relation-kinds", {"between": "person-person", "name": "aunt of", "reverse": "niece of", "meaning": "deputy"}, status=201)
    assert agent.get(f"/relation-kinds/{made['id']}") == made
    assert admin.patch(f"/relation-kinds/{made['id']}", {"name": "great-aunt of"})["name"] == "great-aunt of"
    assert admin.get("/relation-kinds?limit=200")["items"][-1]["name"] == "great-aunt of"
    admin.delete(f"/relation-kinds/{made['id']}", status=204)
    assert agent.get(f"/relation-kinds/{made['id']}")["archived"] is True
    admin.patch(f"/relation-kinds/{made['id']}", {"archived": False})
    for method, path in (("post", "/relation-kinds"), ("patch", f"/relation-kinds/{made['id']}"), ("delete", f"/relation-kinds/{made['id']}")):
        getattr(agent, method)(path, {"between": "person-person", "name": "x"} if method == "post" else {"name": "x"} if method == "patch" else None,
                               status=403)

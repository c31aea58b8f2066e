"""Sales, projects, campaigns and orders by the API: the documented shapes, narrowed lists, versions, who takes part, who may delete."""

from __future__ import annotations

import pytest

from desk.web.api.schemas import matters as schemas

SHAPES = {"sales": schemas.Sale, "projects": schemas.Project, "campaigns": schemas.Campaign, "orders": schemas.Order}


@pytest.fixture
def nordlys(admin):
    return admin.post("/companies", {"name": "Nordlys AS"})


@pytest.fixture
def eva(admin, nordlys):
    return admin.post("/persons", {"first_name": "Eva", "last_name": "Lie", "employments": [{"company_id": nordlys["id"]}]})


def given(key, eva, nordlys):
    return {"title" if key in ("sales", "orders") else "name": "Scanners"} | (
        {} if key == "campaigns" else {"person_id": eva["id"], "company_id": nordlys["id"]})


@pytest.mark.parametrize("key", SHAPES)
def test_made_found_changed_deleted_and_brought_back(agent, admin, calling, lars, eva, nordlys, key):
    made = agent.post(f"/{key}", given(key, eva, nordlys), status=201)
    at = f"/{key}/{made['id']}"
    assert set(made) == set(SHAPES[key].model_fields) and made["owner"] == "nora@desk.example" and agent.get(at) == made
    assert agent.get(f"/{key}?owner=me&state={made['state']}")["items"] == [made] and agent.get(f"/{key}?owner=jonas@desk.example")["items"] == []
    assert agent.get(f"/{key}?person={eva['id']}")["items"] == ([] if key == "campaigns" else [made])
    changed = admin.patch(at, {"text": "Before Friday"}, headers={"If-Match": f'"{made["version"]}"'})
    assert changed == made | {"text": "Before Friday", "version": made["version"] + 1}
    agent.patch(at, {"text": "Mine"}, headers={"If-Match": f'"{made["version"]}"'}, status=412)
    calling(lars).delete(at, status=403)
    agent.delete(at)
    agent.get(at, status=404)
    if key == "projects":           # S72: gone for good
        agent.post(f"{at}/restore", status=404)
    else:
        assert agent.post(f"{at}/restore")["text"] == "Before Friday"
    again = agent.post(f"/{key}", changed | given(key, eva, nordlys), status=201)         # what is read may be given back
    first = agent.get(f"/{key}?limit=1")
    assert first["items"] == [again]
    assert key == "projects" or agent.get(f"/{key}?limit=1&cursor={first['next']}")["items"][0]["id"] == made["id"]


@pytest.mark.parametrize("key", SHAPES)
def test_found_by_any_part_of_what_they_say(agent, nobody, eva, nordlys, key):
    """With Nordic letters both ways, narrowed and by pages."""
    made = agent.post(f"/{key}", given(key, eva, nordlys) | {"text": "Blåbærsyltetøy"})
    agent.post(f"/{key}", given(key, eva, nordlys))
    assert agent.get(f"/{key}?q=baersylteto")["items"] == [made] and agent.get(f"/{key}?q=baersylteto&owner=jonas@desk.example")["items"] == []
    first = agent.get(f"/{key}?q=canner&limit=1")
    assert agent.get(f"/{key}?q=canner&limit=1&cursor={first['next']}")["items"] == [made]
    agent.get(f"/{key}?q={'x' * 201}", status=422)
    nobody.get(f"/{key}?q=x", status=401)


def test_a_sale_and_an_order_in_figures(agent, eva, nordlys):
    sale = agent.post("/sales", given("sales", eva, nordlys) | {"amount": 1_250_050, "stage": "Offer sent", "expected_on": "2026-12-01"})
    assert (sale["probability"], sale["currency"], sale["expected_on"]) == (50, "NOK", "2026-12-01")
    assert agent.patch(f"/sales/{sale['id']}", {"state": "sold"})["over_at"]
    order = agent.post("/orders", given("orders", eva, nordlys) | {"lines": [{"text": "Hours", "quantity": 1.5, "price": 99_999}, {"text": "Scanner", "price": 100}]})
    assert (order["total"], [line["amount"] for line in order["lines"]]) == (150_099, [149_999, 100])
    assert agent.post("/orders", given("orders", eva, nordlys))["number"] == order["number"] + 1
    agent.post("/orders", {"person_id": eva["id"]}, status=422)


@pytest.mark.parametrize("key", ["sales", "projects", "campaigns"])
def test_who_takes_part(agent, admin, eva, nordlys, key):
    """C12: who takes part finds it among their own."""
    word, said = ("status", "answered") if key == "campaigns" else ("role", "Architect")
    made = agent.post(f"/{key}", {"title" if key == "sales" else "name": "Scanners"})
    at = f"/{key}/{made['id']}/members"
    assert agent.post(at, {"person_ids": [eva["id"], eva["id"], "0" * 24]}) == {"added": 1}
    [member] = agent.get(at)["items"]
    assert agent.patch(f"{at}/{member['id']}", {word: said}) == {"id": member["id"], "person_id": eva["id"], word: said}
    assert agent.get(f"/{key}?person={eva['id']}")["items"] == [made]
    agent.delete(f"{at}/{member['id']}")
    assert agent.get(at) == {"items": [], "next": None}


def test_notes_of_a_project_are_among_those_of_its_members(agent, admin, eva):
    """T27, T29: and a private one is its author's alone there too."""
    made = agent.post("/projects", {"name": "New hall"})
    agent.post(f"/projects/{made['id']}/members", {"person_ids": [eva["id"]]})
    note = agent.post(f"/projects/{made['id']}/notes", {"text": "Wants oak floors"}, status=201)
    agent.post(f"/projects/{made['id']}/notes", {"text": "Quarrels", "private": True})
    for path in (f"/projects/{made['id']}/notes", f"/persons/{eva['id']}/notes"):
        assert admin.get(path)["items"] == [note] and len(agent.get(path)["items"]) == 2
    assert (note["project_id"], note["person_id"]) == (made["id"], None)


def test_nobody_without_a_token(nobody):
    for key in SHAPES:
        nobody.get(f"/{key}", status=401)

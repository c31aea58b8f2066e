"""Stages of sales by the API: everybody reads them, admins change them, sales say theirs by name or id."""

from __future__ import annotations


def test_admins_keep_the_list(agent, admin, nobody):
    nobody.get("/sale-stages", status=401)
    agent.post("/sale-stages", {"name": "Trial", "probability": 60}, status=403)
    trial = admin.post("/sale-stages", {"name": "Trial", "probability": 60}, status=201)
    at = f"/sale-stages/{trial['id']}"
    assert agent.get(at) == trial and agent.get("/sale-stages")["items"][-1] == trial
    first = agent.get("/sale-stages?limit=2")
    assert [one["name"] for one in agent.get(f"/sale-stages?limit=1&cursor={first['next']}")["items"]] == ["Offer sent"]
    agent.patch(at, {"probability": 1}, status=403)
    agent.delete(at, status=403)
    changed = admin.patch(at, {"probability": 65, "retired": True}, headers={"If-Match": f'"{trial["version"]}"'})
    assert (changed["probability"], changed["retired"], changed["name"]) == (65, True, "Trial")
    admin.patch(at, {"name": "Mine"}, headers={"If-Match": f'"{trial["version"]}"'}, status=412)
    admin.patch(at, {"probability": 101}, status=422)
    assert admin.patch(at, {"retired": False})["retired"] is False
    sale = agent.post("/sales", {"title": "Scanners", "stage": "Trial"}, status=201)
    admin.delete(at)
    assert agent.get(at)["retired"] is True and agent.get(f"/sales/{sale['id']}")["stage"] == "Trial"
    agent.post("/sales", {"title": "Labels", "stage": "Trial"}, status=422)
    assert agent.patch(f"/sales/{sale['id']}", {"stage": "Trial", "title": "Four scanners"})["title"] == "Four scanners"


def test_a_sale_says_its_stage_by_name_or_id(agent):
    stages = {one["name"]: one for one in agent.get("/sale-stages")["items"]}
    sale = agent.post("/sales", {"title": "Scanners", "stage": "offer sent"}, status=201)
    assert (sale["stage"], sale["probability"]) == ("Offer sent", 50)
    changed = agent.patch(f"/sales/{sale['id']}", {"stage": stages["Negotiation"]["id"]})
    assert (changed["stage"], changed["probability"]) == ("Negotiation", 75)
    assert agent.post("/sales", {"title": "Labels", "stage": "won"}, status=422)["errors"]["stage"].startswith("One of: First contact, ")
    assert [one["id"] for one in agent.get("/sales?stage=Negotiation")["items"]] == [sale["id"]]
    assert agent.get(f"/sales?stage={stages['Offer sent']['id']}")["items"] == []
    agent.get("/sales?stage=won", status=422)

"""Erasing a person by the API: foreseen as items, approved, then the person is gone (410)."""

from __future__ import annotations

import pytest

from jobs import operations as job


@pytest.fixture
def ole(admin):
    return admin.post("/persons", {"first_name": "Ole", "last_name": "Vang", "private_customer": True,
                                   "addresses": [{"value": "ole@privat.example"}]})["id"]


def work(admin, uid):
    while (state := admin.get(f"/operations/{uid}")["state"]) in ("approved", "running"):
        job.run()
    return state


def test_from_asking_to_gone(admin, ole):
    """API.md: 202, planned with the dry run as items, approve, 410."""
    admin.post("/tickets", {"mailbox": "support@desk.example", "requester": ole, "subject": "Ole Vang asks", "text": "Hello Ole"})
    uid = admin.post(f"/persons/{ole}/erasure", {"reason": "request", "identity": "agent", "review": "erase"})["operation_id"]
    assert work(admin, uid) == "planned"
    items = admin.get(f"/operations/{uid}/items")["items"]
    assert {item["kind"] for item in items} >= {"messages", "tickets"}
    assert any(item["data"]["before"] == {"subject": "Ole Vang asks"} and item["data"]["after"] == {"subject": "[erased person]"} for item in items)
    assert admin.get(f"/persons/{ole}")["last_name"] == "Vang"
    admin.post(f"/operations/{uid}/approve")
    assert work(admin, uid) == "done"
    assert admin.call("GET", f"/persons/{ole}").status_code == 410
    assert admin.get(f"/operations/{uid}/items")["items"] == []
    assert "Vang" not in str(admin.get("/tickets"))


def test_agents_may_not(agent, ole):
    assert agent.call("POST", f"/persons/{ole}/erasure", {"reason": "request", "identity": "agent"}).status_code == 403

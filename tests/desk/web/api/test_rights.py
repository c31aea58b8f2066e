"""Cases of the rights desk by the API: the documented shape, the way from opening to decision, admins alone."""

from __future__ import annotations

import pytest

CASE = {"id", "number", "kind", "state", "person_id", "ticket", "owner", "received", "due", "extended_at", "identity", "identity_at", "ground", "decision",
        "decided_at", "operation_id", "created_at", "version"}


@pytest.fixture
def eva(admin):
    company = admin.post("/companies", {"name": "Nordlys AS"})
    return admin.post("/persons", {"first_name": "Eva", "last_name": "Lie", "employments": [{"company_id": company["id"]}],
                                   "addresses": [{"kind": "email", "value": "eva@nordlys.example"}]})


def test_from_opening_to_decision(admin, eva):
    made = admin.post("/rights-cases", {"kind": "access", "person_id": eva["id"], "received": "2026-01-31"}, status=201)
    assert set(made) == CASE
    assert (made["state"], made["due"], made["person_id"], made["identity"]) == ("new", "2026-02-28", eva["id"], None)
    assert admin.get(f"/rights-cases/{made['id']}") == made
    assert admin.get("/rights-cases?state=open&kind=access")["items"] == [made]
    assert admin.get(f"/rights-cases?person={eva['id']}&state=done")["items"] == []
    changed = admin.patch(f"/rights-cases/{made['id']}", {"owner": "me", "kind": "portability"})
    assert (changed["owner"], changed["kind"]) == ("jonas@desk.example", "portability")
    admin.post("/rights-cases", {"kind": "access", "received": "0001-01-01"}, status=422)
    admin.post(f"/rights-cases/{made['id']}/extension", {"why": "Much to read."}, status=422)
    admin.post(f"/rights-cases/{made['id']}/decision", {"outcome": "done"}, status=422)
    admin.post(f"/rights-cases/{made['id']}/decision", {"outcome": "refused"}, status=422)
    done = admin.post(f"/rights-cases/{made['id']}/decision", {"outcome": "done", "unproven_why": "She stood here."}, status=200)
    assert (done["state"], done["identity"]) == ("done", "agent")


def test_an_erasing_follows_its_case(admin, eva):
    made = admin.post("/rights-cases", {"kind": "erasure", "person_id": eva["id"]}, status=201)
    asked = admin.post(f"/persons/{eva['id']}/erasure", {"reason": "request", "identity": "agent", "case": made["id"]}, status=202)
    assert admin.get(f"/rights-cases/{made['id']}")["operation_id"] == asked["operation_id"]


def test_admins_alone(admin, agent, eva):
    made = admin.post("/rights-cases", {"kind": "access", "person_id": eva["id"]}, status=201)
    agent.get("/rights-cases", status=403)
    agent.get(f"/rights-cases/{made['id']}", status=403)
    agent.post("/rights-cases", {"kind": "access"}, status=403)
    agent.patch(f"/rights-cases/{made['id']}", {"kind": "other"}, status=403)
    agent.post(f"/rights-cases/{made['id']}/decision", {"outcome": "done"}, status=403)
    agent.post(f"/rights-cases/{made['id']}/extension", {"why": "x"}, status=403)

"""Erasing a person by the API: foreseen as items, approved, then the person is gone (410)."""

from __future__ import annotations

import pytest

from contacts.agent import Agent
from contacts.suppression import suppress, suppressed
from jobs import operations as job
from tests.letters_made import mail


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


def test_what_is_left_of_their_tickets_and_mails_is_listed(admin, arrive):
    """The words of a verdict are erased, the verdict is not."""
    arrive(mail("Ole Vang <ole@privat.example>", text="My printer.\n"))
    ticket = admin.get("/tickets")["items"][0]
    assert ticket["verdict"]["why"]
    uid = admin.post(f"/persons/{ticket['requester']['person_id']}/erasure", {"reason": "request", "identity": "agent", "review": "erase"})["operation_id"]
    assert work(admin, uid) == "planned"
    admin.post(f"/operations/{uid}/approve")
    assert work(admin, uid) == "done"
    [listed], [delivery] = admin.get("/tickets")["items"], admin.get("/inbound")["items"]
    assert listed["verdict"] | {"rule": ""} == {"act": "open", "person": "created", "rule": "", "why": ""}
    assert admin.get(f"/tickets/{ticket['number']}")["verdict"] == listed["verdict"]
    assert admin.get(f"/inbound/{delivery['id']}")["verdict"]["act"] == "open"
    admin.put(f"/tickets/{ticket['number']}/tags", ["Old"])


def test_who_is_no_admin_any_more_sees_no_erasing(admin, ole, fresh_database, jonas):
    uid = admin.post(f"/persons/{ole}/erasure", {"reason": "request", "identity": "agent", "review": "erase"})["operation_id"]
    work(admin, uid)
    with fresh_database.write() as db:
        db.get_one(Agent, jonas.id).role = "agent"
    assert admin.call("GET", f"/operations/{uid}").status_code == admin.call("GET", f"/operations/{uid}/items").status_code == 404
    assert admin.call("POST", f"/operations/{uid}/cancel").status_code == 404
    assert admin.get("/operations")["items"] == []


def test_agents_may_not(agent, ole):
    assert agent.call("POST", f"/persons/{ole}/erasure", {"reason": "request", "identity": "agent"}).status_code == 403


def test_an_erased_address_is_let_in_by_an_admin_who_says_why(admin, agent, ole, fresh_database):
    """PRIVACY.md, section 5: 409 where somebody creates it, unless overridden with a reason."""
    with fresh_database.write() as db:
        suppress(db, "erased", "email", "mads@privat.example", reason="request")
    mads = {"first_name": "Mads", "last_name": "Lie", "private_customer": True, "addresses": [{"value": "mads@privat.example"}]}
    assert admin.call("POST", "/persons", mads).status_code == 409
    why = {"value": "mads@privat.example", "let_in": "Called on 3 May and agreed."}
    assert agent.call("POST", "/persons", {**mads, "addresses": [why]}).status_code == 403
    assert admin.call("POST", f"/persons/{ole}/addresses", {**why, "value": "nobody@privat.example"}).status_code == 422
    assert admin.post("/persons", {**mads, "addresses": [why]})["addresses"][0]["value"] == "mads@privat.example"
    with fresh_database.read() as db:
        assert suppressed(db, "erased", [("email", "mads@privat.example")]) == set()


def test_a_person_who_comes_with_a_withdrawal_is_written_to_no_more(admin, fresh_database):
    """As on the page: what was withdrawn holds for the address too."""
    admin.post("/persons", {"first_name": "Mads", "last_name": "Lie", "private_customer": True, "addresses": [{"value": "mads@privat.example"}],
                            "legal_bases": [{"purpose": "marketing", "basis": "consent", "event": "withdrawn", "source": "from the old desk"}]})
    with fresh_database.read() as db:
        assert suppressed(db, "objected", [("email", "mads@privat.example")], "marketing")

"""Mail, mailboxes, settings, operations, agents and teams by the API."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.history import Change, FactRow
from core.operations import Operation
from core.tokens import unseal
from desk.inbound import InboundMail
from desk.mailboxes import Mailbox
from desk.outbound import OutboundMail
from tests.letters_made import mail


def test_inbound_ledger_and_replay(admin, agent, arrive, fresh_database):
    number = arrive(mail(subject="Printer"))
    agent.get("/inbound", status=403)
    [row] = admin.get("/inbound")["items"]
    assert (row["state"], row["subject"], row["sender"], row["mailbox"], row["ticket"], row["verdict"]["act"]) == (
        "done", "Printer", "ole@kunde.example", "support@desk.example", number, "open")
    assert admin.get(f"/inbound/{row['id']}") == row
    assert admin.get("/inbound?state=failed")["items"] == []
    admin.post(f"/inbound/{row['id']}/replay", status=422)
    with fresh_database.write() as db:
        db.scalars(select(InboundMail)).one().state = "failed"
    assert admin.post(f"/inbound/{row['id']}/replay")["state"] == "pending"
    agent.post(f"/inbound/{row['id']}/replay", status=403)
    admin.post(f"/inbound/{'0' * 24}/replay", status=404)
    admin.get("/inbound?state=lost", status=422)


def test_outbound_ledger_and_retry(admin, agent, arrive, fresh_database):
    number = arrive(mail())
    agent.post(f"/tickets/{number}/replies", {"text": "Hello."})
    [row] = admin.get("/outbound?state=queued")["items"]
    assert (row["kind"], row["recipients"], row["ticket"]) == ("reply", ["ole@kunde.example"], number)
    admin.post(f"/outbound/{row['id']}/retry", status=422)
    with fresh_database.write() as db:
        db.scalars(select(OutboundMail)).one().state = "failed"
    assert agent.get(f"/tickets/{number}")["messages"][-1]["state"] == "failed"
    assert admin.post(f"/outbound/{row['id']}/retry")["state"] == "queued"
    agent.get("/outbound", status=403)


def test_mailbox_is_added_changed_and_switched_off(admin, agent, nora, fresh_database, arrive):
    made = admin.post("/mailboxes", {
        "address": "sales@desk.example", "name": "Sales", "language": "nb", "open_to_all": False, "agents": ["nora@desk.example"],
        "imap_url": "imaps://sales:p%40ss@mail.example", "relay_password": "secret",
        "imap_folders": "INBOX\nKø", "trusted_relays": "192.0.2.7\n192.0.2.0/24"}, status=201)
    assert (made["address"], made["imap_url"], made["agents"], made["language"]) == (
        "sales@desk.example", "imaps://sales@mail.example", ["nora@desk.example"], "nb")
    assert (made["imap_folders"], made["trusted_relays"]) == ("INBOX\nKø", "192.0.2.7\n192.0.2.0/24")
    assert "pass" not in str(made) and "secret" not in str(made)
    with fresh_database.read() as db:
        row = db.scalars(select(Mailbox).where(Mailbox.normalised == "sales@desk.example")).one()
        assert (unseal(row.imap_password), unseal(row.relay_password)) == ("p@ss", "secret")
    assert [m["address"] for m in agent.get("/mailboxes")["items"]] == ["sales@desk.example", "support@desk.example"]
    first = agent.get("/mailboxes?limit=1")
    rest = agent.get(f"/mailboxes?limit=1&cursor={first['next']}")
    assert [m["address"] for m in first["items"] + rest["items"]] == ["sales@desk.example", "support@desk.example"]
    assert rest["next"] is None
    seen = agent.get("/mailboxes/sales@desk.example")
    assert (seen["name"], seen["imap_url"]) == ("Sales", None)
    changed = admin.patch("/mailboxes/sales@desk.example", {"name": "Selling", "agents": [], "aliases": ["shop@desk.example"]},
                          headers={"If-Match": f'"{made["version"]}"'})
    assert (changed["name"], changed["agents"], changed["aliases"]) == ("Selling", [], ["shop@desk.example"])
    admin.patch("/mailboxes/sales@desk.example", {"name": "Sales"}, headers={"If-Match": f'"{made["version"]}"'}, status=412)
    agent.get("/mailboxes/sales@desk.example", status=404)
    assert admin.get("/mailboxes/shop@desk.example")["id"] == made["id"]
    admin.delete("/mailboxes/sales@desk.example", status=204)
    admin.get("/mailboxes/sales@desk.example", status=404)
    assert [m["address"] for m in admin.get("/mailboxes")["items"]] == ["support@desk.example"]
    assert admin.patch("/mailboxes/sales@desk.example", {"active": True})["active"] is True


@pytest.mark.parametrize(("wrong", "field"), [
    ({"address": "support@desk.example"}, "address"), ({"address": "nobody"}, "address"), ({"imap_url": "http://x.example"}, "imap_url"),
    ({"relay_url": "smtp://[x"}, "relay_url"), ({"agents": ["unheard@desk.example"]}, "agents"), ({"teams": ["Fifth"]}, "teams"),
    ({"imap_after": "burn"}, "imap_after"), ({"imap_after": "move"}, "imap_move_to"), ({"language": "fi"}, "language")])
def test_mailbox_that_cannot_be(admin, wrong, field):
    assert field in admin.post("/mailboxes", {"address": "new@desk.example", "name": "New", **wrong}, status=422)["errors"]
    admin.get("/mailboxes/new@desk.example", status=404)


def test_mailbox_that_signs_in_by_oauth(admin, agent, fresh_database):
    given = {"oauth_provider": "microsoft", "oauth_tenant": "desk.example", "oauth_client": "app-1", "oauth_secret": "s3cret",
             "oauth_refresh": "r3fresh"}
    path = "/mailboxes/support@desk.example"
    assert "oauth_client" in admin.patch(path, {"oauth_provider": "microsoft"}, status=422)["errors"]
    made = admin.patch(path, given)
    assert (made["oauth_provider"], made["oauth_client"], made["oauth_tenant"]) == ("microsoft", "app-1", "desk.example")
    assert "s3cret" not in str(made) and "r3fresh" not in str(made) and agent.get(path)["oauth_client"] is None
    with fresh_database.read() as db:
        row = db.scalars(select(Mailbox)).one()
        assert (unseal(row.oauth_secret), unseal(row.oauth_refresh)) == ("s3cret", "r3fresh")
    admin.patch(path, {"oauth_provider": "elsewhere"}, status=422)


def test_mailboxes_are_changed_by_admins(agent):
    agent.post("/mailboxes", {"address": "own@desk.example"}, status=403)
    agent.patch("/mailboxes/support@desk.example", {"name": "Mine"}, status=403)
    agent.delete("/mailboxes/support@desk.example", status=403)
    agent.post("/mailboxes/support@desk.example/test", status=403)


def test_connection_test_is_an_operation(admin, agent, fresh_database):
    operation = admin.post("/mailboxes/support@desk.example/test", status=202)
    assert set(operation) == {"id", "kind", "state", "progress", "reason", "items_url", "result_url"}
    assert (operation["kind"], operation["state"], operation["progress"]) == ("mailbox.test", "approved", {"done": 0, "total": 1})
    path = f"/operations/{operation['id']}"
    assert admin.get(path) == operation
    agent.get(path, status=404)
    admin.get(f"{path}/result", status=404)
    assert admin.post(f"{path}/pause")["state"] == "paused"
    admin.post(f"{path}/approve", status=422)
    assert admin.post(f"{path}/resume")["state"] == "approved"
    assert admin.post(f"{path}/cancel")["state"] == "cancelled"
    for verb in ("approve", "pause", "resume", "cancel", "undo"):
        admin.post(f"{path}/{verb}", status=422)
    with fresh_database.write() as db:
        row = db.scalars(select(Operation)).one()
        row.state, row.result = "done", {"reading": {"ok": True}}
    done = admin.get(path)
    assert done["result_url"] == f"/api/v1{path}/result"
    assert admin.get(f"{path}/result") == {"reading": {"ok": True}}


def test_planned_operation_is_approved(admin, fresh_database):
    with fresh_database.write() as db:
        db.add(Operation(kind="mailbox.test", state="planned", given={"mailbox": "support@desk.example"}))
        db.flush()
        uid = db.scalars(select(Operation.uid)).one()
    assert admin.post(f"/operations/{uid}/approve")["state"] == "approved"


def test_setting_leaves_the_fact_that_the_page_leaves(admin, fresh_database):
    for value in ("ask", "ask", "never"):
        admin.put("/settings/intake.unknown_sender", {"value": value})
    with fresh_database.read() as db:
        facts = db.scalars(select(FactRow).where(FactRow.kind == "option.changed").order_by(FactRow.id)).all()
        changes = db.scalars(select(Change).order_by(Change.id)).all()
    assert len(facts) == 2 and all(fact.by_uid for fact in facts)
    assert [(c.before, c.after) for c in changes][-2:] == [("create", "ask"), ("ask", "never")]


def test_setting_for_the_desk_and_for_a_mailbox(admin, agent, salaries):
    key = "/settings/intake.unknown_sender"
    assert {**agent.get(key), "means": ""} == {"key": "intake.unknown_sender", "value": "create", "default": "create",
                                               "chosen": False, "means": "", "mailbox": None, "version": 0}
    agent.put(key, {"value": "ask"}, status=403)
    assert admin.put(key, {"value": "ask"})["value"] == "ask"
    here = f"{key}?mailbox=support@desk.example"
    assert (agent.get(here)["value"], agent.get(here)["chosen"]) == ("ask", False)
    assert admin.put(here, {"value": "never"})["value"] == "never"
    assert (agent.get(here)["value"], agent.get(key)["value"]) == ("never", "ask")
    assert admin.put(here, {"value": None})["value"] == "ask"
    assert admin.put(key, {"value": None})["value"] == "create"
    agent.get(f"{key}?mailbox=salaries@desk.example", status=404)
    admin.put(f"{key}?mailbox=nowhere@desk.example", {"value": "ask"}, status=404)
    admin.put(key, {"value": "perhaps"}, status=422)
    for bad, value in (("desk.timezone", "Nowhere/X"), ("desk.timezone", 1), ("desk.name", " ")):
        admin.put(f"/settings/{bad}", {"value": value}, status=422)
    assert admin.put("/settings/desk.timezone", {"value": "Europe/Copenhagen"})["value"] == "Europe/Copenhagen"
    page = agent.get("/settings?limit=3")
    assert len(page["items"]) == 3 and agent.get(f"/settings?limit=3&cursor={page['next']}")["items"][0]["key"] > page["items"][2]["key"]
    admin.put("/settings/contacts.bin_days?mailbox=support@desk.example", {"value": 3}, status=422)
    admin.get("/settings/desk.colour", status=404)
    admin.put("/settings/desk.colour", {"value": 1}, status=404)
    assert {one["key"] for one in agent.get("/settings")["items"]} >= {
        "intake.unknown_sender", "contacts.company_required", "contacts.bin_days", "contacts.duplicate_rule"}
    assert [agent.get(f"/settings/{k}")["value"] for k in (
        "contacts.company_required", "contacts.bin_days", "contacts.duplicate_rule")] == [True, 15, []]


def test_setting_that_moved_on(admin):
    key = "/settings/contacts.bin_days"
    first = admin.put(key, {"value": 20}, headers={"If-Match": '"0"'})
    admin.put(key, {"value": 30}, headers={"If-Match": '"0"'}, status=412)
    assert admin.put(key, {"value": 30}, headers={"If-Match": f'"{first["version"]}"'})["value"] == 30


def test_next_mail_obeys_the_switch(admin, agent, arrive):
    """S81a, S82: with auto-create off a stranger's request still arrives, without a person."""
    admin.put("/settings/intake.unknown_sender?mailbox=support@desk.example", {"value": "ask"})
    ticket = agent.get(f"/tickets/{arrive(mail('Ole Vang <ole@kunde.example>'))}")
    assert (ticket["held"], ticket["requester"]["person_id"], ticket["verdict"]["act"]) == (True, None, "open_held")
    assert [row["number"] for row in agent.get("/tickets?held=true")["items"]] == [ticket["number"]]
    agent.post(f"/tickets/{ticket['number']}/replies", {"text": "At once."})
    admin.put("/settings/intake.unknown_sender?mailbox=support@desk.example", {"value": "never"})
    ticket = agent.get(f"/tickets/{arrive(mail('Eva Lie <eva@kunde.example>'))}")
    assert (ticket["held"], ticket["requester"]["person_id"], ticket["verdict"]["person"]) == (False, None, "none")
    assert not agent.get("/persons")["items"]


def test_agents(admin, agent, jonas, nora):
    made = admin.post("/agents", {"email": "Lars@desk.example", "name": "Lars Moen", "password": "a long sentence"}, status=201)
    assert set(made) == {"id", "email", "name", "role", "active", "language", "timezone", "away_from", "away_until", "deputy", "privacy_reports",
                         "version"}
    assert made["email"] == "lars@desk.example"
    assert [one["email"] for one in agent.get("/agents")["items"]] == ["lars@desk.example", "nora@desk.example", "jonas@desk.example"]
    assert agent.get(f"/agents/{made['id']}") == made
    changed = admin.patch(f"/agents/{made['id']}", {"role": "admin", "name": "Lars M."}, headers={"If-Match": '"1"'})
    assert (changed["role"], changed["name"]) == ("admin", "Lars M.")
    admin.patch(f"/agents/{made['id']}", {"role": "agent"}, headers={"If-Match": '"1"'}, status=412)
    admin.post("/agents", {"email": "lars@desk.example"}, status=422)
    admin.delete(f"/agents/{made['id']}", status=204)
    assert agent.get(f"/agents/{made['id']}")["active"] is False
    admin.delete(f"/agents/{jonas.uid}", status=422)
    for method, path in (("POST", ""), ("PATCH", f"/{made['id']}"), ("DELETE", f"/{made['id']}")):
        assert agent.call(method, f"/agents{path}", {"email": "x@desk.example"}).status_code == 403


def test_teams(admin, agent):
    made = admin.post("/teams", {"name": "Second line", "members": ["nora@desk.example"]}, status=201)
    assert set(made) == {"id", "name", "members", "version"}
    assert agent.get("/teams")["items"] == [made] == [agent.get(f"/teams/{made['id']}")]
    changed = admin.patch(f"/teams/{made['id']}", {"name": "Third line"}, headers={"If-Match": '"1"'})
    assert (changed["name"], changed["members"]) == ("Third line", ["nora@desk.example"])
    admin.patch(f"/teams/{made['id']}", {"members": []}, headers={"If-Match": '"1"'}, status=412)
    admin.post("/teams", {"name": "Third line"}, status=422)
    agent.delete(f"/teams/{made['id']}", status=403)
    admin.delete(f"/teams/{made['id']}", status=204)
    agent.get(f"/teams/{made['id']}", status=404)

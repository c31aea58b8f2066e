"""Saying who the sender is, and taking that back."""

from __future__ import annotations

import pytest

from tests.letters_made import mail


@pytest.fixture
def held(admin, arrive):
    """Two mails of a stranger, held."""
    admin.put("/settings/intake.unknown_sender", {"value": "ask"})
    return [arrive(mail("Ole Vang <ole@kunde.example>", subject=f"Mail {n}")) for n in (1, 2)]


@pytest.fixture
def eva(admin):
    return admin.post("/persons", {"first_name": "Eva", "last_name": "Lie", "private_customer": True})


def test_it_is_this_person_whose_address_it_becomes(admin, agent, held, eva):
    undo = agent.put(f"/tickets/{held[0]}/requester", {"person_id": eva["id"], "add_address": True})
    assert set(undo) == {"undo"}
    for number in held:
        ticket = agent.get(f"/tickets/{number}")
        assert (ticket["requester"]["person_id"], ticket["held"], ticket["identification"]["how"]) == (eva["id"], False, "agent")
    assert [a["value"] for a in agent.get(f"/persons/{eva['id']}")["addresses"]] == ["ole@kunde.example"]
    agent.post(f"/undo/{undo['undo']}")
    for number in held:
        ticket = agent.get(f"/tickets/{number}")
        assert (ticket["requester"]["person_id"], ticket["held"], ticket["identification"]["how"]) == (None, True, "none")
    assert agent.get(f"/persons/{eva['id']}")["addresses"] == []
    assert not agent.get(f"/persons/{eva['id']}/messages")["items"]
    agent.post(f"/undo/{undo['undo']}", status=422)


def test_new_person_of_the_sender(admin, agent, held):
    company = admin.post("/companies", {"name": "Kunde AS"})
    undo = agent.put(f"/tickets/{held[0]}/requester", {
        "create": {"first_name": "Ole", "last_name": "Vang", "company_id": company["id"]}})
    person = agent.get(f"/persons/{agent.get(f'/tickets/{held[1]}')['requester']['person_id']}")
    assert (person["first_name"], person["employments"][0]["company"], person["created"]["how"]) == ("Ole", "Kunde AS", "ticket")
    assert [a["value"] for a in person["addresses"]] == ["ole@kunde.example"]
    assert agent.post(f"/operations/{undo['undo']}/undo")["state"] == "undone"
    agent.get(f"/persons/{person['id']}", status=404)
    assert agent.get(f"/tickets/{held[0]}")["held"] is True


def test_auto_create_off(admin, agent, arrive, eva):
    """PRIVACY 8, S81a-S84: the request is there, the answer leaves, nobody is recorded; a link adds the address; spam is nothing.
    0.11: who is made of a ticket needs no company."""
    admin.put("/settings/intake.unknown_sender", {"value": "never"})
    first, other, spam, known = (arrive(mail(f"{name} <{name.lower()}@post.example>", subject=name)) for name in ("Eva", "Ada", "Win", "Ida"))
    agent.post(f"/tickets/{first}/replies", {"text": "At once."})
    sent = [(row["kind"], row["recipients"]) for row in admin.get("/outbound")["items"] if row["ticket"] == first]
    assert ("reply", ["eva@post.example"]) in sent
    assert [one["id"] for one in agent.get("/persons")["items"]] == [eva["id"]]
    agent.put(f"/tickets/{first}/requester", {"person_id": eva["id"], "add_address": True})
    assert [a["value"] for a in agent.get(f"/persons/{eva['id']}")["addresses"]] == ["eva@post.example"]
    again = agent.get(f"/tickets/{arrive(mail('eva@post.example', subject='Again'))}")
    assert (again["requester"]["person_id"], again["verdict"]["person"]) == (eva["id"], "matched")
    agent.put(f"/tickets/{other}/requester", {"none": True})
    agent.put(f"/tickets/{spam}/requester", {"spam": True})
    assert [one["id"] for one in agent.get("/persons")["items"]] == [eva["id"]]
    agent.put(f"/tickets/{known}/requester", {"create": {"first_name": "Ida", "last_name": "Lind"}})
    ida = agent.get(f"/persons/{agent.get(f'/tickets/{known}')['requester']['person_id']}")
    assert (ida["employments"], ida["to_be_completed"]) == ([], True)


def test_no_record_of_the_sender(agent, held):
    agent.put(f"/tickets/{held[0]}/requester", {"none": True})
    ticket = agent.get(f"/tickets/{held[0]}")
    assert (ticket["requester"]["person_id"], ticket["held"], ticket["state"]) == (None, False, "new")


def test_spam_of_a_blocked_domain(agent, admin, held, arrive):
    undo = agent.put(f"/tickets/{held[0]}/requester", {"spam": True, "block": "domain"})["undo"]
    assert [agent.get(f"/tickets/{number}")["state"] for number in held] == ["spam", "spam"]
    assert arrive(mail("Per <per@kunde.example>")) == 0
    assert admin.get("/inbound?state=set_aside")["items"][0]["verdict"]["rule"] == "is_blocked"
    agent.post(f"/undo/{undo}")
    assert [agent.get(f"/tickets/{number}")["state"] for number in held] == ["new", "new"]
    assert arrive(mail("Per <per@kunde.example>", subject="Again"))


def test_decided_anew_is_not_undone(agent, held, eva):
    undo = agent.put(f"/tickets/{held[0]}/requester", {"none": True})["undo"]
    agent.put(f"/tickets/{held[1]}/requester", {"person_id": eva["id"]})
    agent.post(f"/undo/{undo}", status=409)
    assert agent.get(f"/tickets/{held[1]}")["requester"]["person_id"] == eva["id"]


def test_others_cannot_undo(agent, admin, held, calling, lars):
    undo = agent.put(f"/tickets/{held[0]}/requester", {"none": True})["undo"]
    calling(lars).post(f"/undo/{undo}", status=404)
    admin.post(f"/undo/{undo}")
    admin.post(f"/undo/{'0' * 24}", status=404)


@pytest.mark.parametrize("wrong", [
    {}, {"none": True, "spam": True}, {"person_id": "0" * 24}, {"none": False}, {"create": {}}, {"always": True},
    {"create": {"last_name": "Vang", "company_id": "0" * 24}}])
def test_one_thing_is_said(agent, held, wrong):
    agent.put(f"/tickets/{held[0]}/requester", wrong, status=422)
    assert agent.get(f"/tickets/{held[0]}")["held"] is True


def test_address_that_another_holds(agent, admin, held, eva, arrive):
    ida = admin.post("/persons", {"first_name": "Ida", "last_name": "Foss", "private_customer": True,
                                  "addresses": [{"value": "ole@kunde.example"}]})
    problem = agent.put(f"/tickets/{held[0]}/requester", {"person_id": eva["id"], "add_address": True}, status=409)
    assert problem["person_id"] == ida["id"]
    agent.put(f"/tickets/{held[0]}/requester", {"none": True}, headers={"If-Match": '"4711"'}, status=412)


def test_who_the_sender_is_not(admin, agent, held, arrive):
    """Deliver 5: "not the same" is remembered, and can be taken back."""
    ole = admin.post("/persons", {"first_name": "Ole", "last_name": "Vang", "private_customer": True})
    agent.put(f"/tickets/{held[0]}/rejections/{ole['id']}", status=204)
    agent.put(f"/tickets/{held[0]}/rejections/{ole['id']}", status=204)
    third = arrive(mail("Ole Vang <ole@kunde.example>", subject="Third"))
    assert agent.get(f"/tickets/{third}")["identification"]["candidates"] == []
    agent.delete(f"/tickets/{third}/rejections/{ole['id']}", status=204)
    for number in (*held, third):
        assert [c["person_id"] for c in agent.get(f"/tickets/{number}")["identification"]["candidates"]] == [ole["id"]]
    agent.put(f"/tickets/{held[0]}/rejections/{'0' * 24}", status=404)
    agent.put(f"/tickets/{held[0]}/requester", {"none": True})
    agent.put(f"/tickets/{held[0]}/rejections/{ole['id']}", status=422)

"""Moving and copying a person by the API, and the positions of a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from contacts.activity import Activity, ActivityParticipant
from contacts.company import Company
from contacts.person import Person
from core.i18n import today


@pytest.fixture
def kunde(admin):
    return admin.post("/companies", {"name": "Kunde ApS"})


@pytest.fixture
def workshop(admin):
    return admin.post("/companies", {"name": "Værksted A/S", "category": "Partner"})


@pytest.fixture
def mads(admin, kunde, fresh_database):
    made = admin.post("/persons", {"first_name": "Mads", "last_name": "Kjær", "addresses": [{"value": "mads@kunde.example"}],
                                   "employments": [{"company_id": kunde["id"], "position": "Clerk", "from": "2022-03-01"}]})
    with fresh_database.write() as db:
        person, company = db.scalars(select(Person)).one(), db.scalars(select(Company).where(Company.uid == kunde["id"])).one()
        db.add_all(Activity(kind="call", title=title, at=datetime(2026, month, 15, tzinfo=UTC), company_id=company.id,
                            participants=[ActivityParticipant(person_id=person.id)]) for title, month in (("Old", 9), ("New", 11)))
    return made


def test_previewed_moved_and_undone(agent, mads, kunde, workshop):
    """S36, S38, S41, S43, W91: the preview does nothing; the same without it does exactly that; undo gives it back."""
    path, wanted = f"/persons/{mads['id']}", {"to_company": workshop["id"], "activities": "after", "after": "2026-11-01", "on": "2026-11-01",
                                             "position": "Manager", "kinds": ["activities"]}
    shown = agent.post(f"{path}/move", wanted | {"preview": True})
    assert (shown["preview"], shown["undo"], shown["last_day"], shown["proposes"]) == (True, None, "2026-10-31", None)
    assert shown["follows"] == ["our_contact", "category"] or shown["follows"] == ["category"]
    side = shown["kinds"][0]
    assert ([one["title"] for one in side["moving"]], [one["title"] for one in side["staying"]], side["moves"], side["stays"]) == (
        ["New"], ["Old"], 1, 1)
    assert agent.get(path) == mads
    done = agent.post(f"{path}/move", wanted)
    assert done["kinds"] == shown["kinds"] and done["from_company"] == kunde["id"]
    assert [(job["company"], job["position"], job["primary"], job["from"], job["to"], job["status"]) for job in done["person"]["employments"]] == [
        ("Værksted A/S", "Manager", True, "2026-11-01", None, "active"), ("Kunde ApS", "Clerk", False, "2022-03-01", "2026-10-31", "left")]
    assert done["person"]["category"] == "Partner"
    assert agent.get(f"/operations/{done['undo']}/items")["items"][0]["kind"] == "activities"
    assert agent.post(f"/undo/{done['undo']}")["state"] == "undone"
    assert agent.get(path)["employments"] == mads["employments"]
    agent.post(f"/undo/{done['undo']}", status=422)


def test_positions_of_a_day(agent, mads, workshop):
    """C14, C19: who they worked for then."""
    path = f"/persons/{mads['id']}"
    agent.post(f"{path}/move", {"to_company": workshop["id"], "on": "2026-11-01"})
    assert [[job["company"] for job in agent.get(f"{path}/employments{asked}")] for asked in (
        "", "?as_of=2026-10-31", "?as_of=2026-11-01", "?as_of=2020-01-01")] == [
        ["Værksted A/S", "Kunde ApS"], ["Kunde ApS"], ["Værksted A/S"], []]
    assert "as_of" in agent.get(f"{path}/employments?as_of=soon", status=422)["errors"]


def test_disconnected(agent, mads):
    """S37, 0.15: *left* is proposed; it is set where it is asked for."""
    path = f"/persons/{mads['id']}/move"
    assert agent.post(path, {"to_company": None, "preview": True})["proposes"] == "left"
    person = agent.post(path, {"to_company": None, "status": "left"})["person"]
    assert (person["status"], person["to_be_completed"], [job["to"] for job in person["employments"]]) == (
        "left", True, [str(today() - timedelta(days=1))])


def test_copied(agent, admin, mads, workshop):
    """W87, W88, W89, 0.17: the same card by default, or a second one without what the duplicate rule keeps to one."""
    path = f"/persons/{mads['id']}/copy"
    same = agent.post(path, {"company_id": workshop["id"], "position": "Board"}, status=201)
    assert same["person"]["id"] == mads["id"] and [job["company"] for job in same["person"]["employments"]] == ["Kunde ApS", "Værksted A/S"]
    agent.post(path, {"company_id": workshop["id"]}, status=422)
    admin.put("/settings/contacts.duplicate_rule", {"value": [["email"]]})
    second = agent.post(path, {"company_id": workshop["id"], "as": "card"}, status=201)
    assert second["stays"] == ["email"] and second["person"]["id"] != mads["id"]
    assert (second["person"]["last_name"], second["person"]["addresses"], second["person"]["created"]["how"]) == ("Kjær", [], "copy")


@pytest.mark.parametrize(("given", "field"), [
    ({"to_company": "0" * 24}, "to_company"), ({}, "to_company"), ({"activities": "after"}, "after"), ({"kinds": ["jokes"]}, "kinds.0"),
    ({"from_company": "0" * 24}, "from_company"), ({"on": "2999-01-01"}, "on")])
def test_what_is_refused(agent, mads, workshop, given, field):
    wanted = {"to_company": workshop["id"]} | given if given else {}
    assert field in agent.post(f"/persons/{mads['id']}/move", wanted, status=422)["errors"]
    assert agent.get(f"/persons/{mads['id']}") == mads


def test_who_may_not(nobody, agent, calling, lars, mads, workshop):
    path = f"/persons/{mads['id']}"
    for what in ("move", "copy"):
        nobody.post(f"{path}/{what}", {}, status=401)
    undo = agent.post(f"{path}/move", {"to_company": workshop["id"]})["undo"]
    calling(lars).post(f"/undo/{undo}", status=404)
    assert agent.call("POST", f"{path}/move", {"to_company": None}, headers={"If-Match": '"1"'}).status_code == 412

"""Merging persons by the API, with a preview, and taking them apart; ids of merged persons keep working."""

from __future__ import annotations

import pytest

from tests.letters_made import mail


@pytest.fixture
def two(admin):
    """Ole, recorded twice; the second goes on."""
    return tuple(admin.post("/persons", {"first_name": name, "last_name": "Vang", "title": title, "private_customer": True,
                                         "addresses": [{"value": address}]})["id"]
                 for name, title, address in (("Ole", "Controller", "ole@privat.example"), ("Olav", "Sjef", "ole@kunde.example")))


def test_merge_and_take_apart(admin, two, arrive):
    """W93, W95, C19: a preview writes nothing; fields are chosen; each person is again what they were."""
    ole, olav = two
    before = [admin.get(f"/persons/{one}") for one in two]
    arrive(mail("Ole Vang <ole@privat.example>", subject="Printer"))
    asked = {"into": olav, "choose": {"title": "from", "first_name": "into"}}
    seen = admin.post(f"/persons/{ole}/merge", asked | {"preview": True})
    assert {one["kind"]: one["count"] for one in seen["moves"]} == {"addresses": 1, "legal_bases": 1, "messages": 1, "tickets": 1}
    assert seen["preview"] and not seen["unseen"] and seen["person"] == before[1] and admin.get(f"/persons/{ole}") == before[0]
    done = admin.post(f"/persons/{ole}/merge", asked)
    assert (done["person"]["id"], done["person"]["title"], done["person"]["first_name"]) == (olav, "Controller", "Olav")
    assert {one["value"] for one in done["person"]["addresses"]} == {"ole@privat.example", "ole@kunde.example"}
    assert admin.call("GET", f"/persons/{ole}").headers["Location"] == f"/api/v1/persons/{olav}"
    assert admin.get("/tickets?requester=" + ole)["items"][0]["requester"]["person_id"] == olav
    arrive(mail("Ole Vang <ole@privat.example>", subject="Later"))
    seen = admin.post(f"/persons/{ole}/unmerge", {"preview": True})
    assert {one["kind"]: one["count"] for one in seen["moves"]}["messages"] == 2 and seen["kept"] == []
    admin.patch(f"/persons/{olav}", {"title": "Daglig leder"})
    parted = admin.post(f"/persons/{ole}/unmerge", {})
    assert parted["kept"] == ["title"] and parted["remains"]["title"] == "Daglig leder"
    stripped = [{name: value for name, value in one.items() if name not in ("version", "title")} for one in before]
    assert [{name: value for name, value in parted[which].items() if name not in ("version", "title")}
            for which in ("person", "remains")] == stripped
    assert {t["subject"] for t in admin.get("/tickets?requester=" + ole)["items"]} == {"Printer", "Later"}


def test_what_is_refused(admin, agent, two):
    """A stale version, a stranger, oneself, a field there is not; once merged, 409 says into whom. Agents may, as they may edit."""
    ole, olav = two
    admin.post(f"/persons/{ole}/merge", {"into": "0" * 24}, status=422)
    admin.post(f"/persons/{ole}/merge", {"into": ole}, status=422)
    admin.post(f"/persons/{ole}/merge", {"into": olav, "choose": {"shoe_size": "from"}}, status=422)
    admin.post(f"/persons/{ole}/merge", {"into": olav}, status=412, headers={"If-Match": '"77"'})
    admin.post(f"/persons/{ole}/unmerge", {}, status=422)
    key = {"Idempotency-Key": "once"}
    first = agent.post(f"/persons/{ole}/merge", {"into": olav}, headers=key)
    assert agent.post(f"/persons/{ole}/merge", {"into": olav}, headers=key) == first
    assert "Olav Vang" in admin.post(f"/persons/{ole}/merge", {"into": olav}, status=409)["detail"]
    admin.delete(f"/persons/{olav}")
    admin.post(f"/persons/{ole}/unmerge", {}, status=404)

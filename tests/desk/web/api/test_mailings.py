"""Mailing to a selection and legal bases by the API."""

from __future__ import annotations

import pytest

from core.options import set_option
from desk.mailboxes import add_mailbox
from jobs import operations as job

TEXT = {"subject": "Hi {first_name}", "text": "News"}


@pytest.fixture
def people(admin, fresh_database):
    with fresh_database.write() as db:
        add_mailbox(db, "news@desk.example", "News")
        add_mailbox(db, "board@desk.example", "Board", open_to_all=False)
    company = admin.post("/companies", {"name": "Nordlys AS"})["id"]
    return [admin.post("/persons", {"first_name": name, "last_name": "Lie", "addresses": [{"kind": "email", "value": f"{name}@nordlys.example"}],
                                    "employments": [{"company_id": company}]})["id"] for name in ("Eva", "Per")]


def test_what_a_person_said(admin, agent, people):
    eva, _per = people
    assert {one["key"]: one["marketing"] for one in agent.get("/purposes")["items"]} == {"service": False, "contract": False, "marketing": True}
    given = agent.post(f"/persons/{eva}/legal-bases", {"purpose": "marketing", "source": "at the fair", "at": "2026-03-01T12:00:00Z"}, status=201)
    assert given["legal_bases"][-1] == {"purpose": "marketing", "basis": "consent", "source": "at the fair", "at": "2026-03-01T12:00:00Z", "event": "given",
                                        "proof": "api", "wording_version": None}
    ended = agent.post(f"/persons/{eva}/legal-bases", {"purpose": "marketing", "event": "ended", "source": "by mail"}, status=201)
    assert ended["legal_bases"][-1]["event"] == "withdrawn"
    agent.post(f"/persons/{eva}/legal-bases", {"purpose": "marketing", "basis": "contract", "source": "x"}, status=422)
    agent.post(f"/persons/{eva}/legal-bases", {"purpose": "none", "source": "x"}, status=422)
    copy = admin.post("/persons?share=true", ended | {"customer_number": None}, status=201)
    assert [one["event"] for one in copy["legal_bases"] if one["purpose"] == "marketing"] == ["given", "withdrawn"]      # what was withdrawn stays so


def test_mailed_when_approved(admin, agent, nobody, people, fresh_database):
    eva, per = people
    agent.post(f"/persons/{eva}/legal-bases", {"purpose": "marketing", "source": "at the fair"}, status=201)
    chosen = admin.post("/selections", {"name": "All", "of": "persons", "sharing": "all"})["id"]
    admin.post(f"/selections/{chosen}/members", {"ids": [eva, per]})
    asked = {"mailbox": "news@desk.example", "language": "en", "texts": {"en": TEXT}}
    agent.post(f"/selections/{chosen}/mailing", asked, status=403)
    nobody.post(f"/selections/{chosen}/mailing", asked, status=401)
    admin.post("/selections/" + "0" * 24 + "/mailing", asked, status=404)
    assert "texts.en.subject" in admin.post(f"/selections/{chosen}/mailing", asked | {"texts": {"en": TEXT | {"subject": "{surname}"}}}, status=422)["errors"]
    admin.post(f"/selections/{chosen}/mailing", asked | {"language": "nb"}, status=422)
    made = admin.post(f"/selections/{chosen}/mailing", asked, status=202)
    job.run()
    items = admin.get(f"/operations/{made['id']}/items")["items"]
    assert sorted((one["state"], one["reason"] or "") for one in items) == [("planned", ""), ("skipped", "has not agreed to this purpose")]
    admin.post(f"/operations/{made['id']}/approve")
    job.run()
    assert [one["subject"] for one in admin.get("/outbound?state=queued")["items"]] == ["Hi Eva"]
    admin.post(f"/operations/{made['id']}/undo", status=422)
    with fresh_database.write() as db:
        set_option(db, "mailing.by", "agents")
    agent.post(f"/selections/{chosen}/mailing", asked | {"mailbox": "board@desk.example"}, status=422)
    agent.post(f"/selections/{chosen}/mailing", asked, status=202)

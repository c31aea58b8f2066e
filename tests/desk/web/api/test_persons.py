"""Persons by the API: the documented shape, addresses, positions, what is tied to them, the bin."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode

import pytest
from sqlalchemy import select

from contacts.address import Holding
from contacts.person import Person as Row
from core.i18n import today
from desk.outbound import OutboundMail
from tests.letters_made import mail

PERSON = {"id", "first_name", "last_name", "title", "status", "preferred_language", "service_level", "support_contact",
          "our_contact", "category", "business", "private_customer", "customer_number", "block_mass_mail", "to_be_completed",
          "version", "custom", "addresses", "employments", "legal_bases", "created", "delete_planned"}
ADDRESS = {"id", "kind", "value", "label", "primary", "origin", "proof", "health", "from", "to"}
EMPLOYMENT = {"id", "company_id", "company", "position", "status", "primary", "from", "to"}


@pytest.fixture
def nordlys(admin):
    return admin.post("/companies", {"name": "Nordlys AS", "category": "Customer", "business": "Lighting"})


@pytest.fixture
def eva(admin, nordlys):
    return admin.post("/persons", {
        "first_name": "Eva", "last_name": "Lie", "title": "Manager", "preferred_language": "nb", "service_level": "Gold",
        "support_contact": "jonas@desk.example", "customer_number": "K-17",
        "addresses": [{"kind": "email", "value": "Eva@Nordlys.example", "label": "work", "primary": True},
                      {"kind": "email", "value": "eva@hjem.example"}, {"kind": "phone", "value": "55 50 12 77"}],
        "employments": [{"company_id": nordlys["id"], "position": "Buyer", "from": "2024-02-01"}]}, status=201)


def test_person_has_the_documented_shape(eva, nordlys, admin):
    assert set(eva) == PERSON
    assert [set(one) for one in eva["addresses"]] == [ADDRESS] * 3
    assert [(a["kind"], a["value"], a["label"], a["primary"], a["origin"], a["health"], a["to"]) for a in eva["addresses"]] == [
        ("email", "Eva@nordlys.example", "work", True, "agent", "ok", None),
        ("email", "eva@hjem.example", "", False, "agent", "ok", None),
        ("phone", "+47 55 50 12 77", "", True, "agent", "ok", None)]
    [job] = eva["employments"]
    assert set(job) == EMPLOYMENT
    assert (job["company_id"], job["company"], job["position"], job["primary"], job["from"], job["to"]) == (
        nordlys["id"], "Nordlys AS", "Buyer", True, "2024-02-01", None)
    assert set(eva["legal_bases"][0]) == {"purpose", "basis", "source", "at", "event", "proof", "wording_version"}
    assert set(eva["created"]) == {"how", "why", "by", "at"}
    assert (eva["created"]["how"], eva["created"]["by"]) == ("api", "jonas@desk.example")
    assert (eva["support_contact"], eva["service_level"], eva["delete_planned"], eva["custom"]) == (
        "jonas@desk.example", "Gold", None, {})
    assert admin.get(f"/persons/{eva['id']}") == eva


def test_link_to_the_first_company_fills_three_fields(eva):
    """S31-S33: our contact, category and business come from the company."""
    assert (eva["our_contact"], eva["category"], eva["business"]) == ("jonas@desk.example", "Customer", "Lighting")


def test_what_was_read_can_be_sent_back(eva, admin):
    again = {**eva, "customer_number": None, "addresses": [], "first_name": "Ida"}
    assert admin.post("/persons", again)["last_name"] == "Lie"
    problem = admin.post("/persons", {**again, "custom": {"shoe_size": 43}}, status=422)
    assert "custom.shoe_size" in problem["errors"]


def test_what_is_over_stays_over_when_sent_back(eva, admin, nordlys):
    """Ended positions, retired addresses, the legal basis: a copy says what the first said."""
    old = admin.post("/companies", {"name": "Mørke AS"})
    path = f"/persons/{eva['id']}"
    ended = admin.post(f"{path}/employments", {"company_id": old["id"], "position": "Clerk", "from": "2019-01-01", "to": "2023-12-31"})
    assert (ended["status"], ended["primary"], ended["to"]) == ("left", False, "2023-12-31")
    admin.post(f"{path}/employments", {"company_id": old["id"], "from": "2019-01-01", "to": "2018-12-31"}, status=422)
    gone = next(one for one in eva["addresses"] if one["value"] == "eva@hjem.example")
    admin.delete(f"{path}/addresses/{gone['id']}")
    admin.post(f"{path}/addresses", {"value": "x@hjem.example", "to": "2026-01-01T00:00:00Z"}, status=422)
    read = admin.get(path)
    copy = admin.post("/persons?share=true", {**read, "customer_number": None})

    def told(person, part, *names):
        return sorted(str([one[name] for name in names]) for one in person[part])

    assert told(copy, "employments", "company", "position", "status", "primary", "from", "to") == told(
        read, "employments", "company", "position", "status", "primary", "from", "to")
    assert told(copy, "addresses", "value") == sorted(["['Eva@nordlys.example']", "['+47 55 50 12 77']"])
    assert told(copy, "legal_bases", "purpose", "basis", "source") == told(read, "legal_bases", "purpose", "basis", "source")
    only_past = [one for one in read["employments"] if one["to"]]
    admin.post("/persons?share=true", {**read, "customer_number": None, "employments": only_past}, status=422)


def test_primary_is_who_is_said_to_be(admin, nordlys):
    other = admin.post("/companies", {"name": "Mørke AS"})
    made = admin.post("/persons", {"last_name": "Dal", "employments": [
        {"company_id": nordlys["id"]}, {"company_id": other["id"], "primary": True}]})
    assert {one["company"]: one["primary"] for one in made["employments"]} == {"Nordlys AS": False, "Mørke AS": True}


def test_private_customer_without_a_company_stays_one(admin):
    """T6: whoever has no company while one is required is a private customer."""
    made = admin.post("/persons", {"last_name": "Dal", "private_customer": True})
    admin.patch(f"/persons/{made['id']}", {"private_customer": False}, status=422)
    assert admin.get(f"/persons/{made['id']}")["private_customer"] is True


def test_company_is_required(admin):
    """S20, T6: 422 without an employment while ``contacts.company_required``, unless a private customer."""
    given = {"first_name": "Eva", "last_name": "Lie"}
    assert "employments" in admin.post("/persons", given, status=422)["errors"]
    assert admin.post("/persons", {**given, "private_customer": True})["to_be_completed"] is False
    admin.put("/settings/contacts.company_required", {"value": False})
    admin.post("/persons", given)


def test_address_of_another_living_person(admin, eva, nordlys):
    given = {"first_name": "Ola", "last_name": "Lie", "employments": [{"company_id": nordlys["id"]}],
             "addresses": [{"value": "eva@hjem.example"}]}
    problem = admin.post("/persons", given, status=409)
    assert problem["person_id"] == eva["id"]
    assert not admin.get("/persons?q=Ola")["items"]
    ola = admin.post("/persons?share=true", given)
    assert ola["addresses"][0]["value"] == "eva@hjem.example"
    path = f"/persons/{ola['id']}/addresses"
    assert admin.post(path, {"value": "eva@nordlys.example"}, status=409)["person_id"] == eva["id"]
    admin.post(f"{path}?share=true", {"value": "eva@nordlys.example"}, status=201)
    admin.delete(f"/persons/{eva['id']}")
    assert admin.post("/persons", {**given, "first_name": "Per", "addresses": [{"value": "per@hjem.example"}]})


def test_fields_are_changed_and_others_stay(admin, eva):
    changed = admin.patch(f"/persons/{eva['id']}", {"title": None, "first_name": "Eva Marie", "our_contact": None})
    assert (changed["title"], changed["first_name"], changed["last_name"], changed["our_contact"]) == (None, "Eva Marie", "Lie", None)
    assert changed["version"] > eva["version"]
    for wrong in ({"status": "gone"}, {"preferred_language": "fi"}, {"our_contact": "unheard@desk.example"}, {"colour": "red"},
                  {"first_name": None}, {"first_name": "", "last_name": ""}, {"block_mass_mail": "yes"}):
        problem = admin.patch(f"/persons/{eva['id']}", wrong, status=422)
        assert set(problem["errors"]) & {*wrong, "last_name"}
    assert admin.get(f"/persons/{eva['id']}") == changed


def test_names_of_short_lists_are_added_by_admins_alone(admin, agent, eva):
    problem = agent.patch(f"/persons/{eva['id']}", {"category": "Suplier"}, status=422)
    assert "Customer" in problem["errors"]["category"]
    assert agent.patch(f"/persons/{eva['id']}", {"category": "Customer"})["category"] == "Customer"
    assert admin.patch(f"/persons/{eva['id']}", {"category": "Supplier"})["category"] == "Supplier"


def test_if_match(admin, eva):
    path = f"/persons/{eva['id']}"
    old = {"If-Match": f'"{eva["version"]}"'}
    assert admin.call("GET", path).headers["ETag"] == old["If-Match"]
    changed = admin.patch(path, {"title": "Director"}, headers=old)
    assert admin.patch(path, {"title": "Chair"}, headers=old, status=412)["version"] == changed["version"]
    address = eva["addresses"][0]["id"]
    admin.patch(f"{path}/addresses/{address}", {"label": "office"}, headers=old, status=412)
    admin.patch(f"{path}/addresses/{address}", {"label": "office"}, headers={"If-Match": f'"{changed["version"]}"'})
    admin.patch(path, {"title": "Chair"}, headers={"If-Match": f'"{changed["version"]}"'}, status=412)
    admin.delete(path, headers=old, status=412)


def test_addresses_are_added_changed_and_retired(admin, eva):
    path = f"/persons/{eva['id']}/addresses"
    new = admin.post(path, {"kind": "email", "value": "lie@post.example", "label": "old"}, status=201)
    assert (set(new), new["primary"]) == (ADDRESS, False)
    changed = admin.patch(f"{path}/{new['id']}", {"value": "eva.lie@post.example", "label": "private", "primary": True})
    assert (changed["id"], changed["value"], changed["label"], changed["primary"]) == (
        new["id"], "eva.lie@post.example", "private", True)
    mails = [a for a in admin.get(f"/persons/{eva['id']}")["addresses"] if a["kind"] == "email"]
    assert [a["value"] for a in mails if a["primary"]] == ["eva.lie@post.example"]
    assert admin.get("/persons?q=eva.lie@post")["items"][0]["id"] == eva["id"]
    admin.delete(f"{path}/{new['id']}", status=204)
    gone = [a for a in admin.get(f"/persons/{eva['id']}")["addresses"] if a["id"] == new["id"]]
    assert gone[0]["to"] is not None and not gone[0]["primary"]
    assert not admin.get("/persons?q=eva.lie@post")["items"]
    admin.delete(f"{path}/{new['id']}", status=404)
    for wrong in ({"value": "not an address"}, {"kind": "phone", "value": "12"}, {"kind": "pigeon", "value": "Per"},
                  {"value": "eva@hjem.example"}):
        admin.post(path, wrong, status=422)


def test_what_proved_an_address_proves_no_other_and_there_is_always_a_primary_one(admin, eva, fresh_database):
    path = f"/persons/{eva['id']}/addresses"
    first = next(a for a in eva["addresses"] if a["kind"] == "email")
    with fresh_database.write() as db:
        db.scalars(select(Holding).where(Holding.uid == first["id"])).one().proof = "link"
    other = admin.post(path, {"kind": "email", "value": "second@post.example"}, status=201)
    changed = admin.patch(f"{path}/{first['id']}", {"value": "elsewhere@post.example"})
    assert (changed["value"], changed["proof"], changed["primary"]) == ("elsewhere@post.example", "agent", True)
    before = [a for a in admin.get(f"/persons/{eva['id']}")["addresses"] if a["value"] == first["value"]]
    assert [(a["proof"], a["to"] is None, a["id"] == first["id"]) for a in before] == [("link", False, False)]
    admin.delete(f"{path}/{first['id']}", status=204)
    left = [a for a in admin.get(f"/persons/{eva['id']}")["addresses"] if a["to"] is None and a["kind"] == "email"]
    assert len(left) > 1 and other["id"] in [a["id"] for a in left] and [a["primary"] for a in left].count(True) == 1


def test_positions_begin_change_and_end(admin, eva, nordlys):
    other = admin.post("/companies", {"name": "Sydvest AS", "category": "Prospect"})
    path = f"/persons/{eva['id']}/employments"
    second = admin.post(path, {"company_id": other["id"], "position": "Adviser"}, status=201)
    assert (set(second), second["primary"]) == (EMPLOYMENT, False)
    assert admin.get(f"/persons/{eva['id']}")["category"] == "Customer"
    assert admin.patch(f"{path}/{second['id']}", {"position": "Chair", "primary": True})["primary"] is True
    assert admin.get(f"/persons/{eva['id']}")["category"] == "Prospect"
    admin.patch(f"{path}/{second['id']}", {"from": "2024-05-01", "to": "2024-01-01"}, status=422)
    admin.delete(f"{path}/{second['id']}", status=204)
    jobs = {job["company"]: job for job in admin.get(f"/persons/{eva['id']}")["employments"]}
    assert (jobs["Sydvest AS"]["to"], jobs["Sydvest AS"]["status"]) == (today().isoformat(), "left")
    assert (jobs["Nordlys AS"]["primary"], jobs["Nordlys AS"]["to"]) == (True, None)
    admin.delete(f"{path}/{second['id']}", status=422)
    admin.delete(f"{path}/{jobs['Nordlys AS']['id']}")
    assert admin.get(f"/persons/{eva['id']}")["to_be_completed"] is True
    admin.post(path, {"company_id": "0" * 24}, status=422)
    admin.post(path, {"company_id": nordlys["id"]})
    left = admin.get(f"/persons/{eva['id']}")
    assert left["to_be_completed"] is False
    assert [job["company"] for job in left["employments"] if job["to"] is None and job["primary"]] == ["Nordlys AS"]


def test_list_is_searched_and_paged(admin, eva, nordlys):
    for n in range(3):
        admin.post("/persons", {"first_name": f"Ole {n}", "last_name": "Hansetvedt", "private_customer": True})
    names = [one["first_name"] for one in admin.get("/persons")["items"]]
    assert names == ["Ole 2", "Ole 1", "Ole 0", "Eva"]
    assert [one["first_name"] for one in admin.get("/persons?q=hanse")["items"]] == ["Ole 0", "Ole 1", "Ole 2"]
    assert [one["id"] for one in admin.get(f"/persons?company={nordlys['id']}")["items"]] == [eva["id"]]
    assert admin.get(f"/persons?company={'0' * 24}")["items"] == []
    for query in ("", "&q=hanse", "&sort=name"):
        found, cursor = [], ""
        while cursor is not None:
            page = admin.get(f"/persons?limit=1{query}&cursor={cursor}")
            found += page["items"]
            cursor = page["next"]
        assert len({one["id"] for one in found}) == len(found) == (3 if "q=" in query else 4)
    admin.get("/persons?cursor=nonsense", status=422)


@pytest.mark.parametrize("key", [["lie", 2**70], ["lie", "1"], ["\0", 1], ["\ud800", 1], [None, 1], 7])
def test_made_up_cursor_is_refused(admin, eva, key):
    admin.get(f"/persons?sort=name&cursor={urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip('=')}", status=422)


def test_deleted_person_is_masked_and_restored(admin, agent, eva):
    """S62, S68, S71."""
    agent.delete(f"/persons/{eva['id']}", status=403)
    admin.delete(f"/persons/{eva['id']}", status=204)
    for method, path in (("GET", ""), ("PATCH", ""), ("GET", "/tickets"), ("GET", "/history"), ("GET", "/vcard"), ("DELETE", "")):
        assert admin.call(method, f"/persons/{eva['id']}{path}", {} if method == "PATCH" else None).status_code == 404
    assert not admin.get("/persons")["items"]
    agent.get("/bin", status=403)
    [deleted] = admin.get("/bin?kind=person")["items"]
    assert (deleted["id"], deleted["name"]) == (eva["id"], "Eva Lie")
    assert deleted["gone_at"][:10] > deleted["deleted_at"][:10]
    restored = admin.post(f"/persons/{eva['id']}/restore")
    assert (restored["first_name"], restored["addresses"]) == ("Eva", eva["addresses"])
    admin.post(f"/persons/{eva['id']}/restore", status=422)


def test_merged_person_leads_to_the_survivor(admin, eva, fresh_database):
    other = admin.post("/persons", {"first_name": "E.", "last_name": "Lie", "private_customer": True})
    with fresh_database.write() as db:
        rows = {row.uid: row for row in db.query(Row)}
        rows[other["id"]].merged_into_id = rows[eva["id"]].id
    answer = admin.call("GET", f"/persons/{other['id']}/tickets?limit=3")
    assert (answer.status_code, answer.headers["Location"]) == (308, f"/api/v1/persons/{eva['id']}/tickets?limit=3")
    assert answer.content_type == "application/problem+json"


def test_vcard(admin, eva):
    answer = admin.call("GET", f"/persons/{eva['id']}/vcard")
    assert answer.mimetype == "text/vcard"
    lines = answer.get_data(as_text=True).split("\r\n")
    assert lines[:2] == ["BEGIN:VCARD", "VERSION:4.0"]
    assert {"FN:Eva Lie", "N:Lie;Eva;;;", "ORG:Nordlys AS", "TITLE:Buyer", "EMAIL;PREF=1:Eva@nordlys.example",
            "TEL;VALUE=text;PREF=1:+47 55 50 12 77", "LANG:nb"} <= set(lines)
    assert lines[-2:] == ["END:VCARD", ""]


def test_tickets_and_messages_of_a_person(admin, agent, eva, arrive, salaries):
    first = arrive(mail("Eva Lie <eva@nordlys.example>", subject="Lamp", text="It is dark."))
    wages = arrive(mail("Eva Lie <eva@hjem.example>", to="salaries@desk.example", subject="Wages", text="Too low."), salaries)
    arrive(mail("Ole Vang <ole@kunde.example>", subject="Door"))
    agent.post(f"/tickets/{first}/replies", {"text": "Light it."})
    agent.post(f"/tickets/{first}/notes", {"text": "Secret."})
    path = f"/persons/{eva['id']}"
    assert {row["number"] for row in admin.get(f"{path}/tickets")["items"]} == {first, wages}
    assert {row["number"] for row in agent.get(f"{path}/tickets")["items"]} == {first}
    assert [m["text"].strip() for m in admin.get(f"{path}/messages")["items"]] == ["Light it.", "Too low.", "It is dark."]
    assert [m["text"].strip() for m in agent.get(f"{path}/messages")["items"]] == ["Light it.", "It is dark."]
    page = admin.get(f"{path}/messages?limit=2")
    assert [m["text"].strip() for m in admin.get(f"{path}/messages?cursor={page['next']}")["items"]] == ["It is dark."]


def test_history_of_a_person(admin, agent, eva, arrive, salaries):
    admin.patch(f"/persons/{eva['id']}", {"title": "Director"})
    arrive(mail("eva@hjem.example", to="salaries@desk.example"), salaries)
    path = f"/persons/{eva['id']}/history"
    kinds = [fact["kind"] for fact in admin.get(path)["items"]]
    assert kinds[0] == "ticket.opened" and {"person.edited", "person.created", "address.added"} <= set(kinds)
    assert "ticket.opened" not in [fact["kind"] for fact in agent.get(path)["items"]]
    [edited] = admin.get(f"{path}?q=director")["items"]
    assert set(edited) == {"id", "at", "by", "kind", "data", "changes"}
    assert (edited["by"], edited["changes"]) == ("jonas@desk.example", [{"field": "title", "before": "Manager", "after": "Director"}])
    assert admin.get(f"{path}?from=2099-01-01T00:00:00Z")["items"] == []
    assert admin.get(f"{path}?to=2001-01-01T00:00:00%2B01:00")["items"] == []
    page = admin.get(f"{path}?limit=1")
    assert admin.get(f"{path}?limit=1&cursor={page['next']}")["items"][0]["id"] != page["items"][0]["id"]


def test_companies(admin, agent, eva, nordlys):
    assert set(nordlys) == {"id", "name", "organisation_number", "category", "business", "our_contact", "language", "phone",
                            "address", "website", "domains", "custom", "version"}
    company = agent.post("/companies", {"name": "Sydvest AS", "organisation_number": "974 760 673", "language": "nb",
                                        "website": "sydvest.example", "domains": ["Sydvest.example"]}, status=201)
    assert (company["website"], company["our_contact"], company["domains"]) == (
        "https://sydvest.example", "nora@desk.example", ["sydvest.example"])
    path = f"/companies/{company['id']}"
    changed = agent.patch(path, {"phone": "+47 55 50 12 77", "domains": []}, headers={"If-Match": '"1"'})
    assert (changed["phone"], changed["domains"], changed["name"]) == ("+47 55 50 12 77", [], "Sydvest AS")
    agent.patch(path, {"phone": None}, headers={"If-Match": '"1"'}, status=412)
    agent.post("/companies", {"name": " "}, status=422)
    assert [c["name"] for c in agent.get("/companies")["items"]] == ["Sydvest AS", "Nordlys AS"]
    assert [c["name"] for c in agent.get("/companies?q=dvest")["items"]] == ["Sydvest AS"]
    admin.delete(f"/companies/{nordlys['id']}", status=422)
    agent.delete(path, status=403)
    admin.delete(path, status=204)
    agent.get(path, status=404)
    assert [row["name"] for row in admin.get("/bin?kind=company")["items"]] == ["Sydvest AS"]
    assert admin.post(f"{path}/restore")["id"] == company["id"]
    assert agent.get(path)["name"] == "Sydvest AS"


def test_new_sender_is_placed_at_the_company_of_the_domain(admin, agent, arrive):
    admin.post("/companies", {"name": "Kunde AS", "domains": ["kunde.example"]})
    number = arrive(mail("Ole Vang <ole@kunde.example>"))
    person = agent.get(f"/persons/{agent.get(f'/tickets/{number}')['requester']['person_id']}")
    assert [job["company"] for job in person["employments"]] == ["Kunde AS"]
    assert (person["created"]["how"], person["created"]["by"], person["to_be_completed"]) == ("mail", None, True)




def test_an_address_is_confirmed_by_a_mailed_link(admin, agent, eva, fresh_database, support):
    path = f"/persons/{eva['id']}/addresses"
    new = admin.post(path, {"kind": "email", "value": "lie@post.example"}, status=201)
    sent = agent.post(f"{path}/{new['id']}/verify", status=202)
    assert (sent["id"], sent["proof"]) == (new["id"], "agent")
    with fresh_database.read() as db:
        mail = db.scalars(select(OutboundMail)).one()
        assert (mail.kind, mail.recipients) == ("system", ["lie@post.example"])
    agent.post(f"{path}/{new['id']}/verify", status=422)
    phone = admin.post(path, {"kind": "phone", "value": "+47 55 50 12 78"}, status=201)
    agent.post(f"{path}/{phone['id']}/verify", status=422)
    agent.post(f"{path}/{'0' * 24}/verify", status=404)


def test_an_address_moves_to_another_person(admin, agent, eva):
    ole = admin.post("/persons", {"first_name": "Ole", "last_name": "Vang", "private_customer": True})
    path = f"/persons/{eva['id']}/addresses"
    new = admin.post(path, {"kind": "email", "value": "post@nordlys.example", "label": "front desk"}, status=201)
    moved = agent.patch(f"{path}/{new['id']}", {"person_id": ole["id"]})
    assert (moved["id"] != new["id"], moved["primary"], moved["label"], moved["proof"]) == (True, True, "front desk", "agent")
    [gone] = [a for a in admin.get(f"/persons/{eva['id']}")["addresses"] if a["id"] == new["id"]]
    assert gone["to"] == moved["from"]
    agent.patch(f"{path}/{new['id']}", {"person_id": ole["id"]}, status=404)
    theirs = f"/persons/{ole['id']}/addresses/{moved['id']}"
    agent.patch(theirs, {"person_id": eva["id"], "label": "x"}, status=422)
    agent.patch(theirs, {"person_id": "0" * 24}, status=422)
    agent.patch(theirs, {"person_id": ole["id"]}, status=422)
    assert {"address.moved"} <= {one["kind"] for one in admin.get(f"/persons/{ole['id']}/history")["items"]}

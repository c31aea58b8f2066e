"""Rules of retention and legal holds by the API, and when a person will be deleted."""

from __future__ import annotations

RULE = {"period": 120, "unit": "months", "since": "contact", "act": "erase", "active": True}
NEW = {"of": "person", "reason": "A claim", "basis": "legal_claims", "review_on": "2030-01-01"}


def test_admins_keep_the_rules(agent, admin, nobody):
    nobody.get("/retention-rules", status=401)
    agent.get("/retention-rules", status=403)
    agent.put("/retention-rules/notes", RULE, status=403)
    listed = admin.get("/retention-rules")["items"]
    assert {one["active"] for one in listed} == {False} and listed[0]["version"] == 0
    person = admin.post("/persons", {"first_name": "Mads", "last_name": "Zyxwold", "private_customer": True}, status=201)
    assert person["delete_planned"] is None
    saved = admin.put("/retention-rules/persons.legitimate_interest", RULE, headers={"If-Match": '"0"'})
    assert (saved["period"], saved["version"], saved["due_now"]) == (120, 1, 0)
    assert admin.get("/retention-rules/persons.legitimate_interest") == saved
    admin.put("/retention-rules/persons.legitimate_interest", RULE, headers={"If-Match": '"0"'}, status=412)
    admin.put("/retention-rules/persons.legitimate_interest", RULE | {"since": "closed"}, status=422)
    admin.put("/retention-rules/persons.everybody", RULE, status=404)
    told = agent.get(f"/persons/{person['id']}")["delete_planned"]
    begun = person["created"]["at"][:10]
    assert told["at"][:4] == str(int(begun[:4]) + 10) and told["why"] == f"persons.legitimate_interest: erase counted from contact on {begun}"


def test_admins_hold(agent, admin, nobody):
    nobody.get("/legal-holds", status=401)
    agent.get("/legal-holds", status=403)
    person = admin.post("/persons", {"first_name": "Mads", "last_name": "Zyxwold", "private_customer": True}, status=201)
    agent.post("/legal-holds", NEW | {"record": person["id"]}, status=403)
    admin.post("/legal-holds", NEW | {"record": "0" * 24}, status=422)
    hold = admin.post("/legal-holds", NEW | {"record": person["id"]}, status=201)
    assert (hold["record"], hold["owner"], hold["lifted_at"]) == (person["id"], "jonas@desk.example", None)
    at = f"/legal-holds/{hold['id']}"
    agent.get(at, status=403)
    assert admin.get("/legal-holds")["items"] == [hold] and admin.get("/legal-holds?lifted=true")["items"] == []
    admin.delete(f"/persons/{person['id']}", status=422)
    changed = admin.patch(at, {"review_on": "2031-01-01"}, headers={"If-Match": f'"{hold["version"]}"'})
    assert (changed["review_on"], changed["reason"]) == ("2031-01-01", "A claim")
    admin.patch(at, {"reason": "Two"}, headers={"If-Match": f'"{hold["version"]}"'}, status=412)
    agent.post(f"{at}/lifting", {"why": "Settled."}, status=403)
    assert admin.post(f"{at}/lifting", {"why": "Settled."}, status=200)["lifted_why"] == "Settled."
    admin.post(f"{at}/lifting", {"why": "Again."}, status=422)
    admin.delete(f"/persons/{person['id']}")

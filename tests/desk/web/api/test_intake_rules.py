"""The ordered rules by the API: who may, what they say, trying them."""

from jobs import operations as job
from tests.letters_made import mail

RULES = [{"when": {"senders": ["@kunde.example"], "mailboxes": ["support@desk.example"]}, "then": {"act": "never"}}]


def test_rules_are_seen_by_all_and_set_by_admins(admin, agent, nobody, support):
    put = admin.put("/intake-rules", {"rules": RULES})
    assert (put["version"], put["rules"][0]["then"], put["rules"][0]["when"]["mailboxes"]) == (1, {"act": "never"}, [support.uid])
    assert agent.get("/intake-rules") == put and [r["id"] for r in put["fixed"]] == ["blocked", "spam", "automatic", "forged"]
    agent.put("/intake-rules", {"rules": []}, status=403)
    agent.post("/intake-rules/simulate", {}, status=403)
    nobody.get("/intake-rules", status=401)


def test_the_next_mail_obeys_and_is_counted(admin, arrive):
    admin.put("/intake-rules", {"rules": RULES})
    number = arrive(mail("Ole Vang <ole@kunde.example>"))
    ticket = admin.get(f"/tickets/{number}")
    assert (ticket["requester"]["person_id"], ticket["held"], ticket["verdict"]["person"]) == (None, False, "none")
    assert admin.get("/intake-rules")["rules"][0]["last_30"] == 1


def test_a_version_that_has_moved_on_is_not_overwritten(admin):
    admin.put("/intake-rules", {"rules": RULES}, headers={"If-Match": '"0"'})
    admin.put("/intake-rules", {"rules": []}, headers={"If-Match": '"0"'}, status=412)


def test_what_cannot_be_names_its_field(admin):
    told = admin.put("/intake-rules", {"rules": [{"when": {}, "then": {"act": "ask"}}]}, status=422)
    assert "rules.0.when" in told["errors"]
    admin.put("/intake-rules", {"rules": [{"when": {"blocked": True}, "then": {"act": "create"}}]}, status=422)


def test_a_trial_tells_the_difference_and_its_mails(admin, agent, arrive):
    arrive(mail("Ole Vang <ole@kunde.example>"))
    asked = admin.post("/intake-rules/simulate", {"days": 7, "unknown_sender": "ask"}, status=202)
    job.run()
    told = admin.get(f"/operations/{asked['id']}/result")
    assert told["outcomes"]["created"] == {"before": 1, "after": 0} and told["outcomes"]["asked"] == {"before": 0, "after": 1}
    items = admin.get(f"/operations/{asked['id']}/items?kind=asked")["items"]
    assert [(i["kind"], i["data"]["before"]) for i in items] == [("asked", "created")]
    agent.get(f"/operations/{asked['id']}/items", status=404)


def test_always_writes_a_rule_that_undo_takes_back(admin, agent, arrive):
    admin.put("/settings/intake.unknown_sender", {"value": "ask"})
    number = arrive(mail("Ole Vang <ole@kunde.example>"))
    undo = agent.put(f"/tickets/{number}/requester", {"none": True, "always": True})["undo"]
    assert [(r["by"], r["when"]["senders"]) for r in agent.get("/intake-rules")["rules"]] == [("always", ["@kunde.example"])]
    assert agent.get(f"/tickets/{arrive(mail('Kari <kari@kunde.example>'))}")["held"] is False
    agent.post(f"/undo/{undo}")
    assert agent.get("/intake-rules")["rules"] == [] and agent.get(f"/tickets/{number}")["held"] is True


def test_always_is_not_for_one_person_or_a_free_mail_provider(admin, agent, arrive):
    admin.put("/settings/intake.unknown_sender", {"value": "ask"})
    eva = admin.post("/persons", {"first_name": "Eva", "last_name": "Lie", "private_customer": True})
    number = arrive(mail("Ole Vang <ole@gmail.com>"))
    agent.put(f"/tickets/{number}/requester", {"person_id": eva["id"], "always": True}, status=422)
    agent.put(f"/tickets/{number}/requester", {"none": True, "always": True}, status=422)
    assert agent.get(f"/tickets/{number}")["held"] is True and agent.get("/intake-rules")["version"] == 0

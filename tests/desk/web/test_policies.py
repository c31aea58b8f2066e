"""Unknown senders in the settings: the choice, its history, and mailboxes of another mind."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent
from contacts.company import Company
from core.database import Database
from core.history import Change, FactRow
from core.options import option
from desk import inbound
from desk.blocking import block, is_blocked
from desk.inbound import Delivery
from desk.mailboxes import Mailbox, add_mailbox
from desk.policy import policy, save_policy
from desk.policy_draft import draft_of
from desk.simulating import simulate
from desk.tickets.intake import file
from jobs import operations as job
from mailgate.parse import parse
from tests.letters_made import mail

URL = "/settings/unknown-senders"


@pytest.fixture
def workshop(fresh_database: Database) -> Mailbox:
    with fresh_database.write() as db:
        return add_mailbox(db, "workshop@desk.example", "Workshop")


def test_create_is_the_default_and_explained(admin_client: FlaskClient, workshop: Mailbox) -> None:
    """S81c, 0.10: on, and a notice until somebody has chosen."""
    page = admin_client.get(URL).text
    assert 'value="create" checked' in page and "Until somebody chooses, a person is created" in page


def test_a_change_is_a_fact_with_before_and_after(
    admin_client: FlaskClient, jonas: Agent, fresh_database: Database,
) -> None:
    assert admin_client.post(URL, data={"unknown_sender": "never", "version": "0"}).status_code == 303
    assert admin_client.post(URL, data={"unknown_sender": "ask", "version": "1"}).status_code == 303
    with fresh_database.read() as db:
        assert option(db, "intake.unknown_sender") == "ask"
        facts = db.scalars(select(FactRow).where(FactRow.kind == "option.changed").order_by(FactRow.id)).all()
        assert [fact.by_uid for fact in facts] == [jonas.uid] * 2
        changes = db.scalars(select(Change).order_by(Change.id)).all()
    assert [(c.before, c.after) for c in changes] == [("create", "never"), ("never", "ask")]
    page = admin_client.get(URL).text
    assert "by Jonas Berg" in page


def test_what_was_chosen_stands_among_the_versions(admin_client: FlaskClient, workshop: Mailbox) -> None:
    for given in ({"unknown_sender": "never", "version": "0"}, {"unknown_sender": "never", "version": "1", f"mailbox_{workshop.uid}": "ask"}):
        assert admin_client.post(URL, data=given).status_code == 303
    said = re.findall(r"<li>(.*?)</li>", admin_client.get(URL + "/versions").text)
    assert [line for line in said if "When somebody" in line] == [
        "When somebody unknown writes (Workshop): As for the whole desk became Ask an agent",
        "When somebody unknown writes: Create a person became Never create"]


def test_saving_without_a_change_is_no_fact(admin_client: FlaskClient, fresh_database: Database) -> None:
    admin_client.post(URL, data={"unknown_sender": "create", "version": "0"})
    with fresh_database.read() as db:
        assert db.scalars(select(FactRow).where(FactRow.kind == "option.changed")).all() == []


def test_a_mailbox_may_differ_and_follow_again(
    admin_client: FlaskClient, workshop: Mailbox, fresh_database: Database,
) -> None:
    data = {"unknown_sender": "create", "version": "0"}
    admin_client.post(URL, data=data | {f"mailbox_{workshop.uid}": "ask"})
    with fresh_database.read() as db:
        assert option(db, "intake.unknown_sender", workshop.uid) == "ask"
        assert option(db, "intake.unknown_sender") == "create"
    admin_client.post(URL, data=data | {f"mailbox_{workshop.uid}": ""})
    with fresh_database.read() as db:
        assert option(db, "intake.unknown_sender", workshop.uid) == "create"
        changes = db.scalars(select(Change).order_by(Change.id)).all()
    assert [(c.before, c.after) for c in changes] == [(None, "ask"), ("ask", None)]


def test_a_colleagues_choice_is_not_overwritten(admin_client: FlaskClient, fresh_database: Database) -> None:
    admin_client.post(URL, data={"unknown_sender": "ask", "version": "0"})
    answer = admin_client.post(URL, data={"unknown_sender": "never", "version": "0"})
    assert answer.status_code == 409 and "A colleague has changed this" in answer.text
    with fresh_database.read() as db:
        assert option(db, "intake.unknown_sender") == "ask"


def test_how_long_a_ticket_without_a_person_is_kept(admin_client: FlaskClient, fresh_database: Database) -> None:
    """S83d: the sentence on the page says what holds."""
    page = admin_client.get(URL).text
    assert "goes with the ticket after 90 days." in page and 'name="intake.unrecorded_days"' in page
    data = {"unknown_sender": "create", "version": "0"}
    assert admin_client.post(URL, data=data | {"intake.unrecorded_days": "1"}).status_code == 303
    assert "goes with the ticket after 1 day." in admin_client.get(URL).text
    for days in ("0", "3651", "many", ""):
        answer = admin_client.post(URL, data=data | {"intake.unrecorded_days": days})
        assert answer.status_code == 422 and "A number of days from 1 to 3650." in answer.text
    with fresh_database.read() as db:
        assert option(db, "intake.unrecorded_days") == 1
        change = db.scalars(select(Change)).one()
    assert (change.field, change.before, change.after) == ("intake.unrecorded_days", "90", "1")


def test_an_agent_does_not_say_how_long_tickets_are_kept(agent_client: FlaskClient, fresh_database: Database) -> None:
    assert agent_client.post(URL, data={"unknown_sender": "create", "intake.unrecorded_days": "1"}).status_code in (303, 403, 404)
    with fresh_database.read() as db:
        assert option(db, "intake.unrecorded_days") == 90


def test_nonsense_is_refused(admin_client: FlaskClient) -> None:
    assert admin_client.post(URL, data={"unknown_sender": "perhaps"}).status_code == 422


def test_the_desk_as_a_whole(admin_client: FlaskClient, fresh_database: Database) -> None:
    form = {"desk.name": "Fjordhaven", "desk.language": "nb", "desk.timezone": "Europe/Oslo", "desk.reopen_days": "30",
            "contacts.bin_days": "15", "mail.loop_limit": "20", "mail.retry_days": "2", "desk.acknowledge": "1",
            "intake.spam_score": "7", "reports.small_cell": "5", "mail.on_cards": "1", "features.service": "1", "services.map": "", "services.sms": "sms:{number}",
            "contacts.required_fields": ["email", "last_name"], "cards.individual_layouts": "1"}
    assert admin_client.post("/settings/desk", data=form).status_code == 303
    with fresh_database.read() as db:
        assert option(db, "desk.name") == "Fjordhaven" and option(db, "desk.reopen_days") == 30
        assert option(db, "contacts.company_required") is False
        named = {fact.data["name"] for fact in db.scalars(select(FactRow).where(FactRow.kind == "option.changed"))}
    assert named == {"desk.name", "desk.language", "desk.reopen_days", "mail.retry_days", "contacts.company_required",
                     "mail.check_senders", "intake.spam_score", "services.map", "services.sms", "contacts.required_fields"}
    with fresh_database.read() as db:
        assert option(db, "contacts.required_fields") == ["last_name", "email"] and option(db, "services.sms") == "sms:{number}"
    answer = admin_client.post("/settings/desk", data=form | {"mail.retry_days": "99", "desk.timezone": "Mars"})
    assert answer.status_code == 422 and "This value does not fit here." in answer.text and "no such time zone" in answer.text


def rules_in_force(database: Database) -> list[tuple[str, dict]]:
    with database.read() as db:
        return [(rule.act, dict(rule.when)) for rule in policy(db).rules]


def test_a_rule_is_a_change_until_it_is_saved(admin_client: FlaskClient, fresh_database: Database) -> None:
    assert admin_client.post(URL + "/rules", data={"senders": "kunde.example", "act": "never"}).status_code == 303
    page = admin_client.get(URL).text
    assert "Sender is at kunde.example" in page and "not in force yet" in page and rules_in_force(fresh_database) == []
    assert admin_client.post(URL + "/trial/save").status_code == 303
    assert rules_in_force(fresh_database) == [("never", {"senders": ["@kunde.example"]})]
    assert "Version 1" in admin_client.get(URL).text
    assert admin_client.post(URL + "/trial/save").status_code == 404, "there is no change any more"


def test_rules_are_moved_changed_and_taken_out(admin_client: FlaskClient, fresh_database: Database) -> None:
    for domain in ("one.example", "two.example"):
        admin_client.post(URL + "/rules", data={"senders": domain, "act": "ask"})
    ids = re.findall(r'id="rule-([0-9a-f]{24})"', admin_client.get(URL).text)
    assert admin_client.post(f"{URL}/rules/{ids[0]}/move/down").status_code == 303
    assert admin_client.post(f"{URL}/rules/{ids[0]}", data={"senders": "two.example", "act": "create", "languages": "sv"}).status_code == 303
    assert 'value="create" checked' in admin_client.get(f"{URL}/rules/{ids[0]}").text
    admin_client.post(URL + "/trial/save")
    assert rules_in_force(fresh_database) == [
        ("ask", {"senders": ["@one.example"]}), ("create", {"senders": ["@two.example"], "languages": ["sv"]})]
    admin_client.post(f"{URL}/rules/{ids[1]}/end")
    admin_client.post(URL + "/trial/save")
    assert [act for act, _when in rules_in_force(fresh_database)] == ["create"]
    compared = admin_client.get(URL + "/versions").text
    assert "Taken out: Sender is at one.example → Ask" in compared and "Added:" in compared
    admin_client.post(URL + "/versions/1")
    admin_client.post(URL + "/trial/save")
    assert [act for act, _when in rules_in_force(fresh_database)] == ["ask", "create"]


def given_in_draft(admin: Agent, kept: Database) -> dict[str, str]:
    with kept.read() as db:
        return draft_of(db, admin).given["rules"][0]  # type: ignore[union-attr,no-any-return]


def test_a_rule_names_a_company_however_many_there_are(admin_client: FlaskClient, jonas: Agent, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        for number in range(520):
            db.add(Company(name=f"Firma {number:03}", sort_name=f"firma {number:03}", order_key=f"firma {number:03}"))
    admin_client.post(URL + "/rules", data={"act": "create", "senders": "kunde.example", "company": "Firma 519"})
    uid = given_in_draft(jonas, fresh_database)["id"]
    shown = admin_client.get(f"{URL}/rules/{uid}").text
    assert "Firma 519" in shown
    company_uid = given_in_draft(jonas, fresh_database)["then"]["company"]
    admin_client.post(f"{URL}/rules/{uid}", data={"act": "create", "senders": "kunde.example", "company": "Firma 519", "company_uid": company_uid})
    assert given_in_draft(jonas, fresh_database)["then"]["company"] == company_uid
    wrong = admin_client.post(f"{URL}/rules/{uid}", data={"act": "create", "senders": "kunde.example", "company": "Ingen AS"})
    assert wrong.status_code == 422
    assert "Ingen AS" in wrong.text
    admin_client.post(f"{URL}/rules/{uid}", data={"act": "create", "senders": "kunde.example", "company": "", "company_uid": company_uid})
    assert "company" not in given_in_draft(jonas, fresh_database)["then"]


def test_a_rule_that_cannot_be_says_why_and_keeps_what_was_typed(admin_client: FlaskClient) -> None:
    answer = admin_client.post(URL + "/rules", data={"senders": "no address", "act": "never"})
    assert answer.status_code == 422 and "Write addresses like" in answer.text and "no address" in answer.text
    answer = admin_client.post(URL + "/rules", data={"blocked": "1", "act": "create"})
    assert answer.status_code == 422 and "Nobody is created from a mail" in answer.text


def test_a_trial_of_the_choice_and_the_rules(admin_client: FlaskClient, fresh_database: Database, workshop: Mailbox) -> None:
    with fresh_database.write() as db:
        row = inbound.accept(db, Delivery(workshop.id, "smtp", "1", mail("Ole Vang <ole@kunde.example>")))
        file(db, row, parse(mail("Ole Vang <ole@kunde.example>")), [])
    admin_client.post(URL, data={"unknown_sender": "ask", "do": "try", "version": "0"})
    assert "hx-trigger" in admin_client.get(URL).text
    assert admin_client.post(URL + "/rules", data={"senders": "x.example", "act": "ask"}).status_code == 422, "it is being tried"
    job.run()
    page = admin_client.get(URL).text
    assert "1 mail judged again by what was known then" in page and "Show the 1 mail" in page
    mails = admin_client.get(URL + "/trial/mails").text
    assert "ole<wbr>@kunde.example" in mails
    assert admin_client.get(URL + "/trial/mails?kind=created").text.count("No mail would go another way") == 1
    with fresh_database.read() as db:
        assert option(db, "intake.unknown_sender") == "create"
    assert admin_client.post(URL + "/trial/save").status_code == 303
    with fresh_database.read() as db:
        assert option(db, "intake.unknown_sender") == "ask"


def test_a_trial_by_the_api_leaves_the_change_alone(admin_client: FlaskClient, jonas: Agent, fresh_database: Database) -> None:
    admin_client.post(URL + "/rules", data={"senders": "one.example", "act": "ask"})
    with fresh_database.write() as db:
        simulate(db, {"unknown_sender": "never"}, by=jonas)
    assert "Sender is at one.example" in admin_client.get(URL).text


def test_a_change_is_let_go(admin_client: FlaskClient, fresh_database: Database) -> None:
    admin_client.post(URL + "/rules/gifts", data={"language": "sv"})
    assert "Svenska" in admin_client.get(URL).text or "Swedish" in admin_client.get(URL).text
    admin_client.post(URL + "/trial/discard")
    assert "Trial of your change" not in admin_client.get(URL).text and rules_in_force(fresh_database) == []


def test_a_colleagues_version_is_not_overwritten(admin_client: FlaskClient, jonas: Agent, fresh_database: Database) -> None:
    admin_client.post(URL + "/rules", data={"senders": "one.example", "act": "ask"})
    with fresh_database.write() as db:
        save_policy(db, [{"when": {"free_mail": True}, "then": {"act": "ask"}}], {}, by=jonas)
    assert "A colleague has saved another version" in admin_client.get(URL).text
    assert admin_client.post(URL + "/trial/save").status_code == 409
    assert rules_in_force(fresh_database) == [("ask", {"free_mail": True})]


@pytest.mark.parametrize(("method", "path"), [
    ("get", "/rules/new"), ("post", "/rules"), ("get", "/rules/gifts"), ("post", "/rules/gifts"), ("get", "/rules/x"), ("post", "/rules/x"),
    ("post", "/rules/x/end"), ("post", "/rules/x/move/up"), ("post", "/trial"), ("post", "/trial/stop"), ("post", "/trial/save"),
    ("post", "/trial/discard"), ("get", "/trial/mails"), ("get", "/versions"), ("post", "/versions/1")])
def test_admins_alone(agent_client: FlaskClient, method: str, path: str) -> None:
    assert getattr(agent_client, method)(URL + path).status_code == 403


def test_blocked_senders_are_listed_and_taken_back(admin_client: FlaskClient, agent_client: FlaskClient, fresh_database: Database) -> None:
    """What an agent blocked on a ticket stays to be seen and lifted, when the ticket has long been forgotten."""
    url = f"{URL}/blocked"
    assert "Nobody is blocked." in admin_client.get(url).text
    with fresh_database.write() as db:
        block(db, "@rude.example")
        block(db, "per@loud.example")
    assert 'href="/settings/unknown-senders/blocked"' in admin_client.get(URL).text
    text = admin_client.get(url).text
    assert 'value="@rude.example"' in text and 'value="per@loud.example"' in text
    for answer in (agent_client.get(url), agent_client.post(f"{url}/end", data={"sender": "@rude.example"}), agent_client.post(url)):
        assert answer.status_code == 403
    assert admin_client.post(f"{url}/end", data={"sender": "@rude.example"}).status_code == 303
    text = admin_client.get(url).text
    assert "Mail from @rude.example is taken again." in text and 'value="@rude.example"' not in text
    with fresh_database.read() as db:
        assert [is_blocked(db, one) for one in ("ole@rude.example", "per@loud.example")] == [False, True]
    assert admin_client.post(f"{url}?sender=@rude.example").status_code == 303
    with fresh_database.read() as db:
        assert is_blocked(db, "ole@rude.example")
    assert admin_client.post(f"{url}/end", data={"sender": "nobody@rude.example"}).status_code == 404

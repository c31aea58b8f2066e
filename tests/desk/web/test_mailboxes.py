"""Mailboxes in the settings: what the form makes of an account, secrets that never come back, the connection test."""

from __future__ import annotations

import re
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent, Team
from core.clock import now
from core.database import Database
from core.operations import Operation
from core.options import option
from core.tokens import unseal
from desk.mailboxes import Alert, Mailbox, add_mailbox, mailbox_at
from mailgate.dkim import new_key, sign

FORM = {"name": "Support", "address": "support@desk.example", "aliases": "help@desk.example, Info@desk.example",
        "language": "da", "signature": "Hilsen\nSupport", "reading": "imap", "sending": "own", "auth": "password",
        "imap_host": "imap.provider.example", "imap_port": "993", "imap_security": "tls", "imap_user": "support@desk.example",
        "imap_password": "secret one", "imap_folders": "INBOX\nKø", "imap_after": "move", "imap_move_to": "Read",
        "smtp_host": "smtp.provider.example", "smtp_port": "587", "smtp_security": "starttls", "smtp_user": "support",
        "smtp_password": "secret two", "sent_folder": "Sent", "unknown_sender": "ask", "everybody": "1",
        "receiving_host": "mx.provider.example", "plus_addressing": "1"}


@pytest.fixture
def support(fresh_database: Database, admin_client: FlaskClient) -> Mailbox:
    """A mailbox made by the form."""
    answer = admin_client.post("/settings/mailboxes", data=FORM)
    assert answer.status_code == 303, answer.text
    return stored(fresh_database)


def stored(database: Database) -> Mailbox:
    with database.read() as db:
        return db.scalars(select(Mailbox)).one()


def save(client: FlaskClient, mailbox: Mailbox, **changed: Any):
    kept = {name: value for name, value in (FORM | changed).items() if value is not None}
    return client.post(f"/settings/mailboxes/{mailbox.uid}", data=kept)


@pytest.mark.parametrize("form", [PrivateFormat.TraditionalOpenSSL, PrivateFormat.PKCS8])
def test_a_key_is_pasted_as_browsers_send_it(admin_client: FlaskClient, support: Mailbox, fresh_database: Database, form: PrivateFormat) -> None:
    """RFC 6376, signing with what was pasted: browsers end lines by CR LF, and keys come as PKCS #1 or #8."""
    pem, record = new_key(1024)
    pasted = load_pem_private_key(pem.encode(), None).private_bytes(Encoding.PEM, form, NoEncryption()).decode().replace("\n", "\r\n")
    assert save(admin_client, support, dkim_selector="mail", dkim_key=pasted).status_code == 303
    raw = b"From: support@desk.example\r\nSubject: Hei\r\n\r\nHei\r\n"
    signed = sign(raw, selector="mail", domain="desk.example", key=unseal(stored(fresh_database).dkim_key))
    assert dkim.verify(signed, dnsfunc=lambda *_a, **_k: record.encode())


def test_a_key_that_cannot_sign_is_refused(admin_client: FlaskClient, support: Mailbox) -> None:
    other = ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    refused = save(admin_client, support, dkim_selector="mail", dkim_key=other)
    assert refused.status_code == 422 and "not an RSA private key" in refused.text


def test_relays_are_addresses_or_networks(admin_client: FlaskClient, support: Mailbox, fresh_database: Database) -> None:
    refused = save(admin_client, support, trusted_relays="the one in the cellar")
    assert refused.status_code == 422 and "192.0.2.0/24" in refused.text
    assert save(admin_client, support, trusted_relays="192.0.2.7\n2001:db8::/32").status_code == 303


def test_a_mailbox_may_differ_from_the_desk(admin_client: FlaskClient, support: Mailbox, fresh_database: Database) -> None:
    """Its days of keeping, its score of spam, and whether senders are checked; empty takes the choice back."""
    names = ("intake.unrecorded_days", "intake.spam_score", "mail.check_senders")
    assert save(admin_client, support, unrecorded_days="7", spam_score="0", check_senders="off").status_code == 303
    with fresh_database.read() as db:
        assert [option(db, name, support.uid) for name in names] == [7, 0, False]
        assert [option(db, name) for name in names] == [90, 10, True]
    text = admin_client.get(f"/settings/mailboxes/{support.uid}").text
    assert re.search(r'name="unrecorded_days"[^>]*value="7"', text) and re.search(r'name="spam_score"[^>]*value="0"', text)
    for wrong in ("0", "3651", "many", "-1", "7.5"):
        refused = save(admin_client, support, unrecorded_days=wrong)
        assert refused.status_code == 422 and "This value does not fit here." in refused.text, wrong
    assert save(admin_client, support, unrecorded_days="", spam_score="", check_senders="").status_code == 303
    with fresh_database.read() as db:
        assert [option(db, name, support.uid) for name in names] == [90, 10, True]


def test_form_becomes_an_account(support: Mailbox, fresh_database: Database) -> None:
    assert support.imap_url == "imaps://support%40desk.example@imap.provider.example:993"
    assert support.relay_url == "smtp://support@smtp.provider.example:587?tls=required"
    assert (support.imap_folders, support.imap_after, support.imap_move_to) == ("INBOX\nKø", "move", "Read")
    assert (support.sent_folder, support.receiving_host, support.language) == ("Sent", "mx.provider.example", "da")
    with fresh_database.read() as db:
        assert mailbox_at(db, "info@desk.example").id == support.id
        assert option(db, "intake.unknown_sender", support.uid) == "ask"
        assert option(db, "desk.acknowledge", support.uid) is False


def test_gate_and_sender_understand_the_account(support: Mailbox) -> None:
    from mailgate.imap_account import account_of
    from mailgate.relay import relay_of

    account, relay = account_of(support), relay_of(support)
    assert (account.host, account.port, account.wrapped, account.user) == (
        "imap.provider.example", 993, True, "support@desk.example")
    assert (relay.host, relay.port, relay.wrapped, relay.must_encrypt, relay.user, relay.password) == (
        "smtp.provider.example", 587, False, True, "support", "secret two")


def test_secrets_are_sealed_and_never_shown(support: Mailbox, admin_client: FlaskClient) -> None:
    assert unseal(support.imap_password) == "secret one" and "secret" not in support.imap_password
    page = admin_client.get(f"/settings/mailboxes/{support.uid}").text
    assert "secret one" not in page and support.imap_password not in page and "Stored. Leave empty to keep it." in page
    answer = admin_client.post(f"/settings/mailboxes/{support.uid}", data=FORM | {"name": "", "imap_password": "mistyped"})
    assert answer.status_code == 422 and "mistyped" not in answer.text


def test_empty_secret_keeps_what_is_stored(support: Mailbox, admin_client: FlaskClient, fresh_database: Database) -> None:
    assert save(admin_client, support, imap_password="", smtp_password="another").status_code == 303
    again = stored(fresh_database)
    assert (unseal(again.imap_password), unseal(again.relay_password)) == ("secret one", "another")


def test_secrets_go_with_their_account(support: Mailbox, admin_client: FlaskClient, fresh_database: Database) -> None:
    save(admin_client, support, reading="smtp", sending="relay")
    again = stored(fresh_database)
    assert (again.imap_url, again.imap_password, again.relay_url, again.relay_password) == ("", "", "", "")


def test_signing_in_by_oauth(support: Mailbox, admin_client: FlaskClient, fresh_database: Database) -> None:
    save(admin_client, support, auth="microsoft", oauth_tenant="contoso.example", oauth_client="app-id",
         oauth_secret="app secret", oauth_refresh="refresh me")
    again = stored(fresh_database)
    assert (again.oauth_provider, again.oauth_tenant, again.oauth_client) == ("microsoft", "contoso.example", "app-id")
    assert (unseal(again.oauth_secret), unseal(again.oauth_refresh)) == ("app secret", "refresh me")
    assert again.imap_password == ""
    page = admin_client.get(f"/settings/mailboxes/{support.uid}").text
    assert "app secret" not in page and "refresh me" not in page and "app-id" in page


def test_form_comes_back_as_it_was_saved(support: Mailbox, admin_client: FlaskClient, fresh_database: Database) -> None:
    from desk.web.presenting.mailboxes import values

    page = admin_client.get(f"/settings/mailboxes/{support.uid}").text
    for shown in ("imap.provider.example", "smtp.provider.example", "Kø", "help@desk.example, info@desk.example",
                  'value="587"', "mx.provider.example"):
        assert shown in page, shown
    assert values is not None


@pytest.mark.parametrize("user", ["support", ""])
@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_how_a_line_is_secured_comes_back_as_it_was_chosen(
    support: Mailbox, admin_client: FlaskClient, security: str, user: str,
) -> None:
    assert save(admin_client, support, smtp_security=security, smtp_user=user).status_code == 303
    text = admin_client.get(f"/settings/mailboxes/{support.uid}").text
    chosen = re.search(r'<select[^>]*name="smtp_security".*?</select>', text, re.DOTALL)
    assert chosen is not None
    assert re.findall(r'<option value="(\w+)" selected', chosen[0]) == [security]


@pytest.mark.parametrize(("changed", "said"), [
    ({"address": "no address"}, "Write it like support@company.example."), ({"name": ""}, "Give a name."),
    ({"imap_host": ""}, "Write it like mail.company.example."), ({"imap_host": "evil/?x"}, "Write it like mail.company"),
    ({"imap_port": "99999"}, "A number up to 65535."), ({"imap_move_to": ""}, "Name the folder that mail is moved to."),
    ({"auth": "google", "oauth_client": ""}, "client id"), ({"aliases": "x"}, "Write it like"),
    ({"dkim_selector": "mail"}, "Paste the private key"), ({"dkim_selector": "a b"}, "A selector is a name"),
    ({"dkim_selector": "mail", "dkim_key": "no key"}, "not an RSA private key"), ({"language": "fi"}, "Choose one of those"),
])
def test_what_does_not_fit_is_said_at_its_field(
    support: Mailbox, admin_client: FlaskClient, fresh_database: Database, changed: dict[str, str], said: str,
) -> None:
    answer = save(admin_client, support, **changed)
    assert answer.status_code == 422 and said in answer.text and "Not saved." in answer.text
    assert stored(fresh_database).version == support.version


def test_addresses_of_others_are_refused(support: Mailbox, admin_client: FlaskClient, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        add_mailbox(db, "sales@desk.example", "Sales")
    for changed in ({"address": "sales@desk.example"}, {"aliases": "Sales@desk.example"}):
        answer = save(admin_client, support, **changed)
        assert answer.status_code == 422 and "Another mailbox receives here." in answer.text


def test_a_colleagues_edit_is_not_overwritten(support: Mailbox, admin_client: FlaskClient, fresh_database: Database) -> None:
    assert save(admin_client, support, version=str(support.version), name="Help").status_code == 303
    answer = save(admin_client, support, version=str(support.version), name="Service")
    assert answer.status_code == 409 and "A colleague has changed this mailbox" in answer.text and "Service" in answer.text
    assert stored(fresh_database).name == "Help"


def test_who_may_see_it(
    support: Mailbox, admin_client: FlaskClient, agent_client: FlaskClient, nora: Agent, fresh_database: Database,
) -> None:
    from desk.access import visible_mailbox_ids

    with fresh_database.write() as db:
        team = Team(name="Workshop", members=[])
        db.add(team)
    save(admin_client, support, everybody=None)
    with fresh_database.read() as db:
        assert visible_mailbox_ids(db, db.get_one(Agent, nora.id)) == []
    save(admin_client, support, everybody=None, agents=nora.uid, teams=team.uid)
    with fresh_database.read() as db:
        assert visible_mailbox_ids(db, db.get_one(Agent, nora.id)) == [support.id]
        assert "one team, one agent" in admin_client.get("/settings/mailboxes").text
    save(admin_client, support, everybody=None, teams=team.uid)
    with fresh_database.read() as db:
        assert visible_mailbox_ids(db, db.get_one(Agent, nora.id)) == []


def test_test_of_the_connection_is_done_by_a_worker(
    support: Mailbox, admin_client: FlaskClient, fresh_database: Database,
) -> None:
    answer = admin_client.post(f"/settings/mailboxes/{support.uid}/test", data=FORM)
    page = admin_client.get(answer.location).text
    assert "The mailbox is being tried." in page and f'hx-get="{answer.location}"' in page
    with fresh_database.write() as db:
        operation = db.scalars(select(Operation)).one()
        assert (operation.kind, operation.given) == ("mailbox.test", {"mailbox": "support@desk.example"})
        operation.state = "done"
        operation.result = {
            "reading": {"ok": False, "sentence": "imap.provider.example does not let support in: no.",
                        "steps": [{"name": "connect", "ok": True, "sentence": "It answers on port 993."},
                                  {"name": "sign_in", "ok": False, "sentence": "imap.provider.example does not."}]},
            "sending": {"ok": True, "sentence": "Mail from support@desk.example would be taken.", "steps": []}}
    page = admin_client.get(answer.location).text
    assert "It answers on port 993." in page and "does not let support in: no." in page and "would be taken." in page
    assert "hx-get=" not in page.split('id="test-result"')[1].split(">")[0]


def test_failed_test_says_why(support: Mailbox, admin_client: FlaskClient, fresh_database: Database) -> None:
    location = admin_client.post(f"/settings/mailboxes/{support.uid}/test", data=FORM).location
    with fresh_database.write() as db:
        operation = db.scalars(select(Operation)).one()
        operation.state, operation.reason = "failed", "It ended with an error."
    assert "It ended with an error." in admin_client.get(location).text


def test_test_of_nonsense_is_not_begun(support: Mailbox, admin_client: FlaskClient, fresh_database: Database) -> None:
    answer = admin_client.post(f"/settings/mailboxes/{support.uid}/test", data=FORM | {"imap_host": ""})
    assert answer.status_code == 422
    with fresh_database.read() as db:
        assert db.scalars(select(Operation)).all() == []


def test_switched_off_and_on(support: Mailbox, admin_client: FlaskClient, fresh_database: Database) -> None:
    admin_client.post(f"/settings/mailboxes/{support.uid}/end")
    assert stored(fresh_database).active is False
    assert "Switched off" in admin_client.get("/settings/mailboxes").text
    admin_client.post(f"/settings/mailboxes/{support.uid}/restoring")
    assert stored(fresh_database).active is True


def test_list_says_what_is_wrong(support: Mailbox, admin_client: FlaskClient, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        db.add(Alert(about="support@desk.example", kind="reading", detail="The password is not right.", raised_at=now()))
    assert "The password is not right." in admin_client.get("/settings/mailboxes").text
    assert "The password is not right." in admin_client.get("/settings/alerts").text

"""Signing a mailbox in at its provider: there, back, and what a worker makes of it; and everything that must not count."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from contacts.agent import Agent
from core import operations
from core.clock import now
from core.database import Database
from core.history import FactRow
from core.operations import Operation
from core.settings import settings
from core.tokens import unseal
from desk.authorizing import CALLBACK
from desk.mailbox_sign_ins import MailboxSignIn
from desk.mailboxes import Alert, Mailbox, MailboxToken, add_mailbox
from jobs import cleaning
from jobs import operations as job
from tests.certificates import certificate
from tests.tokens import Provider, provider

ADDRESS = "support@desk.example"
FORM = {"name": "Support", "address": ADDRESS, "language": "en", "reading": "imap", "sending": "relay", "everybody": "1",
        "imap_host": "imap.provider.example", "imap_port": "993", "imap_security": "tls", "imap_folders": "INBOX",
        "imap_after": "seen", "oauth_client": "the-client", "oauth_secret": "hush"}


@pytest.fixture(params=["microsoft", "google"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """A provider whose page is opened by the mailbox's own account, and who agrees."""
    pem = certificate(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(pem[0]))
    monkeypatch.setenv("SSL_CERT_FILE", str(pem[0]))
    with provider(pem) as source:
        source.who = ADDRESS
        source.answer = {"access_token": "at-1", "expires_in": 3600, "refresh_token": "refresh-1", "token_type": "Bearer"}
        yield source


@pytest.fixture
def support(fresh_database: Database) -> Mailbox:
    with fresh_database.write() as db:
        return add_mailbox(db, ADDRESS, "Support")


def form(source: Provider, name: str, **changed: str) -> dict[str, str]:
    return FORM | {"auth": name, "oauth_tenant": f"{source.url}/{'tenant' if name == 'microsoft' else 'token'}"} | changed


def leave(client: FlaskClient, mailbox: Mailbox, fields: dict[str, str]) -> str:
    """Press the button; the provider's page one is sent to."""
    answer = client.post(f"/settings/mailboxes/{mailbox.uid}/sign-in", data=fields)
    assert answer.status_code == 200, answer.text
    target = answer.headers["Refresh"].removeprefix("0; url=")
    assert target.replace("&", "&amp;") in answer.text, "the way for those whose browser does not refresh"
    return target


def back(client: FlaskClient, address: str) -> Any:
    """Come back from the provider, as its answer says."""
    assert address.startswith(settings().url + CALLBACK)
    return client.get(address.removeprefix(settings().url))


def followed(client: FlaskClient, answer: Any) -> str:
    """What the page says when a worker has done its part."""
    assert answer.status_code == 303 and "operation=" in answer.location, answer.text
    assert "The provider is being asked" in client.get(answer.location).text
    job.run()
    page = client.get(answer.location).text
    return page.split('id="test-result"')[1].split("</ul>")[0].replace("&#39;", "'")


def walk(client: FlaskClient, source: Provider, mailbox: Mailbox, name: str, **changed: str) -> str:
    return followed(client, back(client, source.visit(leave(client, mailbox, form(source, name, **changed)))))


def stored(database: Database) -> Mailbox:
    with database.read() as db:
        return db.scalars(select(Mailbox)).one()


def every_text(db: Session) -> str:
    """All that a sign-in may have left in the database and is not sealed."""
    rows = [*db.scalars(select(Operation)), *db.scalars(select(FactRow)), *db.scalars(select(MailboxSignIn)), *db.scalars(select(Mailbox))]
    return repr([{column.name: getattr(row, column.name) for column in row.__table__.columns} for row in rows])


def test_signed_in(admin_client: FlaskClient, jonas: Agent, support: Mailbox, source: Provider, name: str,
                   fresh_database: Database, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with fresh_database.write() as db:
        db.add(Alert(about=ADDRESS, kind="token", detail="It was taken back.", raised_at=now()))
    target = leave(admin_client, support, form(source, name))
    asked = {key: values[0] for key, values in parse_qs(urlsplit(target).query).items()}
    assert asked["redirect_uri"] == settings().url + CALLBACK and asked["code_challenge_method"] == "S256"
    version = stored(fresh_database).version
    told = followed(admin_client, back(admin_client, source.visit(target)))
    assert f"as {ADDRESS}. Reading and sending go by this account" in told
    made = stored(fresh_database)
    assert (unseal(made.oauth_refresh), made.oauth_signed_in, made.version) == ("refresh-1", ADDRESS, version)
    given = source.asked[-1]
    with fresh_database.read() as db:
        token = db.get_one(MailboxToken, made.id)
        assert unseal(token.access) == "at-1" and token.expires_at is not None
        facts = db.scalars(select(FactRow).where(FactRow.kind == "mailbox.changed").order_by(FactRow.id)).all()
        assert (facts[-1].data["change"], facts[-1].by_uid) == ("signed_in", jonas.uid)
        assert db.scalars(select(Alert).where(Alert.ended_at.is_(None))).all() == []
        assert [(row.verifier, row.answer) for row in db.scalars(select(MailboxSignIn))] == [("", "")]
        for secret in (given["code"], given["code_verifier"], asked["state"], "refresh-1", "hush"):
            assert secret not in every_text(db)
            assert secret not in caplog.text
    assert f"Signed in as {ADDRESS}." in admin_client.get(f"/settings/mailboxes/{support.uid}").text


def test_what_is_asked_for(admin_client: FlaskClient, support: Mailbox) -> None:
    for name, page, scope, more in (
        ("microsoft", "https://login.microsoftonline.com/contoso.example/oauth2/v2.0/authorize",
         "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send offline_access openid profile email",
         {"prompt": "select_account"}),
        ("google", "https://accounts.google.com/o/oauth2/v2/auth", "https://mail.google.com/ openid email",
         {"prompt": "consent", "access_type": "offline", "login_hint": ADDRESS})):
        where, _, query = leave(admin_client, support, FORM | {"auth": name, "oauth_tenant": "contoso.example"}).partition("?")
        asked = {key: values[0] for key, values in parse_qs(query).items()}
        assert (where, asked["scope"], asked["client_id"], asked["response_type"]) == (page, scope, "the-client", "code")
        assert more.items() <= asked.items()


def test_the_code_and_the_verifier_are_sealed_while_they_wait(
    admin_client: FlaskClient, support: Mailbox, source: Provider, fresh_database: Database,
) -> None:
    address = source.visit(leave(admin_client, support, form(source, "google")))
    back(admin_client, address)
    code = parse_qs(urlsplit(address).query)["code"][0]
    with fresh_database.read() as db:
        row = db.scalars(select(MailboxSignIn)).one()
        assert code in unseal(row.answer) and unseal(row.verifier) not in every_text(db)
        assert code not in every_text(db)
    with admin_client.session_transaction() as session:
        assert unseal(row.verifier) not in str(dict(session))


@pytest.mark.parametrize(("denied", "said"), [
    ({"error": "access_denied", "error_description": "AADSTS65004: User declined to consent."},
     "Nobody agreed at Google that the desk may read and send mail (access_denied: AADSTS65004: User declined to consent)."),
    ({"error": "unauthorized_client"}, "registered there as a web application with the redirect address http"),
    ({"error": "invalid_scope"}, "Add the permissions to read and send mail"),
    ({"error": "temporarily_unavailable"}, "Sign in again in a moment."),
    ({"error": "something_new"}, "Google did not sign anybody in (something_new)."),
    ({"nothing": "at all"}, "Google did not sign anybody in (no code)."),
])
def test_denied_there(admin_client: FlaskClient, support: Mailbox, source: Provider, fresh_database: Database,
                      denied: dict[str, str], said: str) -> None:
    source.denied = denied
    assert said in walk(admin_client, source, support, "google")
    assert stored(fresh_database).oauth_refresh == "" and source.asked == []


def test_another_account(admin_client: FlaskClient, support: Mailbox, source: Provider, name: str, fresh_database: Database) -> None:
    source.who = "kari@desk.example"
    told = walk(admin_client, source, support, name)
    assert f"kari@desk.example signed in, but this mailbox is {ADDRESS}. Nothing was changed." in told
    assert ("shared mailbox" in told) is (name == "microsoft")
    assert stored(fresh_database).oauth_refresh == ""


@pytest.mark.parametrize("changed", [
    {"oauth_account": "Kari@Desk.example"}, {"imap_user": "kari@desk.example"}, {"aliases": "kari@desk.example"}])
def test_an_account_that_may_open_the_mailbox(
    admin_client: FlaskClient, support: Mailbox, source: Provider, fresh_database: Database, changed: dict[str, str],
) -> None:
    source.who = "kari@desk.example"
    assert "as kari@desk.example" in walk(admin_client, source, support, "microsoft", **changed)
    assert stored(fresh_database).oauth_signed_in == "kari@desk.example"


@pytest.mark.parametrize(("status", "answer", "said"), [
    (401, {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret.\r\nTrace ID: 1"},
     "does not take the client id and secret (invalid_client: AADSTS7000215: Invalid client secret). Secrets expire"),
    (400, {"error": "invalid_grant", "error_description": "Expired."}, "It is good once, for a few minutes: sign in again."),
    (400, {"error": "redirect_uri_mismatch"}, "with the redirect address http"),
    (503, {}, "Not signed in"), (500, {"error": "server_error"}, "Not signed in"),
    (200, {"access_token": "at-1", "expires_in": 3600}, "gave no token that lasts"),
])
def test_the_token_endpoint_refuses(admin_client: FlaskClient, support: Mailbox, source: Provider, name: str,
                                    fresh_database: Database, status: int, answer: dict[str, Any], said: str) -> None:
    source.status, source.answer = status, answer
    assert said in walk(admin_client, source, support, name)
    with fresh_database.read() as db:
        assert stored(fresh_database).oauth_refresh == "" and db.scalars(select(MailboxToken)).all() == []


@pytest.mark.parametrize(("answer", "said"), [
    ({"scope": "openid email"}, "The permission to read and send mail was not ticked at Google."),
    ({"id_token": "nonsense"}, "Google did not say who signed in"), ({"id_token": "a.bm9uc2Vuc2U.c"}, "did not say who"),
])
def test_google_grants_less(admin_client: FlaskClient, support: Mailbox, source: Provider, answer: dict[str, str], said: str) -> None:
    source.answer |= answer
    assert said in walk(admin_client, source, support, "google")


def test_a_token_of_another_sign_in_says_nothing(admin_client: FlaskClient, support: Mailbox, source: Provider, name: str) -> None:
    target = leave(admin_client, support, form(source, name)).replace("nonce=", "nonce=0")
    told = followed(admin_client, back(admin_client, source.visit(target)))
    assert "Not signed in" in told


def test_a_provider_that_is_away(admin_client: FlaskClient, support: Mailbox, source: Provider, name: str) -> None:
    answer = back(admin_client, source.visit(leave(admin_client, support, form(source, name))))
    source.shutdown()
    source.server_close()
    assert "could not be asked for a token" in followed(admin_client, answer)


def test_wrong_state(admin_client: FlaskClient, support: Mailbox, source: Provider, fresh_database: Database) -> None:
    leave(admin_client, support, form(source, "google"))
    for query in ("", "?code=x", "?code=x&state=invented", "?error=access_denied&state="):
        assert unknown(admin_client, admin_client.get(CALLBACK + query))
    refused(fresh_database)


def unknown(client: FlaskClient, answer: Any) -> bool:
    """Whether it was said that nobody knows this sign-in."""
    return bool(answer.location == "/settings/mailboxes" and "was not begun in this browser" in client.get(answer.location).text)


def refused(database: Database) -> None:
    """Nothing came of it."""
    with database.read() as db:
        assert db.scalars(select(Operation)).all() == []
        assert db.scalars(select(MailboxSignIn)).one().answer == ""


def test_another_browser_and_another_admin(
    admin_client: FlaskClient, signed_in: Callable[[Agent], FlaskClient], jonas: Agent, support: Mailbox, source: Provider,
    fresh_database: Database,
) -> None:
    from contacts.enrolling import add_agent

    with fresh_database.write() as db:
        other = add_agent(db, "siv@desk.example", "a sentence is easier", name="Siv", role="admin")
    address = source.visit(leave(admin_client, support, form(source, "google")))
    for client in (signed_in(jonas), signed_in(other)):
        assert unknown(client, back(client, address))
    with admin_client.session_transaction() as session:
        browser = session["browser"]
    stranger = signed_in(other)
    with stranger.session_transaction() as session:
        session["browser"] = browser
    assert unknown(stranger, back(stranger, address))
    refused(fresh_database)
    assert "operation=" in back(admin_client, address).location


def test_nobody_but_an_admin(agent_client: FlaskClient, admin_client: FlaskClient, visitor: FlaskClient, support: Mailbox,
                             source: Provider, fresh_database: Database) -> None:
    address = source.visit(leave(admin_client, support, form(source, "google")))
    assert back(agent_client, address).status_code == 403
    assert agent_client.post(f"/settings/mailboxes/{support.uid}/sign-in", data=form(source, "google")).status_code == 403
    answer = back(visitor, address)
    assert answer.status_code == 303 and answer.location == "/sign-in?next=/settings/mailboxes"
    assert "where you are not signed in" in visitor.get(answer.location).text
    refused(fresh_database)


def test_one_who_is_no_longer_admin(admin_client: FlaskClient, jonas: Agent, support: Mailbox, source: Provider,
                                    fresh_database: Database) -> None:
    address = source.visit(leave(admin_client, support, form(source, "google")))
    with fresh_database.write() as db:
        db.execute(update(Agent).where(Agent.id == jonas.id).values(role="agent"))
    assert back(admin_client, address).status_code == 403
    refused(fresh_database)


def test_coming_back_twice(admin_client: FlaskClient, support: Mailbox, source: Provider, fresh_database: Database) -> None:
    address = source.visit(leave(admin_client, support, form(source, "google")))
    followed(admin_client, back(admin_client, address))
    again = back(admin_client, address)
    assert "has been used already" in admin_client.get(again.location).text
    with fresh_database.read() as db:
        assert len(db.scalars(select(Operation)).all()) == 1
    assert len(source.asked) == 1


def test_coming_back_late(admin_client: FlaskClient, support: Mailbox, source: Provider, fresh_database: Database) -> None:
    address = source.visit(leave(admin_client, support, form(source, "google")))
    with fresh_database.write() as db:
        assert timedelta(minutes=9) < db.scalars(select(MailboxSignIn)).one().until - now() <= timedelta(minutes=10)
        db.execute(update(MailboxSignIn).values(until=now() - timedelta(seconds=1)))
    answer = back(admin_client, address)
    assert "took longer than ten minutes" in admin_client.get(answer.location).text
    refused(fresh_database)
    cleaning.sign_ins()
    with fresh_database.read() as db:
        assert db.scalars(select(MailboxSignIn)).all() == []
    assert unknown(admin_client, back(admin_client, address))


def test_beginning_anew_ends_what_was_begun(admin_client: FlaskClient, support: Mailbox, source: Provider) -> None:
    first, second = (source.visit(leave(admin_client, support, form(source, "google"))) for _ in range(2))
    assert unknown(admin_client, back(admin_client, first))
    assert f"as {ADDRESS}" in followed(admin_client, back(admin_client, second))


def test_another_application_gets_no_code(admin_client: FlaskClient, support: Mailbox, source: Provider, fresh_database: Database) -> None:
    answer = back(admin_client, source.visit(leave(admin_client, support, form(source, "google"))))
    with fresh_database.write() as db:
        db.execute(update(Mailbox).values(oauth_tenant="https://elsewhere.example/token"))
    assert "application was changed while somebody signed in" in followed(admin_client, answer)
    assert source.asked == []


def test_a_worker_that_was_killed_redeems_no_code_twice(
    admin_client: FlaskClient, support: Mailbox, source: Provider, fresh_database: Database,
) -> None:
    answer = back(admin_client, source.visit(leave(admin_client, support, form(source, "google"))))
    followed(admin_client, answer)
    with fresh_database.write() as db:      # as if it had died before it could say how it went
        db.execute(update(Operation).values(state="approved"))
    assert "was interrupted before the code could be redeemed" in followed(admin_client, answer)
    assert len(source.asked) == 1


@pytest.mark.parametrize(("changed", "said"), [
    ({"auth": "password"}, "Choose Microsoft 365 or Google here"), ({"reading": "smtp"}, "Choose Microsoft 365 or Google here"),
    ({"oauth_client": ""}, "Give the application’s client id."),
    ({"auth": "google", "oauth_secret": ""}, "Give the client secret that Google made"),
    ({"oauth_tenant": "javascript://x"}, "Give the directory’s id or name."), ({"imap_host": ""}, "Write it like mail.company"),
    ({"oauth_account": "kari"}, "Write it like support@company.example."),
])
def test_what_is_missing_is_said_before_one_leaves(
    admin_client: FlaskClient, support: Mailbox, fresh_database: Database, changed: dict[str, str], said: str,
) -> None:
    answer = admin_client.post(f"/settings/mailboxes/{support.uid}/sign-in", data=FORM | {"auth": "microsoft"} | changed)
    assert answer.status_code == 422 and said in answer.text and "Not saved." in answer.text
    with fresh_database.read() as db:
        assert db.scalars(select(MailboxSignIn)).all() == []


def test_the_page_says_how_it_stands(admin_client: FlaskClient, support: Mailbox, source: Provider, fresh_database: Database) -> None:
    here = f"/settings/mailboxes/{support.uid}"
    assert "Save the mailbox first" in admin_client.get("/settings/mailboxes/new").text
    page = admin_client.get(here).text
    assert "Nobody has signed in yet." in page and settings().url + CALLBACK in page and "Set SKRANKE_PUBLIC_URL." in page
    walk(admin_client, source, support, "google")
    admin_client.post(here, data=form(source, "google", oauth_refresh="pasted"))
    assert "A refresh token was pasted." in admin_client.get(here).text
    with fresh_database.read() as db:
        assert db.scalars(select(MailboxToken)).all() == [], "the old account's token is not used any more"
    walk(admin_client, source, support, "google")
    admin_client.post(here, data=form(source, "google", oauth_client="another"))
    assert stored(fresh_database).oauth_signed_in == ""
    with fresh_database.write() as db:
        db.add(MailboxToken(mailbox_id=support.id, refused="x")) if db.get(MailboxToken, support.id) is None else db.execute(
            update(MailboxToken).values(refused="x"))
    assert "The provider no longer accepts the desk. Sign in again." in admin_client.get(here).text


def test_an_address_that_providers_take(admin_client: FlaskClient, support: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKRANKE_PUBLIC_URL", "https://desk.company.example/")
    settings.forget()
    page = admin_client.get(f"/settings/mailboxes/{support.uid}").text
    assert "https://desk.company.example/settings/mailboxes/signed-in" in page and "Set SKRANKE_PUBLIC_URL." not in page


def test_what_came_of_it_is_told_in_the_language_of_who_looks(
    admin_client: FlaskClient, jonas: Agent, support: Mailbox, source: Provider, fresh_database: Database,
) -> None:
    source.who = "kari@desk.example"
    answer = back(admin_client, source.visit(leave(admin_client, support, form(source, "microsoft"))))
    job.run()
    with fresh_database.write() as db:
        db.execute(update(Agent).where(Agent.id == jonas.id).values(language="nb"))
    page = admin_client.get(answer.location).text
    assert "kari@desk.example logget inn" in page and "Nothing was changed" not in page


def test_an_operation_that_names_no_sign_in_says_so(fresh_database: Database) -> None:
    with fresh_database.write() as db:
        asked = operations.start(db, "mailbox.sign_in", {"mailbox": "x", "sign_in": "0" * 24})
    job.run()
    with fresh_database.read() as db:
        assert "was interrupted" in (db.get_one(Operation, asked.id).reason or "")

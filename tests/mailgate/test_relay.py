"""The line to a relay: how an account is written, encryption, signing in, and what is said when it fails."""

import ssl

import pytest

from core.errors import Refused
from core.tokens import seal
from desk.mailboxes import Mailbox
from mailgate.connection_sending import test_sending as try_sending
from mailgate.copying import copy_to_sent
from mailgate.oauth import access_token
from mailgate.relay import Relay as Account
from mailgate.relay import Unreachable, line_to, relay_of
from tests.certificates import certificate
from tests.mailgate.relays import Relay, a_greeting, a_relay
from tests.outgoing import WRITTEN, a_mailbox
from tests.servers import PASSWORD, USER, pymap
from tests.tokens import provider


def mailbox(url="", password="", **fields):
    return Mailbox(address="support@desk.example", name="Support", relay_url=url, relay_password=seal(password),
                   oauth_provider=fields.pop("oauth_provider", ""), **fields)


@pytest.fixture
def tls(tmp_path, monkeypatch):
    """A server's side of TLS, with a certificate that this machine trusts."""
    chain, key = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(chain))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(chain, key)
    return context


def reached(account):
    with line_to(account) as line:
        return line.noop()[0] == 250, isinstance(line.sock, ssl.SSLSocket)


@pytest.mark.parametrize(("url", "account"), [
    ("smtp://relay.example", Account("relay.example", 25)),
    ("smtp://kari%40desk.example@relay.example:587", Account("relay.example", 587, user="kari@desk.example", password="p")),
    ("smtps://kari@relay.example", Account("relay.example", 465, wrapped=True, user="kari", password="p")),
    ("smtp://relay.example?timeout=3&tls=required", Account("relay.example", 25, must_encrypt=True, patience=3)),
    ("smtp://[::1]:2525", Account("::1", 2525))])
def test_how_an_account_is_written(url, account):
    assert relay_of(mailbox(url, "p" if account.user else "")) == account


def test_password_is_not_shown():
    assert "secret" not in repr(relay_of(mailbox("smtp://kari@relay.example", "secret")))


@pytest.mark.parametrize("url", ["relay.example", "http://relay.example", "smtp://", "smtp://relay:x", "smtp://r?timeout=x"])
def test_account_that_is_none(url):
    with pytest.raises(Refused, match="smtp://user@host:587"):
        relay_of(mailbox(url))


def test_relay_of_the_installation_may_hold_its_password(monkeypatch):
    monkeypatch.setenv("SKRANKE_RELAY_URL", "smtps://desk:p%40ss@relay.example")
    assert relay_of(mailbox()) == Account("relay.example", 465, wrapped=True, user="desk", password="p@ss")


def test_no_relay_anywhere():
    assert relay_of(mailbox()) is None


def test_starttls_where_it_is_offered(tls):
    with a_relay(tls_context=tls) as relay:
        assert reached(Account("localhost", relay.port)) == (True, True)


def test_certificate_of_nobody_we_know_is_fine_where_no_secret_goes_over(tls, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    with a_relay(tls_context=tls) as relay:
        assert reached(Account("localhost", relay.port)) == (True, True)
        for account in (Account("localhost", relay.port, user="kari", password="p"),
                        Account("localhost", relay.port, must_encrypt=True)):
            with pytest.raises(Unreachable, match="certificate that is not valid"):
                reached(account)


def test_tls_from_the_first_byte(tls):
    with a_relay(ssl=tls) as relay:
        assert reached(Account("localhost", relay.port, wrapped=True)) == (True, True)


def test_tls_where_there_is_none():
    with a_relay() as relay, pytest.raises(Unreachable, match="could not agree on encryption"):
        reached(Account("localhost", relay.port, wrapped=True))


def test_password_never_goes_over_an_open_line():
    with a_relay(Relay(passwords={"kari": "p"})) as relay:
        account = Account("localhost", relay.port, user="kari", password="p")
        assert reached(account) == (True, False)         # nobody listens in on loopback
        with pytest.raises(Unreachable, match="offers no encryption"):
            reached(Account("localhost", relay.port, must_encrypt=True))


def test_password_never_goes_over_an_open_network(monkeypatch):
    monkeypatch.setattr("mailgate.relay.is_loopback", lambda host: False)
    with a_relay(Relay(passwords={"kari": "p"})) as relay, pytest.raises(Unreachable, match="offers no encryption"):
        reached(Account("localhost", relay.port, user="kari", password="p"))


def test_signs_in_with_password(tls):
    with a_relay(Relay(passwords={"kari": "pss"}), tls_context=tls) as relay:
        assert reached(Account("localhost", relay.port, user="kari", password="pss")) == (True, True)
        with pytest.raises(Unreachable, match=r"did not accept the sign-in of kari: 535"):
            reached(Account("localhost", relay.port, user="kari", password="wrong"))


def test_signing_in_where_nobody_can():
    with a_relay() as relay, pytest.raises(Unreachable, match="offers no way to sign in"):
        reached(Account("localhost", relay.port, user="kari", password="p"))


def test_signs_in_with_an_access_token_and_asks_for_another_when_it_is_refused(fresh_database):
    with provider() as source, a_relay(Relay(passwords={"x": "y"})) as relay:
        source.answer = {"access_token": "stale", "expires_in": 3600}
        with fresh_database.write() as db:
            box = a_mailbox(db, relay_url=f"smtp://localhost:{relay.port}", oauth_provider="google", oauth_client="c",
                            oauth_secret=seal("s"), oauth_refresh=seal("r"), oauth_tenant=f"{source.url}/token")
        account = relay_of(box)
        access_token(box)
        source.answer = {"access_token": "good", "expires_in": 3600}
        with pytest.raises(Unreachable, match=r"did not accept the sign-in of support@desk\.example"):
            reached(account)
        assert reached(account) == (True, False)
        assert relay.bearer[-1] == "user=support@desk.example\1auth=Bearer good\1\1"
        assert len(source.asked) == 2


def test_revoked_grant_is_said(fresh_database):
    with provider() as source, a_relay() as relay:
        source.status, source.answer = 400, {"error": "invalid_grant"}
        with fresh_database.write() as db:
            box = a_mailbox(db, relay_url=f"smtp://localhost:{relay.port}", oauth_provider="google", oauth_client="c",
                            oauth_secret=seal("s"), oauth_refresh=seal("r"), oauth_tenant=f"{source.url}/token")
        with pytest.raises(Unreachable, match="could not be signed in to"):
            reached(relay_of(box))


@pytest.mark.parametrize(("account", "words"), [
    (Account("nowhere.invalid", 25), "no machine has this name"),
    (Account("127.0.0.1", 1), "takes no connections on port 1")])
def test_what_is_said_when_there_is_nobody(account, words):
    with pytest.raises(Unreachable, match=words):
        reached(account)


def test_relay_that_never_greets():
    with a_greeting(None) as url, pytest.raises(Unreachable, match=r"did not answer within 0\.2 seconds"):
        reached(Account("127.0.0.1", int(url.rpartition(":")[2].partition("?")[0]), patience=0.2))


# The test an admin starts

def steps(tried):
    return [(step["name"], step["ok"]) for step in tried["steps"]]


def test_all_is_well(tls):
    with a_relay(Relay(passwords={"kari": "p"}), tls_context=tls) as relay:
        tried = try_sending(mailbox(f"smtp://kari@localhost:{relay.port}", "p"))
        assert tried["ok"]
        assert tried["sentence"] == "Mail can be sent from support@desk.example."
        assert steps(tried) == [("connect", True), ("encrypt", True), ("sign_in", True), ("sender", True)]
        assert relay.taken == []


@pytest.mark.parametrize(("behaviour", "url", "password", "step", "words"), [
    (Relay(), "", "", "account", "no account to send from"),
    (Relay(), "relay", "", "account", "smtp://user@host:587"),
    (Relay(), "smtp://localhost:1", "", "connect", "takes no connections"),
    (Relay(), "smtp://localhost:{port}?tls=required", "", "encrypt", "no encryption"),
    (Relay(passwords={"kari": "p"}), "smtp://kari@localhost:{port}", "q", "sign_in", "535"),
    (Relay(answers={"MAIL": "550 Not you"}), "smtp://localhost:{port}", "", "sender", "550 Not you"),
    (Relay(answers={"support@desk.example": "550 No"}), "smtp://localhost:{port}", "", "sender", "mail to support"),
    (Relay(drop={"MAIL"}), "smtp://localhost:{port}", "", "sender", "broke off")])
def test_what_fails_is_said_and_where(behaviour, url, password, step, words):
    with a_relay(behaviour) as relay:
        tried = try_sending(mailbox(url.format(port=relay.port), password))
    assert not tried["ok"]
    assert steps(tried)[-1] == (step, False)
    assert all(ok for _, ok in steps(tried)[:-1])
    assert words in tried["sentence"]


# The copy in the Sent folder

def test_copy_in_the_sent_folder(db):
    with pymap() as server:
        box = a_mailbox(db, USER, imap_url=server.url, imap_password=seal(PASSWORD), sent_folder="Sendte elementer på")
        assert [copy_to_sent(box, b"Subject: Hello\r\n\r\nHello\r\n", WRITTEN) for _ in range(2)] == ["", ""]
        assert list(server.flags("Sendte elementer på").values()) == [{rb"\Seen"}, {rb"\Seen"}]


@pytest.mark.parametrize(("fields", "words"), [
    ({"imap_password": ""}, "does not let support@desk.example in"),
    ({"imap_url": "imap://127.0.0.1:1"}, "refused")])
def test_copy_that_fails_says_so(db, fields, words):
    with pymap() as server:
        box = a_mailbox(db, USER, **{"imap_url": server.url, "imap_password": seal(PASSWORD), "sent_folder": "Sent",
                                     **fields})
        said = copy_to_sent(box, b"Subject: Hello\r\n\r\nHello\r\n", WRITTEN)
    assert said.startswith("It was sent, but")
    assert words in said

"""Access tokens: kept, renewed by one, rotated; a grant that was taken back is one alert and no lock-out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from contacts.enrolling import add_agent
from core.clock import now
from core.database import Database
from core.leases import Lease
from core.tokens import seal, unseal
from desk.mailboxes import Mailbox, MailboxToken, add_mailbox
from desk.outbound import OutboundMail, enqueue
from jobs import outbound
from mailgate.oauth import Revoked, Unavailable, access_token, forget_token
from tests.certificates import certificate
from tests.mailgate.boxes import alerts, box, cursor, letter, reading, rows
from tests.mailgate.imap_proxy import proxied
from tests.mailgate.relays import a_relay
from tests.servers import USER, dovecot, until
from tests.tokens import Provider, provider


def mailbox(database: Database, source: Provider, name: str = "google", **fields: Any) -> Mailbox:
    with database.write() as db:
        return add_mailbox(db, USER, "Support", **(grant(source, name) | fields))


def grant(source: Provider, name: str = "google") -> dict[str, str]:
    return {"oauth_provider": name, "oauth_tenant": f"{source.url}/{'token' if name == 'google' else 'tenant'}",
            "oauth_client": "desk", "oauth_secret": seal("hush"), "oauth_refresh": seal("refresh-1")}


def test_a_token_is_asked_for_once_and_kept_sealed(fresh_database: Database) -> None:
    with provider() as source:
        source.answer = {"access_token": "at-1", "expires_in": 3600}
        made = mailbox(fresh_database, source)
        assert access_token(made) == access_token(made.id) == "at-1"
        assert source.asked == [{"grant_type": "refresh_token", "refresh_token": "refresh-1", "client_id": "desk",
                                 "client_secret": "hush"}]
        with fresh_database.read() as db:
            assert "at-1" not in db.get_one(MailboxToken, made.id).access
            assert db.scalars(select(Lease)).all() == []


def test_it_is_renewed_before_it_ends_or_when_a_server_does_not_take_it(fresh_database: Database) -> None:
    with provider() as source:
        source.answer = {"access_token": "at-1", "expires_in": 100}
        made = mailbox(fresh_database, source)
        access_token(made)
        source.answer = {"access_token": "at-2", "expires_in": 3600}
        assert access_token(made) == access_token(made) == "at-2"
        forget_token(made, "at-1")
        assert access_token(made) == "at-2"
        forget_token(made, "at-2")
        source.answer = {"access_token": "at-3", "expires_in": 3600}
        assert access_token(made) == "at-3"
        assert len(source.asked) == 3


def test_many_at_once_ask_once(fresh_database: Database) -> None:
    with provider() as source, ThreadPoolExecutor(8) as pool:
        source.answer = {"access_token": "at-1", "expires_in": 3600}
        source.hold.clear()
        made = mailbox(fresh_database, source)
        answers = [pool.submit(access_token, made) for _ in range(8)]
        until(lambda: source.asked, what="the first question")
        source.hold.set()
        assert {answer.result(20) for answer in answers} == {"at-1"}
        assert len(source.asked) == 1


def test_a_new_refresh_token_takes_the_old_ones_place_but_not_that_of_an_admin(fresh_database: Database) -> None:
    with provider() as source:
        source.answer = {"access_token": "at-1", "expires_in": 1, "refresh_token": "refresh-2"}
        made = mailbox(fresh_database, source)
        access_token(made)
        with fresh_database.read() as db:
            after = db.get_one(Mailbox, made.id)
            assert (unseal(after.oauth_refresh), after.version) == ("refresh-2", made.version)
        source.hold.clear()
        source.answer |= {"access_token": "of the old grant", "refresh_token": "refresh-3"}
        with ThreadPoolExecutor(1) as pool:
            asking = pool.submit(access_token, made)
            until(lambda: len(source.asked) == 2)
            with fresh_database.write() as db:
                db.get_one(Mailbox, made.id).oauth_refresh = seal("from an admin")
            source.hold.set()
            asking.result(20)
        with fresh_database.read() as db:
            assert unseal(db.get_one(Mailbox, made.id).oauth_refresh) == "from an admin"
            assert unseal(db.get_one(MailboxToken, made.id).access) == "at-1", "the admin's may be another account"


def test_a_revoked_grant_is_one_alert_and_asked_for_once(fresh_database: Database) -> None:
    with provider() as source:
        source.status, source.answer = 400, {"error": "invalid_grant", "error_description": "Token was revoked."}
        made = mailbox(fresh_database, source)
        for _ in range(3):
            with pytest.raises(Revoked):
                access_token(made)
        assert len(source.asked) == 1
        ((kind, sentence),) = alerts(fresh_database)
        assert kind == "token"
        assert "Google no longer accepts the desk's authorisation" in sentence
        source.status, source.answer = 200, {"access_token": "at-1", "expires_in": 3600}
        with fresh_database.write() as db:
            db.get_one(Mailbox, made.id).oauth_refresh = seal("signed in again")
        assert access_token(made) == "at-1"
        assert alerts(fresh_database) == []


@pytest.mark.parametrize(("status", "answer"), [(500, {"error": "server_error"}), (503, {}), (200, {})])
def test_a_provider_in_trouble_is_asked_again(
        fresh_database: Database, status: int, answer: dict[str, str]) -> None:
    with provider() as source:
        source.status, source.answer = status, answer
        made = mailbox(fresh_database, source)
        for _ in range(2):
            with pytest.raises(Unavailable):
                access_token(made)
        assert len(source.asked) == 2
        assert alerts(fresh_database) == []


def test_a_provider_that_is_away_and_a_lease_that_somebody_left(fresh_database: Database) -> None:
    with provider() as source:
        made = mailbox(fresh_database, source)
        source.shutdown()
        source.server_close()
        with pytest.raises(Unavailable):
            access_token(made)
    with provider() as source:
        source.answer = {"access_token": "at-1", "expires_in": 3600}
        with fresh_database.write() as db:
            db.execute(update(Mailbox).values(oauth_tenant=f"{source.url}/token"))
            db.add(Lease(name=f"oauth:{made.id}", holder="died", until=now() + timedelta(seconds=0.5)))
        assert access_token(made) == "at-1"


def test_microsoft_by_refresh_token_and_as_an_application(
        fresh_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pem = certificate(tmp_path)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(pem[0]))
    with provider(pem) as source:
        source.answer = {"access_token": "at-1", "expires_in": 3600, "refresh_token": "refresh-2",
                         "token_type": "Bearer"}
        made = mailbox(fresh_database, source, "microsoft")
        assert access_token(made) == "at-1"
        assert source.asked[-1]["refresh_token"] == "refresh-1"
        assert "https://outlook.office.com/IMAP.AccessAsUser.All" in source.asked[-1]["scope"]
        assert "https://outlook.office.com/SMTP.Send" in source.asked[-1]["scope"]
        forget_token(made, "at-1")
        with fresh_database.write() as db:
            db.get_one(Mailbox, made.id).oauth_refresh = ""
        assert access_token(made) == "at-1"
        assert source.asked[-1]["grant_type"] == "client_credentials"
        forget_token(made, "at-1")
        source.status, source.answer = 503, {}
        with pytest.raises(Unavailable):
            access_token(made)
        source.status, source.answer = 401, {"error": "invalid_client", "error_description": "AADSTS7000222: expired"}
        with pytest.raises(Revoked, match="AADSTS7000222"):
            access_token(made)


def test_a_mailbox_is_read_with_a_token_and_recovers_from_its_loss(fresh_database: Database) -> None:
    with provider() as source, dovecot(tokeninfo=f"{source.url}/tokeninfo") as server, proxied(server.port) as proxy:
        source.answer, source.users = {"access_token": "at-1", "expires_in": 3600}, {"at-1": USER}
        made = box(fresh_database, f"imap://127.0.0.1:{proxy.port}", imap_password="", **grant(source))
        with reading(fresh_database, made):
            until(lambda: cursor(fresh_database), what="the first contact")
            server.deliver(letter(1))
            until(lambda: len(rows(fresh_database)) == 1)
            source.users = {}                                    # the server no longer takes it
            source.status, source.answer = 400, {"error": "invalid_grant"}
            server.stop()
            server.start()
            until(lambda: alerts(fresh_database), what="the alert")
            asked, tries, calls = len(source.asked), proxy.asked(b"XOAUTH2"), proxy.asked(b"CAPABILITY")
            until(lambda: proxy.asked(b"CAPABILITY") >= calls + 3, what="some more attempts")
            assert (len(source.asked), proxy.asked(b"XOAUTH2")) == (asked, tries), "nobody hammers"
            assert [kind for kind, _ in alerts(fresh_database)] == ["token"]
            source.status, source.answer = 200, {"access_token": "at-2", "expires_in": 3600}
            source.users = {"at-2": USER}
            with fresh_database.write() as db:
                db.execute(update(Mailbox).values(oauth_refresh=seal("signed in again")))
            server.deliver(letter(2))
            until(lambda: len(rows(fresh_database)) == 2)
            until(lambda: not alerts(fresh_database), what="the end of the alert")


def test_a_revoked_grant_is_one_alert_for_all_folders_and_for_sending(fresh_database: Database) -> None:
    with provider() as source, dovecot(tokeninfo=f"{source.url}/tokeninfo") as server, a_relay() as relay:
        source.status, source.answer = 400, {"error": "invalid_grant"}
        server.client().create_folder("Sales")
        made = box(fresh_database, server.url, imap_password="", imap_folders="INBOX\nSales", relay_url=relay.url, **grant(source))
        with fresh_database.write() as db:
            add_agent(db, "admin@else.example", role="admin")
            enqueue(db, kind="system", mailbox=made, recipients=["ole@kunde.example"], subject="Hello", text="Hello")
        with reading(fresh_database, made) as readers:
            until(lambda: all(reader._failures >= 3 for reader in readers), what="some attempts of each folder")
            for _ in range(4):
                outbound.run()
                with fresh_database.write() as db:
                    db.execute(update(OutboundMail).values(due_at=now()))
            assert [kind for kind, _ in alerts(fresh_database)] == ["token"]
            assert told(fresh_database) == [f"Something is wrong: {USER}"]
            source.status, source.answer = 200, {"access_token": "at-2", "expires_in": 3600}
            source.users = {"at-2": USER}
            with fresh_database.write() as db:
                db.get_one(Mailbox, made.id).oauth_refresh = seal("signed in again")
            until(lambda: not alerts(fresh_database), what="the end of the alert")
            assert len(told(fresh_database)) == 2


def told(database: Database) -> list[str]:
    with database.read() as db:
        return list(db.scalars(select(OutboundMail.subject).where(OutboundMail.kind == "notification").order_by(OutboundMail.id)))

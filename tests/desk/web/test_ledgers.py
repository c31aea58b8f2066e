"""The mail ledgers in the settings: finding a mail, its trace, its bytes, and trying again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from core.clock import now
from core.database import Database
from core.i18n import clock_time, speaking
from desk import claiming
from desk.inbound import Delivery, InboundMail, accept, accept_all
from desk.ledgers import Asked, inbound_leaf
from desk.mailboxes import Mailbox, add_mailbox
from desk.outbound import OutboundMail, enqueue
from desk.tickets.intake import file
from desk.tickets.writing import keep_files
from desk.web.presenting.ledger import RULES
from mailgate.parse import parse
from rules.intake import ACTS

URL = "/settings/mail-in"
Arrive = Callable[..., InboundMail]


@pytest.fixture
def support(fresh_database: Database) -> Mailbox:
    with fresh_database.write() as db:
        return add_mailbox(db, "support@desk.example", "Support", receiving_host="mx.desk.example",
                           trusted_relays="192.0.2.0/24")


@pytest.fixture
def arrive(fresh_database: Database, support: Mailbox) -> Arrive:
    """Let a mail come in and be filed, or end otherwise."""
    def arrive(subject: str, *, sender: str = "ingrid@kunde.example", state: str = "done", reason: str = "",
               mailbox: Mailbox | None = None, more: str = "") -> InboundMail:
        raw = (f"From: Ingrid Dahl <{sender}>\r\nTo: support@desk.example\r\nSubject: {subject}\r\n"
               f"Message-ID: <{subject.replace(' ', '.')}@kunde.example>\r\n{more}\r\nHei, det virker ikke.\r\n").encode()
        with fresh_database.write() as db:
            row = accept(db, Delivery((mailbox or support).id, "smtp", f"{subject}{mailbox}", raw, sender, "support@desk.example",
                                              "192.0.2.7"))
            if state == "done":
                letter = parse(raw)
                file(db, row, letter, keep_files(letter))
            elif state != "pending":
                claiming.finish(row, state, reason)
        return row
    return arrive


def test_each_rule_has_a_name_in_words() -> None:
    assert {rule.asks.__name__ for rule in ACTS} <= set(RULES)


def test_list_and_trace(admin_client: FlaskClient, arrive: Arrive) -> None:
    row = arrive("Skjermen er svart", more="Authentication-Results: mx.desk.example; dmarc=pass header.from=kunde.example\r\n")
    page = admin_client.get(URL).text.replace("<wbr>", "")
    assert "ingrid@kunde.example" in page and "Skjermen er svart" in page and "New ticket" in page
    page = admin_client.get(f"{URL}/{row.uid}").text
    for said in ("Handed over at our door and stored", "Filed on ticket", "192.0.2.7", "&lt;Skjermen.er.svart@kunde.example&gt;",
                 "Anything else", "A new request.", "Proven", "Written by a machine"):
        assert said in page, said


def test_bytes_come_back_as_they_came_and_are_never_interpreted(admin_client: FlaskClient, arrive: Arrive) -> None:
    row = arrive("<script>alert(1)</script>")
    answer = admin_client.get(f"{URL}/{row.uid}/source?download=1")
    assert answer.data.startswith(b"From: Ingrid Dahl") and b"<script>" in answer.data
    assert answer.mimetype == "text/plain" and "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"] == f'attachment; filename="in-{row.uid}.eml"'
    assert "<script>alert(1)" not in admin_client.get(f"{URL}/{row.uid}").text


def test_failed_mail_is_read_again(admin_client: FlaskClient, arrive: Arrive, fresh_database: Database) -> None:
    row = arrive("Broken", state="failed", reason="The reading child died.")
    page = admin_client.get(f"{URL}?state=failed").text
    assert "The reading child died." in page and f"{URL}/{row.uid}/replaying" in page
    assert admin_client.post(f"{URL}/{row.uid}/replaying").status_code == 303
    with fresh_database.read() as db:
        assert (again := db.get_one(InboundMail, row.id)).state == "pending" and again.attempts == 0


def test_filed_mail_is_not_read_again(admin_client: FlaskClient, arrive: Arrive) -> None:
    row = arrive("Fine")
    answer = admin_client.post(f"{URL}/{row.uid}/replaying")
    assert answer.status_code == 422 and "Only a mail that failed" in answer.text


def test_filters(admin_client: FlaskClient, arrive: Arrive, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        sales = add_mailbox(db, "sales@desk.example", "Sales")
    arrive("Offer", mailbox=sales)
    arrive("Lamp", sender="ole@vang.example", state="set_aside", reason="Blocked.")
    arrive("Stuck", sender="late@kunde.example", state="pending")
    everybody = ("ingrid@kunde.example", "ole@vang.example", "late@kunde.example")
    for query, there in (("", everybody), ("state=set_aside", everybody[1:2]), ("state=pending", everybody[2:]),
                         (f"mailbox={sales.uid}", everybody[:1]), ("q=vang.example", everybody[1:2]),
                         ("q=OFFE", everybody[:1]), ("q=<Offer@kunde.example>", everybody[:1]), ("q=nothing", ()),
                         ("state=failed", ())):
        page = admin_client.get(f"{URL}?{query}").text.replace("<wbr>", "").split('id="found"')[1]
        assert [one for one in everybody if f">{one}<" in page] == list(there), query


def test_where_is_the_mail_of_ten_forty_two(admin_client: FlaskClient, arrive: Arrive, fresh_database: Database) -> None:
    row = arrive("Now")
    early = arrive("Earlier")
    with fresh_database.write() as db:
        db.get_one(InboundMail, early.id).received_at = now() - timedelta(hours=3)
    with speaking("en", "Europe/Oslo"):
        at = clock_time(row.received_at)
    page = admin_client.get(f"{URL}?q={at}").text
    assert ">Now<" in page and ">Earlier<" not in page


def test_unknown_states_are_refused(admin_client: FlaskClient) -> None:
    assert admin_client.get(f"{URL}?state=lost").status_code == 422


def test_paged_by_key_both_ways(db: Session) -> None:
    mailbox = add_mailbox(db, "support@desk.example", "Support")
    ids = accept_all(db, [Delivery(mailbox.id, "smtp", str(n), b"Subject: x\r\n\r\n") for n in range(25)])
    first = inbound_leaf(db, Asked(limit=10))
    second = inbound_leaf(db, Asked(limit=10, before=first.rows[-1].id))
    third = inbound_leaf(db, Asked(limit=10, before=second.rows[-1].id))
    assert [row.id for leaf in (first, second, third) for row in leaf.rows] == ids[::-1]
    assert [(leaf.newer, leaf.older) for leaf in (first, second, third)] == [(False, True), (True, True), (True, False)]
    back = inbound_leaf(db, Asked(limit=10, after=second.rows[0].id))
    assert [row.id for row in back.rows] == [row.id for row in first.rows] and not back.newer


def test_same_mail_elsewhere(admin_client: FlaskClient, arrive: Arrive, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        sales = add_mailbox(db, "sales@desk.example", "Sales")
    first, second = arrive("To both"), arrive("To both", mailbox=sales)
    page = admin_client.get(f"{URL}/{first.uid}").text
    assert "The same mail elsewhere" in page and f"{URL}/{second.uid}" in page


def test_what_went_out(admin_client: FlaskClient, support: Mailbox, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        row = enqueue(db, kind="system", mailbox=support, recipients=["ingrid@kunde.example"], subject="Hello", text="Hi")
        row.state, row.reason, row.composed = "failed", "550 5.1.1 No such user", b"Subject: Hello\r\n\r\nHi\r\n"
        row.outcomes = {"ingrid@kunde.example": ["refused", "550 5.1.1 No such user"]}
    page = admin_client.get("/settings/mail-out?q=ingrid").text
    assert "Hello" in page and "550 5.1.1 No such user" in page and "Not sent" in page
    page = admin_client.get(f"/settings/mail-out/{row.uid}").text
    assert "ingrid@kunde.example: refused" in page
    assert admin_client.get(f"/settings/mail-out/{row.uid}/source").data == row.composed
    assert admin_client.post(f"/settings/mail-out/{row.uid}/retrying").status_code == 303
    with fresh_database.read() as db:
        assert db.get_one(OutboundMail, row.id).state == "queued"
    assert admin_client.post(f"/settings/mail-out/{row.uid}/retrying").status_code == 422


def test_without_source_there_is_no_link(admin_client: FlaskClient, support: Mailbox, fresh_database: Database) -> None:
    with fresh_database.write() as db:
        row = enqueue(db, kind="system", mailbox=None, recipients=["nora@desk.example"], subject="Hello")
    assert "Raw source" not in admin_client.get(f"/settings/mail-out/{row.uid}").text
    assert admin_client.get(f"/settings/mail-out/{row.uid}/source").status_code == 404

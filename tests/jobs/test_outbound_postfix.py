"""The whole way out through a real Postfix: delivered, refused, put off, and come back."""

import email
import email.policy
from datetime import timedelta

import dkim
import pytest
from sqlalchemy import select, update

from contacts.address import Address
from core.clock import now
from core.history import FactRow
from core.tokens import seal
from desk.addressing import outbound_uid_of
from desk.inbound import InboundMail
from desk.outbound import OutboundMail
from jobs import inbound, outbound, reading
from mailgate.dkim import new_key
from mailgate.parsing_child import Parser
from tests.jobs.test_outbound import answer, row_of
from tests.mailgate.doors import open_door
from tests.mailgate.relays import Relay, a_relay
from tests.outgoing import CUSTOMER
from tests.postfix import postfix
from tests.servers import until

EVA = "eva@kunde.example"


@pytest.fixture
def desk(fresh_database):
    return fresh_database


def test_delivered_as_it_was_composed(desk):
    with postfix() as relay:
        outbound_id = answer(desk, relay.url, cc=[["Éva", EVA]], subject="Blåbærsyltetøy", text="Hei på deg!\n.\nFrom here")
        outbound.run()
        row = row_of(desk, outbound_id)
        assert row.state == "sent", row.reason
        until(lambda: relay.mails("ole") and relay.mails("eva"), what="the delivery")
        [raw] = relay.mails("ole")
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert outbound_uid_of(mail["Return-Path"]) == row.uid
    assert mail["Message-ID"] == f"<{row.rfc_message_id}>"
    assert mail["Subject"].startswith("Re: Blåbærsyltetøy [#")
    assert "Hei på deg!\n.\nFrom here\n" in mail.get_body(("plain",)).get_content()
    ours = row.composed.replace(b"\r\n", b"\n")
    assert raw.endswith(ours.split(b"\n\n", 1)[1].rstrip(b"\n") + b"\n")


def test_refused_put_off_and_taken_in_one_mail(desk):
    with postfix() as relay:
        outbound_id = answer(desk, relay.url, cc=[["", "nobody@kunde.example"], ["", "wait@kunde.example"]])
        outbound.run()
        row = row_of(desk, outbound_id)
        until(lambda: relay.mails("ole"), what="the delivery")
    assert row.state == "deferred"
    assert {address: state for address, (state, _) in row.outcomes.items()} == {
        CUSTOMER: "accepted", "nobody@kunde.example": "refused", "wait@kunde.example": "postponed"}
    assert "450 4.2.1" in row.reason
    assert "550 5.1.1" in row.reason


def test_too_large_for_the_relay(desk):
    with postfix() as relay:
        outbound_id = answer(desk, relay.url, text="many words " * 600_000, html="")
        outbound.run()
    row = row_of(desk, outbound_id)
    assert row.state == "failed"
    assert "takes at most 5.0 MB" in row.reason


def test_address_beyond_ascii_goes_by_smtputf8(desk):
    with a_relay() as last, postfix(fjord=last.port) as relay:
        outbound_id = answer(desk, relay.url, to=[["Åse", "åse@fjord.example"]])
        outbound.run()
        assert row_of(desk, outbound_id).state == "sent"
        until(lambda: last.taken, what="the delivery")
    assert last.taken[0].recipients == ["åse@fjord.example"]


def test_signature_survives_a_relay(desk):
    key, record = new_key(1024)
    with postfix() as relay:
        outbound_id = answer(desk, relay.url)
        with desk.write() as db:
            mailbox = db.get_one(OutboundMail, outbound_id).mailbox
            mailbox.dkim_selector, mailbox.dkim_key = "desk", seal(key)
        outbound.run()
        until(lambda: relay.mails("ole"), what="the delivery")
        [raw] = relay.mails("ole")
    assert dkim.verify(raw, dnsfunc=lambda *_args, **_more: record.encode())


def test_relay_that_restarts_while_we_send(desk):
    with postfix() as relay:
        outbound_id = answer(desk, relay.url)
        relay.run("stop")
        until(lambda: outbound.run() == 1 and row_of(desk, outbound_id).state == "deferred")
        relay.run("start")
        with desk.write() as db:
            db.execute(update(OutboundMail).values(due_at=now() - timedelta(seconds=1)))
        until(lambda: outbound.run() and row_of(desk, outbound_id).state == "sent", what="the second attempt")


def test_bounce_comes_back_through_the_door_to_the_mail_that_bounced(desk, monkeypatch):
    """Reply → Postfix → a server that refuses → Postfix's report → our door → the ticket."""
    nobody = Relay(answers={"ole@fjord.example": "550 5.1.1 No such user here"})
    with a_relay(nobody) as last, open_door() as door, postfix(fjord=last.port, desk=door.port) as relay:
        outbound_id = answer(desk, relay.url, to=[["Ole", "ole@fjord.example"]], from_address="")
        outbound.run()
        assert row_of(desk, outbound_id).state == "sent"
        until(lambda: _arrived(desk), what="the bounce")
        with Parser() as parser:
            monkeypatch.setattr(reading, "parser", lambda: parser)
            inbound.run()
    with desk.read() as db:
        mail = db.scalars(select(InboundMail)).one()
        assert mail.envelope_sender == ""
        assert mail.state == "done", mail.reason
        assert db.scalars(select(FactRow.kind).where(FactRow.kind == "mail.bounced")).all() == ["mail.bounced"]
        assert db.scalar(select(Address.health).where(Address.normalised == "ole@fjord.example")) == "bouncing"
    assert "Came back" in row_of(desk, outbound_id).reason


def _arrived(desk):
    with desk.read() as db:
        return db.scalar(select(InboundMail.id)) is not None

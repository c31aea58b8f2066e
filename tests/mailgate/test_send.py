"""Handing a mail over: what each answer of a relay means for each recipient."""

import smtplib

import pytest

from mailgate.relay import Relay as Account
from mailgate.relay import Unreachable, line_to
from mailgate.send import hand_over
from tests.mailgate.relays import Relay, a_relay

MAIL = b"From: support@desk.example\r\nSubject: Hello\r\n\r\nHello\r\n.dot\r\n"
OLE, EVA = "ole@kunde.example", "eva@kunde.example"


def send(relay, *recipients, sender="support@desk.example", mail=MAIL, patience=5.0, **options):
    account = Account("127.0.0.1", relay.port, patience=patience)
    with line_to(account) as line:
        outcome = hand_over(line, account, sender, recipients or (OLE,), mail, **options)
        return outcome, line.sock is not None


def test_accepted_with_the_answer_of_the_relay():
    with a_relay() as relay:
        outcome, _ = send(relay)
    assert outcome.accepted == {OLE: "250 2.0.0 Taken"}
    assert [(m.sender, m.recipients, m.raw) for m in relay.taken] == [("support@desk.example", [OLE], MAIL)]


def test_null_sender():
    with a_relay() as relay:
        send(relay, sender="")
    assert relay.taken[0].sender == ""


@pytest.mark.parametrize("stage", ["MAIL", OLE, "DATA"])
@pytest.mark.parametrize(("said", "state"), [
    ("451 4.3.0 Not now", "postponed"), ("452 4.2.2 Full", "postponed"), ("550 5.1.1 Nobody", "refused"),
    ("554 5.7.1 Never", "refused"), ("530 5.7.0 Sign in first", "postponed")])
def test_4xx_waits_and_5xx_ends_at_each_stage(stage, said, state):
    with a_relay(Relay(answers={stage: said})) as relay:
        outcome, open_still = send(relay)
    assert {OLE: said} == getattr(outcome, state)
    assert not outcome.accepted
    assert open_still
    assert not outcome.unsure
    assert relay.taken == []


def test_refused_recipient_does_not_keep_the_other_from_getting_it():
    with a_relay(Relay(answers={EVA: "550 5.1.1 No such user here"})) as relay:
        outcome, _ = send(relay, OLE, EVA)
    assert outcome.accepted == {OLE: "250 2.0.0 Taken"}
    assert outcome.refused == {EVA: "550 5.1.1 No such user here"}
    assert relay.taken[0].recipients == [OLE]


def test_one_waits_one_is_refused_one_gets_it():
    kari = "kari@kunde.example"
    with a_relay(Relay(answers={EVA: "450 4.2.1 Greylisted", kari: "550 5.1.1 Gone"})) as relay:
        outcome, _ = send(relay, OLE, EVA, kari)
    assert list(outcome.accepted) == [OLE]
    assert list(outcome.postponed) == [EVA]
    assert list(outcome.refused) == [kari]


def test_text_refused_after_one_recipient_was():
    with a_relay(Relay(answers={EVA: "550 Gone", "DATA": "451 Try later"})) as relay:
        outcome, _ = send(relay, OLE, EVA)
    assert (outcome.postponed, outcome.refused) == ({OLE: "451 Try later"}, {EVA: "550 Gone"})


@pytest.mark.parametrize(("stage", "unsure"), [("MAIL", False), ("RCPT", False), ("text", True), ("end", True)])
def test_line_that_breaks_leaves_the_mail_waiting(stage, unsure):
    """Only once the text was under way may the relay have the mail."""
    with a_relay(Relay(drop={stage})) as relay:
        outcome, open_still = send(relay, mail=MAIL + b"more text\r\n" * 500_000)
    assert list(outcome.postponed) == [OLE]
    assert outcome.unsure is unsure
    assert "broke off" in outcome.reason
    assert not open_still


@pytest.mark.parametrize("stage", ["MAIL", "RCPT"])
def test_slow_relay_is_left_after_its_time(stage):
    with a_relay(Relay(hang={stage})) as relay:
        outcome, _ = send(relay, patience=0.2)
    assert list(outcome.postponed) == [OLE]
    assert not outcome.unsure


def test_whole_mail_has_a_limit_however_patient_each_answer():
    with a_relay(Relay(hang={"DATA"})) as relay:
        outcome, _ = send(relay, patience=60, longest=0.3)
    assert list(outcome.postponed) == [OLE]
    assert outcome.unsure


def test_421_closes_the_line():
    with a_relay(Relay(answers={OLE: "421 4.3.2 Going down"})) as relay:
        outcome, open_still = send(relay)
    assert list(outcome.postponed) == [OLE]
    assert not open_still


def test_several_mails_over_one_line():
    with a_relay(Relay(answers={OLE: ["550 5.1.1 Gone"]})) as relay:
        account = Account("127.0.0.1", relay.port)
        with line_to(account) as line:
            first = hand_over(line, account, "", [OLE], MAIL)
            second = hand_over(line, account, "", [OLE], MAIL)
    assert (list(first.refused), list(second.accepted)) == ([OLE], [OLE])
    assert relay.connections == 1


def test_larger_than_the_relay_takes_is_refused_before_it_is_sent():
    with a_relay(data_size_limit=1000) as relay:
        outcome, _ = send(relay, mail=MAIL + b"more text\r\n" * 200_000)
    assert outcome.refused[OLE] == "This mail is 2.2 MB; the relay 127.0.0.1 takes at most 0.0 MB."
    assert relay.taken == []


def test_idn_domain_goes_out_in_ascii_to_any_relay():
    with a_relay(enable_SMTPUTF8=False) as relay:
        outcome, _ = send(relay, "ole@bücher.example")
    assert list(outcome.accepted) == ["ole@bücher.example"]
    assert relay.taken[0].recipients == ["ole@xn--bcher-kva.example"]


def test_non_ascii_local_part_goes_by_smtputf8_where_offered():
    with a_relay() as relay:
        outcome, _ = send(relay, "åse@kunde.example")
    assert list(outcome.accepted) == ["åse@kunde.example"]
    assert relay.taken[0].recipients == ["åse@kunde.example"]
    assert "SMTPUTF8" in relay.taken[0].options


def test_non_ascii_local_part_fails_clearly_where_not_offered():
    with a_relay(enable_SMTPUTF8=False) as relay:
        outcome, _ = send(relay, "åse@kunde.example")
    assert "SMTPUTF8" in outcome.refused["åse@kunde.example"]


def test_line_end_in_an_address_adds_no_command():
    with a_relay() as relay:
        send(relay, "ole@kunde.example>\r\nRCPT TO:<eva@kunde.example")
    assert all(EVA not in mail.recipients for mail in relay.taken)


def test_nobody_there():
    with a_relay() as relay:
        port = relay.port
    with pytest.raises(Unreachable, match=f"takes no connections on port {port}"), \
            line_to(Account("127.0.0.1", port)) as line:
        assert isinstance(line, smtplib.SMTP)

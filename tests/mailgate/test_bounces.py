"""Delivery reports: who was not reached, for good or for now, and which mail it was."""

from __future__ import annotations

import pytest

from desk.letter import Failure
from mailgate.parse import parse
from tests.mailgate.reading import every_letter, letter, raw


def test_a_hard_bounce() -> None:
    bounce = letter("bounce_hard").bounce
    assert bounce is not None
    assert bounce.failures == (Failure("kari@kunde.example", "5.1.1", True, "550 5.1.1 User unknown"),)
    assert bounce.original_ids == ("out-7@desk.example",)


def test_a_delay_is_soft() -> None:
    bounce = letter("bounce_soft").bounce
    assert bounce is not None
    assert [(one.status, one.hard) for one in bounce.failures] == [("4.4.1", False)]


def test_who_was_reached_is_no_failure_and_the_diagnostic_knows_more() -> None:
    bounce = letter("bounce_two").bounce
    assert bounce is not None
    assert [(one.address, one.status, one.hard) for one in bounce.failures] == [
        ("kari@kunde.example", "5.2.2", True), ("ola@kunde.example", "4.7.1", False),
    ]


def test_a_bounce_without_the_original() -> None:
    bounce = letter("bounce_without_original").bounce
    assert bounce is not None
    assert bounce.original_ids == ()
    assert bounce.failures[0].hard


@pytest.mark.parametrize(("name", "status", "hard", "original"), [
    ("bounce_qmail", "5.0.0", True, "out-8@desk.example"), ("bounce_exim", "4.0.0", False, "out-9@desk.example"),
    ("bounce_german", "5.1.10", True, "out-10@desk.example"), ("bounce_icelandic", "5.1.1", True, "out-12@desk.example"),
    ("bounce_amazon", "5.1.1", True, "out-11@desk.example"),
])
def test_bounces_in_prose(name: str, status: str, hard: bool, original: str) -> None:
    bounce = letter(name).bounce
    assert bounce is not None
    assert [(one.address, one.status, one.hard) for one in bounce.failures] == [("kari@kunde.example", status, hard)]
    assert bounce.original_ids == (original,)


NOTES = b"From: NotesAdmin@mx.example\r\nSubject: DELIVERY FAILURE: User kari not listed\r\n\r\n"
NOTES += b"Your message was not delivered to:\r\n\r\n  kari@kunde.example\r\n\r\nbecause: User not listed\r\n"


def test_what_anybody_writes_in_the_form_of_amazon_is_no_bounce() -> None:
    forged = raw("bounce_amazon").replace(b"no-reply@sns.amazonaws.com", b"kari@kunde.example")
    assert parse(forged).bounce is None
    broken = raw("bounce_amazon").replace(b'"bouncedRecipients":[', b'"bouncedRecipients":7,"x":[')
    assert parse(broken).bounce is None


def test_the_null_sender_of_the_envelope_is_a_signal() -> None:
    assert parse(NOTES, envelope_sender="kari@kunde.example").bounce is None
    bounce = parse(NOTES, envelope_sender="").bounce
    assert bounce is not None
    assert [one.address for one in bounce.failures] == ["kari@kunde.example"]


@pytest.mark.parametrize("sender", ["noreply@shop.example", "admin@kunde.example", "kari@kunde.example"])
def test_programs_and_persons_who_write_about_failures(sender: str) -> None:
    mail = f"From: {sender}\r\nSubject: Delivery failed\r\n\r\nOrder 550-12 could not be delivered to kari@kunde.example."
    assert parse(mail.encode()).bounce is None


def test_a_person_who_passes_a_report_on_is_no_bounce() -> None:
    passed_on = raw("bounce_hard").replace(b"Return-Path: <>\r\n", b"").replace(b"multipart/report", b"multipart/mixed")
    passed_on = passed_on.replace(b"Mail Delivery System <MAILER-DAEMON@mx.example>", b"Kari <kari@kunde.example>")
    passed_on = passed_on.replace(b"report-type=delivery-status; ", b"").replace(b"Undelivered Mail Returned to Sender", b"Hjelp")
    assert parse(passed_on).bounce is None


@pytest.mark.parametrize("name", [name for name in every_letter() if not name.startswith("bounce_")])
def test_no_false_alarm(name: str) -> None:
    assert letter(name).bounce is None

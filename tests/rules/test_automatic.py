"""Robots recognised by their headers, and persons not taken for robots."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rules.automatic import CHAIN, Kind, MailClues, judge


def clues(from_address: str = "kari@kunde.example", subject: str = "Printer", envelope: str | None = None, **headers: str) -> MailClues:
    named = {name.replace("_", "-"): (value,) for name, value in headers.items()}
    return MailClues(named, envelope, from_address, subject)


@pytest.mark.parametrize("mail", [
    clues(), clues(auto_submitted="no"), clues(auto_submitted="No (a person wrote this)"), clues(precedence="first-class"),
    clues(subject="Re: Out of office"), clues(subject="I am out of ideas"), clues(from_address="norepl@kunde.example"),
    clues(from_address="replyno@kunde.example"), clues(x_auto_response_suppress="DR, RN, NRN"), clues(x_autoreply="no"),
    clues(subject="Read the manual: again"), clues(from_address="post@kunde.example"), clues(envelope="kari@kunde.example"),
])
def test_persons(mail: MailClues) -> None:
    assert judge(mail) is None


@pytest.mark.parametrize(("mail", "kind"), [
    (MailClues({}, is_report=True), Kind.BOUNCE),
    (clues(content_type="multipart/report; report-type=delivery-status; boundary=x"), Kind.BOUNCE),
    (clues(content_type='multipart/report;\treport-type="feedback-report"'), Kind.COMPLAINT),
    (clues(content_type="multipart/report; report-type=disposition-notification"), Kind.READ_RECEIPT),
    (clues(subject="Lest: Printer", envelope=""), Kind.READ_RECEIPT),
    (clues(subject="Please confirm your message to ola@example.com", auto_submitted="auto-replied"), Kind.CHALLENGE),
    (clues(from_address="x@verify.spamarrest.com"), Kind.CHALLENGE),
    (clues(subject="Automatisk svar: Printer", x_auto_response_suppress="All"), Kind.OUT_OF_OFFICE),
    (clues(auto_submitted="auto-generated", subject="Fravær fra i dag"), Kind.OUT_OF_OFFICE),
    (clues(envelope="", subject="Out of the office until Monday"), Kind.OUT_OF_OFFICE),
    (clues(from_address="noreply@kunde.example", subject="Vacation"), Kind.OUT_OF_OFFICE),
    (clues(auto_submitted="auto-replied (zimbra; vacation)", precedence="bulk"), Kind.OUT_OF_OFFICE),
    *((clues(auto_submitted="auto-generated", subject=subject), Kind.OUT_OF_OFFICE) for subject in (
        "Sjálfvirkt svar: Prentari", "Fjarverandi", "Poissaoloviesti: Re: Tulostin", "Olen lomalla", "Jag är på semester", "Jeg er på ferie",
        "Fraværende: Skriver", "Ich bin im Urlaub", "Nicht im Büro", "Absence : Re: x", "De vacaciones", "Răspuns automat: x", "자동 응답: x")),
    (clues(subject="Lesið: Prentari", envelope=""), Kind.READ_RECEIPT), (clues(subject="Ikke læst: Printer", envelope=""), Kind.READ_RECEIPT),
    (clues(subject="Return Receipt (displayed) - Printer", envelope=""), Kind.READ_RECEIPT),
    (clues("spamblocker-challenge@bounce.provider.example", envelope=""), Kind.CHALLENGE),
    (clues(subject="Please confirm (conf#1234)", auto_submitted="auto-replied"), Kind.CHALLENGE),
    (clues(subject="Holiday offers", list_unsubscribe="<x>", precedence="bulk"), Kind.NEWSLETTER),
    (clues(subject="Holiday", list_unsubscribe="<x>", precedence="bulk"), Kind.NEWSLETTER),
    (clues(auto_submitted="auto-replied"), Kind.AUTO_REPLY), (clues(auto_submitted="(comment) auto-replied; owner=x"), Kind.AUTO_REPLY),
    (clues(precedence="auto_reply"), Kind.AUTO_REPLY), (clues(x_autoreply="yes"), Kind.AUTO_REPLY), (clues(x_autorespond="Printer"), Kind.AUTO_REPLY),
    (clues(from_address="nagios@watch.example"), Kind.MONITORING), (clues("root@host.example", "Cron <root@host> backup"), Kind.MONITORING),
    (clues("alerts@kunde.example", "** PROBLEM Service Alert: disk **"), Kind.MONITORING), (clues(envelope="", subject="[FIRING:1] DiskFull"), Kind.MONITORING),
    (clues("root@host.example", "backup", auto_submitted="auto-generated"), Kind.MONITORING),
    (clues(list_unsubscribe="<mailto:x@y.example>", list_id="<news.example>"), Kind.NEWSLETTER), (clues(feedback_id="1:2:3", list_id="x"), Kind.NEWSLETTER),
    (clues(list_id="<users.example>", list_post="<mailto:users@example.com>", list_unsubscribe="<x>"), Kind.LIST), (clues(precedence="list"), Kind.LIST),
    (clues(auto_submitted="auto-generated"), Kind.AUTO_GENERATED), (clues(auto_submitted="auto-notified; x=y"), Kind.AUTO_GENERATED),
    (clues(precedence="bulk"), Kind.AUTO_GENERATED), (clues(precedence="Junk"), Kind.AUTO_GENERATED), (clues(x_auto_response_suppress="OOF, AutoReply"), Kind.AUTO_GENERATED),
    (clues(envelope=""), Kind.AUTO_GENERATED), (clues(from_address="MAILER-DAEMON@mx.example"), Kind.AUTO_GENERATED),
    (clues(from_address="postmaster@mx.example"), Kind.AUTO_GENERATED), (clues(from_address="no-reply@shop.example"), Kind.AUTO_GENERATED),
    (clues(from_address="shop.noreply+123@shop.example"), Kind.AUTO_GENERATED), (clues(from_address="ikke-svar@shop.example"), Kind.AUTO_GENERATED),
    (clues(from_address="DoNotReply@shop.example"), Kind.AUTO_GENERATED), (clues(x_fc_machinegenerated="true"), Kind.AUTO_GENERATED),
])
def test_robots(mail: MailClues, kind: Kind) -> None:
    verdict = judge(mail)
    assert verdict is not None
    assert verdict.kind is kind


@pytest.mark.parametrize("subject", [
    "Automatic reply: Printer", "Out of Office: Printer", "Out of office AutoReply: Printer", "Fraværsmelding", "Autosvar: ferie",
    "Frånvaro: semester", "Abwesenheitsnotiz: Urlaub", "Réponse automatique : Printer", "Fravær: Re: Printer", "Ikke til stede",
])
def test_the_form_of_an_absence_note_counts_in_an_answer_to_ours(subject: str) -> None:
    told = clues(subject=subject)
    assert judge(told) is None
    verdict = judge(replace(told, answers_us=True))
    assert verdict is not None and verdict.kind is Kind.OUT_OF_OFFICE


@pytest.mark.parametrize("mail", [
    clues(subject="Fravær registrert feil i systemet"), clues(subject="Vacation rental question"),
    clues(subject="Out of office chairs, need more"), clues(subject="Fravær-skjema virker ikke"),
    clues(subject="PROBLEM: lampe virker ikke"), clues(subject="OK - takk for hjelpen"), clues(subject="RESOLVED: thanks!"),
    clues("root@smallfirm.example", "Printer"), clues("alerts@smallfirm.example", "We changed our number"),
    clues(subject="Holiday"), clues(subject="Semester"), clues(subject="Ferie: hvem tar vakten?"), clues(subject="Urlaub buchen"),
    clues(subject="[RESOLVED] it works"), clues(subject="Cron <root@host> runs twice, why?"),
])
@pytest.mark.parametrize("answers_us", [False, True])
def test_words_alone_make_no_robot(mail: MailClues, answers_us: bool) -> None:
    assert judge(replace(mail, answers_us=answers_us)) is None


def test_every_rule_is_documented_and_says_why() -> None:
    assert all(rule.holds.__doc__ and rule.why for rule in CHAIN)
    assert len({rule.name for rule in CHAIN}) == len(CHAIN)

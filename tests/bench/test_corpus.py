"""The corpus has the proportions that the report states, is the same every time, and parses cleanly."""

from __future__ import annotations

import email
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from bench.corpus import DESK, Mail, corpus, read, write
from bench.people import COLLEAGUES, company_of, human


@pytest.fixture(scope="module")
def mails() -> list[Mail]:
    return list(corpus(200, seed=7))


def parsed(mail: Mail) -> EmailMessage:
    message = email.message_from_bytes(mail.raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_proportions(mails: list[Mail]) -> None:
    assert sum(mail.opens for mail in mails) == 120
    assert sum(mail.html for mail in mails) == 60
    assert sum(mail.files for mail in mails) == 20


def test_same_seed_same_bytes(mails: list[Mail]) -> None:
    assert [mail.raw for mail in corpus(200, seed=7)] == [mail.raw for mail in mails]
    assert next(corpus(1, seed=8)).raw != mails[0].raw


def test_a_smaller_corpus_is_the_beginning_of_a_larger_one(mails: list[Mail]) -> None:
    assert list(corpus(50, seed=7)) == mails[:50]


def test_every_mail_parses_without_defects(mails: list[Mail]) -> None:
    for mail in mails:
        message = parsed(mail)
        assert [part.defects for part in message.walk() if part.defects] == []
        assert message["Message-ID"] == f"<{mail.message_id}>"
        assert message["From"].addresses[0].addr_spec == mail.sender
        assert message["To"].addresses[0].addr_spec == DESK
        assert (message.get_body(("html",)) is not None) == mail.html
        assert any(message.iter_attachments()) == mail.files


def test_replies_answer_an_earlier_mail_of_somebody_in_it(mails: list[Mail]) -> None:
    for mail in (mail for mail in mails if not mail.opens):
        message, parent = parsed(mail), mails[mail.parent or 0]
        assert parent.number < mail.number
        assert mail.root == parent.root
        assert message["In-Reply-To"] == f"<{parent.message_id}>"
        assert message["References"].split()[-1] == f"<{parent.message_id}>"
        written_to = {address.addr_spec for header in ("From", "Cc") for address in parsed(parent)[header].addresses}
        assert mail.sender in written_to
        assert "\n> " in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_attachments_have_the_stated_size(mails: list[Mail]) -> None:
    for mail in (mail for mail in mails if mail.files):
        sizes = [len(part.get_payload(decode=True)) for part in parsed(mail).iter_attachments()]
        assert 19_000 <= sum(sizes) <= 200_000


def test_all_four_languages_are_written(mails: list[Mail]) -> None:
    text = b"".join(mail.raw for mail in mails if mail.opens)
    assert all(closing in text for closing in (b"venlig hilsen", b"vennlig hilsen", b"Best regards", b"Subject: "))


def test_message_ids_are_unique(mails: list[Mail]) -> None:
    assert len({mail.message_id for mail in mails}) == len(mails)


def test_a_number_is_always_the_same_human() -> None:
    assert human(12) == human(12)
    assert len({human(number).address for number in range(2_000)}) == 2_000
    assert company_of(0) == company_of(COLLEAGUES - 1) != company_of(COLLEAGUES)


def test_written_and_read_again(tmp_path: Path) -> None:
    folder = write(tmp_path, 20, seed=7)
    assert list(read(folder)) == list(corpus(20, seed=7))

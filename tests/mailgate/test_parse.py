"""Heads: who, when, what about, in answer to what. One letter for each mishap of MAIL.md."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from desk.letter import Party
from mailgate.parse import parse
from tests.mailgate.reading import NOW, every_letter, letter, raw

KARI = Party("kari@kunde.example", "Kari Nordmann")


def test_a_plain_letter() -> None:
    read = letter("plain")
    assert read.sender == KARI
    assert read.senders == (KARI,)
    assert read.to == (Party("hjelp@desk.example", "Hjelp"),)
    assert read.cc == (Party("per@kunde.example", "Per"), Party("ola@kunde.example"))
    assert read.reply_to == (Party("kopi@kunde.example", "Desk Copy"),)
    assert (read.message_id, read.message_id_given) == ("m1@kunde.example", True)
    assert read.subject == "Printer on floor two"
    assert read.sent_at == datetime(2024, 6, 4, 8, 15, tzinfo=UTC)
    assert read.text == "Hei, skriveren i andre etasje virker ikke."
    assert (read.html, read.attachments, read.bounce, read.oddities) == (None, (), None, ())
    assert read.envelope_sender is None


@pytest.mark.parametrize("name", ["no_headers_that_matter", "empty_headers"])
def test_missing_and_empty_heads(name: str) -> None:
    read = letter(name)
    assert (read.sender, read.to, read.subject, read.sent_at) == (None, (), "", None)
    assert not read.message_id_given
    assert "@" in read.message_id
    assert read.message_id == letter(name).message_id
    assert "It has no usable sender address." in read.oddities
    assert read.text


def test_of_duplicates_the_first_that_says_something() -> None:
    read = letter("duplicated_headers")
    assert read.sender == Party("kari@kunde.example", "Kari")
    assert len(read.senders) == 2
    assert read.subject == "The second one"
    assert read.message_id == "one@kunde.example"
    assert read.sent_at == datetime(2024, 6, 4, 8, 15, tzinfo=UTC)
    assert "It has more than one From field." in read.oddities


@pytest.mark.parametrize(("name", "senders"), [
    ("two_senders", (Party("kari@kunde.example", "Kari"), Party("per@kunde.example", "Per"))),
    ("two_brackets", (Party("kari@kunde.example", "Kari"),)),
    ("missing_comma", (Party("kari@kunde.example", "Kari"), Party("per@kunde.example", "Per"))),
    ("comma_in_name", (Party("kari@kunde.example", "Nordmann, Kari"),)),
    ("at_in_name", (Party("noreply@shop.example", "kari@kunde.example via Shop"),)),
    ("odd_address", (Party("Kari.Nordmann@Kunde.Example", "Kari Nordmann"),)),
    ("empty_brackets", ()),
    ("idn", (Party("kari@xn--bcher-kva.example", "Kari"),)),
    ("name_in_comment", (KARI,)),
    ("raw_8bit_headers", (Party("pal@kunde.example", "Pål Sørensen"),)),
    ("raw_utf8_headers", (Party("pal@kunde.example", "Pål Sørensen"),)),
])
def test_senders(name: str, senders: tuple[Party, ...]) -> None:
    assert letter(name).senders == senders


def test_groups_and_idn_receivers() -> None:
    read = letter("undisclosed")
    assert read.to == ()
    assert [party.address for party in read.cc] == ["a@kunde.example", "b@kunde.example", "c@kunde.example"]
    assert letter("idn").to == (Party("per@bücher.example"),)


@pytest.mark.parametrize(("name", "subject"), [
    ("raw_8bit_headers", "Blåbær"), ("raw_utf8_headers", "Blåbær"), ("wrong_label", "Blåbær"), ("unknown_charset", "Blå"),
    ("iso_2022_jp_ms", "新しい注文①です"), ("utf_7", "Blåbær"), ("split_character", "Blåbær"),
    ("folded_subject", "A subject that is folded over three lines"), ("nul_bytes", "Nuls"), ("odd_first_line", "Scan"),
    ("no_blank_line", "Hurry"), ("cr_only", "Printer on floor two"),
])
def test_subjects(name: str, subject: str) -> None:
    assert letter(name).subject == subject


@pytest.mark.parametrize(("written", "subject"), [
    ("=?iso-8859-1?Q?P=E5minnelse om ordre 8812", "Påminnelse om ordre 8812"),
    ("=?iso-8859-1?Q?P=E5 =?utf-8?Q?=C3=A5?= hos", "Påå hos"), ("What is =?, please?", "What is =?, please?"),
])
def test_a_word_without_its_end_is_decoded_all_the_same(written: str, subject: str) -> None:
    assert parse(f"From: a@b.example\r\nSubject: {written}\r\n\r\nHei\r\n".encode()).subject == subject


@pytest.mark.parametrize(("name", "moment"), [
    ("date_future", None), ("date_1970", None), ("date_nonsense", None),
    ("date_zone", datetime(2024, 6, 4, 10, 15, tzinfo=UTC)),
    ("date_norwegian", datetime(2022, 10, 4, 8, 15, tzinfo=UTC)),
])
def test_dates(name: str, moment: datetime | None) -> None:
    assert letter(name).sent_at == moment


@pytest.mark.parametrize("written", [
    "Tue, 4 Jun 2024 09:00:00 +02:00", "Tue, 4 Jun 2024 09:00:00 CEST", "Tue, 4 Jun 2024 08:00:00 CET", "Tue, 4 Jun 2024 09:00:00 (MESZ)",
    "Tue, 4 Jun 2024 09:00:00 AM +0200", "Mon, 3 Jun 2024 07:00:00 PM -1200", "mar., 4 juin 2024 09:00:00 +0200", "wt., 4 cze 2024 09:00:00 +0200",
    "вт, 4 июн. 2024 09:00:00 +0200", "ti 4 kesäkuuta 2024 09.00.00 +0200", "Tue, 4 Jun 2024 09:00:00 +0200 (CEST)", "2024-06-04T09:00:00+02:00",
])
def test_dates_as_mailers_write_them(written: str) -> None:
    read = parse(f"From: a@b.example\r\nDate: {written}\r\n\r\nHei\r\n".encode(), now=NOW)
    assert read.sent_at == datetime(2024, 6, 4, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize("before", [
    b"To: " + b"someone@kunde.example, " * 25_000, b"X-A: b\r\n" * 400_000 + b"X-End: b", b"X-Long: " + b"b" * 5_000_000])
def test_a_subject_behind_a_header_of_megabytes_is_read(before: bytes) -> None:
    read = parse(b"From: ole@kunde.example\r\n" + before + b"\r\nSubject: Lampe\r\n\r\nHei\r\n", now=NOW)
    assert (read.subject, read.text.strip()) == ("Lampe", "Hei")


def test_a_dot_behind_an_address_is_no_name() -> None:
    read = parse(b"From: ole3@kunde.example.\r\nSubject: x\r\n\r\nHei\r\n", now=NOW)
    assert read.sender is not None
    assert (read.sender.address, read.sender.name) == ("ole3@kunde.example", "")


def test_threads_keep_their_root() -> None:
    many = b" ".join(b"<%d@kunde.example>" % n for n in range(120))
    read = parse(b"From: ole@kunde.example\r\nReferences: " + many + b"\r\n\r\nHei\r\n", now=NOW)
    assert (len(read.references), read.references[0], read.references[-1]) == (50, "119@kunde.example", "0@kunde.example")


def test_threads_nearest_first() -> None:
    read = letter("threaded")
    assert read.in_reply_to == ("c@desk.example",)
    assert read.references == ("c@desk.example", "b@desk.example", "a@desk.example")
    assert read.envelope_sender == "bounce+kari@kunde.example"
    assert read.delivered_to == ("hjelp@desk.example", "support@desk.example")


def test_malformed_ids() -> None:
    read = letter("broken_ids")
    assert read.message_id_given
    assert read.references == ("ab@desk.example", "c@desk.example")


def test_at_most_fifty_references() -> None:
    many = " ".join(f"<{number}@desk.example>" for number in range(200))
    read = parse(f"From: a@b.example\r\nReferences: {many}\r\n\r\nx".encode(), now=NOW)
    assert len(read.references) == 50
    assert read.references[0] == "199@desk.example"


def test_the_envelope_that_smtp_knew_wins() -> None:
    assert parse(raw("threaded"), envelope_sender="").envelope_sender == ""
    assert parse(raw("threaded"), envelope_sender="<x@y.example>").envelope_sender == "x@y.example"
    assert letter("bounce_hard").envelope_sender == ""


def test_the_digest_is_the_same_for_a_copy_and_another_for_other_words() -> None:
    copy = b"Received: from elsewhere\r\nX-Spam: no\r\n" + raw("plain")
    assert letter("plain").content_digest == parse(copy, now=NOW).content_digest
    assert letter("plain").content_digest != parse(raw("plain").replace(b"virker", b"brenner"), now=NOW).content_digest


def test_evidence_is_kept_and_the_rest_is_not() -> None:
    head = b"List-Id: <x.list.example>\r\nX-Unheard: y\r\nAuto-Submitted: =?utf-8?q?auto-replied?=\r\nX-Skranke-Loop: 1\r\n"
    read = parse(head + raw("plain"), now=NOW)
    assert read.headers["list-id"] == ("<x.list.example>",)
    assert read.headers["auto-submitted"] == ("auto-replied",)
    assert read.headers["x-skranke-loop"] == ("1",)
    assert "x-unheard" not in read.headers


@pytest.mark.parametrize("name", every_letter())
def test_texts_of_every_letter_are_clean(name: str) -> None:
    read = letter(name)
    assert bool(read.text.strip()) == bool(read.visible.strip())
    for text in (read.text, read.visible, read.subject, read.html or ""):
        assert "\r" not in text
        assert "\0" not in text
    assert "It could not be read: its source is shown." not in read.oddities

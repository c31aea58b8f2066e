"""Bodies: text, HTML and attachments out of every kind of message, whole or broken."""

from __future__ import annotations

import base64
import gzip
import io
import tracemalloc
import zipfile

import pytest

from desk.letter import Attachment
from mailgate.parse import parse
from tests.mailgate.reading import NOW, letter

HEAD = b"From: a@kunde.example\r\nSubject: x\r\n"


@pytest.mark.parametrize(("name", "text"), [
    ("wrong_label", "Blåbær og rømme"), ("label_utf8_but_1252", "Blåbær koster 5 €"), ("unknown_charset", "Blåbær"),
    ("windows_1258", "Xin chào bán"), ("iso_2022_jp_ms", "新しい注文①です"), ("gb2312", "朱镕基先生"),
    ("ks_c_5601", "똠방각하 안녕"), ("utf_7", "Blåbær"), ("charset_in_part_only", "Blåbær til 5 €"),
    ("bare_lf", "Bare line feeds."), ("cr_only", "Only\ncarriage returns."), ("nul_bytes", "AB"),
    ("no_blank_line", "The printer burns and nobody has time for blank lines.\nCome!"), ("odd_first_line", "Body."),
    ("missing_boundary", "Teksten kom frem."), ("no_parts_at_all", "Just words, no parts."), ("unclosed_multipart", "Cut off"),
    ("alternative_with_empty_text", "Hei dere\n\nSkriveren er ødelagt."), ("several_texts", "First part.\n\nSecond part."),
    ("calendar", "Meeting on Monday."), ("tnef", "From Outlook."), ("signed", "Signed words."), ("encrypted", ""),
    ("enclosed_only", "Inner words."), ("nested_message", "See the mail below."),
    ("uuencode_in_text", "Her er loggen.\n\n\n\nHilsen Kari"),
    ("base64_with_footer", "Blåbær og rømme brenner ikke.\n\n\n_______________________________________________\n"
     "printers mailing list\nhttps://lists.example/printers"),
    ("base64_line_by_line", "Skriveren står på gangen.\nBlåbær."), ("soft_breaks_with_spaces", "Skriveren står på gangen."),
    ("attached_words", "The printer burns."),
    ("flowed", "This paragraph is broken by the program.\n> quoted and broken\n-- \nKari"),
])
def test_texts(name: str, text: str) -> None:
    assert letter(name).text.strip() == text


def test_a_plain_version_that_says_nothing_hides_no_words() -> None:
    read = letter("plain_version_says_nothing")
    assert "skriveren i andre etasje brenner" in read.visible
    assert "cannot show" in read.text


@pytest.mark.parametrize(("head", "body", "text"), [
    (b"text/plain; charset=utf-16", b"Plain words.", "Plain words."), (b"text/x-markdown", b"**Words**", "**Words**"),
    (b"text/x-unheard-of", b"Words.", "Words."), (b"multipart/mixed; boundary=BB", b"--BB--\r\n", ""),
    (b"text/html", b"<div style='mso-hide:all'>Words.</div>", "Words."),
    (b"text/plain\r\nContent-Transfer-Encoding: base64", b"Hello w\xc3\xb8rds, this is no base64 at all.", "Hello wørds, this is no base64 at all."),
    (b"text/plain\r\nContent-Transfer-Encoding: base64", b"SGVsbG8gdw==w7hyZHM=", "Hello wørds"),
    (b"text/plain\r\nContent-Transfer-Encoding: base64", b"SGVsbG8gd8O4cmRzCg== ignored", "Hello wørds"),
])
def test_odd_wrappings(head: bytes, body: bytes, text: str) -> None:
    assert parse(HEAD + b"Content-Type: " + head + b"\r\n\r\n" + body, now=NOW).text == text


def test_a_bomb_stays_what_it_is() -> None:
    """MAIL.md, zip bomb: nothing here unpacks anything, however it is labelled."""
    layers = gzip.compress(gzip.compress(bytes(50_000_000)))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("inner.txt", bytes(50_000_000))
    parts = [
        b"Content-Type: text/plain\r\n\r\nSee the files.",
        b"Content-Type: application/gzip; name=b.gz\r\nContent-Encoding: gzip\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(layers),
        b"Content-Type: application/zip; name=b.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(archive.getvalue()),
        b"Content-Type: text/plain; name=t.txt\r\nContent-Encoding: gzip\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(layers),
    ]
    mail = HEAD + b"Content-Type: multipart/mixed; boundary=BB\r\n\r\n" + b"".join(b"--BB\r\n" + part + b"\r\n" for part in parts) + b"--BB--\r\n"
    tracemalloc.start()
    read = parse(mail, now=NOW)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [(one.name, one.content) for one in read.attachments] == [("b.gz", layers), ("b.zip", archive.getvalue()), ("t.txt", layers)]
    assert read.text.strip() == "See the files."
    assert peak < 20_000_000


def names(name: str) -> list[str]:
    return [attachment.name for attachment in letter(name).attachments]


@pytest.mark.parametrize(("name", "attached"), [
    ("rfc2047_in_rfc2231", ["fårsrapport.pdf", "Målinger del to øst.pdf", "Łódź €.pdf"]), ("uuencode_in_text", ["logg.txt"]),
    ("x_uuencode", ["data.bin"]), ("broken_base64", ["bilde.png"]), ("missing_boundary", ["tall.csv"]),
    ("unclosed_multipart", ["half.png"]), ("related_in_mixed", ["bilde.png", "faktura.pdf"]), ("several_texts", ["foto.jpg"]),
    ("apple_inline", ["IMG_1.HEIC"]), ("calendar", ["invite.ics"]), ("tnef", ["winmail.dat"]),
    ("nested_message", ["Tilbud på 1-2 pall.eml"]), ("signed", ["smime.p7s"]), ("encrypted", ["smime.p7m"]),
    ("pgp_encrypted", ["version.asc", "encrypted.asc"]),
])
def test_attachments(name: str, attached: list[str]) -> None:
    assert names(name) == attached


def test_attachment_names_are_safe() -> None:
    found = names("attachment_names")
    assert found[:5] == ["document.pdf", "same.png", "same.png", "passwd", "rapport.txt"]
    assert found[5] == "a" * 146 + ".zip"
    assert found[6:] == ["fakturafdp.exe", "side.html", "tom.pdf", "logo.svg"]
    assert "\u202e" not in "".join(found)
    assert letter("attachment_names").attachments[8].content == b""


def test_contents_are_decoded() -> None:
    assert letter("uuencode_in_text").attachments[0].content == b"linje en\nlinje to\n" * 6
    assert letter("x_uuencode").attachments[0].content == bytes(range(100))
    assert letter("broken_base64").text == "Hei på deg\n\nThis is no base64 at all, but words."
    assert "Its base64 is broken." in letter("broken_base64").oddities


def test_an_inline_image_is_tied_to_its_place() -> None:
    read = letter("related_in_mixed")
    assert read.attachments[0] == Attachment("bilde.png", "image/png", b"\x89PNG", "bilde1@kunde.example", inline=True)
    assert not read.attachments[1].inline
    assert 'src="cid:bilde1@kunde.example"' in (read.html or "")


def test_apple_puts_html_around_a_picture() -> None:
    read = letter("apple_inline")
    assert "Over the picture." in (read.html or "")
    assert "Under it." in (read.html or "")
    assert read.text.count("Under it.") == 1


def test_dangerous_html_is_harmless() -> None:
    read = letter("html_dangers")
    html = read.html or ""
    assert 'data-src="https://t.example/pixel.gif"' in html
    for danger in ("script", "onclick", "javascript:", "<form", "<iframe", "position", "url(", '" src="https', "<style"):
        assert danger not in html
    assert "color:red" in html
    assert [one.type for one in read.attachments if one.inline] == ["image/png"]
    assert read.text == "Hei\n\nklikk"


@pytest.mark.parametrize(("name", "oddity"), [
    ("encrypted", "It is encrypted: only its receiver can read it."), ("pgp_encrypted", "It is encrypted: only its receiver can read it."),
    ("no_blank_line", "It has no blank line between header and text."), ("cr_only", "Its lines end with CR only."),
    ("missing_boundary", "Its boundary is missing or wrong."), ("odd_first_line", "A line of its header is no header field."),
    ("enclosed_only", "It has no text of its own: an enclosed message is shown."),
])
def test_what_was_rescued_is_told(name: str, oddity: str) -> None:
    assert oddity in letter(name).oddities


@pytest.mark.parametrize("html", [
    b"<div>" * 300 + b"words" + b"</div>" * 300, b"<div>" * 50_000 + b"words", b"<a href='https://x.example'>words</a> " * 5000,
    b"<p>words</p>" * 900_000, b"<p><font a=1>" * 1500 + b"words", b"<p>words" + b"&amp; " * 400_000, b"<p>words" + b"\xc2\xa0 " * 500_000,
    b"<p " + b" ".join(b"a%d=1" % n for n in range(150_000)) + b">words", b"<p x='>'" + b"".join(b"a%d='>'" % n for n in range(60_000)) + b">words",
], ids=["300 divs", "50 000 divs", "5 000 links", "10 MB", "unclosed formatting", "400 000 entities", "500 000 no-break spaces", "150 000 attributes", "60 000 quoted attributes"])
def test_html_that_is_too_much_still_shows_its_text(html: bytes) -> None:
    read = parse(HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + html, now=NOW)
    assert "words" in read.text
    assert read.html is None or "words" in read.html
    assert len(read.text) <= 2_000_000


def test_a_letter_that_hung_is_read_without_its_html() -> None:
    html = HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>Fine &amp; <b>whole</b><br>words</p><blockquote>older</blockquote>"
    read = parse(html, now=NOW, careful=True)
    assert (read.html, read.text, read.visible) == (None, "Fine & whole\nwords\nolder", "Fine & whole\nwords\nolder")
    assert "An earlier attempt to read it took too long: only its text is shown." in read.oddities


def test_attributes_that_programs_write_stay() -> None:
    styled = b'<p title="one > two" style="color: red">words</p>' * 100
    read = parse(HEAD + b"Content-Type: text/html\r\n\r\n" + styled, now=NOW)
    assert (read.html or "").count('style="color:red"') == 100


def test_nesting_and_counts_are_bounded() -> None:
    deep = HEAD + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(100)) + b"\r\nend\r\n"
    assert "It has too many parts: the rest is not opened." in parse(deep, now=NOW).oddities
    many = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\nContent-Type: image/png\r\n\r\nx\r\n" * 10_000
    read = parse(many, now=NOW)
    assert len(read.attachments) == 1000
    assert "It has too many attachments: the rest is left out." in read.oddities


def test_a_megabyte_line() -> None:
    read = parse(HEAD + b"\r\n" + b"word " * 200_000, now=NOW)
    assert len(read.text) == 1_000_000

"""What erasing left is found wherever it lies and however it is written, by a search that knows nothing of the eraser."""

from __future__ import annotations

import ast
import base64
import html
import json
import quopri
from email.header import Header
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import residue
from rules.residue import Needles

ALIASES = {
    "names": [["Bjørn Åge", "Sæther-Ødegård"], ["Ole", "Hansen"]], "called": ["Bjørnemann"], "addresses": ["bjorn.saether@firma.example", "ole@ødegård.example"],
    "phones": ["+4722334455", "+46701234567"], "numbers": ["K-10234", "1042", "bjornage77"], "places": ["Størhusgata 5 B, 0155 Oslo"], "companies": ["Sæther Rørservice"],
}
NEEDLES = Needles(ALIASES)

SPELLINGS = {
    "as held": "Bjørn Åge Sæther-Ødegård", "capitals": "BJØRN SÆTHER-ØDEGÅRD", "small": "bjørn sæther-ødegård", "turned": "Sæther-Ødegård, Bjørn Åge", "plain": "Bjorn Saether-Odegard",
    "doubles": "Bjoern Aage Saether-Oedegaard", "Swedish": "Björn Åge Säther-Ödegård", "genitive": "Ole Hansens", "joined": "olehansen", "dotted": "ole.hansen",
    "underlined": "Ole_Hansen", "address": "bjorn.saether@firma.example", "ADDRESS": "BJORN.SAETHER@FIRMA.EXAMPLE", "idn": "ole@" + "ødegård.example".encode("idna").decode(), "street": "Størhusgata 5 B",
    "company": "Sæther Rørservice", "customer": "K-10234", "user": "bjornage77", "phone": "22 33 44 55", "abroad": "+46 70 123 45 67", "in groups": "223 34 455",
}
ENCODINGS = {
    "utf-8": lambda text: text.encode(), "latin-1": lambda text: text.encode("latin-1"), "utf-16": lambda text: text.encode("utf-16-le"), "utf-16-be": lambda text: text.encode("utf-16-be"),
    "quoted-printable": lambda text: quopri.encodestring(text.encode()), "quoted-printable latin-1": lambda text: quopri.encodestring(text.encode("latin-1")),
    "q": lambda text: quopri.encodestring(text.encode(), header=True), "base64": lambda text: base64.b64encode(text.encode()), "base64 + 1": lambda text: base64.b64encode(b"a " + text.encode()),
    "base64 + 2": lambda text: base64.b64encode(b"a" + b"> " + text.encode() + b" x"), "base64 latin-1": lambda text: base64.b64encode(b"\n\n" + text.encode("latin-1") + b"."),
    "base64 lines": lambda text: base64.encodebytes(b"." * 53 + text.encode() + b"." * 60), "base64 crlf": lambda text: base64.encodebytes(b"." * 50 + text.encode()).replace(b"\n", b"\r\n"),
    "percent": lambda text: quote(text).encode(), "percent plus": lambda text: quote_plus(text).encode(), "percent latin-1": lambda text: quote(text, encoding="latin-1").encode(),
    "percent twice": lambda text: quote(quote(text)).encode(), "entities": lambda text: html.escape(text).encode("ascii", "xmlcharrefreplace"),
    "hex entities": lambda text: "".join(f"&#x{ord(one):x};" for one in text).encode(), "named": lambda text: text.replace("ø", "&oslash;").replace("å", "&aring;").replace("æ", "&aelig;")
    .replace("Ø", "&Oslash;").replace("Å", "&Aring;").replace("Æ", "&AElig;").replace("ö", "&ouml;").replace("ä", "&auml;").replace("Ö", "&Ouml;").replace(" ", "&nbsp;").encode(),
    "json": lambda text: json.dumps(text).encode(), "json twice": lambda text: json.dumps(json.dumps(text)).encode(), "header": lambda text: Header(text, "utf-8").encode().encode(),
    "header latin-1": lambda text: Header(text, "latin-1").encode().encode(), "python": lambda text: ascii(text).encode(),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_is_found_in_every_encoding(spelling, encoding):
    """PRIVACY.md 4.7, 7.19: as residue, with its place, wherever it lies."""
    planted = ENCODINGS[encoding](SPELLINGS[spelling])
    for around in (b" ", b"\n", b"\0\0", b'"', b"<b>"):
        data = b"nothing of anybody here " * 9 + around + planted + around + b" and nothing there" * 9
        found = [one for one in NEEDLES.scan_bytes(data) if one.kind == "residue"]
        assert found, (data, planted)
        assert 200 <= found[0].position <= 216 + len(around) + len(planted)


@pytest.mark.parametrize("text", [
    "O<b>le</b> Han&shy;sen", "Ole\u200b Han\u00adsen", "<i>Ole</i> <b>Hansen</b>", "bjorn.sa\u200bether@firma.example", "Ole\n> Hansen", "Ole\r\n>> Hansens", "22\u00a033\u00a044\u00a055",
    "(+47) 22-33-44-55", "0047 22334455", "bjorn.saether (at) firma.example", "bjorn.saether [at] firma [dot] example", "mailto:bjorn%2Esaether%40firma.example", "Bjo\u0308rn Sather-Odegard, Ole\tHansen",
    "tel%3A%2B4722334455", "?q=Ole+Hansen", "Hansen,Ole", "Ole P. Hansen", "OLE_HANSEN",
])
def test_what_a_text_hides_is_found(text):
    """Tags, hidden signs, line breaks of quotes, forms of addresses and phones."""
    assert any(one.kind == "residue" for one in NEEDLES.scan_text(f"Først noe annet. {text} Så mer."))


@pytest.mark.parametrize(("text", "alias"), [("Ole kom", "first"), ("Hansen kom", "last"), ("Bjørnemann", "called"), ("sak 1042", "number"), ("0155 Oslo", "place"), ("Nicole Hansen", "name")])
def test_what_may_be_anybodys_is_for_review(text, alias):
    """A first name, a surname, a short number, a quarter of a town; a whole name within a longer one."""
    found = NEEDLES.scan_text(text)
    assert {one.kind for one in found} == {"review"}
    assert alias in {one.alias for one in found}


@pytest.mark.parametrize("text", [
    "Olesen Hansenberg skole Nicole", "xbjorn@firma.example", "K-102345", "122334455", "22334456", "[erased person] <[erased person]>", "Ola Hanssen", "2233445566", "a22334455b5", "",
])
def test_what_is_somebody_elses_is_no_residue(text):
    """Parts of longer words and numbers."""
    assert not [one for one in NEEDLES.scan_text(text) if one.kind == "residue" and one.alias != "phone"]
    assert not [one for one in NEEDLES.scan_text(text) if one.kind == "residue"] or text == "a22334455b5"


def test_positions_are_those_of_the_text():
    """Letters, not bytes; bytes where bytes are scanned, also behind lines of base64 and of quoted-printable."""
    assert NEEDLES.scan_text("æøå Ole Hansen")[0].position == 4
    assert NEEDLES.scan_bytes("æøå Ole Hansen".encode())[0].position == 7
    lines = base64.encodebytes(b"." * 570) + base64.encodebytes(b"Ole Hansen er her")
    assert abs(NEEDLES.scan_bytes(lines)[0].position - lines.index(base64.b64encode(b"Ole Hansen ")[:12])) < 3
    soft = b"a =\n" * 30 + b"Ole Han=\r\nsen"
    assert [one.position for one in NEEDLES.scan_bytes(soft) if one.kind == "residue"] == [120]


def test_a_file_is_read_piece_by_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What lies across two pieces is found once, at its place."""
    monkeypatch.setattr(residue, "CHUNK", 1000)
    data = bytearray(b"." * 300_000)
    places = [0, 995, 1995, 70_003, 299_990]
    for place in places:
        data[place:place + 10] = b"Ole Hansen"
    (tmp_path / "file").write_bytes(data)
    assert [one.position for one in NEEDLES.scan_file(tmp_path / "file") if one.kind == "residue"] == places
    (tmp_path / "other").write_bytes(b"Nicole Hansen er her. Og Ole Hansengate. " * 1000)
    assert {one.kind for one in NEEDLES.scan_file(tmp_path / "other")} == {"review"}


def test_a_whole_letter_is_read():
    """As the standard library writes it: every part and header."""
    letter = EmailMessage()
    letter["Subject"] = "Re: Størhusgata 5 B, sak fra Bjørn Sæther-Ødegård"
    letter["From"] = "=?utf-8?b?" + base64.b64encode(b"Ole Hansen").decode() + "?= <x@firma.example>"
    letter.set_content("Hei\n" + "ord " * 40 + "Ole Hansen ringte fra 22 33 44 55\n", cte="quoted-printable")
    letter.add_alternative("<p>Takk, Ole Ha<b>nsen</b></p>" + "ø" * 60, subtype="html", cte="base64")
    letter.add_attachment("Ole Hansen,22334455".encode("utf-16"), maintype="text", subtype="csv", filename="Ole Hansen.csv")
    found = [one for one in NEEDLES.scan_bytes(letter.as_bytes()) if one.kind == "residue"]
    assert {"utf-8", "figures"} <= {one.encoding for one in found}
    assert any(one.encoding.startswith("base64") for one in found)
    assert {"name", "place", "phone"} <= {one.alias for one in found}


def test_it_says_where_and_never_what():
    """Nothing found is repeated, so that a report of it may be kept."""
    assert not [one for one in NEEDLES.scan_text("Ole Hansen, 22334455") if any("Hansen" in str(part) or "2233" in str(part) for part in one)]


def test_it_shares_no_code_with_the_eraser():
    """Nor with what the eraser reads with: a mistake there is none here."""
    for name in ("residue", "needles"):
        tree = ast.parse((Path(residue.__file__).parent / f"{name}.py").read_text())
        imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not {module for module in imported if module and module.split(".")[0] in ("core", "rules", "contacts", "desk")} - {"rules.needles"}


def test_nobody_is_found_by_nothing():
    """Without aliases there is nothing to find."""
    assert Needles("{}").scan_text("Ole Hansen 22334455") == []
    assert Needles(json.dumps(ALIASES)).scan_text("Ole Hansen")[0].kind == "residue"


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(sorted(SPELLINGS)), st.sampled_from(sorted(ENCODINGS)), st.binary(max_size=200))
def test_any_bytes_around_do_not_hide_it(before, spelling, encoding, behind):
    """Whatever lies before and behind, as long as it is apart."""
    data = before + b"\r\n \r\n" + ENCODINGS[encoding](SPELLINGS[spelling]) + b"\r\n \r\n" + behind
    assert [one for one in NEEDLES.scan_bytes(data) if one.kind == "residue"]


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(["Ole", "Hansen", " ", "\u00ad", "<b>", "&#", "%2", "\ud800", "22334455", "\n", "=", "é"]), max_size=12).map("".join)))
def test_any_text_can_be_scanned(text):
    """No text is an error; places lie within it."""
    assert all(0 <= one.position <= len(text) for one in NEEDLES.scan_text(text))

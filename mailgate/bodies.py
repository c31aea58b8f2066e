"""What a message says and what it brings along: text, HTML and attachments out of the tree of parts.

Text parts are read in order; of a multipart/alternative the plain and the HTML version count as the same
text (RFC 2046 section 5.1.4). Whatever is not shown as text becomes an attachment: nothing is dropped.
"""

from __future__ import annotations

import binascii
import html as entities
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import quote, unquote_to_bytes

from core.html_text import flat_text, tame, to_text
from core.i18n import N_
from desk.letter import Attachment
from mailgate import flowed, headers, parts, uuencoded
from mailgate.charsets import decode
from mailgate.filenames import declared, name_of, safe_name
from mailgate.parts import Part, Rescue

LONGEST_TEXT = 2_000_000
LONGEST_HTML = 12_000_000
LONGEST_STUB = 500
MOST_ATTACHMENTS = 1000
READABLE = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext", "text/markdown", "text/x-markdown"})
PROGRAMS_READ = frozenset({"text/calendar", "text/vcard", "text/x-vcard", "text/rtf", "text/xml", "text/csv", "text/rfc822-headers"})
ENCRYPTED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"})
ENCLOSED = frozenset({"message/rfc822", "message/global"})
IGNORED = frozenset({"text/x-amp-html", "text/watch-html"})
WORD = re.compile(r"[^\W\d_]{4,}")
UNFIT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n\t "
NO_BASE64 = bytes(byte for byte in range(256) if byte not in BASE64 or byte in b"\r\n\t ")
PADDED = re.compile(rb"[A-Za-z0-9+/]+=*")                   # some encode every line for itself
BEGINS_CODED = re.compile(rb"\s*(?:[A-Za-z0-9+/]{4}){4,}[ \t]*\r?$|\s*(?:[A-Za-z0-9+/]{4})*[A-Za-z0-9+/]{2,3}={1,2}[ \t]*\r?$", re.MULTILINE)
LONG_BASE64 = re.compile(rb"[A-Za-z0-9+/]{50,}={0,2}\s*$")
DATA_IMAGE = re.compile(
    r"""(?i)(\bsrc\s*=\s*["'])data:(image/(?:png|jpe?g|gif|webp|bmp))[^,"']{0,60};base64,([A-Za-z0-9+/=\s%]+)(?=["'])"""
)


class Piece(NamedTuple):
    """One text of the message: plain, HTML, or both versions of the same."""

    plain: str
    html: str


@dataclass
class Body:
    """The outcome: ``text`` whole, ``html`` as written (None without any), the attachments."""

    rescue: Rescue
    text: str = ""
    html: str | None = None
    plain: bool = False                       # whether a plain version exists, so that text is not made from HTML
    flat: bool = False                        # HTML is not parsed: its text is all that is taken
    attachments: list[Attachment] = field(default_factory=list)

    def attach(self, name: str, kind: str, content: bytes, content_id: str = "") -> None:
        if len(self.attachments) < MOST_ATTACHMENTS:
            self.attachments.append(Attachment(name, kind, content, content_id))
        else:
            self.rescue.note(N_("It has too many attachments: the rest is left out."))


def read(root: Part, rescue: Rescue, *, flat: bool = False) -> Body:
    """Text, HTML and attachments of a whole message; ``flat`` makes plain text of HTML without parsing it."""
    body = Body(rescue, flat=flat)
    pieces = _said(_pieces(root, body)) or _said(_attached_words(root, body)) or _enclosed(root, body)
    if any(piece.html for piece in pieces):
        html = "\n".join(piece.html or _as_html(piece.plain) for piece in pieces)[:LONGEST_HTML]
        body.html = _data_images_attached(html, body)
    body.plain = any(piece.plain for piece in pieces)
    body.text = "\n\n".join(piece.plain or clean(to_text(piece.html)) for piece in pieces).strip("\n")
    if len(body.text) > LONGEST_TEXT:
        body.text = body.text[:LONGEST_TEXT]
        rescue.note(N_("Its text is cut: it is too long."))
    if "-----BEGIN PGP MESSAGE-----" in body.text:
        rescue.note(N_("It is encrypted (PGP): only its receiver can read it."))
    body.attachments = [_shown_inline(attachment, body.html or "") for attachment in body.attachments]
    return body


def _said(pieces: list[Piece]) -> list[Piece]:
    return [piece for piece in pieces if piece.plain.strip() or piece.html.strip()]


def _attached_words(root: Part, body: Body) -> list[Piece]:
    """A text that its sender's program attached without a name, where it is all that there is to read."""
    nameless = [part for part in leaves(root) if part.type in ("text/plain", "text/html") and not declared(part)]
    if len(nameless) != 1 or nameless[0].disposition[0] != "attachment":
        return []
    return _text(nameless[0], body)


def _enclosed(root: Part, body: Body) -> list[Piece]:
    """The words of the first enclosed message or report, for a mail that has none of its own."""
    for part in leaves(root):
        if part.type in ENCLOSED:
            inner, _ = parts.read(content(part, body.rescue))
            for _level in range(5):
                if inner.type not in ENCLOSED:
                    break
                inner, _ = parts.read(content(inner, body.rescue))
            body.rescue.note(N_("It has no text of its own: an enclosed message is shown."))
            return _said(_pieces(inner, Body(Rescue())))
        if part.type == "message/delivery-status":
            return _said([Piece(clean(decode(content(part, body.rescue))), "")])
    return []


def leaves(part: Part) -> Iterator[Part]:
    """The parts that hold no others, in order."""
    if not part.children:
        yield part
    for child in part.children:
        yield from leaves(child)


def clean(text: str) -> str:
    """NFC, ``\\n`` line ends, no NUL nor other control characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n")
    return unicodedata.normalize("NFC", UNFIT.sub("", text))


def _pieces(part: Part, body: Body) -> list[Piece]:
    if part.type == "multipart/alternative" and part.children:
        return _same_text([_pieces(child, body) for child in part.children])
    if part.children:
        return [piece for child in part.children for piece in _pieces(child, body)]
    if _is_text(part):
        return _text(part, body)
    _attached(part, body)
    return []


def _same_text(versions: list[list[Piece]]) -> list[Piece]:
    """The first plain and the last HTML version (RFC 2046 section 5.1.4: the last is the richest)."""
    plain = next((found for pieces in versions if (found := _joined(pieces, "plain"))), "")
    html = next((found for pieces in reversed(versions) if (found := _joined(pieces, "html"))), "")
    if html and plain:
        rich = to_text(html[:200_000]).strip()
        html = html if rich else ""
        if _is_a_stub(plain, rich):
            plain += f"\n\n{clean(rich)}"
    return [Piece(plain, html)]


def _is_a_stub(plain: str, rich: str) -> bool:
    """Whether the plain version only says that there is another ("Your program cannot show this mail"): it is short
    and most of its words do not stand in the HTML."""
    if len(plain) > LONGEST_STUB or len(rich) < 3 * len(plain):
        return False
    said = set(WORD.findall(plain.lower()))
    return len(said) > 2 and 2 * len(said & set(WORD.findall(rich.lower()))) < len(said)


def _joined(pieces: list[Piece], version: str) -> str:
    """All pieces as one text; a version without any piece of its own kind is no version."""
    if not any(getattr(piece, version).strip() for piece in pieces):
        return ""
    if version == "html":
        return "\n".join(piece.html or _as_html(piece.plain) for piece in pieces)
    return "" if any(piece.html and not piece.plain for piece in pieces) else "\n\n".join(piece.plain for piece in pieces)


def _is_text(part: Part) -> bool:
    if part.type.startswith("multipart/"):
        return True                           # a multipart without parts: what is there is shown
    if part.disposition[0] == "attachment" or not (part.type in READABLE or (part.depth == 0 and _is_readable(part.type))):
        return False
    return part.depth == 0 or not declared(part)


def _is_readable(kind: str) -> bool:
    """Of a whole message any kind of text, as RFC 2046 section 4.1.4 wants it, but for those that programs read."""
    return kind.startswith("text/") and kind not in PROGRAMS_READ


def _text(part: Part, body: Body) -> list[Piece]:
    inside = content(part, body.rescue)
    if part.type.startswith("multipart/") and (boundary := part.named.get("boundary")):
        inside = re.sub(rb"(?m)^--" + re.escape(boundary.encode("utf-8", "replace")) + rb"(?:--)?\s*$", b"", inside)
    text = clean(decode(inside, part.named.get("charset")))
    if part.type == "text/html":
        return [_as_written(text, body)]
    if part.type in ("text/enriched", "text/richtext"):
        text = re.sub(r"<[^<>\n]{1,80}>", "", text.replace("<<", "\0")).replace("\0", "<")
    if part.named.get("format", "").lower() == "flowed":
        text = flowed.joined(text, delete_space=part.named.get("delsp", "").lower() == "yes")
    if "\nbegin" in text or text.startswith("begin"):
        text, files = uuencoded.cut_out(text)
        for name, inside in files:
            body.attach(safe_name(name) or "attachment.bin", "application/octet-stream", inside)
    if part.depth == 0 and re.match(r"\s{0,20}(?:<!doctype html|<html)\b", text[:200], re.IGNORECASE):
        return [_as_written(text, body)]      # HTML that somebody sent as plain text
    return [Piece(text, "")]


def _as_written(html: str, body: Body) -> Piece:
    return Piece(clean(flat_text(html[:LONGEST_HTML])), "") if body.flat else Piece("", tame(html))


def content(part: Part, rescue: Rescue) -> bytes:
    """The bytes of a part, its transfer encoding undone (RFC 2045 section 6); an unknown one is left as it is."""
    body, encoding = part.body, part.encoding
    if encoding == "base64" or encoding.startswith("base-64"):
        return _base64(body, rescue, words=part.type in READABLE)
    if encoding in ("quoted-printable", "quoted_printable", "quoted-printable;", "qp"):
        return binascii.a2b_qp(re.sub(rb"=[ \t]+(?=\r?\n)", b"=", body) if b"= " in body or b"=\t" in body else body)
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue", "x-uu"):
        return uuencoded.decode(body) or body
    if encoding not in ("", "7bit", "8bit", "binary", "7-bit", "8-bit", "none", "7bits", "8bits"):
        rescue.note(N_("It has an unknown transfer encoding, %(name)s.") % {"name": encoding[:40]})
    return body


def _base64(body: bytes, rescue: Rescue, *, words: bool) -> bytes:
    """``words``: it is a text, so that what is no base64 in it may be a footer that a list wrote below."""
    if body.translate(None, BASE64) == b"" and b"=" not in body.rstrip(b"=\r\n\t "):
        try:
            return binascii.a2b_base64(body)
        except binascii.Error:
            rescue.note(N_("Its base64 is broken."))
            return headers.from_base64(body)
    rescue.note(N_("Its base64 is broken."))
    if _is_no_base64(body[:10_000]):
        return body
    coded, footer = _without_footer(body) if words else (body, b"")
    first, *others = PADDED.findall(coded.translate(None, NO_BASE64)) or [b""]
    return b"".join(map(headers.from_base64, [first, *(piece for piece in others if len(piece) % 4 == 0)])) + footer


def _is_no_base64(sample: bytes) -> bool:
    """Whether these are words that somebody labelled as base64."""
    if BEGINS_CODED.match(sample):
        return False
    foreign, gaps = len(re.findall(rb"[^A-Za-z0-9+/=\s]", sample)), len(re.findall(rb"[a-z,.] [A-Za-z]", sample))
    return foreign * 5 > len(sample) or gaps * 10 > len(sample)


def _without_footer(body: bytes) -> tuple[bytes, bytes]:
    """Base64, and the words that follow its last line: lists append them without decoding what they send on."""
    lines = body.splitlines(keepends=True)
    begins = next((index for index, line in enumerate(lines) if index and line.translate(None, BASE64)), len(lines))
    below = lines[begins:]
    if not any(re.search(rb"[A-Za-z,.] [A-Za-z]", line) for line in below) or any(LONG_BASE64.match(line) for line in below):
        return body, b""
    return b"".join(lines[:begins]), b"\n\n" + b"".join(below)


def _attached(part: Part, body: Body) -> None:
    if part.type in IGNORED:
        return
    if part.type == "application/pgp-signature" and not declared(part).lower().endswith((".sig", ".pgp")):
        body.rescue.note(N_("It is signed (PGP)."))       # the detached signature means nothing without the raw bytes
        return
    inside = content(part, body.rescue)
    nameless = not declared(part) and part.disposition[0] != "attachment"
    if nameless and not inside.strip() and part.type.startswith(("text/", "multipart/")):
        return
    if part.type in ENCRYPTED and part.named.get("smime-type", "enveloped-data") != "signed-data":
        body.rescue.note(N_("It is encrypted: only its receiver can read it."))
    content_id = part.value("content-id").strip("<> ")
    body.attach(name_of(part), part.type, inside, content_id[:200])


def _as_html(plain: str) -> str:
    return f'<div style="white-space:pre-wrap">{entities.escape(plain)}</div>' if plain.strip() else ""


def _data_images_attached(html: str, body: Body) -> str:
    """Images written into the HTML become attachments that it shows by cid."""
    if "data:image" not in html[:LONGEST_HTML].lower():
        return html

    def attached(found: re.Match[str]) -> str:
        image = headers.from_base64(unquote_to_bytes(found[3]))
        content_id = f"image-{len(body.attachments) + 1}.in.html"
        kind = found[2].lower()
        body.attach(f"image-{len(body.attachments) + 1}.{kind[6:].replace('jpeg', 'jpg')}", kind, image, content_id)
        return f"{found[1]}cid:{content_id}"

    return DATA_IMAGE.sub(attached, html)


def _shown_inline(attachment: Attachment, html: str) -> Attachment:
    written = attachment.content_id
    if written and (f"cid:{written}" in html or f"cid:{quote(written)}" in html or f"cid:{entities.escape(written)}" in html):
        return Attachment(attachment.name, attachment.type, attachment.content, written, inline=True)
    return attachment

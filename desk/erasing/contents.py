"""The words in a file: plain text, calendar, address card, office document, PDF, a mail in a mail, and what an archive holds.

A PDF is read by a process of its own, which may hang or die without taking anything along.
"""

from __future__ import annotations

import email.policy
import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from email import message_from_bytes
from html import unescape

#: Bytes that are read of one file, members of one archive, and archives in archives.
LARGEST, MEMBERS, DEPTH = 30_000_000, 2000, 3
#: Seconds for one PDF.
PATIENCE = 30
_TAG = re.compile(r"<[^>]{0,2000}>")
_IMAGE = ("image/", "audio/", "video/", "font/")


class Unreadable(Exception):
    """It may hold words that cannot be read: it is sealed, broken or too large."""


def texts_in(content: bytes, name: str, kind: str, depth: int = 0) -> Iterator[str]:
    """Every text in a file; none in pictures and sound. Raises Unreadable."""
    if kind.startswith(_IMAGE):
        return
    if len(content) > LARGEST or depth > DEPTH:
        raise Unreadable
    if content.startswith(b"%PDF"):
        yield _in_pdf(content)
    elif content.startswith(b"PK\x03\x04"):
        yield from _in_archive(content, depth)
    elif kind == "message/rfc822" or name.lower().endswith(".eml"):
        yield from _in_mail(content, depth)
    elif _is_text(content, kind):
        text = _decoded(content)
        yield text
        if "<" in text:
            yield unescape(_TAG.sub("", text))
    else:
        raise Unreadable


def _in_pdf(content: bytes) -> str:
    try:
        read = subprocess.run([sys.executable, "-m", "desk.erasing.contents"], input=content, capture_output=True, timeout=PATIENCE, check=True)
    except (subprocess.SubprocessError, OSError) as error:
        raise Unreadable from error
    return read.stdout.decode("utf-8", "replace")


def _in_archive(content: bytes, depth: int) -> Iterator[str]:
    """Office documents are archives of markup; words that are cut into runs meet when the markup is taken out."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > MEMBERS or sum(one.file_size for one in members) > LARGEST:
                raise Unreadable
            for one in members:
                if not one.is_dir():
                    yield one.filename
                    yield from _in_member(archive.read(one), one.filename, depth)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError) as error:
        raise Unreadable from error


def _in_member(content: bytes, name: str, depth: int) -> Iterator[str]:
    kind = "text/plain" if name.lower().endswith((".xml", ".rels", ".txt", ".csv", ".html")) else _kind_of(name)
    yield from texts_in(content, name, kind, depth + 1)


def _in_mail(content: bytes, depth: int) -> Iterator[str]:
    mail = message_from_bytes(content, policy=email.policy.default)
    for part in mail.walk():
        yield from (str(value) for _name, value in part.items())
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            yield from texts_in(payload, part.get_filename() or "", part.get_content_type(), depth + 1)


def _is_text(content: bytes, kind: str) -> bool:
    return kind.startswith("text/") or b"\0" not in content[:4000]


def _decoded(content: bytes) -> str:
    for mark, charset in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"), (b"", "utf-8"), (b"", "cp1252")):
        if content.startswith(mark):
            try:
                return content.decode(charset)
            except UnicodeDecodeError:
                continue
    return content.decode("latin-1")


def _kind_of(name: str) -> str:
    return "image/any" if name.lower().endswith((".png", ".jpg", ".jpeg", ".gif", ".emf", ".wmf", ".bmp", ".tiff", ".ttf", ".odttf")) else "application/any"


def _read_pdf() -> None:
    """What the process of its own does: a PDF comes in, its words go out. A sealed one ends it."""
    from pypdf import PdfReader  # here alone: nothing else of the desk needs it

    reader = PdfReader(io.BytesIO(sys.stdin.buffer.read()), strict=False)
    pages = [page.extract_text() for page in reader.pages]
    told = [str(value) for value in (reader.metadata or {}).values()]
    sys.stdout.buffer.write("\n".join([*told, *pages]).encode("utf-8", "replace"))


if __name__ == "__main__":
    _read_pdf()

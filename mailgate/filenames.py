"""Names for attachments: found wherever mailers put them, safe to show and to save."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

from mailgate import headers
from mailgate.parts import Part

LONGEST = 150
LONGEST_EXTENSION = 12
UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]")
NAMES = {
    "text/calendar": "invite.ics", "text/html": "message.html", "text/plain": "text.txt", "text/csv": "table.csv",
    "text/vcard": "contact.vcf", "text/x-vcard": "contact.vcf", "text/rtf": "text.rtf", "text/xml": "document.xml",
    "application/pdf": "document.pdf", "application/zip": "archive.zip", "application/json": "data.json",
    "application/ms-tnef": "winmail.dat", "application/pkcs7-mime": "smime.p7m", "application/x-pkcs7-mime": "smime.p7m",
    "application/pkcs7-signature": "smime.p7s", "application/x-pkcs7-signature": "smime.p7s",
    "application/pgp-signature": "signature.asc", "application/pgp-encrypted": "version.asc",
    "message/delivery-status": "delivery-status.txt", "message/disposition-notification": "receipt.txt",
    "message/feedback-report": "feedback-report.txt", "text/rfc822-headers": "original-headers.txt",
    "message/global-delivery-status": "delivery-status.txt", "application/msword": "document.doc",
    "image/jpeg": "image.jpg", "image/svg+xml": "image.svg", "image/tiff": "image.tif", "audio/mpeg": "audio.mp3",
    "audio/wav": "audio.wav", "audio/x-wav": "audio.wav", "video/mp4": "video.mp4", "video/quicktime": "video.mov",
}


def name_of(part: Part) -> str:
    """A safe base name, never empty: from the disposition, the type, the location, the subject inside, the type's own.

    (RFC 2183 section 2.3, RFC 2231; a name that only the Content-Type has is older than both.)
    """
    for candidate in (declared(part), _located(part), _subject(part)):
        safe = safe_name(candidate)
        if safe:
            return safe
    return NAMES.get(part.type) or _by_type(part.type)


def declared(part: Part) -> str:
    """The name that the sender gave, or ''. Where it lost letters to its charset, the same name told in another."""
    _, disposed = part.disposition
    names = [named[parameter] for named in (disposed, part.named) for parameter in ("filename", "name") if named.get(parameter)]
    return next((name for name in names if _is_whole(name, names[0])), names[0]) if names else ""


def _is_whole(name: str, lossy: str) -> bool:
    return "?" in lossy and name != lossy and len(name) == len(lossy) and all(
        letter in (ours, "?") for ours, letter in zip(name, lossy, strict=True))


def safe_name(name: str) -> str:
    """No path, no control or direction characters, no leading dots, at most 150 characters; the extension stays."""
    name = unicodedata.normalize("NFC", UNSAFE.sub("", name.replace("\t", " ")))
    if re.match(r"(?i)(?:=\?|%[0-9a-f]{2})", name):
        name = unquote(headers.decode_words(name))
    name = re.split(r"[/\\]", name.strip().rstrip("/\\"))[-1]
    name = re.sub(r"\s+", " ", name).strip(" .\"'").lstrip("~")
    if len(name) <= LONGEST:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > LONGEST_EXTENSION:
        return name[:LONGEST].rstrip()
    return f"{stem[:LONGEST - len(extension) - 1].rstrip()}.{extension}"


def _located(part: Part) -> str:
    location = part.value("content-location")
    last = unquote(location.split("?")[0].rstrip("/").rpartition("/")[2])
    return last if re.search(r"\.\w{2,5}$", last) else ""


def _subject(part: Part) -> str:
    """The subject of an enclosed message and ``.eml``; its slashes do not cut it."""
    if part.type not in ("message/rfc822", "message/global"):
        return ""
    found = re.search(rb"(?im)^subject[ \t]*:(.*(?:\r?\n[ \t].*)*)", part.body[:20_000])
    subject = headers.text(found[1]) if found else ""
    subject = re.sub(r"[/\\:]+", "-", subject)[:100].strip()
    return f"{subject}.eml" if subject else "message.eml"


def _by_type(kind: str) -> str:
    main, _, sub = kind.partition("/")
    sub = re.sub(r"^x-|[^a-z0-9]", "", sub)[:8]
    if main in ("image", "audio", "video") and sub:
        return f"{main}.{sub}"
    return "text.txt" if main == "text" else "attachment.bin"

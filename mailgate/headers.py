"""Header fields: bytes → decoded text, Message-IDs, dates (RFC 5322, 2047, 6532); nothing here raises."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz

from mailgate.charsets import canonical, decode

LONGEST = 2000
MOST_IDS = 50
# the mark at its end may be missing: the word then goes to the next one, or to the end
ENCODED_WORD = re.compile(r"=\?([^?\s=]{1,60})\?([bBqQ])\?(.*?)(?:\?=|(?=\s=\?[^?\s=]{1,60}\?[bBqQ]\?)|\Z)", re.DOTALL)
UTF_7 = re.compile(rb"\+[A-Za-z0-9+/]{2,}-")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
MONTHS = {
    "jan": 1, "ene": 1, "gen": 1, "feb": 2, "fév": 2, "fev": 2, "mar": 3, "mär": 3, "mrz": 3, "mrt": 3, "apr": 4,
    "avr": 4, "abr": 4, "mai": 5, "maj": 5, "may": 5, "mei": 5, "mag": 5, "jun": 6, "giu": 6, "jul": 7, "lug": 7,
    "aug": 8, "aoû": 8, "ago": 8, "sep": 9, "set": 9, "okt": 10, "oct": 10, "out": 10, "ott": 10, "nov": 11,
    "des": 12, "dez": 12, "dec": 12, "déc": 12, "dic": 12,
    "juin": 6, "juil": 7, "tam": 1, "hel": 2, "maa": 3, "huh": 4, "tou": 5, "kes": 6, "hei": 7, "elo": 8, "syy": 9, "lok": 10, "joulu": 12,
    "sty": 1, "lut": 2, "kwi": 4, "cze": 6, "lip": 7, "sie": 8, "wrz": 9, "paź": 10, "lis": 11, "gru": 12, "maí": 5, "jún": 6, "júl": 7,
    "ágú": 8, "nóv": 11, "янв": 1, "фев": 2, "мар": 3, "апр": 4, "мая": 5, "май": 5, "июн": 6, "июл": 7, "авг": 8, "сен": 9, "окт": 10,
    "ноя": 11, "дек": 12,
}
#: Zones that mailers name and the standard library does not know, in hours.
ZONES = {"CET": 1, "CEST": 2, "MET": 1, "MEST": 2, "MESZ": 2, "MEZ": 1, "BST": 1, "WEST": 1, "EET": 2, "EEST": 3, "MSK": 3, "JST": 9, "AEST": 10}
NAMED_ZONE = re.compile(rf"\s\(?({'|'.join(ZONES)})\)?\s*$")
FOREIGN_DATE = re.compile(r"(\d{1,2})\.?\s+([^\W\d]{3,9})\.?\s+(\d{4})\s+(\d{1,2})[:.](\d\d)(?:[:.](\d\d))?\s*([+-]\d{4})?")


def unfold(value: bytes) -> bytes:
    """One line of a folded field (RFC 5322 section 2.2.3)."""
    if b"\n" in value or b"\r" in value:
        value = re.sub(rb"[\r\n]+(?=[ \t])", b"", value)
        value = value.replace(b"\r", b" ").replace(b"\n", b" ")
    return value.strip()


def raw_text(value: bytes, charset: str | None = None) -> str:
    """An unfolded field, encoded words still encoded; undeclared 8-bit is UTF-8, else ``charset``, else cp1252."""
    value = unfold(value)
    if charset and b"=?" not in value and UTF_7.search(value) and canonical(charset) == "utf-7":
        return decode(value, charset)
    return value.decode("ascii") if value.isascii() and b"\x1b" not in value else decode(value, charset)


def text(value: bytes, charset: str | None = None) -> str:
    """A field as a person reads it: decoded, on one line, NFC, at most 2000 characters."""
    return tidy(decode_words(raw_text(value[:20_000], charset)))


def tidy(value: str) -> str:
    if value.isascii() and value.isprintable():
        return value.strip()[:LONGEST]
    value = CONTROL.sub("", value.replace("\t", " ").replace("\n", " "))
    return unicodedata.normalize("NFC", value).strip()[:LONGEST]


def decode_words(value: str) -> str:
    """RFC 2047 encoded words; neighbours of one charset are joined before decoding, as mailers split characters."""
    if "=?" not in value:
        return value
    out: list[str] = []
    pending: list[tuple[str, str, str]] = []
    end = 0
    for word in ENCODED_WORD.finditer(value):
        between = value[end:word.start()]
        if between.strip() or not pending:
            out += [_join(pending), between]
            pending = []
        pending.append((word[1].split("*")[0].lower(), word[2].lower(), word[3]))
        end = word.end()
    return "".join([*out, _join(pending), value[end:]])


def _join(words: list[tuple[str, str, str]]) -> str:
    out, run, current = [], b"", ""
    for index, (charset, coding, content) in enumerate(words):
        if charset != current:
            out.append(_decoded(run, current))
            run, current = b"", charset
        follows = words[index + 1] if index + 1 < len(words) else None
        if follows and follows[:2] == (charset, "b") == (charset, coding) and _cut_short(content):
            words[index + 1] = (charset, coding, content + follows[2])
            continue
        run += from_base64(content.encode("ascii", "ignore")) if coding == "b" else _from_q(content)
    return "".join([*out, _decoded(run, current)])


def _decoded(run: bytes, charset: str) -> str:
    return decode(run, charset if canonical(charset) else None) if run else ""


def _cut_short(content: str) -> bool:
    """Base64 cut between quads goes on in the next word."""
    return len(content.strip()) % 4 != 0 and "=" not in content


def from_base64(content: bytes) -> bytes:
    """Base64 without fear: foreign characters, missing padding and a lone last character are forgiven."""
    try:
        return binascii.a2b_base64(content)
    except binascii.Error:
        kept = re.sub(rb"[^A-Za-z0-9+/]", b"", content)
        kept = kept[:-1] if len(kept) % 4 == 1 else kept
        return base64.b64decode(kept + b"=" * (-len(kept) % 4))


def _from_q(content: str) -> bytes:
    """The Q encoding (RFC 2047 section 4.2); what is not encoded, although it should be, stays."""
    plain = content.replace("_", " ").encode("utf-8", "surrogateescape")
    return re.sub(rb"=([0-9A-Fa-f]{2})", lambda code: bytes([int(code[1], 16)]), plain)


def message_ids(values: Iterable[str]) -> list[str]:
    """Message-IDs in these fields, in order, without brackets; whitespace from folding inside an id is dropped,
    and so is what no text may hold (NUL, which PostgreSQL refuses, can come out of an encoded word).

    Malformed ones are skipped; an id without brackets counts when it holds an ``@``.
    """
    found: list[str] = []
    for value in values:
        value = decode_words(value)
        ids = re.findall(r"<([^<>]{1,998})>", value) or [word for word in value.split() if "@" in word]
        found += [clean for clean in (CONTROL.sub("", re.sub(r"\s+", "", one)).strip("<>,;\"'") for one in ids) if clean]
    return list(dict.fromkeys(found))


def nearest_first(in_reply_to: Iterable[str], references: Iterable[str]) -> tuple[str, ...]:
    """In-Reply-To first, then References from last to first; at most 50, the root of the thread always among them
    (RFC 5322 section 3.6.4)."""
    chain = tuple(dict.fromkeys([*in_reply_to, *reversed(list(references))]))
    return chain if len(chain) <= MOST_IDS else (*chain[:MOST_IDS - 1], chain[-1])


def date(value: str, now: datetime) -> datetime | None:
    """The Date field in UTC; None when it is impossible, before 1990 or in the future (an hour is forgiven).

    A zone that cannot be (over 14 hours) is read as UTC: the day is right, and that is what people look at.
    """
    try:
        moment = _moment(value)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    if moment is None or moment.year < 1990 or moment > now + timedelta(hours=1):
        return None
    return moment


def _moment(value: str) -> datetime | None:
    value = re.sub(r"([+-]\d\d):(\d\d)(?=\s*(?:\(|$))", r"\1\2", value)
    if (zone := NAMED_ZONE.search(value)) and not re.search(r"[+-]\d{4}", value):
        value = f"{value[:zone.start()]} {ZONES[zone[1]]:+03d}00"
    if half := re.search(r"\b(\d{1,2})(:\d\d(?::\d\d)?)\s?([AP])M\b", value):
        hour = int(half[1]) % 12 + (12 if half[3] == "P" else 0)
        value = f"{value[:half.start()]}{hour:02d}{half[2]}{value[half.end():]}"
    parsed = parsedate_tz(value)
    if parsed is None or not parsed[1]:
        return _foreign_moment(value)
    offset = parsed[9] or 0
    if abs(offset) > 14 * 3600:
        offset = 0
    moment = datetime(*parsed[:5], min(parsed[5], 59), tzinfo=UTC)
    return moment - timedelta(seconds=offset)


def _foreign_moment(value: str) -> datetime | None:
    """Dates that some mailers write in their own language, or in ISO 8601."""
    found = FOREIGN_DATE.search(value)
    if found and (month := MONTHS.get(found[2][:4].lower()) or MONTHS.get(found[2][:3].lower())):
        zone = found[7] or "+0000"
        offset = timedelta(hours=int(zone[:3]), minutes=int(zone[0] + zone[3:]))
        moment = datetime(int(found[3]), month, int(found[1]), int(found[4]), int(found[5]), int(found[6] or 0), tzinfo=UTC)
        return moment - offset
    moment = datetime.fromisoformat(value.strip())
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)

"""The bytes of mails, read and written without the words that name the person (PRIVACY 4.4).

A mail is rebuilt part by part; what it was signed with no longer fits and goes too. One that cannot be rebuilt so that nothing is left goes whole:
what was read of it stays on its message.
"""

from __future__ import annotations

import email.policy
import zlib
from email import message_from_bytes
from email.message import EmailMessage

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from desk.erasing.attached import instead, uncertain
from desk.erasing.holding_back import Holds
from desk.erasing.mentions import Decisions
from desk.erasing.reading import Reader
from desk.erasing.subject import Subject
from desk.erasing.tombstones import other_messages
from desk.inbound import InboundMail, InboundRaw
from desk.outbound import OutboundMail
from desk.tickets.message import Message

#: Headers that no longer fit what is written, or that only tell of the way a mail took.
SIGNATURES = ("dkim-signature", "arc-seal", "arc-message-signature", "arc-authentication-results", "x-google-dkim-signature", "autocrypt")
#: Headers that hold nothing but Message-IDs.
IDS = ("message-id", "in-reply-to", "references", "resent-message-id", "original-message-id", "content-id", "thread-index")
POLICY = email.policy.default.clone(max_line_length=78, cte_type="8bit")


def rebuilt(raw: bytes, reader: Reader, *, near: bool = True, everything: bool = False) -> bytes | None:
    """The mail without the words; the same bytes where it has none, and None where it cannot be rebuilt without them."""
    try:
        if not any(one.encode() in raw.lower() for one in reader.addresses) and not _names_anybody(raw, reader, near):
            return raw
        mail = message_from_bytes(raw, policy=POLICY)
        if not _take_out(mail, reader, near, everything):
            return raw
        for name in SIGNATURES:
            del mail[name]
        made = mail.as_bytes()
        return made if not _take_out(message_from_bytes(made, policy=POLICY), reader, near, everything) else None
    except Exception:       # noqa: BLE001 - mail is hostile: whatever it does, the person has to be gone from it
        return None


def erase_originals(
    db: Session, subject: Subject, reader: Reader, after: int, most: int, holds: Holds, decisions: Decisions,
) -> tuple[int | None, list[int]]:
    """A lot of the bytes of what came in: where to go on after, and which named the person. What is not certain goes as it does from what was
    read of them."""
    rows = db.execute(select(InboundRaw.inbound_id, InboundRaw.deflated, InboundRaw.content, InboundMail.sender, InboundMail.envelope_sender, InboundMail.message_id,
                             subject.takes_part(Message.ticket_id).label("near")).join(
        InboundMail, InboundMail.id == InboundRaw.inbound_id).outerjoin(Message, Message.id == InboundMail.message_id).where(
        InboundRaw.inbound_id > after, or_(InboundMail.message_id.is_(None), other_messages(subject))).order_by(InboundRaw.inbound_id).limit(most)).all()
    changed: dict[int, bytes | None] = {}
    everywhere, said = decisions.everywhere == "erase", decisions.rows()
    for row in rows:
        everything = everywhere or not said.isdisjoint((("inbound_mails", row.inbound_id), ("messages", row.message_id)))
        raw = zlib.decompress(row.content) if row.deflated else row.content
        made = None if reader.is_theirs(row.sender) or reader.is_theirs(row.envelope_sender) else rebuilt(
            raw, reader, near=bool(row.near), everything=everything)
        if made != raw:
            changed[row.inbound_id] = made
    gone = sorted(changed.keys() - holds.among("inbound_mails", changed))
    for number in gone:
        if changed[number] is None:
            db.execute(delete(InboundRaw).where(InboundRaw.inbound_id == number))
        else:
            db.execute(update(InboundRaw).where(InboundRaw.inbound_id == number).values(deflated=False, content=changed[number]))
    return (rows[-1].inbound_id if rows else None), gone


def erase_composed(
    db: Session, reader: Reader, after: int, most: int, holds: Holds, decisions: Decisions,
) -> tuple[int | None, list[int]]:
    """A lot of what we composed: it goes where it names the person, and where that is not certain as the words it was made of do. Where to go on
    after, and which did."""
    rows = db.execute(select(OutboundMail.id, OutboundMail.message_id, OutboundMail.ticket_id, OutboundMail.composed).where(OutboundMail.composed.is_not(None), OutboundMail.id > after).order_by(
        OutboundMail.id).limit(most)).all()
    everywhere, said = decisions.everywhere == "erase", decisions.rows()
    changed = {row.id for row in rows if rebuilt(row.composed, reader, everything=everywhere or not said.isdisjoint(
        (("outbound_mails", row.id), ("messages", row.message_id), ("tickets", row.ticket_id)))) != row.composed}
    gone = sorted(changed - holds.among("outbound_mails", changed))
    db.execute(update(OutboundMail).where(OutboundMail.id.in_(gone)).values(composed=None))
    return (rows[-1].id if rows else None), gone


def _take_out(mail: EmailMessage, reader: Reader, near: bool, everything: bool) -> bool:
    """Whether there was something to take out of the mail or of one of its parts."""
    changed = False
    for part in mail.walk():
        for name, value in list(part.items()):
            less = reader.without(str(value), near=near, everything=everything, ids=name.lower() in IDS)
            if less != str(value):
                changed = True
                _put_header(part, name, less)
        if _file_goes(part, reader, near, everything):
            changed = True
            size, kind = len(part.get_payload(decode=True) or b""), part.get_content_type()
            part.clear_content()
            part.set_content(instead(size, kind))
        elif (text := _text_of(part)) is not None:
            kind = part.get_content_subtype()
            less = reader.without(text, near=near, everything=everything, markup=kind == "html")
            if less != text:
                changed = True
                part.set_content(less, subtype=kind, charset="utf-8", cte="quoted-printable")
    return changed


def _file_goes(part: EmailMessage, reader: Reader, near: bool, everything: bool) -> bool:
    """Whether a part is a file that names the person."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes) or (part.get_content_maintype() in ("text", "multipart") and not part.get_filename()):
        return False
    doubt = uncertain(reader, payload, part.get_filename() or "", part.get_content_type(), near=near)
    return doubt is False or (doubt is True and everything)


def _names_anybody(raw: bytes, reader: Reader, near: bool) -> bool:
    """Whether the person may stand in a mail, read in the way that costs least: most do not name them, and no header has to be understood for that."""
    for part in message_from_bytes(raw).walk():
        heads = "\n".join(f"{name}: {_decoded(str(value).encode('ascii', 'surrogateescape'))}" for name, value in part.raw_items())
        file, kind = part.get_filename() or "", part.get_content_maintype()
        if next(reader.read(f"{heads}\n\n{file}", near=near), None) is not None:
            return True
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes) or not payload:
            continue
        if (file or kind != "text") and uncertain(reader, payload, file, part.get_content_type(), near=near) is not None:
            return True
        if kind == "text" and next(reader.read(_decoded(payload, part.get_content_charset()), near=near, markup=part.get_content_subtype() == "html"), None) is not None:
            return True
    return False


def _put_header(part: EmailMessage, name: str, value: str) -> None:
    """Addresses that are not one any more would not be taken for a header: it goes."""
    try:
        part.replace_header(name, value)
        str(part[name])
    except Exception:       # noqa: BLE001 - the library stumbles over some values in its own ways: a header that cannot be written goes
        del part[name]


def _text_of(part: EmailMessage) -> str | None:
    """The decoded text of a part; None where it is none."""
    if part.is_multipart() or part.get_content_maintype() != "text":
        return None
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return None
    return _decoded(raw, part.get_content_charset())


def _decoded(raw: bytes, charset: str | None = None) -> str:
    """As what it says that it is, else as what it may be."""
    for one in (charset or "utf-8", "utf-8", "cp1252"):
        try:
            return raw.decode(one)
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("latin-1")

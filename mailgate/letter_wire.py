"""A letter on the wire between the parsing child and its parent: JSON, then the attachments' bytes.

No pickle: the child reads what strangers wrote, so its parent believes it no more than them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from desk.letter import Attachment, Bounce, Failure, Forwarded, Letter, Party

PLAIN = (
    "message_id", "message_id_given", "envelope_sender", "subject", "text", "visible", "silent", "below", "html",
    "language", "content_digest", "channel",
)
LISTS = ("delivered_to", "in_reply_to", "references", "oddities")
PARTIES = ("senders", "reply_to", "to", "cc")
FORWARDED = ("subject", "text", "visible", "html", "language", "comment")


def pack(letter: Letter) -> tuple[bytes, list[bytes]]:
    """The letter as JSON, and the bytes of its attachments in order."""
    told: dict[str, Any] = {name: getattr(letter, name) for name in (*PLAIN, *LISTS)}
    told |= {name: [(party.address, party.name) for party in getattr(letter, name)] for name in PARTIES}
    told["sender"] = letter.sender and (letter.sender.address, letter.sender.name)
    told["sent_at"] = letter.sent_at and letter.sent_at.isoformat()
    told["headers"] = dict(letter.headers)
    told["bounce"] = letter.bounce and {
        "failures": [(one.address, one.status, one.hard, one.diagnostic) for one in letter.bounce.failures],
        "original_ids": letter.bounce.original_ids,
    }
    told["forwarded"] = letter.forwarded and _forwarded(letter.forwarded)
    files = (*letter.attachments, *(letter.forwarded.attachments if letter.forwarded else ()))
    told["attachments"] = [(one.name, one.type, len(one.content), one.content_id, one.inline) for one in files]
    return json.dumps(told, ensure_ascii=False).encode("utf-8", "replace"), [one.content for one in files]


def unpack(told: bytes, contents: Sequence[bytes]) -> Letter:
    """The letter again. ValueError, KeyError or TypeError where these are not the bytes of one."""
    read: dict[str, Any] = json.loads(told)
    bounce = read["bounce"]
    files = tuple(
        Attachment(name, kind, content, content_id, inline)
        for (name, kind, _, content_id, inline), content in zip(read["attachments"], contents, strict=True))
    own = len(files) - (read["forwarded"]["files"] if read["forwarded"] else 0)
    fields: dict[str, Any] = {name: read[name] for name in PLAIN}
    fields |= {name: tuple(str(one) for one in read[name]) for name in LISTS}
    fields |= {name: tuple(Party(*one) for one in read[name]) for name in PARTIES}
    return Letter(
        **fields,
        sender=Party(*read["sender"]) if read["sender"] else None,
        sent_at=datetime.fromisoformat(read["sent_at"]) if read["sent_at"] else None,
        headers={name: tuple(values) for name, values in read["headers"].items()},
        bounce=bounce and Bounce(tuple(Failure(*one) for one in bounce["failures"]), tuple(bounce["original_ids"])),
        attachments=files[:own],
        forwarded=read["forwarded"] and _read_forwarded(read["forwarded"], files[own:]),
    )


def sizes(told: bytes) -> list[int]:
    """How many bytes each attachment has that follows this JSON."""
    return [int(size) for _, _, size, _, _ in json.loads(told)["attachments"]]


def _forwarded(one: Forwarded) -> dict[str, Any]:
    return {
        **{name: getattr(one, name) for name in FORWARDED}, "files": len(one.attachments),
        "sender": one.sender and (one.sender.address, one.sender.name),
        "sent_at": one.sent_at and one.sent_at.isoformat(),
        "reply_to": [(party.address, party.name) for party in one.reply_to],
    }


def _read_forwarded(read: dict[str, Any], files: tuple[Attachment, ...]) -> Forwarded:
    return Forwarded(
        **{name: read[name] for name in FORWARDED}, attachments=files,
        sender=Party(*read["sender"]) if read["sender"] else None,
        sent_at=datetime.fromisoformat(read["sent_at"]) if read["sent_at"] else None,
        reply_to=tuple(Party(*party) for party in read["reply_to"]),
    )

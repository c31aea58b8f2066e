"""Messages as letters of a conversation: head, body or frame, files, how our own fared on their way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from flask import url_for
from markupsafe import Markup

from core.clock import now
from core.i18n import gettext as _
from desk.locked_mail import hidden_mail
from desk.outbound import OutboundMail
from desk.tickets.forwarding import parted
from desk.tickets.message import Attachment, Message
from desk.tickets.writing import preview_of
from desk.web.presenting import words
from desk.web.presenting.around import Around
from desk.web.presenting.faces import UNKNOWN, agent_face, person_face
from desk.web.presenting.links import trace_url
from desk.web.presenting.masking import deleted_person, is_masked, parties, without
from desk.web.presenting.times import coming, stamp
from desk.web.requests import db
from desk.web.signing_in import me

REMOTE = re.compile(r'\sdata-src="https?:', re.IGNORECASE)
MOST_NAMED = 3               # addresses in a letter's head
MOST_LISTED = 100            # addresses that unfold there
SIGNATURE = 20               # lines that a signature has at most
QUOTING = re.compile(r"^\s*>|:\s*$|^\W*(?:from|fra|från|von|de)\W{0,3}:|-{5,}|_{5,}", re.IGNORECASE | re.MULTILINE)
STATES = {"queued": "queued", "handing_over": "sending", "sent": "sent", "deferred": "deferred", "failed": "failed", "withheld": "failed"}


def letter(message: Message, around: Around, *, folded: bool) -> dict[str, Any]:
    """A message as the macro ``letter`` wants it."""
    trust, gone = message.trust.get("result", ""), is_gone(message, around)
    return {
        "kind": message.direction, "uid": message.uid, "face": {**UNKNOWN, "name": deleted_person()} if gone else _face(message),
        "who": deleted_person() if gone else who(message), "address": "" if gone else _beside(message), "employer": _("then at %(company)s", company=then) if (then := around.employers.get(message.id)) else "", "at": stamp(message.at),
        "at_iso": message.at.isoformat(), "channel": message.channel, "folded": folded,
        "preview": preview_of(message.shown), "proof": trust if message.direction == "in" else "",
        "proof_text": "" if gone else proof_said(message.trust),
        "verdict": _("%(address)s is only claimed: this mail is not from there.", address=deleted_person() if gone else message.from_address)
        if trust == "fail" else "",
        "to": _others(message.to, message, around), "cc": _crowd(message.cc, around),
        "reply_to": message.reply_to if message.reply_to.casefold() not in ("", message.from_address.casefold()) and not is_masked(
            message.reply_to, around.masked) else "",
        **_body(message, around), **_menu(message, around),
        "attachments": [] if hidden_mail(db(), message) else [_file(one) for one in message.attachments if not one.inline],
        "delivery": delivery(around.sent.get(message.id)), "why": None,
    }


def is_gone(message: Message, around: Around) -> bool:
    """Whether a deleted person wrote it, or called."""
    by_us = message.direction != "in" or (message.author is not None and not is_call(message))
    return not by_us and ((message.person_id is not None and message.person_id not in around.persons) or is_masked(message.from_address, around.masked))


def proof_said(trust: dict[str, Any]) -> str:
    """Whether the sender is who it says, and why we think so."""
    word = {"pass": _("Real sender."), "fail": _("Probably forged."), "none": _("Not proven.")}.get(trust.get("result", ""), "")
    return f"{word} {words.said(trust.get('sentence') or trust.get('why', ''))}".strip()


def who(message: Message) -> str:
    """Who wrote it; of a call, who called."""
    if is_call(message):
        return _("%(who)s called", who=message.from_name or message.from_address or _("Somebody"))
    if message.author is not None:
        return message.author.name
    return message.from_name or message.from_address or _("Unknown sender")


def is_call(message: Message) -> bool:
    """Whether this is a call that an agent noted down."""
    return message.channel == "phone" and message.direction == "in" and message.author is not None


def _beside(message: Message) -> str:
    """What stands beside the name: the address it came from, who forwarded it, or who noted it down."""
    if is_call(message) and message.author is not None:
        return _("noted by %(name)s", name=message.author.name)
    forwarded = next((clue["sentence"]["with"]["name"] for clue in message.identification.get("evidence", ())
                      if clue["clue"] == "forwarded"), "") if "forwarded_by" in message.identification else ""
    if forwarded:
        return _("%(address)s, forwarded by %(name)s", address=message.from_address, name=forwarded)
    return message.from_address if message.direction == "in" else ""


def delivery(mail: OutboundMail | None) -> dict[str, Any] | None:
    """How a mail of ours fares, in a sentence; with the address that sends it again when it failed."""
    if mail is None:
        return None
    said = {
        "queued": _("being sent"), "handing_over": _("being sent"),
        "sent": _("Sent %(time)s", time=stamp(mail.sent_at)) if mail.sent_at else _("Sent"),
        "deferred": _("Next try %(time)s: %(reason)s", time=_when(mail), reason=words.said(mail.reason)),
        "failed": words.said(mail.reason),
    }
    again = mail.state in ("failed", "deferred")
    short = _("next try %(time)s", time=_when(mail)) if mail.state == "deferred" else said[mail.state]
    return {"state": STATES[mail.state], "text": said[mail.state], "short": short,
            "retry_url": url_for("deliveries.update", uid=mail.uid) if again else None}


def _when(mail: OutboundMail) -> str:
    return coming(mail.due_at) if mail.due_at > now() else _("now")


def _face(message: Message) -> dict[str, Any]:
    if is_call(message) and message.from_name:
        return person_face(message.from_name)
    if message.author is not None and not is_call(message):
        return agent_face(message.author)
    if message.direction == "in" and message.person_id is None:
        return {**UNKNOWN, "name": who(message)}
    return person_face(who(message))


def _body(message: Message, around: Around) -> dict[str, Any]:
    """Ours as trusted paragraphs; theirs as text, or in a frame of its own with what is quoted folded away."""
    folded = _quoted(message)
    signed = folded is not None and message.text.startswith(message.visible) and is_signature(folded)
    nothing = {"signed": signed, "blocked_images": 0, "show_images_url": "", "html_url": None, "quote": None, "quote_url": None}
    if message.html and (message.direction != "in" or message.author_id is not None):
        own, along = parted(message.html)
        return {**nothing, "text": Markup(own), "forwarded": bool(along),  # noqa: S704 - sanitised when it was written
                "quote_url": url_for("messages.html", uid=message.uid, part="forwarded") if along else None}
    if not message.html or message.uid in around.plain:
        return {**nothing, "text": message.shown or _("(no text)"), "quote": folded}
    shown = message.uid in around.images
    more: dict[str, Any] = {"images": 1} if shown else {}
    visible: dict[str, Any] = {"part": "visible", **more} if message.visible else more
    return {
        **nothing, "text": "", "blocked_images": 0 if shown else len(REMOTE.findall(message.html)),
        "show_images_url": _with(around.here, "images", message.uid),
        "html_url": url_for("messages.html", uid=message.uid, **visible),
        "quote_url": url_for("messages.html", uid=message.uid, part="quote", **more) if message.visible else None,
    }


def _quoted(message: Message) -> str | None:
    """What was folded away of a text."""
    if not message.visible:
        return None
    rest = message.text[len(message.visible):] if message.text.startswith(message.visible) else message.text
    return rest.strip() or None


def is_signature(folded: str) -> bool:
    """Whether what was folded away quotes nobody: then it is how its sender signs."""
    return len(folded.splitlines()) <= SIGNATURE and not QUOTING.search(folded)


def _menu(message: Message, around: Around) -> dict[str, Any]:
    if hidden_mail(db(), message):
        return {"forward_url": None, "raw_url": None, "plain_url": None, "trace_url": None}
    raw = message.id in around.arrivals or (message.id in around.sent)
    came = around.arrivals.get(message.id)
    has_html = bool(message.html) and message.direction == "in" and message.author_id is None
    return {
        "forward_url": url_for("forwards.new", number=around.number or message.ticket_id, message=message.uid),
        "raw_url": url_for("messages.raw", uid=message.uid) if raw and not any(is_masked(one, around.masked) for one in parties([message])) else None,
        "plain_url": _with(around.here, "plain", message.uid) if has_html and message.uid not in around.plain else None,
        "trace_url": trace_url(came[0].inbound_uid) if came and me().admin else None,
    }


def _file(attachment: Attachment) -> dict[str, Any]:
    kind = "image" if attachment.type.startswith("image/") else "mail" if attachment.type == "message/rfc822" else "file"
    return {"name": attachment.name, "size": words.size(attachment.size), "kind": kind,
            "url": url_for("attachments.show", uid=attachment.uid)}


def _others(pairs: Iterable[Sequence[str]], message: Message, around: Around) -> dict[str, str] | None:
    """To whom it was written; nothing when it was written to us alone."""
    pairs, own = list(pairs), around.own
    if message.direction == "in" and all(_plainly(address, own).casefold() in own for _name, address in pairs):
        return None
    return _crowd(pairs, around)


def _crowd(pairs: Iterable[Sequence[str]], around: Around) -> dict[str, str] | None:
    """A few by name; of more, the first and how many others, which unfolds. The raw source has them all."""
    pairs, own = without(pairs, around.masked), around.own
    if len(pairs) <= MOST_NAMED + 1:
        return {"text": _names(pairs, own, len(pairs)), "all": ""} if pairs else None
    return {"text": _names(pairs, own, MOST_NAMED), "all": _names(pairs, own, MOST_LISTED)}


def _names(pairs: Sequence[Sequence[str]], own: frozenset[str], most: int) -> str:
    """The first of them, and how many more there are."""
    named = [name if not address else f"{name} <{_plainly(address, own)}>" if name else _plainly(address, own) for name, address in pairs[:most]]
    more = len(pairs) - len(named)
    return words.listed([*named, *([_("and %(n)s others", n=more)] if more else [])])


def _plainly(address: str, own: frozenset[str]) -> str:
    """One of our addresses without the token that we put behind its ``+``: it is of no use to a reader."""
    name, plus, rest = address.partition("+")
    plain = f"{name}@{rest.rpartition('@')[2]}"
    return plain if plus and plain.casefold() in own else address


def _with(here: str, name: str, uid: str) -> str:
    return f"{here}{'&' if '?' in here else '?'}{name}={uid}#m-{uid}"

"""The composer: what is written so far, to whom, and what to mind about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import select

from contacts.address import normalise_email
from contacts.masking import masked
from core.html import to_text
from core.i18n import dated, moment, say
from core.i18n import gettext as _
from core.options import LANGUAGES
from desk.access import answers_from
from desk.language import language_for
from desk.mailboxes import Mailbox
from desk.signature import is_html, signature_of
from desk.tickets.copying import copies
from desk.tickets.doubting import doubts, led_away
from desk.tickets.drafting import draft_of
from desk.tickets.merging import shown_ids
from desk.tickets.message import Attachment, Draft, Message
from desk.tickets.recipients import (
    Recipient,
    answer_to,
    as_written,
    colleagues_answer,
    last_and_newest_of,
    last_of,
    name_of,
    written,
)
from desk.tickets.rerouting import as_before, proposals
from desk.tickets.ticket import Ticket
from desk.web.once import once
from desk.web.presenting import words
from desk.web.presenting.letters import who as wrote
from desk.web.presenting.masking import deleted_person
from desk.web.presenting.places import ours
from desk.web.presenting.rows import who
from desk.web.presenting.times import stamp
from desk.web.requests import db
from desk.web.signing_in import me

#: Others that a customer wrote to stand in copy of the answer, unless they are more than these.
MOST_IN_COPY = 20


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form brought that could not be sent yet, and why."""

    fields: Mapping[str, str]
    files: Sequence[str]
    error: str = ""
    doubts: Sequence[str] = ()


def composer(ticket: Ticket, kind: str = "reply", typed: Typed | None = None, forwarded: Message | None = None) -> dict[str, Any]:
    """The composer of a ticket as web/tickets/_composer.html wants it: what was typed, else the draft, else empty."""
    draft = draft_of(db(), ticket, me(), kind)
    last, newest = last_and_newest_of(db(), ticket, me())
    seen = max(newest.id if newest else 0, colleagues_answer(db(), ticket, me())[0])
    to, cc, left_out = _recipients(ticket, kind, typed, draft, last)
    html = typed.fields.get("html", "") if typed else draft.html if draft else ""
    original = _original(ticket, typed, draft, forwarded) if kind == "forward" else None
    text = typed.fields.get("text", "") if typed and not html else to_text(html)
    files = list(typed.files) if typed else list(draft.files) if draft else []
    if forwarded is not None:
        files = [*files, *(one.uid for one in forwarded.attachments if not one.inline and one.uid not in files)]
    forward = kind == "forward"
    code = _chosen(ticket, typed, draft)
    return {
        "kind": typed.fields.get("kind", "reply") if typed else draft.kind if draft and not forward else "reply", "forward": forward,
        "html": html, "text": text, "to": to, "cc": cc, "mailboxes": [sender(answers_from(db(), me(), ticket))], "mailbox": ticket.mailbox.uid,
        "subject": _subject(ticket, typed, draft) if forward else None,
        "signature": signature_below(answers_from(db(), me(), ticket), code), "language": None if forward else _language(ticket, typed, draft), "attachments": chips(files),
        "saved": stamp(draft.updated_at) if draft else "", "version": draft.version if draft else 0, "last": seen,
        "once": once(), "asker": ticket.requester_address.uid if ticket.requester_address else "",
        "placeholder": _("Forward to somebody else") if forward else _("Answer %(name)s", name=ticket.requester.name if ticket.requester and ticket.requester.restricted_at else who(ticket)),
        "reply_url": url_for("forwards.create" if forward else "replies.create", number=ticket.number),
        "note_url": None if forward else url_for("notes.create", number=ticket.number),
        "draft_url": url_for("drafts.update", number=ticket.number, kind="forward" if forward else None), "draft": None,
        "upload_url": url_for("files.create"), "canned_url": url_for("canned.offered", ticket=ticket.number),
        "addresses_url": url_for("recipients.index"), "mind_url": url_for("recipients.minded", ticket=ticket.number),
        "error": typed.error if typed else "", "doubts": list(typed.doubts) if typed else [], "notices": _notices(ticket, draft, last, newest, left_out),
        "original": original, "instead": _other_ways([*to, *cc]), "also": [] if forward else _copies(to, cc),
    }


def chips(files: Sequence[str]) -> list[dict[str, Any]]:
    """Files that were attached, as chips."""
    if not files:
        return []
    rows = {row.uid: row for row in db().scalars(select(Attachment).where(Attachment.uid.in_(list(files))))}
    return [{"uid": uid, "name": rows[uid].name, "size": words.size(rows[uid].size),
             "url": url_for("attachments.show", uid=uid)} for uid in files if uid in rows]


def _recipients(
    ticket: Ticket, kind: str, typed: Typed | None, draft: Draft | None, last: Message | None,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], int]:
    """To, Cc, and how many others the customer wrote to whom the answer does not go: a crowd is not written to unasked."""
    left_out = 0
    if typed is not None:
        to, cc = written(typed.fields.get("to", "")), written(typed.fields.get("cc", ""))
    elif draft is not None and (draft.to or draft.cc):
        to, cc = written(draft.to), written(draft.cc)
    elif kind == "forward":
        to, cc = [], []
    else:
        to, cc = answer_to(ticket, last, own=ours())
        to = as_before(db(), ticket, to)
        if len(cc) > MOST_IN_COPY:
            left_out, cc = len(cc), []
    gone = masked(db(), (one.address for one in (*to, *cc)), asker=ticket.requester_id) if typed is None else frozenset()
    to, cc = ([one for one in some if normalise_email(one.address) not in gone] for some in (to, cc))
    both = addressed([*to, *cc], ticket, last)
    return both[:len(to)], both[len(to):], left_out


def _other_ways(recipients: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Where else to write whom mail does not reach: one click for each."""
    found = proposals(db(), [Recipient(one["address"], one["name"]) for one in recipients])
    return [{"value": address, "address": way.address.value,
             "text": _("Mail to %(address)s comes back. %(name)s has another address, %(other)s.", address=address,
                       name=way.person.name, other=way.address.value)} for address, way in found]


def _copies(to: Sequence[Mapping[str, Any]], cc: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Who else may want a copy, and why: one click for each."""
    both = [[Recipient(one["address"], one["name"]) for one in some] for some in (to, cc)]
    return [{"address": one.address, "name": one.name, "text": _("%(name)s is the assistant of %(of)s.", name=one.name, of=one.of)
             if one.meaning == "assistant" or one.until is None else
             _("%(name)s stands in for %(of)s until %(day)s.", name=one.name, of=one.of, day=dated(one.until, year=False))}
            for one in copies(db(), *both)]


def addressed(recipients: Sequence[Recipient], ticket: Ticket | None, last: Message | None = None) -> list[dict[str, Any]]:
    """Recipients as the field of addresses wants them. One where a mail leads away from its sender goes by no name."""
    heed = {doubt.address: say(doubt.heed) for doubt in doubts(db(), ticket, recipients, last)}
    away = led_away(last)
    found = []
    for one in recipients:
        name = "" if away and normalise_email(one.address) == away else one.name or name_of(db(), one.address)
        found.append({"address": one.address, "name": name, "heed": heed.get(one.address, ""),
                      "written": as_written(Recipient(one.address, name))})
    return found


def minded(ticket: Ticket | None, text: str) -> list[dict[str, Any]]:
    """What is known of addresses that are being typed."""
    return addressed(written(text)[:50], ticket, last_of(db(), ticket, me()) if ticket else None)


def _subject(ticket: Ticket, typed: Typed | None, draft: Draft | None) -> str:
    if typed is not None:
        return typed.fields.get("subject", "")
    return (draft.subject if draft else "") or _("Fwd: %(subject)s", subject=ticket.subject)


def _language(ticket: Ticket, typed: Typed | None, draft: Draft | None) -> dict[str, Any]:
    """The language of the answer, the others, and at the one we would take, why."""
    known, reason = language_for(ticket)
    code = _chosen(ticket, typed, draft)
    return {"label": _("Answers in %(language)s", language=words.language_name(_spoken(code))), "options": [
        {"value": one, "label": words.language_name(_spoken(one)), "current": one == code,
         "signature": signature_below(answers_from(db(), me(), ticket), one),
         "reason": _("Because it is %(reason)s.", reason=_(reason)) if one == known else ""} for one in LANGUAGES]}


def _chosen(ticket: Ticket, typed: Typed | None, draft: Draft | None) -> str:
    """The language that was chosen, else the one we would take."""
    chosen = typed.fields.get("language") if typed else draft.language if draft else None
    return chosen if chosen in LANGUAGES else language_for(ticket)[0]


def _spoken(code: str) -> str:
    return "no" if code == "nb" else code


def _original(ticket: Ticket, typed: Typed | None, draft: Draft | None, forwarded: Message | None) -> dict[str, Any] | None:
    """The message that a forward takes along: the one just asked for, else the one that was chosen before."""
    uid = typed.fields.get("original", "") if typed else draft.original if draft else ""
    message = forwarded or db().scalar(select(Message).where(Message.uid == uid, Message.ticket_id.in_(shown_ids(db(), me(), ticket))))
    last = message or last_of(db(), ticket, me())
    if last is None:
        return None
    return {"uid": last.uid, "included": message is not None, "url": url_for("messages.original", uid=last.uid),
            "label": _("%(who)s wrote %(when)s:", who=deleted_person() if masked(db(), [last.from_address], asker=ticket.requester_id) else wrote(last), when=moment(last.at)).rstrip(":")}


def sender(mailbox: Mailbox) -> dict[str, str]:
    """A mailbox that a mail can be from."""
    return {"uid": mailbox.uid, "name": mailbox.name, "address": mailbox.address, "signature": signature_below(mailbox)}


def signature_below(mailbox: Mailbox, language: str = "") -> str:
    """What will stand below a mail in this language, as text."""
    signature = signature_of(mailbox, me(), language)
    return to_text(signature) if is_html(signature) else signature


def _notices(ticket: Ticket, draft: Draft | None, last: Message | None, newest: Message | None, left_out: int) -> list[str]:
    """What happened since the draft was begun, and who is left out of the answer."""
    found = []
    if left_out:
        found.append(_("The mail went to %(n)s others as well, and none of them stands in copy. Add whom it concerns.", n=left_out))
    if newest is not None and newest is not last:
        found.append(_("%(address)s wrote last, but neither the requester nor we had named them: the answer does not go there.",
                       address=deleted_person() if masked(db(), [newest.from_address], asker=ticket.requester_id) else newest.from_address))
    if draft is not None and newest is not None and newest.at > draft.updated_at:
        found.append(_("A message came after you wrote this draft."))
    if draft is not None and draft.requester_address_id != ticket.requester_address_id:
        found.append(_("Another person has become the requester since you began this draft."))
    return found

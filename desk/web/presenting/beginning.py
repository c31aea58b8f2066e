"""The page on which a ticket is begun: a mail or a call, as it was typed, drafted or prefilled; and the drafts that wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request, url_for

from contacts.address import normalise_email
from contacts.masking import masked
from core.database import new_uid
from core.html import to_text
from core.i18n import gettext as _
from core.i18n import ngettext
from desk.mailboxes import Mailbox
from desk.tickets.drafting import KEPT, UID, begun_called, begun_of
from desk.tickets.message import Draft
from desk.tickets.recipients import as_written, name_of, written
from desk.tickets.writing import preview_of
from desk.web.once import once
from desk.web.pages import seen_mailboxes
from desk.web.presenting.card import card_at
from desk.web.presenting.column import active_agents
from desk.web.presenting.composer import addressed, chips, sender
from desk.web.presenting.masking import deleted_person
from desk.web.presenting.times import stamp
from desk.web.requests import db
from desk.web.signing_in import me


def beginning(
    uid: str, channel: str, given: Mapping[str, str], errors: Mapping[str, str] | None = None, doubts: Sequence[str] = (),
) -> dict[str, Any]:
    """What web/tickets/new.html wants: what was typed and refused (with ``errors``) or is to be looked at twice (``doubts``), else
    the draft, else what a link prefills.

    A page without a draft has a uid of its own for one, so that nothing is ever written over another. Raises Unknown
    for somebody else's draft.
    """
    uid = uid if UID.fullmatch(uid) else new_uid()
    draft = begun_called(db(), me(), uid)
    fields = given if draft is None or errors is not None else _fields(draft)
    channel = channel if draft is None else draft.kind
    files = request.form.getlist("attachments") if errors is not None else draft.files if draft else []
    mailboxes = [one for one in seen_mailboxes() if one.active]
    notices = _notices(draft, mailboxes)
    kept = _kept(uid, channel, draft)
    return {
        "channel": channel, "errors": errors if channel == "phone" else None, "notices": notices, "draft": kept,
        "waiting": [_waiting(one, uid) for one in begun_of(db(), me(), beside=uid)], "kept_days": KEPT.days,
        "composer": _composer(mailboxes, fields, files, kept, notices) | {"error": (errors or {}).get("", ""), "doubts": list(doubts)},
        "call": {"agent": me().uid, **fields}, "mailboxes": [(one.uid, one.name) for one in mailboxes],
        "agents": [(one.uid, one.name) for one in active_agents()],
        "card": card_at(fields.get("to", "")) if channel == "mail" else None, "card_url": url_for("recipients.card")}


def _fields(draft: Draft) -> dict[str, str]:
    """A draft under the names of the form's fields."""
    gone = masked(db(), (one.address for one in (*written(draft.to), *written(draft.cc))))
    to, cc = (", ".join(as_written(one) for one in written(some) if normalise_email(one.address) not in gone) if gone else some for some in (draft.to, draft.cc))
    return {"to": to, "cc": cc, "subject": draft.subject, "html": draft.html, "from": draft.mailbox_uid,
            "who": to, "phone": draft.phone, "text": draft.text or to_text(draft.html),
            "mailbox": draft.mailbox_uid, "agent": draft.assignee_uid}


def _kept(uid: str, channel: str, draft: Draft | None) -> dict[str, Any]:
    """How the page keeps what is written on it."""
    place: dict[str, Any] = {"draft": uid, "channel": channel if channel == "phone" else None}
    return {"uid": uid, "version": draft.version if draft else 0, "saved": stamp(draft.updated_at) if draft else "",
            "save_url": url_for("drafts.keep", uid=uid, kind=channel), "page_url": url_for("tickets.new", **place),
            "discard_url": url_for("drafts.discard", uid=uid, channel=place["channel"]),
            "loses": _("What you have written here is lost.")}


def _composer(
    mailboxes: Sequence[Mailbox], fields: Mapping[str, str], files: Sequence[str], kept: Mapping[str, Any], notices: Sequence[str],
) -> dict[str, Any]:
    senders = [sender(one) for one in mailboxes]
    chosen = next((one for one in senders if one["uid"] == fields.get("from")), senders[0] if senders else None)
    return {
        "kind": "reply", "forward": False, "html": fields.get("html", ""), "text": fields.get("text", ""),
        "to": addressed(written(fields.get("to", "")), None), "cc": addressed(written(fields.get("cc", "")), None),
        "mailboxes": senders, "mailbox": chosen["uid"] if chosen else "", "signature": chosen["signature"] if chosen else "",
        "subject": fields.get("subject", ""), "language": None, "attachments": chips(files), "saved": kept["saved"],
        "version": kept["version"], "once": once(), "placeholder": _("Write …"), "reply_url": url_for("tickets.create"), "note_url": None,
        "draft_url": kept["save_url"], "draft": kept, "upload_url": url_for("files.create"),
        "canned_url": url_for("canned.offered"), "addresses_url": url_for("recipients.index"),
        "mind_url": url_for("recipients.minded"), "doubts": [], "notices": notices, "original": None,
    }


def _notices(draft: Draft | None, mailboxes: Sequence[Mailbox]) -> list[str]:
    if draft is None or not mailboxes or draft.mailbox_uid in {"", *(one.uid for one in mailboxes)}:
        return []
    return [_("You no longer see the mailbox that you wrote this for. It is %(name)s now.", name=mailboxes[0].name)]


def _waiting(draft: Draft, beside: str) -> dict[str, Any]:
    """A draft that waits, as a line above the form; ``beside`` is the uid of the one that is open."""
    place: dict[str, Any] = {name: request.args[name] for name in ("channel", "to", "who") if request.args.get(name)}
    who, what = _whom(draft), draft.subject or preview_of(draft.text or to_text(draft.html))
    lost = _("The mail to %(who)s is lost: %(what)s") if draft.kind == "mail" else _("What you noted of the call from %(who)s is lost: %(what)s")
    return {"uid": draft.uid, "channel": draft.kind, "who": who, "what": what, "at": stamp(draft.updated_at),
            "at_iso": draft.updated_at.isoformat(), "url": url_for("tickets.new", draft=draft.uid),
            "discard_url": url_for("drafts.discard", uid=draft.uid, **{**place, "draft": beside}),
            "loses": lost % {"who": who, "what": what or _("(no subject)")}}


def _whom(draft: Draft) -> str:
    """Who a draft is to, or whose call it is."""
    to = written(draft.to)
    if not to:
        return _("nobody yet")
    if masked(db(), [to[0].address]):
        return deleted_person()
    first = to[0].name or name_of(db(), to[0].address) or to[0].address
    return ngettext("%(who)s and %(n)s other", "%(who)s and %(n)s others", len(to) - 1, who=first) if to[1:] else first

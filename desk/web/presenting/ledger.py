"""Lines of the mail ledgers, and the whole trace of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for

from core.i18n import N_, moment
from core.i18n import gettext as _
from desk.inbound import InboundMail
from desk.outbound import OutboundMail
from desk.tickets.message import Message
from desk.web.presenting.times import stamp
from desk.web.presenting.words import language_alone, said
from rules.intake import ACTS

#: State → its sign and its word.
IN = {"pending": ("act", N_("Waits to be read")), "done": ("sure", N_("Filed")), "failed": ("late", N_("Failed")),
      "set_aside": ("heed", N_("Set aside"))}
OUT = {"queued": ("act", N_("Waits to be sent")), "handing_over": ("act", N_("Being handed over")),
       "sent": ("sure", N_("Sent")), "deferred": ("heed", N_("Tried again later")), "failed": ("late", N_("Not sent")), "withheld": ("heed", N_("Kept back"))}
DONE = {"append": N_("Added to the ticket"), "open": N_("New ticket"), "open_quiet": N_("New ticket, quietly"),
        "open_held": N_("New ticket, held"), "ignore": N_("Nothing more to do"), "set_aside": N_("Set aside")}
RULES = {
    "is_copy": N_("It is here already"), "is_bounce_of_a_notification": N_("A notification that came back"),
    "is_bounce_of_a_mass_mail": N_("A mass mail that came back"), "wants_no_more_mass_mail": N_("Wants no more mass mail"),
    "is_robot_answering_a_mass_mail": N_("A machine answers a mass mail"),
    "is_bounce_of_ours": N_("A mail of ours that came back"), "is_our_own_mail": N_("Our own mail"),
    "is_blocked": N_("Address or domain is blocked"),
    "is_robot_answering_a_notification": N_("A machine answers a notification"),
    "is_empty_answer_to_a_notification": N_("An agent answers a notification with nothing"),
    "is_agents_reply": N_("An agent answers a notification"),
    "answers_a_ticket_closed_for_long": N_("Answers a ticket closed for long, or deleted"),
    "answers_a_ticket": N_("Answers one of our tickets"), "is_set_aside": N_("The policy sets it aside"), "is_spam": N_("Called spam by the filter before us"),
    "is_automatic": N_("Written by a machine"), "is_from_a_deleted_person": N_("From a deleted person"),
    "is_forged_and_let_be": N_("Fails authentication, and the policy keeps no record"),
    "fails_authentication": N_("Fails authentication"),
    "is_unknown_and_asked": N_("Unknown sender: an agent is asked"), "is_anything_else": N_("Anything else"),
}
TRANSPORTS = {"smtp": N_("Handed over at our door"), "imap": N_("Fetched by IMAP"), "import": N_("Imported")}


def came(row: InboundMail, ticket: int | None) -> dict[str, Any]:
    """A line of what came in."""
    kind, label = IN[row.state]
    again = row.state in ("failed", "set_aside")
    verdict = row.verdict or {}
    what = _(DONE[verdict["act"]]) if row.state == "done" and verdict.get("act") in DONE else _(label)
    return _line(row, ticket) | {
        "url": url_for("inbound.show", uid=row.uid), "at": stamp(row.received_at), "at_iso": row.received_at.isoformat(),
        "mailbox": row.mailbox.name, "who": row.sender or row.envelope_sender or "", "state_kind": kind, "state_label": what,
        "replay_url": url_for("inbound.replay", uid=row.uid) if again else None}


def went(row: OutboundMail, subject: str = "") -> dict[str, Any]:
    """A line of what went out; an answer is called after its ticket."""
    kind, label = OUT[row.state]
    text = _("Next try %(at)s", at=stamp(row.due_at)) if row.state == "deferred" else _(label)
    return _line(row, row.ticket_id) | {
        "url": url_for("outbound.show", uid=row.uid), "at": stamp(row.created_at), "at_iso": row.created_at.isoformat(),
        "subject": row.subject or subject,
        "mailbox": row.mailbox.name if row.mailbox else _("The desk itself"), "who": ", ".join(row.recipients),
        "state_kind": kind, "state_label": text,
        "retry_url": url_for("outbound.retry", uid=row.uid) if row.state in ("failed", "deferred") else None}


def rules_of(verdict: dict[str, Any]) -> list[dict[str, Any]]:
    """The chain as far as it was asked, and the rest of it."""
    names = [rule.asks.__name__ for rule in ACTS]
    hit = names.index(verdict["rule"]) if verdict.get("rule") in names else len(names)
    because = [said(reason) for reason in verdict.get("because", ())]
    return [{"number": n + 1, "name": _(RULES.get(name, name)), "hit": n == hit, "asked": n <= hit,
             "text": " ".join(because) if n == hit else ""} for n, name in enumerate(names)]


def verdict_of(verdict: dict[str, Any] | None) -> dict[str, Any] | None:
    """What was decided, in words."""
    if not verdict or not verdict.get("act"):
        return None
    because = [said(reason) for reason in verdict.get("because", ())] or [said(verdict.get("why", ""))]
    return {"act": _(DONE.get(verdict["act"], verdict["act"])), "rule": _(RULES.get(verdict.get("rule", ""), "")),
            "why": " ".join(because)}


def steps_in(row: InboundMail, message: Message | None) -> list[dict[str, Any]]:
    """What happened to a delivery, in order."""
    way = _(TRANSPORTS.get(row.transport, N_("Taken in")))
    found = [{"icon": "mail", "text": _("%(way)s and stored", way=way), "at": _exact(row.received_at),
              "note": _("Only then was it accepted: nothing that was accepted can be lost.")}]
    if row.attempts:
        found.append({"icon": "file-text", "at": "", "note": "", "text": _("Taken up by a worker, try %(n)s of 3", n=row.attempts)})
    if message is not None and row.done_at:
        found.append({"icon": "check", "text": _("Filed on ticket %(number)s", number=message.ticket_id),
                      "at": _exact(row.done_at), "note": ""})
    elif row.done_at:
        found.append({"icon": {"failed": "alert-triangle", "set_aside": "archive"}.get(row.state, "check"),
                      "kind": "late" if row.state == "failed" else "", "text": _(IN[row.state][1]),
                      "at": _exact(row.done_at), "note": ""})
    return found


def steps_out(row: OutboundMail) -> list[dict[str, Any]]:
    """What happened to a mail of ours, with the relay's own words."""
    found = [{"icon": "pencil", "text": _("Written into the ledger"), "at": _exact(row.created_at), "note": ""}]
    if row.first_tried_at:
        found.append({"icon": "send", "text": _("Handed over, %(n)s tries so far", n=row.attempts) if row.attempts > 1
                      else _("Handed over"), "at": _exact(row.first_tried_at), "note": ""})
    words = {"accepted": ("check", "", N_("%(address)s: accepted")), "postponed": ("clock", "", N_("%(address)s: not yet")),
             "refused": ("alert-triangle", "late", N_("%(address)s: refused")),
             "unsure": ("dots", "heed", N_("%(address)s: nobody knows whether it arrived")),
             "returned": ("alert-triangle", "late", N_("%(address)s: came back"))}
    for address, outcome in row.outcomes.items():
        icon, kind, text = words.get(outcome[0], ("dots", "", "%(address)s"))
        found.append({"icon": icon, "kind": kind, "text": _(text, address=address), "at": "", "note": outcome[1]})
    if row.state == "withheld":
        found.append({"icon": "ban", "kind": "heed", "text": _("Kept back"), "at": "", "note": said(row.reason)})
    if row.sent_at:
        found.append({"icon": "check", "text": _("Sent"), "at": _exact(row.sent_at), "note": said(row.reason)})
    if row.copied_at:
        found.append({"icon": "copy", "text": _("Copied into the folder of sent mail"), "at": _exact(row.copied_at), "note": ""})
    return found


def clues_of(row: InboundMail, message: Message | None) -> list[tuple[str, str]]:
    """What the rules could look at."""
    if message is None:
        return []
    evidence = [said(clue.get("sentence") or clue.get("words", "")) for clue in message.identification.get("evidence", ())]
    return [(_("From"), message.from_address), (_("Answers go to"), message.reply_to),
            (_("Language"), language_alone(message.ticket.language)),
            (_("Written by a machine"), _("Yes") if message.automatic else _("No")),
            (_("Recognised by"), " ".join(evidence)), (_("Rescued"), " ".join(said(o) for o in message.oddities)),
            (_("From an archive"), _("Yes") if row.archive else "")]


def authentication(message: Message | None) -> list[dict[str, str]]:
    """Whether the sender is who it says."""
    trust = message.trust if message is not None else {}
    if not trust:
        return []
    kind, name = {"pass": ("sure", _("Proven")), "fail": ("late", _("Forged"))}.get(trust["result"], ("", _("Not proven")))
    return [{"name": name, "kind": kind, "text": said(trust.get("sentence") or trust.get("why", ""))}]


def elsewhere(rows: Sequence[InboundMail]) -> list[dict[str, str]]:
    """Other deliveries of the same message."""
    return [{"url": url_for("inbound.show", uid=row.uid), "mailbox": row.mailbox.name, "at": stamp(row.received_at)}
            for row in rows]


def _line(row: InboundMail | OutboundMail, ticket: int | None) -> dict[str, Any]:
    """``reason`` only where something is the matter: why a mail was filed as it was, its own page tells."""
    reason = "" if row.state in ("done", "sent") else row.reason or ""
    return {"subject": row.subject or "", "state": row.state, "reason": said(reason), "attempts": row.attempts,
            "ticket": ticket, "ticket_url": url_for("tickets.show", number=ticket) if ticket else None}


def _exact(at: Any) -> str:
    return f"{moment(at)}:{at.second:02d}"

"""Mailboxes as their list and their form show them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import select

from contacts.agent import Agent, Team
from core.alphabet import in_order
from core.clock import now
from core.i18n import N_, clock_time, local, ngettext
from core.i18n import gettext as _
from core.operations import Operation
from core.options import LANGUAGES, option
from desk.alerts import standing_alerts
from desk.inbound import InboundMail
from desk.mailboxes import Alert, ImapCursor, Mailbox
from desk.switching import own_choice
from desk.web.accounts import account_values
from desk.web.mailbox_options import option_values
from desk.web.presenting.times import stamp
from desk.web.presenting.words import said
from desk.web.requests import db

#: Deliveries looked at, latest first, to say how many came today.
LATEST = 3000
STEPS = {"account": N_("Account"), "connect": N_("Connect"), "encrypt": N_("Encryption"), "sign_in": N_("Sign in"), "folder": N_("Folder"),
         "move": N_("Folder to move to"), "sender": N_("Sender"), "recipient": N_("Recipient")}


def lines(mailboxes: Sequence[Mailbox]) -> list[dict[str, Any]]:
    """The list."""
    today, alerts, read = _today(), standing_alerts(db()), _read()
    return [_line(mailbox, today[mailbox.id], alerts, read.get(mailbox.id)) for mailbox in mailboxes]


def values(mailbox: Mailbox) -> dict[str, Any]:
    """What the form is filled with."""
    plain = {name: getattr(mailbox, name) or "" for name in (
        "name", "address", "language", "signature", "receiving_host", "trusted_relays", "dkim_selector")}
    uid = mailbox.uid or ""
    own = {f"signature_{code}": (mailbox.signatures or {}).get(code, "") for code in LANGUAGES}
    return plain | own | account_values(mailbox) | option_values(uid) | {
        "aliases": ", ".join(row.normalised for row in mailbox.aliases),
        "acknowledge": option(db(), "desk.acknowledge", uid),
        "unknown_sender": (own_choice(db(), "intake.unknown_sender", uid) if uid else "") or ""}


def secrets(mailbox: Mailbox) -> dict[str, bool]:
    """Which secrets are stored."""
    return {"imap_password": bool(mailbox.imap_password), "smtp_password": bool(mailbox.relay_password),
            "oauth_secret": bool(mailbox.oauth_secret), "oauth_refresh": bool(mailbox.oauth_refresh),
            "dkim_key": bool(mailbox.dkim_key)}


def watchers(mailbox: Mailbox) -> dict[str, Any]:
    """Who may see it, to tick."""
    agents, teams = {row.agent_id for row in mailbox.access}, {row.team_id for row in mailbox.access}
    return {
        "everybody": mailbox.open_to_all,
        "agents": [{"uid": a.uid, "name": a.name, "checked": a.id in agents}
                   for a in in_order(db().scalars(select(Agent).where(Agent.active, Agent.role != "admin")))],
        "teams": [{"uid": t.uid, "name": t.name, "checked": t.id in teams}
                  for t in in_order(db().scalars(select(Team)))]}


def tried(operation: Operation) -> list[dict[str, str]]:
    """A connection test as the steps it took, or what it waits for."""
    if operation.state in ("approved", "running"):
        return [{"step": _("Running"), "kind": "", "text": _("The mailbox is being tried. This can take half a minute.")}]
    if operation.state != "done":
        return [{"step": _("Not tested"), "kind": "late", "text": said(operation.reason)}]
    found: list[dict[str, str]] = []
    for side, name in (("reading", _("Reading")), ("sending", _("Sending"))):
        answer = operation.result.get(side) or {}
        found += [{"step": f"{name}: {_(STEPS.get(step['name'], step['name']))}", "kind": "sure" if step["ok"] else "late",
                   "text": said(step["sentence"])} for step in answer.get("steps", ()) if step["ok"]]
        if answer:
            found.append({"step": name, "kind": "sure" if answer["ok"] else "late", "text": said(answer["sentence"])})
    return found


def _line(mailbox: Mailbox, today: int, alerts: Sequence[Alert], read: datetime | None) -> dict[str, Any]:
    health, text = _health(mailbox, alerts, read)
    return {"url": url_for("mailboxes.edit", uid=mailbox.uid), "name": mailbox.name, "address": mailbox.address,
            "reading": _reading(mailbox), "health": health, "health_text": text, "who": _who(mailbox), "today": today,
            "sending": _("An account of its own") if mailbox.relay_url else _("The desk’s relay")}


def _health(mailbox: Mailbox, alerts: Sequence[Alert], read: datetime | None) -> tuple[str, str]:
    if not mailbox.active:
        return "heed", _("Switched off")
    alert = next((a for a in alerts if mailbox.address in a.about), None)
    if alert is not None:
        return "late", _("%(what)s (since %(at)s)", what=said(alert.detail), at=stamp(alert.raised_at))
    if mailbox.imap_url and read is None:
        return "heed", _("Not read yet")
    return "sure", _("Compared with the server %(at)s", at=clock_time(read)) if read is not None else _("Ready")


def _reading(mailbox: Mailbox) -> str:
    if not mailbox.imap_url:
        return _("Our door (SMTP)")
    folders = len([line for line in mailbox.imap_folders.splitlines() if line.strip()]) or 1
    return ngettext("IMAP, one folder", "IMAP, %(n)s folders", folders)


def _who(mailbox: Mailbox) -> str:
    if mailbox.open_to_all:
        return _("Everybody")
    teams = sum(row.team_id is not None for row in mailbox.access)
    agents = len(mailbox.access) - teams
    said = [ngettext("one team", "%(n)s teams", teams)] if teams else []
    said += [ngettext("one agent", "%(n)s agents", agents)] if agents else []
    return ", ".join(said) or _("Admins alone")


def _today() -> Counter[int]:
    midnight = local(now()).replace(hour=0, minute=0, second=0, microsecond=0)
    latest = db().execute(select(InboundMail.mailbox_id, InboundMail.received_at).order_by(
        InboundMail.id.desc()).limit(LATEST))
    return Counter(mailbox_id for mailbox_id, at in latest if at >= midnight)


def _read() -> dict[int, datetime]:
    """Mailbox → when it was last compared with its server (first contact where it never was)."""
    found: dict[int, datetime] = {}
    for cursor in db().scalars(select(ImapCursor)):
        at = cursor.reconciled_at or cursor.started_at
        found[cursor.mailbox_id] = max(at, found.get(cursor.mailbox_id, at))
    return found

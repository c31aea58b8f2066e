"""The e-mails of a person as lines of their tab."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from sqlalchemy import CompoundSelect

from contacts.person import Person
from core.i18n import gettext as _
from desk.locking_mail import is_locked
from desk.tickets import correspondence
from desk.tickets.message import Message
from desk.web.presenting.column import active_agents
from desk.web.presenting.faces import agent_face
from desk.web.presenting.rows import shown_state
from desk.web.presenting.times import stamp
from desk.web.presenting.words import STATES, state
from desk.web.requests import db
from desk.web.signing_in import me


def mails_of(person: Person) -> CompoundSelect[int]:
    """What the tab counts."""
    return correspondence.all_mails(db(), me(), person)


def mail_lines(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Each with the ticket it lies on."""
    return [{"url": f"{url_for('tickets.show', number=m.ticket.number)}#m-{m.uid}", "subject": m.subject or _("(no subject)"),
             "icon": "mail" if m.direction == "in" else "send", "direction": _("received") if m.direction == "in" else _("sent"),
             "who": (m.author.name if m.author else "") or m.from_name or m.from_address, "to": ", ".join(name or address for name, address in m.to),
             "state": shown_state(m.ticket), "state_label": state(shown_state(m.ticket)), "number": m.ticket.number,
             "assignee": agent_face(m.ticket.assignee) if m.ticket.assignee else None, "at": stamp(m.at), "at_iso": m.at.isoformat()}
            for m in messages]


def lock_of(person: Person) -> dict[str, Any]:
    """Whether access is locked, and for admins the address that changes that."""
    locked = is_locked(db(), person)
    change = "mail_locks.destroy" if locked else "mail_locks.create"
    return {"on": locked, "url": url_for(change, uid=person.uid) if me().admin else ""}


def choices() -> dict[str, list[tuple[str, str]]]:
    """What the list can be narrowed to."""
    return {"directions": [("", _("Received and sent")), ("in", _("Received")), ("out", _("Sent"))],
            "assignees": [("", _("Everybody's")), ("nobody", _("Nobody's")), *((a.uid, a.name) for a in active_agents())],
            "states": [("", _("Any state")), *((name, _(label)) for name, label in STATES.items() if name not in ("held", "spam"))]}

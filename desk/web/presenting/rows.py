"""Tickets as rows of a list: four questions to the database, however many rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from contacts.masking import called_instead
from core.clock import now
from core.html import to_text
from core.i18n import age
from core.i18n import gettext as _
from desk.tickets.message import Draft
from desk.tickets.presence import writers
from desk.tickets.ticket import Ticket
from desk.tickets.writing import preview_of
from desk.web.presenting.faces import agent_face
from desk.web.presenting.likely import Guess
from desk.web.presenting.times import coming, due, stamp
from desk.web.presenting.words import opened, state
from desk.web.requests import db
from desk.web.signing_in import me

READ = 800                   # characters of a draft that are looked at for its first line


def rows(
    tickets: Sequence[Ticket], url: Callable[[Ticket], str], current: int | None = None,
    guesses: Mapping[int, Guess] | None = None,
) -> list[dict[str, Any]]:
    """The tickets as web/tickets/_row.html wants them; ``guesses`` say of unknown senders who they may be."""
    ids = [ticket.id for ticket in tickets]
    drafts, writing = _drafts(ids), writers(db(), ids, beside=me())
    return [_row(ticket, url(ticket), ticket.id == current,
                 _lead(ticket, drafts.get(ticket.id), writing.get(ticket.id), (guesses or {}).get(ticket.id)))
            for ticket in tickets]


def who(ticket: Ticket) -> str:
    """Whose ticket it is: the person, else the name they gave, else the address; a deleted person is not named."""
    if ticket.of_a_deleted:
        return called_instead(ticket.requester)
    return named(ticket) or (ticket.requester_address.value if ticket.requester_address else "") or _("Unknown sender")


def named(ticket: Ticket) -> str:
    """What who asks is called, of a deleted person nothing."""
    if ticket.of_a_deleted:
        return ""
    asked = ticket.requester
    return asked.name if asked is not None and asked.living else ticket.requester_name


def shown_state(ticket: Ticket) -> str:
    """The state that is drawn: *held* hides the others while somebody has to decide."""
    return "held" if ticket.held and ticket.open else ticket.state


def due_of(ticket: Ticket) -> tuple[str, str]:
    """When an answer is due, and how that stands; nothing while the ticket sleeps, waits or is done."""
    return due(ticket.due_at) if ticket.state in ("new", "open") else ("", "")


def _row(ticket: Ticket, url: str, current: bool, special: tuple[str, str, str]) -> dict[str, Any]:
    drawn = shown_state(ticket)
    time, kind = due_of(ticket)
    lead, lead_kind, preview = special
    return {
        "number": ticket.number, "url": url, "state": drawn, "state_label": state(drawn), "unread": ticket.unread,
        "current": current, "who": who(ticket), "subject": ticket.subject or _("(no subject)"), "preview": preview,
        "lead": lead, "lead_kind": lead_kind, "age": age(ticket.moved_at, now()), "at": ticket.moved_at.isoformat(),
        "channel": ticket.channel, "has_attachments": ticket.attachments_count > 0, "due": time, "due_kind": kind,
        "assignee": agent_face(ticket.assignee) if ticket.assignee else None,
    }


def _lead(ticket: Ticket, draft: str | None, writer: str | None, guess: Guess | None) -> tuple[str, str, str]:
    drawn = shown_state(ticket)
    if ticket.binned_at is not None:
        return _("Deleted %(time)s", time=stamp(ticket.binned_at)), "", ticket.preview
    if writer:
        return _("%(name)s is writing …", name=writer), "act", ""
    if draft is not None:
        return _("Draft"), "heed", draft or ticket.preview
    if drawn in ("waiting", "snoozed") and ticket.requester_address and ticket.requester_address.health == "bouncing":
        return _("The mail came back"), "late", ticket.preview
    if ticket.open and ticket.trust.get("result") == "fail":
        return opened(_("not from the domain it claims")), "late", ticket.preview
    if guess is not None:
        return guess.lead, "", guess.who or ticket.preview
    if drawn == "snoozed":
        until = ticket.snoozed_until
        lead = _("Snoozed until %(time)s", time=coming(until)) if until else _("Snoozed until the next mail")
        return lead, "", ticket.preview
    return (state(drawn) if drawn == "waiting" else ""), "", ticket.preview


def _drafts(ids: Sequence[int]) -> dict[int, str]:
    """The first line of what I am writing on each."""
    found = db().execute(select(Draft.ticket_id, func.substr(Draft.html, 1, READ)).where(
        Draft.agent_id == me().id, Draft.ticket_id.in_(ids)).order_by(Draft.updated_at))
    return {ticket_id: preview_of(to_text(html)) for ticket_id, html in found}

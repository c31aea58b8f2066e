"""The bar above a conversation: state, who has the ticket, when an answer is due, what should be known first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import select

from contacts.agent import Agent, Team
from core.alphabet import in_order
from core.clock import now
from core.i18n import N_, say
from core.i18n import gettext as _
from desk.access import agents_of
from desk.mailboxes import Mailbox
from desk.tickets.ticket import STATES, AlsoIn, Ticket
from desk.web.presenting.column import active_agents
from desk.web.presenting.legal_holds import mark_of
from desk.web.presenting.rows import due_of, shown_state
from desk.web.presenting.times import coming
from desk.web.presenting.words import state
from desk.web.requests import db
from desk.web.signing_in import me
from rules.loops import WINDOW

HELD_BACK = N_("What you write yourself still goes out. If a machine writes here, mark the ticket as spam; else wait: after "
               "three hours automatic mail goes out again.")


def due_line(ticket: Ticket) -> dict[str, Any]:
    """When an answer is due: in a sentence, and how near it is; ``due_said`` where the sentence says the same."""
    time, kind = due_of(ticket)
    at = coming(ticket.due_at) if ticket.due_at else ""
    return {"due": time, "due_kind": kind, "due_said": time == at,
            "due_text": _("Answer by %(time)s", time=at) if time and kind != "late" else ""}


def states_of(ticket: Ticket) -> list[dict[str, Any]]:
    """What the state may become."""
    offered = [name for name in STATES if name not in ("new", "snoozed") or name == ticket.state]
    return [{"value": name, "label": state(name), "current": name == ticket.state} for name in offered]


def notices_of(ticket: Ticket) -> list[dict[str, Any]]:
    """What should be known before anything is written: deleted, held back, continued, asleep."""
    found = []
    if ticket.binned_at is not None:
        found.append({"text": _("This ticket is deleted. Admins alone see it."), "kind": "heed",
                      "restore_url": url_for("tickets.restore", number=ticket.number) if me().admin else ""})
    if (hold := mark_of("ticket", ticket.id)) is not None:
        found.append(hold)
    if ticket.requester is not None and ticket.requester.restricted_at is not None:
        found.append({"text": _("The use of this person’s data is restricted: answer what they write, and use it for nothing else."), "kind": "heed"})
    breaker = ticket.verdict.get("breaker")
    if breaker and now() - datetime.fromisoformat(breaker["at"]) < WINDOW:
        found.append({"text": f"{say(breaker)} {_(HELD_BACK)}", "kind": "heed"})
    if ticket.continues_id is not None:
        found.append({"text": _("It goes on from ticket %(number)s.", number=ticket.continues_id), "kind": "",
                      "url": url_for("tickets.show", number=ticket.continues_id)})
    if shown_state(ticket) == "snoozed":
        text = (_("Snoozed until %(time)s, or until the next mail.", time=coming(ticket.snoozed_until))
                if ticket.snoozed_until else _("Snoozed until the next mail."))
        found.append({"text": text, "kind": ""})
    return found


def assignable(ticket: Ticket) -> Sequence[Agent]:
    """Who may have the ticket: those who see its mailbox, or another that it is also in, by name."""
    if ticket.mailbox.open_to_all:
        return active_agents()
    also = db().scalars(select(Mailbox).join(AlsoIn, AlsoIn.mailbox_id == Mailbox.id).where(AlsoIn.ticket_id == ticket.id)).all()
    if any(mailbox.open_to_all for mailbox in also):
        return active_agents()
    return in_order({agent for mailbox in (ticket.mailbox, *also) for agent in agents_of(db(), mailbox)})


def teams_of(ticket: Ticket) -> list[dict[str, Any]]:
    """Every team, by name, and which of them has the ticket."""
    found = in_order(db().execute(select(Team.id, Team.uid, Team.name)))
    return [{"uid": uid, "name": name, "current": team_id == ticket.team_id} for team_id, uid, name in found]

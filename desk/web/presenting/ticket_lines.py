"""Tickets as lines of a panel on a person's or a company's page."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from core.i18n import gettext as _
from desk.access import visible_mailbox_ids
from desk.tickets.listing import OPEN, of_each
from desk.tickets.ticket import Ticket
from desk.web.presenting.faces import agent_face
from desk.web.presenting.rows import shown_state, who
from desk.web.presenting.times import due, stamp
from desk.web.presenting.words import state
from desk.web.requests import db
from desk.web.signing_in import me

SHOWN = 10
COUNTED = 1000


def ticket_lines(
    whose: ColumnElement[bool], *, shelves: Collection[str] = (), oldest: bool = False, limit: int = SHOWN, people: bool = False,
) -> dict[str, Any]:
    """``tickets`` (the latest that the agent may see, or the ``oldest``, on these shelves or all; with ``people``, whose each is), and
    ``tickets_text`` with how many there are."""
    seen = (whose, _seen())
    on = [of_each(Ticket.shelf.in_(shelves))] if shelves else []
    rows = db().scalars(select(Ticket).where(*seen, *on).options(joinedload(Ticket.assignee), *([joinedload(Ticket.requester)] if people else [])).order_by(
        Ticket.id if oldest else Ticket.id.desc()).limit(limit)).all()
    return {"tickets": [_line(ticket) | (_who(ticket) if people else {}) for ticket in rows], "tickets_text": _text(seen) if rows else ""}


def ticket_page(whose: ColumnElement[bool], *, before: int | None, limit: int) -> tuple[list[dict[str, Any]], int | None]:
    """A page of them, the latest first, and the number of the last of it where more follow. ``before`` is the number it begins below."""
    rows = db().scalars(select(Ticket).where(whose, _seen(), *([Ticket.id < before] if before else [])).options(
        joinedload(Ticket.assignee), joinedload(Ticket.requester)).order_by(Ticket.id.desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    return [_line(ticket) | _who(ticket) for ticket in shown], (
        shown[-1].id if len(rows) > limit else None)


def _seen() -> ColumnElement[bool]:
    """Asked of each ticket that is theirs: no shelf is gone through for them."""
    return of_each(Ticket.mailbox_id.in_(visible_mailbox_ids(db(), me())), Ticket.shelf.in_((*OPEN, "closed")))


def _who(ticket: Ticket) -> dict[str, str]:
    return {"who": who(ticket) if ticket.requester else ""}


def _line(ticket: Ticket) -> dict[str, Any]:
    drawn, (when, kind) = shown_state(ticket), due(ticket.due_at if ticket.open else None)
    return {"number": ticket.number, "url": url_for("tickets.show", number=ticket.number), "state": drawn,
            "state_label": state(drawn), "subject": ticket.subject or _("(no subject)"),
            "assignee": agent_face(ticket.assignee) if ticket.assignee else None, "due": when, "due_kind": kind,
            "at": stamp(ticket.moved_at), "priority": ticket.priority, "opened": stamp(ticket.created_at)}


def _text(seen: tuple[ColumnElement[bool], ...]) -> str:
    counted = select(Ticket.shelf).where(*seen).limit(COUNTED).subquery()
    found: dict[str, int] = dict(db().execute(
        select(counted.c.shelf, func.count()).group_by(counted.c.shelf)).all())
    closed = found.get("closed", 0)
    more = "+" if sum(found.values()) >= COUNTED else ""
    return _("%(open)s open, %(closed)s closed", open=sum(found.values()) - closed, closed=f"{closed}{more}")

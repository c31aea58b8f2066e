"""Tickets as lines of a panel on a person's or a company's page."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from core.i18n import gettext as _
from desk.access import visible_mailbox_ids
from desk.tickets.listing import OPEN
from desk.tickets.ticket import Ticket
from desk.web.presenting.faces import agent_face
from desk.web.presenting.rows import shown_state
from desk.web.presenting.times import due, stamp
from desk.web.presenting.words import state
from desk.web.requests import db
from desk.web.signing_in import me

SHOWN = 10
COUNTED = 1000


def ticket_lines(whose: ColumnElement[bool]) -> dict[str, Any]:
    """``tickets`` (the latest ten that the agent may see), and ``tickets_text`` with how many there are."""
    seen = (whose, Ticket.mailbox_id.in_(visible_mailbox_ids(db(), me())), Ticket.shelf.in_((*OPEN, "closed")))
    rows = db().scalars(select(Ticket).where(*seen).options(joinedload(Ticket.assignee)).order_by(
        Ticket.id.desc()).limit(SHOWN)).all()
    return {"tickets": [_line(ticket) for ticket in rows], "tickets_text": _text(seen) if rows else ""}


def _line(ticket: Ticket) -> dict[str, Any]:
    drawn, (when, kind) = shown_state(ticket), due(ticket.due_at if ticket.open else None)
    return {"number": ticket.number, "url": url_for("tickets.show", number=ticket.number), "state": drawn,
            "state_label": state(drawn), "subject": ticket.subject or _("(no subject)"),
            "assignee": agent_face(ticket.assignee) if ticket.assignee else None, "due": when, "due_kind": kind,
            "at": stamp(ticket.moved_at)}


def _text(seen: tuple[ColumnElement[bool], ...]) -> str:
    counted = select(Ticket.shelf).where(*seen).limit(COUNTED).subquery()
    found: dict[str, int] = dict(db().execute(
        select(counted.c.shelf, func.count()).group_by(counted.c.shelf)).all())
    closed = found.get("closed", 0)
    more = "+" if sum(found.values()) >= COUNTED else ""
    return _("%(open)s open, %(closed)s closed", open=sum(found.values()) - closed, closed=f"{closed}{more}")

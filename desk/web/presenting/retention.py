"""Rules of retention in words, what falls due by one, and when a person will be deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from contacts.activity import Activity
from contacts.note import Note
from contacts.person import Person
from core.i18n import N_, dated, ngettext
from core.i18n import gettext as _
from desk.retention.planned import planned as planned_of
from desk.retention.planned import said
from desk.retention.rule import RetentionRule
from desk.tickets.ticket import Ticket
from desk.web.presenting.links import person_url
from desk.web.requests import db
from rules.retention import ACTS, CLASSES, SINCE, UNITS, Class

#: What the desk forgets without a rule: who asked, and for how long.
FIXED = (
    (N_("Closed tickets and spam of senders without a record"), "intake.unrecorded_days"), (N_("What lies in the bin"), "contacts.bin_days"))
ALWAYS = (
    (N_("Exports, reports and accounts of what was done with many at once"), 30), (N_("What the bell told"), 90), (N_("Drafts of new tickets"), 90),
    (N_("Alerts that are over"), 365), (N_("Failed sign-ins"), 1))


def deleted_when(person: Person) -> str:
    """When and why a person will be deleted, as the card says it."""
    return said(planned_of(db(), [person])[person.id])


def summary(rule: RetentionRule) -> str:
    """A rule in one line: so long after what, and what happens then."""
    period = ngettext("%(n)s day", "%(n)s days", rule.period) if rule.unit == "days" else ngettext("%(n)s month", "%(n)s months", rule.period)
    return _("%(period)s after %(since)s: %(act)s", period=period, since=_(SINCE[rule.since]), act=_(ACTS[rule.act]))


def chooses(of: Class) -> dict[str, list[tuple[str, str]]]:
    """What the form of a class lets choose among."""
    return {"units": [(name, _(label)) for name, label in UNITS.items()], "sinces": [(name, _(SINCE[name])) for name in of.since],
            "acts": [(name, _(ACTS[name])) for name in of.acts]}


def class_lines(rules: dict[str, RetentionRule]) -> list[dict[str, Any]]:
    """Every class of data with its rule."""
    return [{"url": url_for("retention_rules.edit", of=key), "name": _(of.label), "rule": summary(rules[key]) if key in rules else "",
             "active": key in rules and rules[key].active} for key, of in CLASSES.items()]


def due_lines(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Records that fall due: what they are called, and where they are."""
    return [_line(row) for row in rows]


def loaded(asked: Any) -> Any:
    """The question, with what its lines tell."""
    kind = asked.column_descriptions[0]["entity"]
    return asked.options(selectinload(Person.legal_bases)) if kind is Person else asked


def _line(row: Any) -> dict[str, Any]:
    if isinstance(row, Person):
        return {"name": row.name or _("(no name)"), "url": person_url(row), "since": _day(row.created_at.date())}
    if isinstance(row, Ticket):
        return {"name": f"{row.number} {row.subject or _('(no subject)')}", "url": url_for("tickets.show", number=row.number),
                "since": _day(row.closed_at.date()) if row.closed_at else ""}
    if isinstance(row, Note):
        hidden = row.private and row.author_name
        return {"name": _("A private note of %(name)s", name=row.author_name) if hidden else row.author_name or _("A note"), "url": None, "since": _day(row.at.date())}
    assert isinstance(row, Activity)
    return {"name": row.title, "url": url_for("activities.edit", uid=row.uid), "since": _day(row.done_at.date()) if row.done_at else ""}


def _day(day: date) -> str:
    return dated(day, year=True)


def came_by(person: Person, visible: Sequence[int]) -> int | None:
    """The number of the ticket by which a person came in, where the reader sees it."""
    if person.created_how not in ("mail", "ticket"):
        return None
    first = db().execute(select(Ticket.id, Ticket.mailbox_id).where(Ticket.requester_id == person.id, Ticket.binned_at.is_(None)).order_by(
        Ticket.id).limit(1)).first()
    return first.id if first is not None and first.mailbox_id in visible else None

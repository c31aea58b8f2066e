"""Activities as lines of lists and panels: what, whose, when, and what can be done at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from flask import request, url_for
from sqlalchemy import ColumnElement, Select

from contacts.activity import OPEN, Activity
from contacts.agenda import HALF_A_DAY, Agenda, agenda, count, of_company, of_person, overdue, those
from contacts.company import Company
from contacts.person import Person
from core.clock import now
from core.i18n import N_, dated, local, ngettext
from core.i18n import gettext as _
from desk.web.presenting.faces import agent_face
from desk.web.presenting.links import company_url, person_url
from desk.web.presenting.times import SOON, coming, length, near
from desk.web.requests import db

KINDS = {"task": ("checkbox", N_("Task")), "appointment": ("calendar-event", N_("Appointment")), "call": ("phone", N_("Call"))}
STATES = {"open": N_("Open"), "in_progress": N_("In progress"), "done": N_("Done"), "cancelled": N_("Cancelled")}
#: In a panel of a card.
SHOWN = 6


def activities_of(person: Person) -> Select[int]:
    """What the tab counts."""
    return those(of_person(person))


def panel_of(whose: Person | Company, *, kinds: Collection[str] = (), states: Collection[str] = (), limit: int = SHOWN, none: bool = False) -> dict[str, Any]:
    """The panel of a person's or a company's card, of these kinds and states (W54): ``activities``, ``activities_text`` ("1 overdue"),
    and where one is begun (W60). ``none``: it is known that there are none."""
    fits = of_person(whose) if isinstance(whose, Person) else of_company(whose)
    found = Agenda([], None) if none else agenda(db(), fits, kinds=kinds, states=states, limit=limit, brief=True)
    begun: dict[str, Any] = {"person" if isinstance(whose, Person) else "company": whose.uid}
    return {"activities": lines(found.rows), "activities_text": late_text(fits) if found.rows else "",
            "activities_more": bool(found.next), "new_activity_url": url_for("activities.new", **begun, back=here())}


def late_text(*fits: ColumnElement[bool]) -> str:
    """``1 overdue``; nothing where none is."""
    late = count(db(), overdue(now()), *fits)
    return _("%(n)s overdue", n=late) if late else ""


def lines(activities: Sequence[Activity], *, people: bool = False) -> list[dict[str, Any]]:
    """A list of them; with ``people``, with whom each is."""
    return [line(one) | (_with(one) if people else {}) for one in activities]


def line(one: Activity) -> dict[str, Any]:
    """One of them."""
    icon, label = KINDS[one.kind]
    text, kind = when(one)
    over = one.state not in OPEN
    back = here()
    return {"url": url_for("activities.edit", uid=one.uid, back=back), "icon": icon, "kind": _(label), "title": one.title,
            "owner": agent_face(one.owner) if one.owner else None, "when": text, "when_kind": kind, "over": over,
            "at_iso": one.at.isoformat() if one.at else "", "state": _(STATES[one.state]), "begun": one.state == "in_progress",
            "tick_url": url_for("activities.reopen" if over else "activities.finish", uid=one.uid, back=back)}


def _with(one: Activity) -> dict[str, Any]:
    return {"persons": [{"name": person.name, "url": person_url(person)} for person in one.persons],
            "company": {"name": one.company.name, "url": company_url(one.company)} if one.company and not one.company.binned_at else None}


def when(one: Activity) -> tuple[str, str]:
    """When it is to be done, and how that stands: "", soon or late; when it was done."""
    if one.done_at is not None:
        told = _("done %(day)s", day=near(one.done_at)) if one.state == "done" else _("cancelled %(day)s", day=near(one.done_at))
        return told, "over"
    if one.at is None:
        return "", ""
    past = now() - (one.at + HALF_A_DAY if one.whole_day else one.ends_at or one.at)
    if past > timedelta(0):
        return over_by(past, whole_day=one.whole_day), "late"
    if one.whole_day:
        days = (local(one.at).date() - local(now()).date()).days
        return _("today") if days == 0 else _("tomorrow") if days == 1 else near(one.at), ""
    left = one.at - now()
    if timedelta(0) < left < timedelta(hours=1):
        return _("in %(n)s min", n=int(left.total_seconds() // 60)), "soon" if left <= SOON else ""
    return coming(one.at), ""


def over_by(past: timedelta, *, whole_day: bool = False) -> str:
    """``42 min over``, ``3 days over``."""
    if past < timedelta(days=2) and not whole_day:
        return _("%(time)s over", time=length(past))
    days = past.days + 1 if whole_day else past.days
    return ngettext("%(n)s day over", "%(n)s days over", days)


def long_day(at: Any) -> str:
    """A date with its year."""
    return dated(at, year=True)


def here() -> str:
    """The address of this page, to come back to."""
    return request.full_path.rstrip("?") if request.method == "GET" else request.form.get("back", "")

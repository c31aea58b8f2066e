"""The page of a sale, a campaign, a project or an order: facts, who takes part, lines, notes, and what happened."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from contacts.matter_kinds import KINDS, Kind
from contacts.matters import may_delete
from contacts.membership import count_members, members_of
from contacts.notes import notes_of
from contacts.order import Order
from contacts.selection import OF
from core import money
from core.i18n import day
from core.i18n import gettext as _
from desk.web.forms import whole
from desk.web.matter_form import quantity
from desk.web.presenting.activities import here
from desk.web.presenting.changes import changes
from desk.web.presenting.faces import agent_entry, person_face
from desk.web.presenting.links import person_url
from desk.web.presenting.matters import STATES, STATUSES, WORDS, line, standing_text
from desk.web.presenting.notes import lines as note_lines
from desk.web.requests import db
from desk.web.signing_in import me

MANY = 50


def shown(key: str, one: Any) -> dict[str, Any]:
    """What web/matters/show.html wants."""
    kind = KINDS[key]
    matter = line(one) | {
        "key": key, "kind": _(WORDS[key].one), "text": one.text, "version": one.version, "added": day(one.created_at),
        "owned_by": agent_entry(one.owner) if one.owner else None, "edit_url": url_for("matters.edit", key=key, uid=one.uid),
        "final": kind.final, "delete_url": url_for("matters.destroy", key=key, uid=one.uid) if may_delete(one, me()) else None,
        "enter_url": url_for("matters.enter", key=key, uid=one.uid), "next": [(name, _("Open again") if one.over_at else _(STATES[name])) for name in _next(kind, one.state)],
        "new_person_url": url_for("persons.new", company=one.company.name) if kind.customer and one.company and not one.company.binned_at else "",
        "activity_url": _activity(kind, one), "history": changes(one.uid), "back_url": url_for("matters.index", key=key),
        "selection_url": url_for("selection_members.new", of=key, uids=one.uid) if key in OF else ""}
    return {"matter": matter, "members": _members(kind, one) if kind.members is not None else None,
            "order": _order(one) if kind.of == "order" else None, "notes": _notes(one) if kind.of == "project" else None}


def _next(kind: Kind, state: str) -> list[str]:
    """Where it may go from here by one click: on, to an end, or open again."""
    if state not in kind.open:
        return [kind.open[-1]]
    after = list(kind.states)[list(kind.states).index(state) + 1:]
    return after if kind.of == "sale" else [after[0], "cancelled"] if after[0] != "cancelled" else after


def _activity(kind: Kind, one: Any) -> str:
    """An activity begun from here is with the same person and company (W16)."""
    if not kind.customer or not (one.person or one.company):
        return ""
    given = {"person": one.person.uid if one.person and one.person.living else None, "company": one.company.uid if one.company and not one.company.binned_at else None}
    return url_for("activities.new", back=here(), **{name: uid for name, uid in given.items() if uid})


def _members(kind: Kind, one: Any) -> dict[str, Any]:
    cursor = whole(request.args.get("members", ""))
    found = members_of(db(), one, before=cursor, limit=MANY)
    at = {"key": kind.key, "uid": one.uid}
    return {"standing": kind.standing, "choices": [(name, _(STATUSES[name])) for name in kind.standings], "add_url": url_for("matter_members.create", **at),
            "count": count_members(db(), one), "persons_url": url_for("recipients.index"),
            "newer": url_for("matters.show", **at) if cursor else None, "older": url_for("matters.show", **at, members=found[MANY - 1].id) if len(found) > MANY else None,
            "lines": [_member(kind, one, member) for member in found[:MANY]]}


def _member(kind: Kind, one: Any, member: Any) -> dict[str, Any]:
    person, job, at = member.person, member.person.employment, {"key": kind.key, "uid": one.uid, "mid": member.uid}
    said = getattr(member, kind.standing)
    return {"name": person.name or _("(no name)"), "url": person_url(person), "face": person_face(person.name, person), "company": job.company.name if job else "",
            "standing": said, "standing_text": standing_text(kind, said), "change_url": url_for("matter_members.update", **at),
            "remove_url": url_for("matter_members.destroy", **at)}


def _order(one: Order) -> dict[str, Any]:
    return {"total": money.shown(one.total, one.currency), "lines": [
        {"text": row.text, "quantity": quantity(row.quantity), "price": money.shown(row.price, one.currency), "amount": money.shown(row.amount, one.currency)}
        for row in one.lines]}


def _notes(one: Any) -> dict[str, Any]:
    cursor = whole(request.args.get("notes", ""))
    found = notes_of(db(), me(), project=one, before=cursor)
    at = {"key": "projects", "uid": one.uid}
    return {"lines": note_lines(found.rows, one), "action": url_for("project_notes.create", uid=one.uid),
            "newer": url_for("matters.show", **at) if cursor else None, "older": url_for("matters.show", **at, notes=found.next) if found.next else None}

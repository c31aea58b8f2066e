"""Moves of a person to another company: what one would do, and those there have been."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import shorten
from typing import Any

from flask import url_for
from sqlalchemy import select

from contacts.agent import Agent
from contacts.company import Business, Category, Company
from contacts.file import File
from contacts.move_plan import Move, Plan, Side
from contacts.note import Note
from contacts.person import Person
from core.history import FactRow
from core.i18n import N_, dated, day, ngettext
from core.i18n import gettext as _
from core.operations import Operation
from desk.web.presenting.changes import FIELDS
from desk.web.requests import db

FOLLOWED: dict[str, Any] = {"our_contact_id": Agent, "category_id": Category, "business_id": Business}
ICONS = {"task": "checkbox", "appointment": "calendar-event", "call": "phone", "sales": "coin", "orders": "receipt", "notes": "note", "files": "file-text"}
STATUS = {"left": N_("Has left"), "active": N_("Active")}


def preview(person: Person, move: Move, foreseen: Plan) -> dict[str, Any]:
    """A plan in sentences, and each record by name on its side."""
    here, there = move.job.company.called if move.job else _("no company"), move.company.name if move.company else _("no company")
    return {"says": list(_says(person, move, foreseen)), "here": here, "there": there, "mark": foreseen.mark,
            "sides": [_side(side) for side in foreseen.sides], "status": foreseen.status,
            "status_text": _("Set the status to “%(status)s”", status=_(STATUS[foreseen.status])) if foreseen.status else ""}


def move_lines(person: Person, facts: Sequence[FactRow]) -> list[dict[str, Any]]:
    """Those there have been, each with what takes it back while that is kept."""
    operations = {row.uid: row for row in db().scalars(select(Operation).where(Operation.uid.in_({f.data["operation_uid"] for f in facts})))} if facts else {}
    uids = {uid for fact in facts for uid in (fact.data["from_company_uid"], fact.data["to_company_uid"]) if uid}
    names = dict(db().execute(select(Company.uid, Company.name).where(Company.uid.in_(uids))).all()) if uids else {}
    return [_line(person, fact, operations, names) for fact in facts]


def _line(person: Person, fact: FactRow, operations: Mapping[str, Operation], names: Mapping[str, str]) -> dict[str, Any]:
    kept, undone = operations.get(fact.data["operation_uid"]), fact.data.get("undone")
    ways = {"here": names.get(fact.data["from_company_uid"] or "", _("no company")),
            "there": names.get(fact.data["to_company_uid"] or "", _("no company"))}
    says = _("Move taken back: from %(here)s to %(there)s", **ways) if undone else _("From %(here)s to %(there)s", **ways)
    return {"at": day(fact.at), "says": says,
            "took": ngettext("one record went along", "%(n)s records went along", fact.data["moved"]),
            "stayed": ngettext("one stayed", "%(n)s stayed", fact.data["stayed"]),
            "undo_url": url_for("person_moves.undo", uid=person.uid, oid=kept.uid) if kept and kept.state == "done" and not undone else ""}


def _says(person: Person, move: Move, foreseen: Plan) -> Any:
    if move.job is not None and move.mistake:
        yield _("They never worked at %(company)s: nothing of it is kept but the history.", company=move.job.company.called)
    elif move.job is not None and foreseen.last_day is not None:
        yield _("The last day at %(company)s is %(day)s. The employment stays among those of before.", company=move.job.company.called,
                day=dated(foreseen.last_day, year=True))
    if move.company is not None and not move.mistake:
        yield _("From %(day)s on: %(company)s.", day=dated(move.on, year=True), company=move.company.name)
    elif move.company is not None:
        yield _("The employment is at %(company)s instead.", company=move.company.name)
    for name, (before, after) in foreseen.follows.items():
        yield _("%(field)s follows the company: %(before)s becomes %(after)s.", field=_(FIELDS[name]).capitalize(),
                before=_called(name, before), after=_called(name, after))
    yield _("Tickets stay with the person.")


def _called(name: str, row_id: int | None) -> str:
    row = db().get(FOLLOWED[name], row_id) if row_id else None
    return row.name if row is not None else _("none")


def _side(side: Side) -> dict[str, Any]:
    return {"kind": side.kind.key, "label": _(side.kind.label), "moves": side.moves, "stays": side.stays,
            "moving": [_record(side, one) for one in side.moving], "staying": [_record(side, one) for one in side.staying],
            "more": {"moves": side.moves - len(side.moving), "stays": side.stays - len(side.staying)}}


def called(one: Any) -> str:
    """What a record that may go along is called: its title, the name of a file, how a note begins."""
    if isinstance(one, Note):
        return shorten(one.text, 80, placeholder=" …") or one.text[:80]
    return str(one.name if isinstance(one, File) else getattr(one, "called", "") or one.title)


def _record(side: Side, one: Any) -> dict[str, Any]:
    moment = getattr(one, "at", None) or one.created_at
    return {"icon": ICONS.get(getattr(one, "kind", side.kind.key), "file"), "title": called(one) or _("(no title)"), "at": day(moment), "at_iso": moment.isoformat()}

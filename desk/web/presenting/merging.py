"""Two persons side by side before they are merged, and what taking them apart brings back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import select

from contacts.agent import Agent
from contacts.firsts import firsts
from contacts.following import FOLLOWERS
from contacts.merge import Merge, NotTheSame
from contacts.merged import parts_of
from contacts.overwritable import columns, values
from contacts.overwriting import FIRST, suggested
from contacts.person import Person
from core.i18n import N_, day
from core.i18n import gettext as _
from desk.foreseeing_merges import Foreseen
from desk.web.presenting.changes import FIELDS, NAMED, field_called
from desk.web.presenting.faces import person_face
from desk.web.presenting.words import language_alone, opened
from desk.web.requests import db

FIRSTS = {"email": N_("E-mail used first"), "phone": N_("Telephone used first"), "chat": N_("Chat used first"),
          "link": N_("Link used first"), "employment": N_("Main position")}
STATUS = {"active": N_("Active"), "left": N_("Has left")}


def compared(person: Person, into: Person, chosen: Mapping[str, str]) -> dict[str, Any]:
    """The fields in which two persons differ, each with both values and whose is chosen; and the names of those that agree."""
    mine, theirs = _values(person), _values(into)
    sides = suggested(db(), person, into) | {name: "into" if theirs[name] else "from" for name in FIRST} | dict(chosen)
    rows = [{"name": name, "label": label, "from": mine[name], "into": theirs[name], "chosen": sides[name]}
            for name, label in _labels().items() if mine[name] != theirs[name]]
    return {"rows": rows, "same": [label for name, label in _labels().items() if mine[name] == theirs[name] and mine[name]]}


def moving(foreseen: Foreseen) -> list[dict[str, Any]]:
    """Each kind that moves, and how many."""
    return [{"label": _(one.label), "count": foreseen.counts[one.name]} for one in FOLLOWERS if one.name in foreseen.counts]


def side(person: Person) -> dict[str, Any]:
    """One of the two, as the head of a column."""
    job = person.employment
    return {"uid": person.uid, "name": person.name, "face": person_face(person.name, person), "url": url_for("persons.show", uid=person.uid),
            "company": job.company.called if job else "", "created": day(person.created_at), "version": person.version}


def said_to_be_two(person: Person, into: Person) -> str:
    """Who has looked at the two before and found that they are not one; empty where nobody has."""
    said = db().get(NotTheSame, (min(person.id, into.id), max(person.id, into.id)))
    if said is None:
        return ""
    by = db().scalar(select(Agent.name).where(Agent.uid == said.by_uid)) if said.by_uid else None
    return _("%(name)s said %(day)s that these are two persons.", name=by or _("Somebody"), day=day(said.at))


def parts(person: Person) -> list[dict[str, Any]]:
    """Who is part of the person, when they became so, and where they are taken apart."""
    found = parts_of(db(), person)
    at = dict(db().execute(select(Merge.person_id, Merge.at).where(
        Merge.person_id.in_([one.id for one in found]), Merge.undone_at.is_(None)).order_by(Merge.id)).all()) if found else {}
    return [{"name": one.name, "at": day(at[one.id]), "url": url_for("person_unmerges.new", uid=one.uid)} for one in found if one.id in at]


def coming_back(into: Person, back: Mapping[str, Any]) -> list[dict[str, str]]:
    """Fields of who goes on that would be as before: what they hold now, and what they held."""
    now = values(db(), into)
    return [{"field": opened(field_called(column)), "before": _said(column, now[column]), "after": _said(column, was)}
            for column, was in back.items() if column in now and now[column] != was]


def columns_said(names: Sequence[str]) -> str:
    """What columns are called, in a row."""
    return ", ".join(field_called(column) for column in names if column in FIELDS or column.startswith("custom."))


def _labels() -> dict[str, str]:
    return {name: opened(field_called(column)) for name, column in columns(db()).items()} | {name: _(FIRSTS[name]) for name in FIRST}


def _values(person: Person) -> dict[str, str]:
    used = firsts(db(), person)
    held = values(db(), person)
    found = {name: _said(column, held[column]) for name, column in columns(db()).items()}
    found |= {name: used[name].address.value if name in used else "" for name in FIRST[:-1]}
    job = used.get("employment")
    return found | {"employment": ", ".join(filter(None, (job.position, job.company.called))) if job else ""}


def _said(column: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(value)
    if column == "photo_digest":
        return _("photo %(number)s", number=value[:4]) if value else ""
    if column == "status":
        return _(STATUS.get(value, value))
    if column == "preferred_language":
        return language_alone(value)
    if value is not None and column in NAMED:
        return db().scalar(select(NAMED[column].name).where(NAMED[column].id == value)) or ""
    return str(value or "")

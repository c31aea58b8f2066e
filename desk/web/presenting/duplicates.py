"""Two persons who may be one, side by side: what they have in common, and the evidence with its points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from contacts.address import Address, Holding
from contacts.duplicate_pair import DuplicatePair
from contacts.duplicate_review import MOST, count_open
from contacts.duplicate_scan import GOING
from contacts.duplicates import fields_said, warned_of
from contacts.mass_merge import ordered
from contacts.person import Employment, Person
from core.fold import fold
from core.i18n import day, ngettext
from core.i18n import gettext as _
from core.operations import Operation
from desk.web.presenting.candidates import FULL
from desk.web.presenting.faces import person_face
from desk.web.presenting.links import person_url
from desk.web.presenting.persons import open_tickets
from desk.web.presenting.times import stamp
from desk.web.presenting.words import language_alone, said
from desk.web.requests import db
from desk.web.signing_in import me

Values = dict[str, list[str]]


def register_tabs(current: str, query: str = "") -> list[dict[str, Any]]:
    """The tabs over the register of persons; what is searched for stays from tab to tab."""
    count = count_open(db())
    tabs = [(_("All"), "", None), (_("Favourites"), "favourites", None), (_("Recently opened"), "recent", None),
            (_("To be completed"), "incomplete", None),
            (_("Possible duplicates"), "duplicates", (count or None) if count is not None else f"{MOST}+")]
    if me().admin:
        tabs.append((_("Restricted"), "restricted", None))
    return [{"label": label, "current": only == current, "count": shown,
             "url": url_for("duplicates.index") if only == "duplicates" else url_for("persons.index", only=only or None, q=query or None)}
            for label, only, shown in tabs]


def duplicates_of(person: Person) -> dict[str, str] | None:
    """Who may be the same as this person, for a card (S57): how many, and where they are looked at."""
    count = count_open(db(), person)
    return {"text": ngettext("%(n)s possible duplicate", "%(n)s possible duplicates", count or MOST),
            "url": url_for("duplicates.index", person=person.uid)} if count != 0 else None


def warning_of(person: Person) -> str:
    """What is said behind an act that made two persons the same by the organisation's rule: nothing where the door says nothing."""
    found = warned_of(db(), person)
    return " " + _("%(name)s has the same %(fields)s: see possible duplicates.", name=found[0].person.name,
                   fields=fields_said(db(), found[0].fields)) if found else ""


def side_by_side(pairs: Sequence[DuplicatePair], at: str = "") -> list[dict[str, Any]]:
    """Pairs as web/persons/duplicates.html wants them: a handful of questions, however many. ``at`` names the one in front."""
    ids = sorted({one for pair in pairs for one in (pair.person_id, pair.other_id)})
    if not ids:
        return []
    db().scalars(select(Person).where(Person.id.in_(ids)).options(
        selectinload(Person.employments).options(joinedload(Employment.company)))).all()
    held, tickets = _held(ids), open_tickets(ids)
    uids = [pair.uid for pair in pairs]
    front = at if at in uids else uids[0]
    return [_pair(pair, held, tickets) | {"current": pair.uid == front, "next": uids[n + 1] if n + 1 < len(uids) else ""}
            for n, pair in enumerate(pairs)]


def scanned(operation: Operation | None) -> dict[str, Any] | None:
    """The latest scan: how far it is, or what came of it."""
    if operation is None:
        return None
    return {"going": operation.state in GOING, "paused": operation.state == "paused", "done": operation.done // 10,
            "ended": stamp(operation.ended_at) if operation.ended_at else "", "reason": operation.reason or "",
            "found": operation.result.get("found", 0), "stopped": operation.state == "cancelled"}


def _pair(pair: DuplicatePair, held: dict[int, Values], tickets: dict[int, int]) -> dict[str, Any]:
    (one, other), (goes, stays) = (pair.person, pair.other), ordered(pair)
    left, right = _values(one, held, tickets), _values(other, held, tickets)
    return {
        "uid": pair.uid, "points": pair.points, "one": _head(one), "other": _head(other),
        "rows": [_row(name, left[name], right[name]) for name in left if any((*left[name], *right[name]))],
        "clues": [{"text": said(clue.get("sentence") or clue["words"]), "points": clue["points"], "against": clue["points"] < 0,
                   "width": min(100, abs(clue["points"]) * 100 // FULL)} for clue in pair.evidence],
        "merge_url": url_for("person_merges.show", uid=goes.uid, other=stays.uid), "apart_url": url_for("duplicates.create", uid=pair.uid)}


def _head(person: Person) -> dict[str, Any]:
    return {"name": person.name or _("(no name)"), "face": person_face(person.name, person), "url": person_url(person)}


def _values(person: Person, held: dict[int, Values], tickets: dict[int, int]) -> Values:
    """What the card says, by the name of the field."""
    addresses, jobs = held.get(person.id, {}), [job for job in person.employments if job.ended_on is None]
    positions = [job.position for job in jobs if job.position]
    return {
        _("Company"): [job.company.called for job in jobs], _("Title"): [person.title or next(iter(positions), "") or ""],
        _("E-mail"): addresses.get("email", []), _("Telephone"): addresses.get("phone", []),
        _("Customer number"): [person.customer_number or ""], _("Language"): [language_alone(person.preferred_language)],
        _("Created"): [day(person.created_at)], _("Open tickets"): [str(tickets[person.id])] if tickets.get(person.id) else []}


def _row(name: str, one: list[str], other: list[str]) -> dict[str, Any]:
    """A line, and whether both say the same."""
    left, right = [value for value in one if value], [value for value in other if value]
    same = {fold(value) for value in left} & {fold(value) for value in right}
    return {"label": name, "same": bool(same) and name not in (_("Created"), _("Open tickets")), "one": left, "other": right}


def _held(ids: Sequence[int]) -> dict[int, Values]:
    """Person → kind → addresses held now, the one used first in front."""
    found: dict[int, Values] = {}
    for person, kind, value in db().execute(select(Holding.person_id, Address.kind, Address.value).join(
            Address, Address.id == Holding.address_id).where(Holding.person_id.in_(ids), Holding.until.is_(None)).order_by(
            Holding.primary.desc(), Holding.id)):
        found.setdefault(person, {}).setdefault(kind, []).append(value)
    return found

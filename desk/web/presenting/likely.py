"""Who an unknown sender most likely is, in a few words for a row of the list: three questions, however many rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from contacts.person import Employment, Person
from core.i18n import gettext as _
from desk.tickets.ticket import Ticket
from desk.web.requests import db

PROBABLE = 50                # points from which it is more than a name


class Guess(NamedTuple):
    """How sure, and who: empty where nobody is alike."""

    lead: str
    who: str


def likely(tickets: Sequence[Ticket]) -> dict[int, Guess]:
    """Ticket → the best of the living candidates."""
    kept: dict[int, list[dict[str, Any]]] = {
        ticket_id: how.get("candidates") or [] for ticket_id, how in db().execute(
            select(Ticket.id, Ticket.identification).where(Ticket.id.in_([ticket.id for ticket in tickets])))}
    persons = _living({one["person_id"] for found in kept.values() for one in found})
    return {ticket_id: _guess(found, persons) for ticket_id, found in kept.items()}


def _guess(found: Sequence[dict[str, Any]], persons: Mapping[str, Person]) -> Guess:
    best = max((one for one in found if one["person_id"] in persons), key=_points, default=None)
    if best is None:
        return Guess(_("Nobody alike"), "")
    person = persons[best["person_id"]]
    job = person.employment
    return Guess(_("Probably") if _points(best) >= PROBABLE else _("Perhaps"),
                 ", ".join(filter(None, (person.name, job.company.name if job else ""))))


def _points(candidate: dict[str, Any]) -> int:
    return sum(clue["points"] for clue in candidate["evidence"])


def _living(uids: set[str]) -> dict[str, Person]:
    if not uids:
        return {}
    return {person.uid: person for person in db().scalars(select(Person).where(
        Person.uid.in_(uids), Person.binned_at.is_(None), Person.merged_into_id.is_(None)).options(
        selectinload(Person.employments).options(joinedload(Employment.company))))}

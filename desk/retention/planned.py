"""When a person will be deleted by the rules as they are, and why: computed for the card, never kept (Article 5(1)(e))."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contacts.activity import Activity, ActivityParticipant
from contacts.legal_holds import held_persons
from contacts.person import Person
from core.i18n import N_, dated, today
from core.i18n import gettext as _
from desk.retention.falling_due import NEWCOMERS, NONE, busy
from desk.retention.rule import RetentionRule
from desk.retention.rules import active_rules
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket
from rules.retention import BY_BASIS

#: (What happens, what is counted from) → when and why, on the card.
SENTENCES = {
    ("erase", "contact"): N_("Will be deleted for good on %(day)s unless there is contact before; the last was on %(start)s."),
    ("erase", "created"): N_("Will be deleted for good on %(day)s, counted from %(start)s, when the record was made."),
    ("erase", "ended"): N_("Will be deleted for good on %(day)s unless there is a new ground before; the last ended on %(start)s."),
    ("bin", "contact"): N_("Goes into the bin on %(day)s unless there is contact before; the last was on %(start)s."),
    ("bin", "created"): N_("Goes into the bin on %(day)s, counted from %(start)s, when the record was made."),
    ("bin", "ended"): N_("Goes into the bin on %(day)s unless there is a new ground before; the last ended on %(start)s."),
}
OTHERWISE = {"held": N_("Under legal hold: will not be deleted before that is lifted."),
             "busy": N_("Will not be deleted while a ticket or an activity is open."),
             "no_rule": N_("No rule says when this record is deleted.")}


@dataclass(frozen=True, slots=True)
class Planned:
    """``why`` is the class whose rule decides, ``held`` (by a legal hold), ``busy`` (something is still to be done) or ``no_rule``; ``on`` is the day
    where there is one, ``act`` what happens then (erase, bin), ``start`` what the rule counts from (``since``)."""

    why: str
    on: date | None = None
    act: str = ""
    since: str = ""
    start: date | None = None


def planned(db: Session, persons: Collection[Person]) -> dict[int, Planned]:
    """Id → when and why, for living persons whose legal bases are loaded. Without a rule it is one question, else some five for all of them."""
    rules, ids = active_rules(db), [one.id for one in persons]
    if not any(of.startswith("persons.") for of in rules) or not ids:
        return dict.fromkeys(ids, Planned("no_rule"))
    held = set(db.scalars(select(Person.id).where(Person.id.in_(ids), Person.id.in_(held_persons()))))
    doing = set(db.scalars(select(Person.id).where(Person.id.in_(ids), busy())))
    contact = _last_contact(db, ids)
    return {one.id: Planned("held") if one.id in held else Planned("busy") if one.id in doing and _rules_for(one, rules) else
            _by_rules(one, rules, contact.get(one.id)) for one in persons}


def said(planned: Planned) -> str:
    """When and why, as the card and a privacy report say it."""
    if planned.on is None:
        return _(OTHERWISE[planned.why])
    if planned.on <= today():
        return _("Has had its time since %(day)s, and goes when the plan of the night is carried out.", day=dated(planned.on, year=True))
    assert planned.start is not None
    return _(SENTENCES[planned.act, planned.since], day=dated(planned.on, year=True), start=dated(planned.start, year=True))


def _by_rules(person: Person, rules: dict[str, RetentionRule], contact: datetime | None) -> Planned:
    """The last day that a rule of theirs says."""
    days = []
    for rule in _rules_for(person, rules):
        start = _start(person, rule, contact)
        days.append((rule.due(start), rule, start))
    if not days:
        return Planned("no_rule")
    on, rule, start = max(days, key=lambda one: one[0])
    return Planned("no_rule") if on == date.max else Planned(rule.of, on, rule.act, rule.since, start)


def _rules_for(person: Person, rules: dict[str, RetentionRule]) -> list[RetentionRule]:
    """The rules that all have to be over; none where one of several grounds has no rule."""
    if person.to_be_completed and NEWCOMERS in rules:
        return [rules[NEWCOMERS]]
    grounds = {one.basis for one in person.standing_bases.values() if one.holds}
    wanted = {BY_BASIS.get(one, "") for one in grounds} if grounds else {NONE}
    return [rules[of] for of in sorted(wanted)] if wanted <= set(rules) else []


def _start(person: Person, rule: RetentionRule, contact: datetime | None) -> date:
    at = person.created_at
    if rule.since == "contact" and contact is not None:
        at = max(at, contact)
    if rule.since == "ended":
        at = max([at, *(one.at for one in person.legal_bases)])
    return at.date()


def _last_contact(db: Session, ids: Collection[int]) -> dict[int, datetime]:
    asked: tuple[Any, ...] = (
        select(Ticket.requester_id, func.max(Ticket.moved_at)).where(Ticket.requester_id.in_(ids)).group_by(Ticket.requester_id),
        select(Message.person_id, func.max(Message.at)).where(Message.person_id.in_(ids)).group_by(Message.person_id),
        select(ActivityParticipant.person_id, func.max(Activity.done_at)).join(Activity, Activity.id == ActivityParticipant.activity_id).where(
            ActivityParticipant.person_id.in_(ids), Activity.binned_at.is_(None), Activity.done_at.is_not(None)).group_by(ActivityParticipant.person_id))
    found: dict[int, datetime] = {}
    for one in asked:
        for person_id, at in db.execute(one):
            if at is not None:
                found[person_id] = max(at, found.get(person_id, at))
    return found

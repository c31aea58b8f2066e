"""What falls due on a day by the rules: questions to the database, the same for the preview, the plan and the moment at which it is done.

Whoever is held by several grounds stays as long as the longest of them says, and for ever where one of them has no rule. Somebody with an open
ticket or an open activity does not fall due. Legal holds are no part of the question: what is held is told of, and skipped.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, not_, or_, select, true
from sqlalchemy.orm import Session, aliased

from contacts.activity import Activity, ActivityParticipant
from contacts.bases import without_basis
from contacts.note import Note
from contacts.person import HOLDING, LegalBasis, Person
from desk.retention.rule import RetentionRule
from desk.rights.case import ENDED, RightsCase
from desk.tickets.message import Attachment, Message
from desk.tickets.ticket import Ticket
from rules.retention import BY_BASIS

Rules = Mapping[str, RetentionRule]
#: Counted no further.
COUNTED = 100_000
NEWCOMERS, NONE = "persons.newcomers", "persons.none"


def due(rules: Rules, of: str, day: date) -> Select[Any]:
    """A question: the rows (Person, Ticket, Note or Activity) of a class that fall due on a day or before. Nothing without its rule."""
    rule = rules.get(of)
    kind, condition = CLASS.get(of, (Person, _persons))
    return select(kind).where(false() if rule is None else condition(rules, of, day)).order_by(kind.id)


def counted(db: Session, asked: Select[Any]) -> int:
    """How many there are, at most :data:`COUNTED`."""
    kind = asked.column_descriptions[0]["entity"]
    return db.scalar(select(func.count()).select_from(asked.with_only_columns(kind.id).order_by(None).limit(COUNTED).subquery())) or 0


def midnight_after(day: date) -> datetime:
    """The end of a day (UTC)."""
    return midnight(min(day, date.max - timedelta(days=2)) + timedelta(days=1))


def midnight(day: date) -> datetime:
    """The beginning of a day (UTC)."""
    return datetime.combine(day, time(), UTC)


def busy() -> ColumnElement[bool]:
    """A condition on Person: something of theirs is still to be done; a request for a right that is not answered above all."""
    return or_(
        select(RightsCase.id).where(RightsCase.person_id == Person.id, RightsCase.state.not_in(ENDED)).exists(),
        select(Ticket.id).where(Ticket.requester_id == Person.id, Ticket.shelf.in_(("active", "waiting"))).exists(),
        select(Activity.id).join(ActivityParticipant, ActivityParticipant.activity_id == Activity.id).where(
            ActivityParticipant.person_id == Person.id, Activity.done_at.is_(None), Activity.binned_at.is_(None)).exists())


def held_by(basis: str) -> ColumnElement[bool]:
    """A condition on Person: a ground of this name holds for some purpose."""
    later = aliased(LegalBasis)
    overtaken = select(later.id).where(later.person_id == LegalBasis.person_id, later.purpose == LegalBasis.purpose, or_(
        later.at > LegalBasis.at, and_(later.at == LegalBasis.at, later.id > LegalBasis.id))).exists()
    return select(LegalBasis.id).where(LegalBasis.person_id == Person.id, LegalBasis.basis == basis, LegalBasis.event.in_(HOLDING), ~overtaken).exists()


def _persons(rules: Rules, of: str, day: date) -> ColumnElement[bool]:
    living = and_(Person.merged_into_id.is_(None), Person.binned_at.is_(None), ~busy())
    if of == NEWCOMERS:
        return and_(living, Person.to_be_completed, _over(rules[of], day))
    others = true() if NEWCOMERS not in rules else ~Person.to_be_completed.expression
    if of == NONE:
        return and_(living, others, without_basis(), _over(rules[of], day))
    basis = next(name for name, key in BY_BASIS.items() if key == of)
    return and_(living, others, held_by(basis), *(or_(not_(held_by(name)), _over(rules[key], day) if key in rules else false())
                                                  for name, key in BY_BASIS.items()))


def _over(rule: RetentionRule, day: date) -> ColumnElement[bool]:
    """A condition on Person: the period of a rule is over."""
    before = midnight_after(rule.latest_start(day))
    old = Person.created_at < before
    if rule.since == "contact":
        return and_(old, ~_contact_since(before))
    if rule.since == "ended":
        return and_(old, ~select(LegalBasis.id).where(LegalBasis.person_id == Person.id, LegalBasis.at >= before).exists())
    return old


def _contact_since(at: datetime) -> ColumnElement[bool]:
    """A condition on Person: a ticket of theirs moved since, they wrote somewhere, or an activity was with them."""
    return or_(
        select(Ticket.id).where(Ticket.requester_id == Person.id, Ticket.moved_at >= at).exists(),
        select(Message.id).where(Message.person_id == Person.id, Message.at >= at).exists(),
        select(Activity.id).join(ActivityParticipant, ActivityParticipant.activity_id == Activity.id).where(
            ActivityParticipant.person_id == Person.id, Activity.binned_at.is_(None), Activity.done_at >= at).exists())


def _closed(rules: Rules, of: str, day: date) -> ColumnElement[bool]:
    return and_(Ticket.shelf == "closed", Ticket.closed_at < midnight_after(rules[of].latest_start(day)))


def _tickets(rules: Rules, of: str, day: date) -> ColumnElement[bool]:
    return and_(_closed(rules, of, day), Ticket.emptied_at.is_(None))


def _attachments(rules: Rules, of: str, day: date) -> ColumnElement[bool]:
    part = aliased(Ticket)
    files = select(Attachment.id).join(Message, Message.id == Attachment.message_id).join(part, part.id == Message.ticket_id).where(
        or_(part.id == Ticket.id, part.merged_into_id == Ticket.id)).exists()
    return and_(_closed(rules, of, day), files)


def _notes(rules: Rules, of: str, day: date) -> ColumnElement[bool]:
    return and_(Note.binned_at.is_(None), Note.at < midnight_after(rules[of].latest_start(day)))


def _activities(rules: Rules, of: str, day: date) -> ColumnElement[bool]:
    return and_(Activity.binned_at.is_(None), Activity.done_at < midnight_after(rules[of].latest_start(day)))


#: Class → what its rows are, and which of them fall due; the classes of persons are not named.
CLASS: dict[str, tuple[Any, Any]] = {"tickets": (Ticket, _tickets), "attachments": (Ticket, _attachments), "notes": (Note, _notes),
                                     "activities": (Activity, _activities)}

"""What selections may go by that an organisation has made itself: its own fields, and infotags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from contacts.company import Company
from contacts.criteria import Asking, Condition, Criterion, amount, offer, offer_from
from contacts.custom_field import CustomField, CustomValue
from contacts.custom_fields import custom_fields
from contacts.infotag import Infotag, Tagged
from contacts.infotags import infotags
from contacts.person import Person
from contacts.person_criteria import Wrap, on_day, through
from core.fold import fold
from core.i18n import N_
from core.search import escape_like

OWN, TAGS = N_("Your own fields"), N_("Infotags")
#: Kind of a field → kind of its criterion.
KINDS = {"text": "text", "long": "text", "link": "text", "email": "text", "number": "amount", "date": "date", "flag": "yes", "choice": "choice",
         "choices": "choice"}
_SIDES: dict[str, tuple[str, Any, Any, Any]] = {"persons": ("person", CustomValue.person_id, Tagged.person_id, Person.id),
                                                "companies": ("company", CustomValue.company_id, Tagged.company_id, Company.id)}


def of_fields(db: Session, of: str, retired: bool) -> Sequence[Criterion]:
    """One for each field; projects have none."""
    return [] if of not in _SIDES else [Criterion(of, field.slot, field.label, OWN, KINDS[field.kind], _held(field, of), _choices(field) if field.choices else None)
            for field in custom_fields(db, _SIDES[of][0], retired=retired)]


def _held(field: CustomField, of: str) -> Condition:
    _card, key, _tagged, own = _SIDES[of]
    wrap = through(select(key).where(CustomValue.field_id == field.id), key, own)

    def condition(asking: Asking, op: str, value: Any, negated: bool) -> ColumnElement[bool]:
        return wrap(_ASK[KINDS[field.kind]](asking, op, value), negated)
    return condition


def _text(_asking: Asking, op: str, value: str) -> Any:
    """By the beginning of the text, whatever its capitals and Nordic letters."""
    folded: Any = CustomValue.folded
    if op == "filled":
        return folded.is_not(None)
    said = fold(value)
    if op == "is":
        return folded == said
    if op == "begins":
        return and_(folded >= said, folded < said + "\U0010ffff")
    return and_(folded.is_not(None), folded.like(f"%{escape_like(said)}%", escape="\\"))      # the first is what the index asks for


def _number(_asking: Asking, op: str, value: str) -> Any:
    number: Any = CustomValue.number
    if op == "filled":
        return number.is_not(None)
    wanted = amount(value) or 0.0
    return number >= wanted if op == "at_least" else number <= wanted


def _date(asking: Asking, op: str, value: str) -> Any:
    return on_day(CustomValue.day, asking, op, value)


def _yes(_asking: Asking, _op: str, _value: str) -> Any:
    return CustomValue.number == 1


_ASK = {"text": _text, "choice": _text, "amount": _number, "date": _date, "yes": _yes}


def _choices(field: CustomField) -> Any:
    offered = [(one, one) for one in field.choices]
    return lambda _db: offered


def _tagged(of: str) -> Condition:
    _card, _key, key, own = _SIDES[of]
    wrap: Wrap = through(select(key).where(key.is_not(None)), key, own)

    def condition(_asking: Asking, op: str, value: Any, negated: bool) -> ColumnElement[bool]:
        tag = select(Infotag.id).where(Infotag.uid == value).scalar_subquery()
        return wrap(Tagged.tag_id.is_not(None) if op == "filled" else Tagged.tag_id == tag, negated)
    return condition


def _tags(db: Session) -> Sequence[tuple[str, str]]:
    return [(tag.uid, tag.name) for tag in infotags(db, retired=True)]


offer_from(of_fields)
offer(*(Criterion(of, "infotag", N_("Infotag"), TAGS, "choice", _tagged(of), _tags) for of in _SIDES))

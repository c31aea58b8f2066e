"""Keeping the rules of retention: one for each class of data at most, none by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from core.database import take_turns
from core.errors import Conflict, Refused, Unknown
from core.history import Fact, record
from core.i18n import N_
from desk.access import needs_admin
from desk.retention.rule import RetentionRule
from rules.retention import CLASSES, LONGEST, UNITS, Class

FIELDS = ("period", "unit", "since", "act", "active")


@dataclass(frozen=True, slots=True)
class RetentionRuleChanged(Fact):
    """An admin added, edited, switched on or off a rule of retention; the values are in ``changes``."""

    kind: ClassVar[str] = "retention.changed"
    rule_uid: str
    of: str
    change: str


def class_called(key: str) -> Class:
    """The class of data of this name. Raises Unknown."""
    if key not in CLASSES:
        raise Unknown(N_("There is no such class of data."))
    return CLASSES[key]


def rules_of(db: Session) -> dict[str, RetentionRule]:
    """Class → its rule, also those that are not active."""
    return {one.of: one for one in db.scalars(select(RetentionRule))}


def active_rules(db: Session) -> dict[str, RetentionRule]:
    """Class → the rule that is in force."""
    return {one.of: one for one in db.scalars(select(RetentionRule).where(RetentionRule.active)) if one.of in CLASSES}


def suggested(of: Class) -> RetentionRule:
    """What a form begins with where there is no rule: of no session, and not active."""
    return RetentionRule(of=of.key, period=of.months, unit="months", since=of.since[0], act=of.acts[0], active=False)


def drafted(of: Class, fields: Mapping[str, Any]) -> RetentionRule:
    """The rule that these fields would be, of no session, to be tried. Raises Refused with what is wrong of each."""
    errors = {}
    unit, period = fields.get("unit"), fields.get("period")
    if unit not in UNITS:
        errors["unit"] = N_("Choose one of the list.")
    elif not isinstance(period, int) or isinstance(period, bool) or not 1 <= period <= LONGEST[unit]:
        errors["period"] = N_("Write a whole number from 1, of at most a hundred years.")
    for name, offered in (("since", of.since), ("act", of.acts)):
        if fields.get(name) not in offered:
            errors[name] = N_("Choose one of the list.")
    if errors:
        raise Refused(N_("Some fields cannot be saved like this."), errors)
    return RetentionRule(of=of.key, active=bool(fields.get("active")), **{name: fields[name] for name in FIELDS if name != "active"})


def save_rule(db: Session, of: Class, fields: Mapping[str, Any], *, by: Agent, version: int | None = None) -> RetentionRule:
    """Save the rule of a class. Raises Conflict where a colleague was faster, Refused for what does not fit."""
    needs_admin(by)
    take_turns(db, "retention_rules")
    kept = rules_of(db).get(of.key)
    if version is not None and version != (kept.version if kept else 0):
        raise Conflict(N_("A colleague has changed this in the meantime. Look at what holds now, then repeat your change."))
    wanted = drafted(of, fields)
    changes = {name: (getattr(kept, name) if kept else None, getattr(wanted, name)) for name in FIELDS
               if kept is None or getattr(kept, name) != getattr(wanted, name)}
    made = kept or wanted
    for name, (_before, value) in changes.items():
        setattr(made, name, value)
    db.add(made)
    db.flush()
    if changes:
        switched = "active" in changes and kept is not None
        record(db, RetentionRuleChanged(made.uid, of.key, ("on" if made.active else "off") if switched else "edited" if kept else "added"),
               by=by.uid, changes=changes)
    return made

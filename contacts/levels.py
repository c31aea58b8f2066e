"""Service levels: what customers may expect, in the order in which they are offered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.company import ServiceLevel
from contacts.facts import LevelChanged
from core.alphabet import in_order
from core.clock import now
from core.errors import Conflict, Refused, Unknown
from core.history import record
from core.i18n import N_
from core.naming import name_of
from core.placing import step

FIELDS = ("name", "priority", "first_answer_minutes", "next_answer_minutes", "business_hours")
PRIORITIES = (1, 2, 3, 4, 5)
LONGEST_NAME = 80
#: The longest promise: 90 days round the clock.
MOST_MINUTES = 90 * 24 * 60


def levels(db: Session, *, archived: bool = False) -> Sequence[ServiceLevel]:
    """The levels that are offered, in order; with ``archived`` also the others, at the end."""
    query = select(ServiceLevel) if archived else select(ServiceLevel).where(ServiceLevel.archived_at.is_(None))
    return sorted(in_order(db.scalars(query)), key=lambda level: (level.archived_at is not None, level.place))


def level_called(db: Session, uid: str) -> ServiceLevel:
    """The level with this uid. Raises Unknown."""
    level = db.scalar(select(ServiceLevel).where(ServiceLevel.uid == uid))
    if level is None:
        raise Unknown(N_("There is no such service level."))
    return level


def unmoved(level: ServiceLevel, version: int | None) -> None:
    """Raises Conflict where a colleague has changed the level since this version."""
    if version is not None and level.version != version:
        raise Conflict(N_("A colleague has changed this in the meantime. Look at what holds now, then repeat your change."))


def save_level(
    db: Session, level: ServiceLevel | None, fields: Mapping[str, Any], *, by: Agent, version: int | None = None,
) -> ServiceLevel:
    """Make a level, offered last, or change one. What tickets are due by now stays; new ones follow the change.

    Raises Conflict when a colleague was faster, and Refused with what is wrong of each field.
    """
    if level is not None:
        unmoved(level, version)
    clean = {name: name_of(value) if name == "name" else value for name, value in fields.items()}
    made = level or ServiceLevel(name="", priority=3, first_answer_minutes=None, next_answer_minutes=None, business_hours=True)
    changes = {name: (getattr(made, name), clean[name]) for name in FIELDS
               if name in clean and (level is None or getattr(made, name) != clean[name])}
    _check(db, level, {name: clean.get(name, getattr(made, name)) for name in FIELDS})
    for name, (_before, value) in changes.items():
        setattr(made, name, value)
    if level is None:
        made.place = (db.scalar(select(func.max(ServiceLevel.place))) or 0) + 1
        db.add(made)
    db.flush()
    if changes:
        record(db, LevelChanged(made.uid, "edited" if level else "added"), by=by.uid, changes=changes)
    return made


def move(db: Session, level: ServiceLevel, *, up: bool, by: Agent) -> None:
    """Offer a level one place earlier, or later."""
    if step(db, levels(db), level, up=up):
        record(db, LevelChanged(level.uid, "moved"), by=by.uid)


def archive(db: Session, level: ServiceLevel, *, by: Agent, back: bool = False) -> None:
    """Offer a level no longer, or (``back``) again. Whoever has it keeps it."""
    if (level.archived_at is None) != back:
        level.archived_at = None if back else now()
        db.flush()
        record(db, LevelChanged(level.uid, "restored" if back else "archived"), by=by.uid)


def _check(db: Session, level: ServiceLevel | None, fields: Mapping[str, Any]) -> None:
    errors = {}
    with db.no_autoflush:
        other = db.scalar(select(ServiceLevel.id).where(ServiceLevel.name == fields["name"]))
    if not 0 < len(fields["name"]) <= LONGEST_NAME:
        errors["name"] = N_("Give a name of at most 80 characters.")
    elif other is not None and (level is None or other != level.id):
        errors["name"] = N_("This name is taken.")
    if fields["priority"] not in PRIORITIES:
        errors["priority"] = N_("Between 1 and 5.")
    for name in ("first_answer_minutes", "next_answer_minutes"):
        if fields[name] is not None and not 0 < fields[name] <= MOST_MINUTES:
            errors[name] = N_("Between one minute and 90 days, or nothing.")
    if errors:
        raise Refused(N_("Some fields cannot be saved like this."), errors)

"""What a move to another company would do, shown before anything happens (S38, W95)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from contacts.company import Company
from contacts.editing import SYNCED
from contacts.employing import last_day
from contacts.movable import KINDS, MOVABLE, Movable, parted
from contacts.person import Employment, Person
from core.errors import Refused
from core.i18n import N_, today
from core.i18n import gettext as _

TAKEN = ("stay", "all", "after")
#: Records that a preview names on each side of each kind.
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Move:
    """What is asked for: from which job (none: they have none) to which company (none: disconnected), from which day on.

    ``take``: leave all records there (stay), take all along (all), or those from ``after`` on, that day among them (S39-S41),
    of these ``kinds`` (W91). ``mistake``: they never worked there, so no history is kept of it (S42). ``status``: what the
    person's is to be from now on.
    """

    job: Employment | None
    company: Company | None
    on: date
    position: str | None = None
    take: str = "stay"
    after: date | None = None
    kinds: Sequence[str] = KINDS
    mistake: bool = False
    status: str | None = None

    @property
    def source(self) -> int | None:
        """The company they come from."""
        return self.job.company_id if self.job is not None else None

    @property
    def leads(self) -> bool:
        """Whether it is the primary employment that changes."""
        return self.job is None or self.job.primary

    @property
    def stays_there(self) -> bool:
        """Another position at the same company."""
        return self.job is not None and self.company is not None and self.source == self.company.id


@dataclass(frozen=True, slots=True)
class Side:
    """Of one kind: how many go along and how many stay, and the latest of either."""

    kind: Movable
    moves: int
    stays: int
    moving: Sequence[Any]
    staying: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a move would do. ``follows``: what the person takes from the company, before and after. ``going``: kind → ids of what goes
    along. ``mark`` is a word for exactly this: what is confirmed is what was shown."""

    sides: Sequence[Side]
    going: Mapping[str, Sequence[int]]
    last_day: date | None
    status: str | None
    follows: dict[str, tuple[Any, Any]]
    mark: str


def plan(db: Session, person: Person, move: Move) -> Plan:
    """What would happen; nothing does. Raises Refused for what cannot be."""
    check(person, move)
    ids = {kind.key: [list(db.scalars(select(kind.row.id).where(part).order_by(kind.row.id))) for part in split(person, move, kind)]
           for kind in MOVABLE}
    sides = [_side(db, person, move, kind, *ids[kind.key]) for kind in MOVABLE]
    seen = (person.version, move.source, move.company.id if move.company else 0, str(move.on), move.take, str(move.after), move.mistake,
            move.position, ids)
    return Plan(sides, {key: goes for key, (goes, _stays) in ids.items()}, last_day(move.job, move.on) if move.job and not move.mistake else None, proposed_status(person, move),
                _would_follow(person, move), hashlib.sha256(repr(seen).encode()).hexdigest()[:16])


def split(person: Person, move: Move, kind: Movable) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Which of a kind go along and which stay."""
    take = "stay" if kind.key not in move.kinds or move.stays_there else move.take
    return parted(kind, person, move.source, take, move.after)


def proposed_status(person: Person, move: Move) -> str | None:
    """Ending the last employment proposes *left*, a new one *active* (0.15); None where nothing is to be said."""
    if move.company is not None:
        return "active" if person.status == "left" else None
    others = [job for job in person.employments if job.ended_on is None and job is not move.job]
    return "left" if move.leads and not others and person.status == "active" else None


def check(person: Person, move: Move) -> None:
    """Raises Refused for what cannot be."""
    if move.take not in TAKEN or not set(move.kinds) <= set(KINDS):
        raise Refused(N_("Say what happens to the records: all stay, all go along, or those from a day on."))
    if move.take == "after" and move.after is None:
        raise Refused(N_("From which day on do records go along?"), {"after": N_("Give a day.")})
    if move.job is None and move.company is None:
        raise Refused(N_("This person belongs to no company."), {"company": N_("Choose a company.")})
    if move.job is not None and move.job.ended_on is not None:
        raise Refused(N_("This position has ended already."))
    if move.company is not None and move.company.binned_at is not None:
        raise Refused(_("%(name)s is deleted. Restore it first.", name=move.company.name), {"company": N_("Choose another company.")})
    if move.job is not None and move.stays_there and (move.mistake or move.position in ("", None, move.job.position)):
        raise Refused(N_("They work there already. Choose another company, or give another position."),
                      {"company": N_("Choose another company.")})
    _check_days(move)


def _check_days(move: Move) -> None:
    if move.on > today():
        raise Refused(N_("This day is yet to come. Move the person when it is there."), {"on": N_("Today or an earlier day.")})
    if move.job is not None and move.job.started_on and move.on < move.job.started_on and not move.mistake:
        raise Refused(N_("The job they leave began later than that."), {"on": N_("This is before they began there.")})


def _side(db: Session, person: Person, move: Move, kind: Movable, goes: Sequence[int], stays: Sequence[int]) -> Side:
    moving, staying = (_latest(db, kind, part) if ids else () for part, ids in zip(split(person, move, kind), (goes, stays), strict=True))
    return Side(kind, len(goes), len(stays), moving, staying)


def _latest(db: Session, kind: Movable, part: ColumnElement[bool]) -> Sequence[Any]:
    return db.scalars(select(kind.row).where(part).order_by(kind.moment.desc(), kind.row.id.desc()).limit(SHOWN)).all()


def _would_follow(person: Person, move: Move) -> dict[str, tuple[Any, Any]]:
    if move.company is None or not move.leads or move.stays_there:
        return {}
    return {name: (getattr(person, name), value) for name in SYNCED
            if (value := getattr(move.company, name)) and value != getattr(person, name)}

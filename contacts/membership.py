"""Who takes part in a sale, a project or a campaign: joining, leaving, as what, and lists of them (C11, C12)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from contacts.agent import Agent
from contacts.facts import MembersChanged
from contacts.matter import Matter
from contacts.matter_kinds import Kind, kind_of
from contacts.merged import root_of
from contacts.person import Person
from core.database import new_uid, take_turns
from core.errors import Refused, Unknown
from core.history import record
from core.i18n import N_
from core.i18n import gettext as _

LOT, LONGEST = 500, 80


def add_members(db: Session, matter: Matter, uids: Sequence[str], *, standing: str = "", by: Agent | None) -> int:
    """Let these persons take part, as many as there are; how many do now who did not before.

    Merged ones join as who goes on; the deleted and the unknown are passed over. ``standing``: as what (a role), or how far they
    have come (a campaign). Raises Refused for one there is not.
    """
    kind = _kind(matter)
    given, joined = {kind.standing: said} if (said := _checked(kind, standing)) else {}, 0
    take_turns(db, f"members-{matter.uid}")
    for lot in (uids[n:n + LOT] for n in range(0, len(uids), LOT)):
        found = {one.id: one for one in (root_of(db, one) for one in db.scalars(select(Person).where(Person.uid.in_(lot)).order_by(Person.id)))
                 if one.binned_at is None}
        there = set(db.scalars(select(kind.members.person_id).where(kind.members.matter_id == matter.id, kind.members.person_id.in_(found))))
        new = [one for one in found.values() if one.id not in there]
        db.add_all(kind.members(uid=new_uid(), matter_id=matter.id, person_id=one.id, origin_person_id=one.id, **given) for one in new)
        db.flush()
        _record(db, matter, "joined", new, by)
        joined += len(new)
    return joined


def change_member(db: Session, matter: Matter, member: Any, standing: str, *, by: Agent | None) -> None:
    """Let a person take part as something else, or note how far they have come. Raises Refused for what there is not."""
    kind = _kind(matter)
    said = _checked(kind, standing)
    before = getattr(member, kind.standing)
    if said == before:
        return
    setattr(member, kind.standing, said)
    db.flush()
    _record(db, matter, "changed", [member.person], by, {kind.standing: (before or None, said or None)})


def remove_member(db: Session, matter: Matter, member: Any, *, by: Agent | None) -> None:
    """They take part no more."""
    person = member.person
    db.delete(member)
    db.flush()
    _record(db, matter, "left", [person], by)


def member_called(db: Session, matter: Matter, uid: str) -> Any:
    """One of them. Raises Unknown, also for one in the bin."""
    row = _kind(matter).members
    member = db.scalar(select(row).where(row.uid == uid, row.matter_id == matter.id).options(joinedload(row.person)))
    if member is None or not member.person.living:
        raise Unknown(N_("This person does not take part."))
    return member


def members_of(db: Session, matter: Matter, *, before: int | None = None, limit: int = 50) -> Sequence[Any]:
    """Those who take part, who joined last first, without those in the bin; one more than ``limit`` where there are more."""
    row = _kind(matter).members
    return db.scalars(select(row).join(Person, Person.id == row.person_id).where(
        row.matter_id == matter.id, Person.binned_at.is_(None), Person.merged_into_id.is_(None), *([row.id < before] if before else [])).order_by(
        row.id.desc()).limit(limit + 1).options(joinedload(row.person).selectinload(Person.employments))).all()


def count_members(db: Session, matter: Matter, *, most: int = 1000) -> int:
    """How many, counted to ``most``."""
    row = _kind(matter).members
    return db.scalar(select(func.count()).select_from(select(row.id).join(Person, Person.id == row.person_id).where(
        row.matter_id == matter.id, Person.binned_at.is_(None), Person.merged_into_id.is_(None)).limit(most).subquery())) or 0


def _kind(matter: Matter) -> Kind:
    kind = kind_of(matter)
    if kind.members is None:
        raise Unknown(N_("Nobody takes part in an order but who ordered."))
    return kind


def _checked(kind: Kind, standing: str) -> str:
    said = " ".join(standing.split())
    if len(said) > LONGEST:
        raise Refused(_("At most %(most)s characters.", most=LONGEST), {kind.standing: _("At most %(most)s characters.", most=LONGEST)})
    if said and kind.standings and said not in kind.standings:
        raise Refused(N_("Some fields cannot be saved like this."), {kind.standing: _("One of %(names)s.", names=", ".join(kind.standings))})
    return said or (kind.standings[0] if kind.standings else "")


def _record(db: Session, matter: Matter, change: str, persons: Sequence[Person], by: Agent | None, changes: Any = None) -> None:
    if persons:
        record(db, MembersChanged(matter.uid, kind_of(matter).of, change, tuple(one.uid for one in persons)), by=by.uid if by else None,
               changes=changes)

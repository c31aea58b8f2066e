"""Which layout is in force for an agent, and saving another version: for oneself or for all users (W40, W41, W55, W65)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from contacts.agent import Agent
from contacts.facts import LayoutChanged
from contacts.layout import EVERYBODY, Layout
from contacts.layout_defaults import default_layout
from core.database import take_turns
from core.errors import Conflict, Forbidden, Refused, Unknown
from core.history import record
from core.i18n import N_
from core.options import option


@dataclass(frozen=True, slots=True)
class InForce:
    """The content that holds, whose it is, and its version; 0 where nobody has saved one."""

    content: Mapping[str, Any]
    owner: str = EVERYBODY
    number: int = 0


def individual(db: Session) -> bool:
    """Whether agents may have layouts of their own."""
    return bool(option(db, "cards.individual_layouts"))


def in_force(db: Session, entity: str, agent: Agent) -> InForce:
    """The agent's own where such are allowed and there is one, else that of all users, else the one of a fresh desk."""
    owners = (agent.uid, EVERYBODY) if individual(db) else (EVERYBODY,)
    other = aliased(Layout)
    last = select(func.max(other.number)).where(other.entity == entity, other.owner_uid == Layout.owner_uid).correlate(Layout).scalar_subquery()
    rows = {row.owner_uid: row for row in db.scalars(select(Layout).where(
        Layout.entity == entity, Layout.owner_uid.in_(owners), Layout.number == last))}
    row = next((rows[owner] for owner in owners if owner in rows and rows[owner].content), None)
    return InForce(row.content, row.owner_uid, row.number) if row else InForce(default_layout(entity))


def newest(db: Session, entity: str, owner: str) -> Layout | None:
    """The latest version of all users, or of an agent."""
    return db.scalar(select(Layout).where(Layout.entity == entity, Layout.owner_uid == owner).order_by(Layout.number.desc()).limit(1))


def numbers(db: Session, entity: str, agent: Agent) -> dict[str, int]:
    """Owner → the latest version, of all users and of the agent."""
    owners = (EVERYBODY, agent.uid)
    found: dict[str, int] = dict(db.execute(select(Layout.owner_uid, func.max(Layout.number)).where(
        Layout.entity == entity, Layout.owner_uid.in_(owners)).group_by(Layout.owner_uid)).all())
    return {owner: found.get(owner, 0) for owner in owners}


def versions(db: Session, entity: str, owner: str, *, before: int | None = None, limit: int = 20) -> Sequence[Layout]:
    """The latest first; ``before`` is the version a page begins below."""
    return db.scalars(select(Layout).where(
        Layout.entity == entity, Layout.owner_uid == owner, *([Layout.number < before] if before else [])).order_by(
        Layout.number.desc()).limit(limit)).all()


def numbered(db: Session, entity: str, owner: str, number: int) -> Layout:
    """One version. Raises Unknown."""
    row = db.scalar(select(Layout).where(Layout.entity == entity, Layout.owner_uid == owner, Layout.number == number))
    if row is None:
        raise Unknown(N_("There is no such version."))
    return row


def check_owner(db: Session, owner: str, by: Agent) -> None:
    """Raises Forbidden: all users' layout is saved by admins, an own one by its agent, and only where such are allowed."""
    if owner == EVERYBODY and not by.admin:
        raise Forbidden(N_("Only an admin saves a layout for all users."))
    if owner not in (EVERYBODY, by.uid):
        raise Forbidden(N_("This layout is somebody else's own."))
    if owner == by.uid and not individual(db):
        raise Forbidden(N_("Individual layouts are switched off: all users have the same."))


def save_layout(db: Session, entity: str, content: Mapping[str, Any], *, owner: str, by: Agent, base: int | None = None) -> Layout:
    """Put another version in force. Raises Conflict where ``base`` is no longer the newest, and Forbidden."""
    check_owner(db, owner, by)
    take_turns(db, "layouts")
    before = newest(db, entity, owner)
    number = before.number if before else 0
    if base is not None and base != number:
        raise Conflict(N_("A colleague has saved another version meanwhile. Look at what it changes; save again to put yours in its place."))
    if not content and owner == EVERYBODY:
        raise Refused(N_("A layout for all users cannot be empty."))
    return _add(db, entity, dict(content), owner, number, by)


def revert(db: Session, entity: str, owner: str, number: int, *, by: Agent) -> Layout:
    """Put an earlier version in force again, as a new one. Number 0 is the layout of a fresh desk."""
    check_owner(db, owner, by)
    fresh: Mapping[str, Any] = default_layout(entity) if owner == EVERYBODY else {}
    content = numbered(db, entity, owner, number).content if number else fresh
    return save_layout(db, entity, content, owner=owner, by=by)


def follow_all(db: Session, entity: str, *, by: Agent) -> None:
    """Have the layout of all users again; one's own versions stay."""
    if newest(db, entity, by.uid) is not None:
        save_layout(db, entity, {}, owner=by.uid, by=by)


def copy_to_all(db: Session, entity: str, *, by: Agent) -> Layout:
    """Let everybody have the layout that is in force for an admin: it is that of all users, and nobody keeps an own one in force (W65).
    What agents had stays among their versions."""
    found = save_layout(db, entity, in_force(db, entity, by).content, owner=EVERYBODY, by=by)
    last = select(Layout.owner_uid, func.max(Layout.number).label("number")).where(
        Layout.entity == entity, Layout.owner_uid != EVERYBODY).group_by(Layout.owner_uid).subquery()
    for row in db.scalars(select(Layout).join(last, (Layout.owner_uid == last.c.owner_uid) & (Layout.number == last.c.number)).where(
            Layout.entity == entity)).all():
        if row.content:
            _add(db, entity, {}, row.owner_uid, row.number, by)
    return found


def _add(db: Session, entity: str, content: dict[str, Any], owner: str, before: int, by: Agent) -> Layout:
    row = Layout(entity=entity, owner_uid=owner, number=before + 1, content=content, by_uid=by.uid)
    db.add(row)
    record(db, LayoutChanged(f"layout-{entity}", row.number, owner or None), by=by.uid)
    db.flush()
    return row

"""Kinds of relations: an admin adds and renames them, orders them, and takes them out of what is offered (S50)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.facts import RelationKindChanged
from contacts.relation import BETWEEN, MEANINGS, RelationKind
from core.errors import Conflict, Refused, Unknown
from core.history import record
from core.i18n import N_
from core.i18n import gettext as _
from core.naming import name_of
from core.placing import step

FIELDS = ("between", "name", "reverse", "meaning")
LONGEST_NAME = 80
#: What a fresh desk offers (``0002_the_register`` writes it): between, name, reverse, meaning. Shown in the reader's language
#: until an admin writes something else.
DEFAULTS = (
    ("person-person", N_("deputy of"), N_("has as deputy"), "deputy"),
    ("person-person", N_("replaces during leave"), N_("replaced during leave by"), "deputy"),
    ("person-person", N_("assistant of"), N_("has as assistant"), "assistant"),
    ("person-person", N_("took over from"), N_("succeeded by"), ""),
    ("person-person", N_("manager of"), N_("reports to"), ""),
    ("person-person", N_("also recorded as"), N_("also recorded as"), ""),
    ("person-company", N_("owner of"), N_("owned by"), ""),
    ("person-company", N_("board member of"), N_("has on the board"), ""),
    ("person-company", N_("adviser to"), N_("advised by"), ""),
    ("person-company", N_("former employee of"), N_("former employer of"), ""),
    ("company-company", N_("parent company of"), N_("subsidiary of"), ""),
    ("company-company", N_("supplier of"), N_("customer of"), ""),
    ("company-company", N_("partner of"), N_("partner of"), ""),
)


def kinds(db: Session, *, archived: bool = False) -> Sequence[RelationKind]:
    """The kinds that are offered, in order; with ``archived`` also the others, at the end."""
    query = select(RelationKind) if archived else select(RelationKind).where(RelationKind.archived.is_(False))
    return db.scalars(query.order_by(RelationKind.archived, RelationKind.place, RelationKind.id)).all()


def kind_called(db: Session, uid: str) -> RelationKind:
    """The kind with this uid. Raises Unknown."""
    kind = db.scalar(select(RelationKind).where(RelationKind.uid == uid))
    if kind is None:
        raise Unknown(N_("There is no such kind of relation."))
    return kind


def unmoved(kind: RelationKind, version: int | None) -> None:
    """Raises Conflict where a colleague has changed the kind since this version."""
    if version is not None and kind.version != version:
        raise Conflict(N_("A colleague has changed this in the meantime. Look at what holds now, then repeat your change."))


def save_kind(
    db: Session, kind: RelationKind | None, fields: Mapping[str, Any], *, by: Agent, version: int | None = None,
) -> RelationKind:
    """Make a kind, offered last, or change one. An empty ``reverse`` is the same as the name. What a kind ties is settled when
    it is made. A name sent back as it was shown changes nothing.

    Raises Conflict when a colleague was faster, and Refused with what is wrong of each field.
    """
    if kind is not None:
        unmoved(kind, version)
    made = kind or RelationKind(between="person-person", name="", reverse="", meaning="", archived=False)
    clean = {name: _kept(made, name, fields[name]) for name in FIELDS if name in fields}
    if "reverse" in clean:
        clean["reverse"] = clean["reverse"] or clean.get("name", made.name)
    wanted = {name: clean.get(name, getattr(made, name)) for name in FIELDS}
    _check(db, kind, wanted)
    changes = {name: (getattr(made, name), value) for name, value in wanted.items() if kind is None or getattr(made, name) != value}
    for name, (_before, value) in changes.items():
        setattr(made, name, value)
    if kind is None:
        made.place = (db.scalar(select(func.max(RelationKind.place))) or 0) + 1
        db.add(made)
    db.flush()
    if changes:
        record(db, RelationKindChanged(made.uid, "edited" if kind else "added"), by=by.uid, changes=changes)
    return made


def move_kind(db: Session, kind: RelationKind, *, up: bool, by: Agent) -> None:
    """Offer a kind one place earlier, or later."""
    if step(db, kinds(db), kind, up=up):
        record(db, RelationKindChanged(kind.uid, "moved"), by=by.uid)


def archive_kind(db: Session, kind: RelationKind, *, by: Agent, back: bool = False) -> None:
    """Offer a kind no longer, or (``back``) again. Relations of it stay."""
    if kind.archived == back:
        kind.archived = not back
        db.flush()
        record(db, RelationKindChanged(kind.uid, "restored" if back else "archived"), by=by.uid)


def _kept(kind: RelationKind, name: str, value: str) -> str:
    """What was typed; the text that stands there where it only comes back in the language it was shown in."""
    typed, held = name_of(value) if name in ("name", "reverse") else value, getattr(kind, name)
    return held if held and typed == _(held) else typed


def _check(db: Session, kind: RelationKind | None, fields: Mapping[str, str]) -> None:
    errors = {name: N_("Give a name of at most 80 characters.") for name in ("name", "reverse") if not 0 < len(fields[name]) <= LONGEST_NAME}
    with db.no_autoflush:
        other = db.scalar(select(RelationKind.id).where(
            RelationKind.name == fields["name"], RelationKind.between == fields["between"], RelationKind.id != (kind.id if kind else 0)).limit(1))
    if other is not None:
        errors["name"] = N_("This name is taken.")
    if fields["between"] not in BETWEEN or (kind is not None and kind.between != fields["between"]):
        errors["between"] = N_("What a kind ties is settled when it is made.")
    if fields["meaning"] not in MEANINGS or (fields["meaning"] and fields["between"] != "person-person"):
        errors["meaning"] = N_("Only one person can be the assistant or deputy of another.")
    if errors:
        raise Refused(N_("Some fields cannot be saved like this."), errors)

"""Infotags: the list that an admin keeps, and putting them on persons and companies and taking them off (C8, W5)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from contacts.agent import Agent
from contacts.company import Company
from contacts.facts import InfotagChanged, InfotagPut
from contacts.infotag import Infotag, Tagged
from contacts.person import Person
from core.alphabet import in_order
from core.clock import now
from core.database import take_turns
from core.errors import Conflict, Refused, Unknown
from core.history import record
from core.i18n import N_
from core.naming import name_of

#: In the list, and on one card.
MOST, MOST_ON_CARD = 1000, 100
Card = Person | Company


def infotags(db: Session, *, retired: bool = False) -> Sequence[Infotag]:
    """The list by heading and name; with ``retired`` also those that are put nowhere any more, at the end."""
    query = select(Infotag) if retired else select(Infotag).where(Infotag.retired_at.is_(None))
    found = db.scalars(query.order_by(Infotag.retired_at.is_not(None), Infotag.id).limit(MOST))
    return sorted(_by_heading(found), key=lambda tag: tag.retired_at is not None)


def infotag_called(db: Session, uid: str) -> Infotag:
    """The infotag with this uid. Raises Unknown."""
    tag = db.scalar(select(Infotag).where(Infotag.uid == uid))
    if tag is None:
        raise Unknown(N_("There is no such infotag."))
    return tag


def infotags_on(db: Session, card: Card) -> Sequence[Tagged]:
    """Those on a card, by heading and name."""
    found = db.scalars(select(Tagged).where(_of(card) == card.id).order_by(Tagged.id).options(joinedload(Tagged.tag)).limit(MOST_ON_CARD))
    return _by_heading(found, lambda one: one.tag)


def infotags_of(db: Session, kind: type[Card], ids: Collection[int]) -> dict[int, dict[str, str]]:
    """Id of a person or company → uid → name of each infotag that is on; one question for many."""
    of, found = Tagged.person_id if kind is Person else Tagged.company_id, dict[int, dict[str, str]]()
    rows = db.execute(select(of.label("card_id"), Infotag.uid, Infotag.kind, Infotag.name).join(Infotag, Infotag.id == Tagged.tag_id).where(
        of.in_(ids))) if ids else ()
    for row in _by_heading(rows):
        found.setdefault(row.card_id or 0, {})[row.uid] = row.name
    return found


def _by_heading(rows: Iterable[Any], tag: Callable[[Any], Any] = lambda row: row) -> list[Any]:
    return in_order(in_order(rows, lambda row: tag(row).name), lambda row: tag(row).kind)


def put_on(db: Session, card: Card, tag: Infotag, *, by: Agent | None) -> None:
    """Put one on; putting it on twice is putting it on once. Raises Refused for a retired one and for too many."""
    take_turns(db, f"infotags {card.uid}")
    held = infotags_on(db, card)
    if any(one.tag_id == tag.id for one in held):
        return
    if tag.retired_at is not None:
        raise Refused(N_("This infotag is no longer used."), {"infotag": N_("Choose another.")})
    if len(held) >= MOST_ON_CARD:
        raise Refused(N_("There are 100 infotags on this card already."), {"infotag": N_("Take one off first.")})
    owner = {"person_id": card.id, "origin_person_id": card.id} if isinstance(card, Person) else {"company_id": card.id}
    db.add(Tagged(tag_id=tag.id, by_uid=by.uid if by else None, **owner))
    db.flush()
    _record(db, card, tag, by, taken_off=False)


def take_off(db: Session, card: Card, tag: Infotag, *, by: Agent | None) -> None:
    """Take one off; nothing happens where it is not on."""
    row = db.scalar(select(Tagged).where(_of(card) == card.id, Tagged.tag_id == tag.id))
    if row is not None:
        db.delete(row)
        db.flush()
        _record(db, card, tag, by, taken_off=True)


def set_infotags(db: Session, card: Card, tags: Collection[Infotag], *, by: Agent) -> None:
    """Let a card have exactly these."""
    held = {one.tag_id: one.tag for one in infotags_on(db, card)}
    wanted = {tag.id: tag for tag in tags}
    for tag_id, tag in held.items():
        if tag_id not in wanted:
            take_off(db, card, tag, by=by)
    for tag_id, tag in wanted.items():
        if tag_id not in held:
            put_on(db, card, tag, by=by)


def save_infotag(db: Session, tag: Infotag | None, given: Mapping[str, Any], *, by: Agent, version: int | None = None) -> Infotag:
    """Add one to the list, or rename it. Raises Conflict when a colleague was faster, Refused with what is wrong."""
    if tag is not None and version not in (None, tag.version):
        raise Conflict(N_("A colleague has changed this in the meantime. Look at what holds now, then repeat your change."))
    made = tag or Infotag(name="", kind="")
    wanted = {name: name_of(given.get(name, getattr(made, name))) for name in ("name", "kind")}
    _check(db, tag, wanted)
    changes = {name: (getattr(made, name), value) for name, value in wanted.items() if tag is None or getattr(made, name) != value}
    for name, (_before, value) in changes.items():
        setattr(made, name, value)
    db.add(made)
    db.flush()
    if changes:
        record(db, InfotagChanged(made.uid, "edited" if tag else "added"), by=by.uid, changes=changes)
    return made


def retire_infotag(db: Session, tag: Infotag, *, by: Agent, back: bool = False) -> None:
    """Offer it no longer, or (``back``) again. It stays where it was put."""
    if (tag.retired_at is not None) == back:
        tag.retired_at = None if back else now()
        db.flush()
        record(db, InfotagChanged(tag.uid, "restored" if back else "retired"), by=by.uid)


def _record(db: Session, card: Card, tag: Infotag, by: Agent | None, *, taken_off: bool) -> None:
    whose = {"person_uid" if isinstance(card, Person) else "company_uid": card.uid}
    record(db, InfotagPut(tag.uid, **whose, taken_off=taken_off), by=by.uid if by else None,
           changes={"infotag": (tag.name, None) if taken_off else (None, tag.name)})


def _of(card: Card) -> Any:
    return Tagged.person_id if isinstance(card, Person) else Tagged.company_id


def _check(db: Session, tag: Infotag | None, wanted: Mapping[str, str]) -> None:
    errors: dict[str, str] = {}
    if not 0 < len(wanted["name"]) <= 60:
        errors["name"] = N_("Give a name of at most 60 characters.")
    elif db.scalar(select(Infotag.id).where(func.lower(Infotag.name) == wanted["name"].lower(), Infotag.id != (tag.id if tag else 0))) is not None:
        errors["name"] = N_("This name is taken.")
    if len(wanted["kind"]) > 40:
        errors["kind"] = N_("At most 40 characters.")
    if tag is None and not errors and (db.scalar(select(func.count()).select_from(Infotag)) or 0) >= MOST:
        errors["name"] = N_("There are 1000 infotags already.")
    if errors:
        raise Refused(N_("Some fields cannot be saved like this."), errors)

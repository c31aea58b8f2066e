"""What an organisation has made itself, in files: its own fields (``custom.key``) and infotags, read, compared, written and taken back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.company import Company
from contacts.custom_field import CustomField, CustomValue
from contacts.custom_fields import custom_fields
from contacts.custom_kinds import Value, columns, read
from contacts.custom_values import Card, customs, kind_of
from contacts.facts import InfotagPut
from contacts.importing_columns import FIELDS, bare, guess
from contacts.infotag import Infotag, Tagged
from contacts.infotags import infotag_called, infotags, infotags_of, put_on, take_off
from contacts.person import Person
from core.batch import defer
from core.errors import Conflict, Refused
from core.fold import fold
from core.history import record
from core.i18n import N_
from core.i18n import gettext as _

CARDS: dict[str, type[Card]] = {"persons": Person, "companies": Company}
#: Tables that hold these.
TABLES = ("custom_values", "infotagged")
CHANGED = N_("Somebody has changed this since.")


@dataclass(slots=True)
class Own:
    """What cells may say: slot → field (none of a session), and folded name → uid and name of an infotag."""

    fields: dict[str, CustomField]
    tags: dict[str, tuple[str, str]]


@dataclass(slots=True)
class Held:
    """What stands on a card: slot → value; uid → name of its infotags."""

    values: dict[str, Value] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    def kept(self) -> dict[str, Any]:
        """As an item keeps it."""
        return {"values": self.values, "tags": sorted(self.tags)}


def fields_of(db: Session, what: str) -> dict[str, str]:
    """Field of an import → what people call it, the organisation's own among them."""
    return FIELDS[what] | {one.slot: one.label for one in _fields(db, what)}


def words_of(db: Session, what: str) -> dict[str, str]:
    """What a column of an own field may be called → its slot."""
    return {bare(word): one.slot for one in _fields(db, what) for word in (one.slot, one.name, *one.names.values())}


def head_of(db: Session, what: str, head: Sequence[str]) -> list[str]:
    """The columns of a file that is written: own fields behind the others, by their key where the name is taken."""
    return [*head, *(one.slot if guess([one.name], what) else one.name for one in _fields(db, what))]


def cells_of(db: Session, what: str, held: Held) -> list[str]:
    """A card's cells below them."""
    return [_cell(held.values.get(one.slot)) for one in _fields(db, what)]


def own_of(db: Session, what: str) -> Own:
    """What a reader goes by while it reads, however long that takes."""
    fields = {one.slot: CustomField(of=one.of, key=one.key, name=one.name, names=dict(one.names), kind=one.kind, choices=list(one.choices))
              for one in _fields(db, what)}
    return Own(fields, {fold(tag.name): (tag.uid, tag.name) for tag in infotags(db)})


def read_value(own: Own, slot: str, said: list[str]) -> Value:
    """What a cell says. Raises Refused."""
    known = own.fields.get(slot)
    if known is None:
        raise Refused(N_("There is no such field."))
    try:
        return read(known, [part.strip() for cell in said for part in cell.split(";")] if known.kind == "choices" else said[0])
    except Refused as refused:
        raise Refused(refused.errors.get(slot, refused.sentence).removeprefix(f"{known.label}: ")) from refused


def read_tags(own: Own, said: list[str]) -> dict[str, str]:
    """Uid → name of the infotags that cells name. Raises Refused for one there is not."""
    found: dict[str, str] = {}
    for part in (part.strip() for cell in said for part in cell.split(";")):
        for name in [part] if fold(part) in own.tags else part.split(","):
            known = own.tags.get(fold(name.strip()))
            if known is None and name.strip():
                raise Refused(_("There is no “%(name)s” to choose. An admin can add it.", name=name.strip()))
            if known is not None:
                found[known[0]] = known[1]
    return found


def held_on(db: Session, what: str, ids: Collection[int]) -> dict[int, Held]:
    """What stands on many cards: two questions."""
    values, tags = customs(db, CARDS[what], ids), infotags_of(db, CARDS[what], ids)
    return {one: Held({f"custom.{key}": value for key, value in values.get(one, {}).items()}, tags.get(one, {})) for one in ids}


def changes(values: Mapping[str, Value], tags: Mapping[str, str], held: Held, how: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a row would change, before and after; infotags are put on, and none is taken off."""
    after: dict[str, Any] = {slot: value for slot, value in values.items() if held.values.get(slot) != value and (
        how == "update" or held.values.get(slot) is None)}
    before = {slot: held.values.get(slot) for slot in after}
    new = sorted(name for uid, name in tags.items() if uid not in held.tags)      # a kept row has forgotten their order
    return before, after | ({"infotags": new} if new else {})


def shown(values: Mapping[str, Value], tags: Mapping[str, str]) -> dict[str, Any]:
    """The same of somebody new."""
    return {**values, **({"infotags": sorted(tags.values())} if tags else {})}


def give(db: Session, card: Card, values: Mapping[str, Value], tags: Mapping[str, str], by: Agent | None) -> dict[str, Any]:
    """Let them be on a new card; those of a chunk are written together. Returns what taking it back needs."""
    known, owner = {one.slot: one for one in custom_fields(db, kind_of(type(card)))}, "person_id" if isinstance(card, Person) else "company_id"
    none = dict.fromkeys(("person_id", "company_id", "text", "folded", "number", "day"))
    for slot, value in values.items():
        for row in columns(known[slot], value) if slot in known else ():
            defer(db, _give_values, {**none, "field_id": known[slot].id, owner: card.id, **row})
    for uid in tags:
        defer(db, _give_tags, {"uid": uid, "person_id": None, "origin_person_id": None, "company_id": None, owner: card.id, "by_uid": by.uid if by else None}
              | ({"origin_person_id": card.id} if isinstance(card, Person) else {}))
        whose = {"person_uid" if isinstance(card, Person) else "company_uid": card.uid}
        record(db, InfotagPut(uid, **whose, taken_off=False), by=by.uid if by else None, changes={"infotag": (None, tags[uid])})
    return Held({slot: value for slot, value in values.items() if slot in known and value is not None}, dict(tags)).kept()


def custom_in(after: Mapping[str, Any]) -> dict[str, Value]:
    """Key → value, of what an update changes."""
    return {name.removeprefix("custom."): value for name, value in after.items() if name.startswith("custom.")}


def tag(db: Session, card: Card, tags: Mapping[str, str], held: Held, by: Agent | None) -> list[str]:
    """Put on those that are not; their uids."""
    new = [uid for uid in tags if uid not in held.tags]
    for uid in new:
        put_on(db, card, infotag_called(db, uid), by=by)
    return new


def check_back(held: Held, kept: Mapping[str, Any]) -> None:
    """Raises Conflict where somebody has changed since what an update wrote (``after`` and ``tags``)."""
    if any(held.values.get(slot) != value for slot, value in kept["after"].items()) or set(kept["tags"]) - set(held.tags):
        raise Conflict(CHANGED)


def untag(db: Session, card: Card, uids: Collection[str], by: Agent | None) -> None:
    """Take these off again."""
    for uid in uids:
        take_off(db, card, infotag_called(db, uid), by=by)


def _fields(db: Session, what: str) -> Sequence[CustomField]:
    return custom_fields(db, kind_of(CARDS[what]))


def _cell(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "; ".join(value) if isinstance(value, list) else "" if value is None else str(value)


def _give_values(db: Session, rows: list[dict[str, Any]]) -> None:
    db.connection().execute(insert(CustomValue.__table__), rows)  # type: ignore[arg-type]


def _give_tags(db: Session, rows: list[dict[str, Any]]) -> None:
    ids: dict[str, int] = dict(db.execute(select(Infotag.uid, Infotag.id).where(Infotag.uid.in_({row["uid"] for row in rows}))).all())
    db.connection().execute(insert(Tagged.__table__), [  # type: ignore[arg-type]
        {"tag_id": ids[row["uid"]], **{name: value for name, value in row.items() if name != "uid"}} for row in rows])

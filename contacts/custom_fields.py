"""The organisation's own fields: an admin adds, changes and orders them, and retires those that hold something."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.custom_field import CARDS, CustomField, CustomValue
from contacts.custom_kinds import CHOSEN, KINDS
from contacts.facts import CustomFieldChanged
from core.clock import now
from core.errors import Conflict, Refused, Unknown
from core.history import record
from core.i18n import LANGUAGES, N_
from core.naming import name_of
from core.placing import step
from core.slugs import slug

FIELDS = ("name", "names", "kind", "choices", "required", "personal")
#: Fields of one kind of card, and what one offers, at most.
MOST, MOST_CHOICES = 100, 200
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


def custom_fields(db: Session, of: str, *, retired: bool = False) -> Sequence[CustomField]:
    """The fields of persons (``person``) or companies (``company``) in their order; with ``retired`` also those, at the end.

    What layouts, criteria, imports and mass updates go by: each has ``slot`` (``custom.key``), ``label``, ``kind``, ``choices``.
    """
    cached: dict[str, list[CustomField]] = db.info.setdefault("custom_fields", {})
    if of not in cached:
        cached[of] = list(db.scalars(select(CustomField).where(CustomField.of == of).order_by(
            CustomField.retired_at.is_not(None), CustomField.place, CustomField.id)))
    return cached[of] if retired else [field for field in cached[of] if field.retired_at is None]


def field_called(db: Session, uid: str) -> CustomField:
    """The field with this uid. Raises Unknown."""
    field = db.scalar(select(CustomField).where(CustomField.uid == uid))
    if field is None:
        raise Unknown(N_("There is no such field."))
    return field


def save_field(
    db: Session, field: CustomField | None, given: Mapping[str, Any], *, by: Agent, version: int | None = None,
) -> CustomField:
    """Make a field (``of``, and ``key`` unless it follows from the name), last in its order, or change one. What kind of field it
    is may be changed while nothing stands in it.

    Raises Conflict when a colleague was faster, and Refused with what is wrong of each part.
    """
    if field is not None and version not in (None, field.version):
        raise Conflict(N_("A colleague has changed this in the meantime. Look at what holds now, then repeat your change."))
    made = field or CustomField(of=given.get("of", ""), key="", name="", names={}, kind="text", choices=[], required=False, personal=True)
    wanted = {name: given.get(name, getattr(made, name)) for name in FIELDS}
    wanted["name"], wanted["choices"] = name_of(wanted["name"]), _cleaned(wanted["choices"])
    wanted["names"] = {code: told for code, name in wanted["names"].items() if (told := name_of(name))}
    key = made.key or given.get("key") or slug(wanted["name"], 40).replace("-", "_")
    _check(db, field, made.of, key, wanted)
    changes = {name: (getattr(made, name), value) for name, value in wanted.items() if field is None or getattr(made, name) != value}
    for name, (_before, value) in changes.items():
        setattr(made, name, value)
    if field is None:
        made.key = key
        made.place = 1 + (db.scalar(select(func.max(CustomField.place)).where(CustomField.of == made.of)) or 0)
        db.add(made)
    _settle(db)
    if changes:
        record(db, CustomFieldChanged(made.uid, "edited" if field else "added"), by=by.uid, changes=changes)
    return made


def move_field(db: Session, field: CustomField, *, up: bool, by: Agent) -> None:
    """One place earlier, or later."""
    if step(db, custom_fields(db, field.of), field, up=up):
        _settle(db)
        record(db, CustomFieldChanged(field.uid, "moved"), by=by.uid)


def retire_field(db: Session, field: CustomField, *, by: Agent, keep: bool = False) -> bool:
    """Offer it no longer. One that nobody has anything in is deleted unless it is to be kept, which is answered by True."""
    if keep or in_use(db, field):
        if field.retired_at is None:
            field.retired_at = now()
            _settle(db)
            record(db, CustomFieldChanged(field.uid, "retired"), by=by.uid)
        return False
    record(db, CustomFieldChanged(field.uid, "deleted"), by=by.uid, changes={"name": (field.name, None)})
    db.delete(field)
    _settle(db)
    return True


def bring_back(db: Session, field: CustomField, *, by: Agent) -> None:
    """Offer a retired one again."""
    if field.retired_at is not None:
        field.retired_at = None
        _settle(db)
        record(db, CustomFieldChanged(field.uid, "restored"), by=by.uid)


def in_use(db: Session, field: CustomField) -> bool:
    """Whether anything stands in it."""
    return db.scalar(select(CustomValue.id).where(CustomValue.field_id == field.id).limit(1)) is not None


def _settle(db: Session) -> None:
    db.flush()
    db.info.pop("custom_fields", None)


def _cleaned(choices: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(told for one in choices if (told := " ".join(one.split()))))


def _check(db: Session, field: CustomField | None, of: str, key: str, wanted: Mapping[str, Any]) -> None:
    errors: dict[str, str] = {}
    if of not in CARDS:
        errors["of"] = N_("Persons or companies.")
    if not 0 < len(wanted["name"]) <= 80 or any(len(name) > 80 for name in wanted["names"].values()):
        errors["name"] = N_("Give a name of at most 80 characters.")
    if set(wanted["names"]) - set(LANGUAGES):
        errors["names"] = N_("One of en, nb, da, sv.")
    if not _KEY.fullmatch(key):
        errors["key"] = N_("A small letter, then small letters, digits and _, at most 40.")
    elif field is None and db.scalar(select(CustomField.id).where(CustomField.of == of, CustomField.key == key)) is not None:
        errors["key"] = N_("Another field has this key.")
    if wanted["kind"] not in KINDS:
        errors["kind"] = N_("Choose one of those offered.")
    elif field is not None and wanted["kind"] != field.kind and in_use(db, field):
        errors["kind"] = N_("Something stands in this field already. Make another field, and retire this one.")
    if wanted["kind"] in CHOSEN and not wanted["choices"]:
        errors["choices"] = N_("Give at least one choice.")
    if len(wanted["choices"]) > MOST_CHOICES or any(len(one) > 120 for one in wanted["choices"]):
        errors["choices"] = N_("At most 200 choices of 120 characters.")
    if field is None and not errors and len(custom_fields(db, of, retired=True)) >= MOST:
        errors["name"] = N_("There are 100 fields already. Retire one first.")
    if errors:
        raise Refused(N_("Some fields cannot be saved like this."), errors)

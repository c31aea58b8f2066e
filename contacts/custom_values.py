"""What stands in the organisation's own fields of persons and companies."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from contacts.company import Company
from contacts.custom_field import CustomField, CustomValue
from contacts.custom_fields import custom_fields
from contacts.custom_kinds import Value, columns, read, value_of, written
from contacts.person import Person
from core.errors import Refusals, Refused
from core.i18n import N_
from core.i18n import gettext as _

Card = Person | Company
Custom = dict[str, Value]


def custom_of(db: Session, card: Card) -> Custom:
    """Key of a field → what stands in it; empty ones are left out."""
    return customs(db, type(card), [card.id]).get(card.id, {})


def customs(db: Session, kind: type[Card], ids: Collection[int]) -> dict[int, Custom]:
    """The same of many persons or companies: one question. Fields that are retired are among them where something stands in them."""
    fields = {field.id: field for field in custom_fields(db, kind_of(kind), retired=True)}
    if not fields or not ids:
        return {}
    of = _of(kind)
    rows: dict[tuple[int, int], list[CustomValue]] = {}
    for row in db.scalars(select(CustomValue).where(of.in_(ids)).order_by(CustomValue.id)):
        card_id = row.person_id if kind is Person else row.company_id
        rows.setdefault((card_id or 0, row.field_id), []).append(row)
    found: dict[int, Custom] = {}
    for field in fields.values():
        for card_id in ids:
            if (card_id, field.id) in rows:
                found.setdefault(card_id, {})[field.key] = value_of(field, rows[card_id, field.id])
    return found


def cleaned(db: Session, kind: type[Card], given: Mapping[str, Any], held: Mapping[str, Value] | None = None) -> Custom:
    """What was typed or sent, as it is kept: key → value, None to empty it. Raises Refused with every field that is wrong."""
    known = {field.key: field for field in custom_fields(db, kind_of(kind), retired=True)}
    wrong, found = Refusals(), {}
    for key, value in given.items():
        if key not in known:
            wrong(_unknown, key)
        elif known[key].retired_at is None or value != (held or {}).get(key):
            wrong(_in_force, known[key])
            found[key] = wrong(_read, known[key], value, (held or {}).get(key))
    wrong.settle()
    return found


def set_custom(db: Session, card: Card, values: Mapping[str, Value]) -> dict[str, tuple[Value, Value]]:
    """Let these stand in the fields (as :func:`cleaned` gives them); slot → before and after of those that changed."""
    held, changes = custom_of(db, card), {}
    fields = {field.key: field for field in custom_fields(db, kind_of(type(card)), retired=True)}
    for key, value in values.items():
        if key in fields and held.get(key) != value:
            put(db, card, fields[key], value)
            changes[fields[key].slot] = (held.get(key), value)
    db.flush()
    return changes


def told(changes: Mapping[str, tuple[Any, Any]]) -> dict[str, tuple[Any, Any]]:
    """Changes as the history keeps them: those of custom fields as texts."""
    return {name: (written(before), written(after)) if name.startswith("custom.") else (before, after)
            for name, (before, after) in changes.items()}


def put(db: Session, card: Card, field: CustomField, value: Value) -> None:
    """Write one value instead of what stands there."""
    owner = {"person_id" if isinstance(card, Person) else "company_id": card.id}
    db.execute(delete(CustomValue).where(_of(type(card)) == card.id, CustomValue.field_id == field.id))
    db.add_all(CustomValue(field_id=field.id, **owner, **row) for row in columns(field, value))


def forget_personal(db: Session, person: Person) -> None:
    """Erase what stands in fields that are declared personal; what is in others says nothing of the person and stays."""
    personal = [field.id for field in custom_fields(db, "person", retired=True) if field.personal]
    db.execute(delete(CustomValue).where(CustomValue.person_id == person.id, CustomValue.field_id.in_(personal)))


def kind_of(kind: type[Card]) -> str:
    """``person`` or ``company``."""
    return "person" if kind is Person else "company"


def _of(kind: type[Card]) -> Any:
    return CustomValue.person_id if kind is Person else CustomValue.company_id


def _unknown(key: str) -> None:
    raise Refused(_("There is no custom field %(key)s.", key=key), {f"custom.{key}": N_("There is no such field.")})


def _in_force(field: CustomField) -> None:
    if field.retired_at is not None:
        raise Refused(N_("Some fields cannot be saved like this."), {field.slot: _("%(field)s is no longer used.", field=field.label)})


def _read(field: CustomField, value: Any, held: Value) -> Value:
    return read(field, value, held=held)

"""The organisation's own fields as cards and forms show them, and as histories call them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import g, request

from contacts.custom_field import CustomField
from contacts.custom_fields import custom_fields
from contacts.custom_kinds import CHOSEN, Value
from contacts.custom_values import Card, custom_of
from contacts.person import Person
from core.i18n import dated
from core.i18n import gettext as _
from desk.web.requests import db

#: Kind of a field → type of the input that it is typed into; others have a control of their own.
INPUTS = {"text": "text", "long": "textarea", "number": "text", "date": "date", "link": "text", "email": "email"}
YES_NO = ("yes", "no")


def own_facts(card: Card) -> list[dict[str, Any]]:
    """What stands in the fields of a card: {label, text, url (or ""), kind}; an empty one is left out."""
    held = custom_of(db(), card)
    return [{"label": field.label, "text": said(field, held[field.key]), "kind": field.kind,
             "url": held[field.key] if field.kind == "link" else "", "retired": field.retired_at is not None}
            for field in custom_fields(db(), of(card), retired=True) if field.key in held]


def own_controls(kind: str, values: Mapping[str, Any], errors: Mapping[str, str]) -> list[dict[str, Any]]:
    """The controls of a form: {name, label, type, value, options, error, required}; ``values`` by key."""
    return [control(field, values.get(field.key), errors.get(field.slot, "")) for field in custom_fields(db(), kind)]


def control(field: CustomField, value: Any, error: str, name: str = "") -> dict[str, Any]:
    """The control of one field, called ``name`` or by its slot. What stands in it is offered, also where it no longer is by the field."""
    offered = [*field.choices, *(one for one in (value if isinstance(value, list) else [value]) if one and one not in field.choices)]
    return {"name": name or field.slot, "label": field.label, "kind": field.kind, "type": INPUTS.get(field.kind, ""), "value": value or "",
            "required": field.required, "error": error,
            "options": [(one, one) for one in offered] if field.kind in CHOSEN else [("yes", _("Yes")), ("no", _("No"))]}


def own_posted(kind: str) -> dict[str, Any]:
    """Key of a field → what was posted for it; of those that the form had."""
    found: dict[str, Any] = {}
    for field in custom_fields(db(), kind):
        if f"{field.slot}.there" in request.form:
            found[field.key] = request.form.getlist(field.slot) if field.kind == "choices" else request.form.get(field.slot, "").strip()
    return found


def own_values(card: Card | None) -> dict[str, Any]:
    """Key → what the form of a card is filled with."""
    return {key: typed(value) for key, value in custom_of(db(), card).items()} if card is not None else {}


def held_by(card: Card) -> Mapping[str, Value]:
    """Key → what stands in the fields of a card: asked once a request, and again when the card has changed."""
    known: dict[Any, Mapping[str, Value]] = g.setdefault("own_held", {})
    key = (of(card), card.id, card.version)
    if key not in known:
        known[key] = custom_of(db(), card)
    return known[key]


def own_differences(card: Card, posted: Mapping[str, Any]) -> dict[str, str]:
    """Slot → what a colleague made of it, where that is not what was typed."""
    now, held = own_values(card), custom_of(db(), card)
    return {field.slot: _("It is now: %(value)s", value=said(field, held.get(field.key)) or _("empty"))
            for field in custom_fields(db(), of(card)) if field.key in posted and (posted[field.key] or "") != (now.get(field.key) or "")}


def typed(value: Value) -> Any:
    """A value as a control holds it."""
    if isinstance(value, bool):
        return YES_NO[not value]
    return value if isinstance(value, list) else str(value)


def said(field: CustomField, value: Value) -> str:
    """A value in words."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.kind == "date":
        return dated(date.fromisoformat(str(value)), year=True)
    return ", ".join(value) if isinstance(value, list) else str(value)


def own_labels() -> dict[str, str]:
    """Slot → what the field is called, of persons and companies; a key of both is called as on a person."""
    return {field.slot: field.label for kind in ("company", "person") for field in custom_fields(db(), kind, retired=True)}


def of(card: Card) -> str:
    """``person`` or ``company``."""
    return "person" if isinstance(card, Person) else "company"

"""What a mailbox may settle otherwise than the whole desk: fields of its form that are options, empty where it does not."""

from __future__ import annotations

from typing import Any

from core.errors import Refused
from core.i18n import N_
from core.options import OPTIONS, option
from desk.switching import own_choice
from desk.web.forms import posted, whole
from desk.web.requests import db

#: Field of the form → option.
NUMBERS = {"unrecorded_days": "intake.unrecorded_days", "spam_score": "intake.spam_score"}
FLAGS = {"check_senders": "mail.check_senders", "on_cards": "mail.on_cards"}
CHOSEN = {"": None, "on": True, "off": False}


def own_options() -> dict[str, Any]:
    """Option → the mailbox's own value as typed, None for the desk's. Raises Refused with the fields that do not fit."""
    own: dict[str, Any] = {name: CHOSEN.get(posted(field)) for field, name in FLAGS.items()}
    errors = {}
    for field, name in NUMBERS.items():
        number = whole(posted(field)) if posted(field) else None
        if posted(field) and not OPTIONS[name].fits(number):
            errors[field] = N_("This value does not fit here.")
        own[name] = number
    if errors:
        raise Refused(N_("Some fields cannot be saved like this."), errors)
    return own


def option_values(uid: str) -> dict[str, Any]:
    """The same fields as the form shows them; with what holds for the whole desk, to stand in empty ones."""
    own = {field: own_choice(db(), name, uid) if uid else None for field, name in NUMBERS.items()}
    flags = {field: own_choice(db(), name, uid) if uid else None for field, name in FLAGS.items()}
    return {field: "" if value is None else value for field, value in own.items()} | {
        field: next(name for name, chosen in CHOSEN.items() if chosen is value) for field, value in flags.items()} | {
        f"desk_{field}": option(db(), name) for field, name in NUMBERS.items()}

"""Reading what a form posted, and showing the form again with what is wrong beside the field."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from flask import request

from core.errors import Conflict, Refused
from core.i18n import N_
from core.retelling import retell
from desk.web.requests import db


def posted(name: str) -> str:
    """A field without spaces around it."""
    return request.form.get(name, "").strip()


def ticked(name: str) -> bool:
    """Whether a box was ticked."""
    return bool(request.form.get(name))


def version() -> int | None:
    """The version of the record that the form was filled from."""
    given = request.form.get("version", "")
    return int(given) if given.isdigit() else None


def mark(*values: Any) -> str:
    """A word for what a form was filled with, where the record itself counts no versions."""
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]


def unmoved(now: str) -> None:
    """Raises Conflict where the posted ``mark`` is not that of what is stored now: a colleague was faster."""
    if posted("mark") not in ("", now):
        raise Conflict(N_("A colleague has changed this in the meantime. Look at what holds now, then repeat your change."))


def errors_of(refused: Refused, called: Mapping[str, str] | None = None) -> dict[str, str]:
    """Field → sentence, and the whole refusal under the empty name. What was begun is taken back.

    ``called`` names the fields of the form that have another name than those of the record.
    """
    db().rollback()
    called = called or {}
    return {"": retell(refused.sentence),
            **{called.get(name, name): retell(said) for name, said in refused.errors.items()}}


def typed(names: tuple[str, ...]) -> dict[str, Any]:
    """What was typed into these fields."""
    return {name: request.form.get(name, "") for name in names}

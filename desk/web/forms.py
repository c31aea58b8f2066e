"""Reading what a form posted, and showing the form again with what is wrong beside the field."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import request
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from core.database import LARGEST_ID, take_turns
from core.errors import Conflict, Refused
from core.i18n import N_
from core.i18n import gettext as _
from core.retelling import retell
from desk.web.requests import db


def posted(name: str) -> str:
    """A field without spaces around it."""
    return request.form.get(name, "").strip()


def ticked(name: str) -> bool:
    """Whether a box was ticked."""
    return bool(request.form.get(name))


def whole(text: str) -> int | None:
    """The number that a text is; None where it is none, or a larger one than a database counts to."""
    fits = text.isascii() and text.isdecimal() and len(text) <= 10 and int(text) <= LARGEST_ID
    return int(text) if fits else None


def version() -> int | None:
    """The version of the record that the form was filled from."""
    return whole(request.form.get("version", ""))


def mark(*values: Any) -> str:
    """A word for what a form was filled with, where the record itself counts no versions."""
    return hashlib.sha256(repr(values).encode()).hexdigest()[:16]


@contextmanager
def in_turn(name: str = "") -> Iterator[None]:
    """Raises Conflict where a colleague saved the same at this very moment: the database has noticed, no version could.

    Forms of one ``name`` are saved one after the other: those that compare a :func:`mark`.
    """
    if name:
        take_turns(db(), name)
    try:
        yield
    except (StaleDataError, IntegrityError) as error:
        raise Conflict(N_("A colleague saved this at the same moment. Look at what holds now, then repeat your change.")) from error


def unmoved(now: str) -> None:
    """Raises Conflict where the posted ``mark`` is not that of what is stored now: a colleague was faster."""
    if posted("mark") not in ("", now):
        raise Conflict(N_("A colleague has changed this in the meantime. Look at what holds now, then repeat your change."))


def errors_of(refused: Refused, called: Mapping[str, str] | None = None) -> dict[str, str]:
    """Field → sentence, and the whole refusal under the empty name. What was begun is taken back.

    ``called`` names the fields of the form that have another name than those of the record.
    """
    db().rollback()
    for kept in ("options", "custom_fields"):
        db().info.pop(kept, None)
    called = called or {}
    return {"": retell(refused.sentence),
            **{called.get(name, name): retell(said) for name, said in refused.errors.items()}}


def differing(now: Mapping[str, str], typed: Mapping[str, Any]) -> dict[str, str]:
    """The errors of a form after a Conflict: what stands typed stays, what a colleague has saved is said beside it."""
    said = _("A colleague has changed this in the meantime. Nothing of yours is lost: where the two of you differ, theirs stands "
             "below the field. Save again to keep yours.")
    return {"": said, **{name: _("It is now: %(value)s", value="\n" * ("\n" in value) + value or _("empty"))
                         for name, value in now.items() if value != typed.get(name)}}


def typed(names: tuple[str, ...]) -> dict[str, Any]:
    """What was typed into these fields."""
    return {name: request.form.get(name, "") for name in names}

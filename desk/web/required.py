"""What the form of a person does not let empty (W10-W12): as the organisation has set it, for whoever is new or had it filled in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from contacts.custom_fields import custom_fields
from core.errors import Refused
from core.i18n import N_
from core.i18n import gettext as _
from core.options import option
from desk.web.requests import db

#: Fields that are rows of addresses; the sentence stands at the first row of the kind.
KINDS = {"email": N_("A person needs an e-mail address here."), "phone": N_("A person needs a telephone number here.")}


def required() -> Collection[str]:
    """The fields of the form."""
    return frozenset(option(db(), "contacts.required_fields"))


def own_filled_in(kind: str, typed: Mapping[str, Any], before: Mapping[str, Any] | None) -> None:
    """The same for the organisation's own fields of a ``person`` or a ``company``; both by key."""
    errors = {field.slot: _("%(field)s must be filled in.", field=field.label) for field in custom_fields(db(), kind)
              if field.required and not typed.get(field.key) and (before is None or (field.key in typed and before.get(field.key)))}
    if errors:
        raise Refused(next(iter(errors.values())) if len(errors) == 1 else N_("Some fields cannot be saved like this."), errors)


def filled_in(typed: Mapping[str, Any], before: Mapping[str, Any] | None) -> None:
    """Raises Refused with every field that is asked for and empty; one that was empty before keeps nobody from saving the rest."""
    errors = {name: KINDS.get(name, N_("This must be filled in.")) for name in required()
              if not typed.get(name) and (before is None or before.get(name))}
    if errors:
        raise Refused(next(iter(errors.values())) if set(errors) <= set(KINDS) else N_("Some fields cannot be saved like this."), errors)

"""The rule about duplicates in words: its fields, an example of each line, and the doors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from contacts.custom_fields import custom_fields
from contacts.duplicates import CALLED
from core.i18n import N_
from core.i18n import gettext as _
from core.options import DUPLICATE_FIELDS
from desk.web.presenting.words import opened
from desk.web.requests import db

#: What somebody has, the same spelled another way, and something else.
SAMPLES = {"name": ("Bjørn Ås", "BJOERN AAS", "Berit Ås"), "email": ("ole@kunde.example", "Ole@Kunde.example", "ole@annen.example"),
           "phone": ("+47 91 00 12 34", "91001234", "+47 95 00 12 34"), "customer_number": ("K-2041", "k-2041", "K-2042"),
           "company": ("Kunde AS", "Kunde AS", "Annen AS"), "title": ("Daglig leder", "DAGLIG LEDER", "Controller"),
           "last_name": ("Ås", "AAS", "Vik"), "first_name": ("Bjørn", "BJOERN", "Berit")}
#: Kinds of the organisation's own fields that can tell two persons apart; those of ``ALONE`` by themselves.
OWN, ALONE = ("text", "number", "date", "choice", "link", "email"), ("text", "number", "link", "email")
DOORS = {"form": (N_("The form of a person"), N_("An agent who makes or edits one person.")),
         "quick": (N_("Several in one go"), N_("An agent who makes several records at once.")),
         "import": (N_("An import"), N_("Rows of a file.")), "api": (N_("The API"), N_("Another program."))}


def fields() -> list[tuple[str, str]]:
    """The fields that may be chosen."""
    own = [(field.slot, field.label) for field in custom_fields(db(), "person") if field.kind in OWN]
    return [(name, opened(_(CALLED[name]))) for name in DUPLICATE_FIELDS] + own


def examples(chosen: Sequence[str]) -> list[dict[str, Any]]:
    """Somebody saved, who is refused then, and who is not."""
    if not all(name in SAMPLES for name in chosen) or not chosen:
        return []
    saved, same, other = ([SAMPLES[name][n] for name in chosen] for n in range(3))
    return [{"what": _("Saved already"), "values": saved, "kind": ""}, {"what": _("The same"), "values": same, "kind": "late"},
            {"what": _("Somebody else"), "values": [*saved[:-1], other[-1]], "kind": "sure"}]


def never_alone() -> set[str]:
    """Fields that many have in common: they count beside another."""
    return {"title", "first_name", *(field.slot for field in custom_fields(db(), "person") if field.kind not in ALONE)}


def doors(chosen: Mapping[str, str]) -> list[dict[str, str]]:
    """Each door, and what is chosen for it."""
    return [{"name": name, "label": _(label), "hint": _(hint), "value": chosen[name]} for name, (label, hint) in DOORS.items()]

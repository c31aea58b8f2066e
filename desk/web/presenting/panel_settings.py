"""What can be set of a panel: its criteria, its columns, its fields; read from forms and kept with the panel (W54)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from werkzeug.datastructures import MultiDict

from contacts.matter_kinds import KINDS as MATTERS
from core.i18n import N_
from core.i18n import gettext as _
from desk.web.presenting.activities import KINDS, STATES
from desk.web.presenting.card_fields import KNOWN, offered
from desk.web.presenting.choices import Choice
from desk.web.presenting.figures import FIGURES
from desk.web.presenting.matters import STATES as MATTER_STATES
from desk.web.presenting.matters import stage_choices


class Setting(NamedTuple):
    """One thing to set: one of its options, several of them, fields in an order, or yes or no. ``default`` is per card."""

    key: str
    label: str
    kind: Literal["one", "some", "fields", "flag"]
    options: Callable[[str], Sequence[Choice]]
    default: Callable[[str], Any]

    def read(self, form: MultiDict[str, str], entity: str) -> Any:
        """What was posted, as far as it is among the options."""
        there = {value for value, _label in self.options(entity)}
        if self.kind == "flag":
            return bool(form.get(self.key))
        if self.kind == "one":
            return form.get(self.key, "") if form.get(self.key, "") in there else self.default(entity)
        return list(dict.fromkeys(one for one in form.getlist(self.key) if one in there))


def _of(words: Mapping[str, str]) -> Callable[[str], Sequence[Choice]]:
    return lambda _entity: [(value, _(label)) for value, label in words.items()]


def _always(value: Any) -> Callable[[str], Any]:
    return lambda _entity: value


def _fields(entity: str) -> Sequence[Choice]:
    return [(field.key, _(field.label)) for field in offered(entity)]


def _open_fields(entity: str) -> Sequence[Choice]:
    return [(field.key, _(field.label)) for field in offered(entity) if field.kind != "seen"]


def _figures(entity: str) -> Sequence[Choice]:
    return [(one.key, _(one.label)) for one in FIGURES if entity in one.of]


def states_of(key: str) -> Setting:
    """The states that sales, campaigns, projects or orders can be in."""
    return Setting("states", N_("State"), "some", _of({state: MATTER_STATES[state] for state in MATTERS[key].states}), _always([*MATTERS[key].states]))


SHELVES = {"active": N_("Open"), "waiting": N_("In progress: waiting or snoozed"), "closed": N_("Closed")}
ORDERS = {"newest": N_("Newest first"), "oldest": N_("Oldest first")}
TICKET_COLUMNS = {"number": N_("Number"), "assignee": N_("Responsible"), "when": N_("Due or last moved"), "priority": N_("Priority"), "opened": N_("Opened"),
                  "who": N_("Who asked")}
ACTIVITY_COLUMNS = {"owner": N_("Owner"), "when": N_("When"), "state": N_("State"), "kind": N_("Kind")}
DIRECTIONS = {"": N_("Received and sent"), "in": N_("Received"), "out": N_("Sent")}

ROWS = Setting("rows", N_("Rows"), "one", lambda _entity: [(n, n) for n in ("3", "5", "6", "8", "10", "20")], _always("10"))
ROWS_8, ROWS_6, ROWS_5 = (ROWS._replace(default=_always(n)) for n in ("8", "6", "5"))
ORDER = Setting("order", N_("Order"), "one", _of(ORDERS), _always("newest"))
TICKET_STATES = Setting("states", N_("State"), "some", _of(SHELVES), _always([*SHELVES]))
COLUMNS_OF_TICKETS = Setting("columns", N_("Columns"), "some", _of(TICKET_COLUMNS), _always(["number", "assignee", "when"]))
ACTIVITY_KINDS = Setting("kinds", N_("Kind"), "some", _of({name: label for name, (_icon, label) in KINDS.items()}), _always([*KINDS]))
ACTIVITY_STATES = Setting("states", N_("State"), "some", _of(STATES), _always([*STATES]))
COLUMNS_OF_ACTIVITIES = Setting("columns", N_("Columns"), "some", _of(ACTIVITY_COLUMNS), _always(["owner", "when"]))
STAGES = Setting("stages", N_("Stage (none chosen: any)"), "some", lambda _entity: stage_choices(), _always([]))
EMPTY = Setting("empty", N_("Also while there is nothing to show"), "flag", _always(()), _always(False))
DIRECTION = Setting("direction", N_("Direction"), "one", _of(DIRECTIONS), _always(""))
PAST = Setting("past", N_("Also what is past"), "flag", _always(()), _always(False))
CHANGES = Setting("changes", N_("What was changed, by whom and when"), "flag", _always(()), _always(False))
OF_COMPANY = Setting("company", N_("The history of their company too"), "flag", _always(()), _always(False))
OPEN_FIELDS = Setting("fields", N_("Fields"), "fields", _open_fields, lambda entity: [key for key in (
    ("person-first_name", "person-last_name", "person-title", "person-customer_number", "company-phone", "company-website") if entity == "person" else
    ("company-name", "company-organisation_number", "company-phone", "company-website", "company-address")) if key in KNOWN])
READ_FIELDS = OPEN_FIELDS._replace(options=_fields, default=lambda entity: ["person-title", "person-position"] if entity == "person" else [
    "company-organisation_number", "company-website"])
CHOSEN_FIGURES = Setting("figures", N_("Figures"), "some", _figures, _always(["open_tickets", "last_contact", "overdue"]))

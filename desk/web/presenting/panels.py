"""The kinds of panel that cards are laid out from: one line a kind (W43-W50)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from core.i18n import N_
from desk.web.presenting import panel_settings as s
from desk.web.presenting.panel_drawing import (
    SERVICE_FIELDS,
    Card,
    activities,
    employments,
    fields,
    figures,
    information,
    log,
    mails,
    matters,
    notes,
    nothing_more,
    own,
    persons,
    relations,
    service,
    talks,
    tickets,
)
from desk.web.presenting.panel_settings import Setting

PERSON, COMPANY = ("person",), ("company",)
BOTH = ("person", "company")
#: Kinds of tab. On company cards all tabs are free: any panel fits (W34).
FIELDS, DETAILS, ALL = ("fields", "free"), ("details", "free"), ("fields", "details", "free")
SIDE, EVERYWHERE = ("sidebar",), (*ALL, "sidebar")
GROUPS = {"fields": N_("Fields"), "information": N_("Information"), "entities": N_("Lists of records"), "log": N_("Log"), "figures": N_("Figures"),
          "sidebar": N_("Sidebar panels")}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: where it fits, what can be set of it, how it is found for a card, and the macro that draws it (``key``).

    ``several`` may stand on one tab; a ``fixed`` one cannot be taken away (S6, S7, W69); ``covers`` are the required fields it shows.
    """

    key: str
    label: str
    group: str
    icon: str
    draw: Callable[[Card, Mapping[str, Any]], Mapping[str, Any]]
    fits: tuple[str, ...] = ALL
    of: tuple[str, ...] = BOTH
    settings: tuple[Setting, ...] = ()
    several: bool = False
    fixed: bool = False
    half: bool = False
    covers: tuple[str, ...] = ()


KINDS: tuple[Kind, ...] = (
    Kind("fields", N_("Fields"), "fields", "pencil", fields, FIELDS, settings=(s.OPEN_FIELDS,), several=True),
    Kind("service", N_("Service"), "information", "headset", service, half=True, covers=SERVICE_FIELDS),
    Kind("contact", N_("Contact"), "information", "at", nothing_more, half=True, covers=("email", "phone")),
    Kind("employments", N_("Employments"), "information", "building", employments, FIELDS, PERSON, covers=("position",)),
    Kind("own", N_("Your own fields"), "information", "list-check", own, covers=("own",)),
    Kind("information", N_("Information"), "information", "info-circle", information, EVERYWHERE, settings=(s.READ_FIELDS,), several=True, half=True),
    Kind("tickets", N_("Tickets"), "entities", "inbox", tickets, settings=(s.TICKET_STATES, s.ORDER, s.ROWS, s.COLUMNS_OF_TICKETS)),
    Kind("activities", N_("Activities"), "entities", "calendar-event", activities,
         settings=(s.ACTIVITY_KINDS, s.ACTIVITY_STATES, s.ROWS_6, s.COLUMNS_OF_ACTIVITIES)),
    Kind("sales", N_("Sales"), "entities", "coin", partial(matters, "sales"), DETAILS, settings=(s.states_of("sales"), s.STAGES, s.ROWS_6, s.EMPTY)),
    Kind("campaigns", N_("Campaigns"), "entities", "speakerphone", partial(matters, "campaigns"), DETAILS,
         settings=(s.states_of("campaigns"), s.ROWS_6, s.EMPTY)),
    Kind("projects", N_("Projects"), "entities", "briefcase", partial(matters, "projects"), DETAILS, settings=(s.states_of("projects"), s.ROWS_6, s.EMPTY)),
    Kind("orders", N_("Orders"), "entities", "receipt", partial(matters, "orders"), DETAILS, settings=(s.states_of("orders"), s.ROWS_6, s.EMPTY)),
    Kind("mails", N_("E-mails"), "entities", "mail", mails, DETAILS, PERSON, (s.DIRECTION, s.ROWS)),
    Kind("notes", N_("Notes"), "entities", "note", notes, DETAILS, settings=(s.ROWS_5,)),
    Kind("relations", N_("Relations"), "entities", "users", relations, DETAILS, settings=(s.PAST, s.ROWS)),
    Kind("persons", N_("Persons"), "entities", "users", persons, DETAILS, COMPANY, (s.ROWS_8,)),
    Kind("talks", N_("Who of us talked to whom"), "entities", "message-circle", talks, DETAILS, COMPANY),
    Kind("log", N_("Log"), "log", "history", log, DETAILS, settings=(s.ROWS_5, s.CHANGES, s.OF_COMPANY)),
    Kind("figures", N_("Figures"), "figures", "hash", figures, EVERYWHERE, settings=(s.CHOSEN_FIGURES,), several=True, half=True),
    Kind("status", N_("Status"), "sidebar", "user-check", nothing_more, SIDE, PERSON, fixed=True),
    Kind("reach", N_("Reach"), "sidebar", "phone", nothing_more, SIDE, PERSON),
    Kind("held", N_("Why do we hold this person?"), "sidebar", "shield-lock", nothing_more, SIDE, PERSON, fixed=True),
    Kind("merged", N_("Merged from"), "sidebar", "git-merge", nothing_more, SIDE, PERSON, fixed=True),
    Kind("about", N_("About the company"), "sidebar", "building", nothing_more, SIDE, COMPANY),
    Kind("ties", N_("Relations"), "sidebar", "users", nothing_more, SIDE),
    Kind("changes", N_("Latest changes"), "sidebar", "history", nothing_more, SIDE),
)
KNOWN: Mapping[str, Kind] = {kind.key: kind for kind in KINDS}


def kinds_of(entity: str) -> list[Kind]:
    """Those that cards of persons, or of companies, can have."""
    return [kind for kind in KINDS if entity in kind.of]


def settings_of(kind: Kind, panel: Mapping[str, Any], entity: str) -> dict[str, Any]:
    """What is set of a panel; where nothing is, what its kind begins with."""
    return {one.key: one.default(entity) for one in kind.settings} | dict(panel["settings"])

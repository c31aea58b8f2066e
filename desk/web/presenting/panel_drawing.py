"""What panels of a card show: each function gives what its macro in web/layouts/_drawn.html reads. All ask a bounded number of questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import url_for

from contacts.company import Company
from contacts.notes import notes_of
from contacts.person import Person
from contacts.ties import ties
from contacts.workforce import workforce
from core.i18n import gettext as _
from desk.tickets.correspondence import Asked, correspondence
from desk.web.presenting import notes as noted
from desk.web.presenting.activities import here, panel_of
from desk.web.presenting.card_fields import Field, chosen, shown, value_of
from desk.web.presenting.changes import changes
from desk.web.presenting.companies import people
from desk.web.presenting.companies import talks as talked
from desk.web.presenting.correspondence import mail_lines
from desk.web.presenting.figures import figures as figured
from desk.web.presenting.figures import tickets_of
from desk.web.presenting.matters import WORDS
from desk.web.presenting.matters import panel_of as panel_of_matters
from desk.web.presenting.own_fields import control, own_facts
from desk.web.presenting.persons import positions
from desk.web.presenting.relations import cards, job_lines, tie_lines
from desk.web.presenting.tabs import count_on
from desk.web.presenting.ticket_lines import ticket_lines
from desk.web.requests import db
from desk.web.signing_in import me

SERVICE_FIELDS = ("language", "service_level", "support_contact", "our_contact", "category", "business")
Settings = Mapping[str, Any]
Shown = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Card:
    """Whose card it is, whether fields can be changed on it, and what was typed that could not be saved."""

    whose: Person | Company
    editable: bool = True
    typed: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def entity(self) -> str:
        """``person`` or ``company``."""
        return "person" if isinstance(self.whose, Person) else "company"

    def record(self, one: Field) -> Person | Company | None:
        """Where a field is kept: the person, or the company, on a person's card their primary one."""
        if isinstance(self.whose, Company) or one.whose == "person":
            return self.whose
        return self.whose.employment.company if self.whose.employment else None


def nothing_more(_card: Card, _settings: Settings) -> Shown:
    """What the frame of the card knows already."""
    return {}


def service(card: Card, _settings: Settings) -> Shown:
    """Service, whose fields the frame knows; a person's customer number, and where one is given."""
    if isinstance(card.whose, Company):
        return {}
    return {"customer_number": card.whose.customer_number or "", "customer_url": url_for("customers.create", uid=card.whose.uid)}


def fields(card: Card, settings: Settings) -> Shown:
    """Fields open for editing (W46, W56); on an earlier version of the card they are only read."""
    if not card.editable:
        return information(card, settings) | {"macro": "information"}
    found = [(one, record) for one in chosen(settings["fields"], card.entity) if one.kind != "seen" and (record := card.record(one))]
    return {"fields": [_open(card, one, card.typed.get(one.key, value_of(one, record))) for one, record in found]}


def information(card: Card, settings: Settings) -> dict[str, Any]:
    """Fields that are only read (W47)."""
    found = [(one, card.record(one)) for one in chosen(settings["fields"], card.entity)]
    return {"facts": [{"label": one.label, "value": shown(one, record)} for one, record in found if record]}


def own(card: Card, _settings: Settings) -> Shown:
    """What stands in the organisation's own fields; left out while nothing does."""
    found = own_facts(card.whose)
    view = "persons.edit" if isinstance(card.whose, Person) else "companies.edit"
    return {"own_fields": found, "edit_url": url_for(view, uid=card.whose.uid) + "#own"} if found else {"absent": True}


def employments(card: Card, _settings: Settings) -> Shown:
    """Where the person works and worked."""
    assert isinstance(card.whose, Person)
    return positions(card.whose)


def tickets(card: Card, settings: Settings) -> Shown:
    """Tickets on these shelves, and where one is begun (W60, W61)."""
    found = ticket_lines(tickets_of(card.whose), shelves=settings["states"], oldest=settings["order"] == "oldest", limit=int(settings["rows"]),
                         people="who" in settings["columns"])
    all_url = url_for("company_tickets.index", uid=card.whose.uid) if isinstance(card.whose, Company) else ""
    return found | {"columns": settings["columns"], "all_url": all_url, "new": isinstance(card.whose, Person)}


def activities(card: Card, settings: Settings) -> Shown:
    """Activities of these kinds and states, and where one is begun that is with this card (W60, W61)."""
    all_url = url_for("person_activities.index", uid=card.whose.uid) if isinstance(card.whose, Person) else ""
    return panel_of(card.whose, kinds=settings["kinds"], states=settings["states"], limit=int(settings["rows"]),
                    none=count_on(card.whose, "activities") == "0") | {"columns": settings["columns"], "all_url": all_url}


def matters(key: str, card: Card, settings: Settings) -> Shown:
    """Sales, campaigns, projects or orders in these states and at these stages, and where one is begun; left out while there is none, unless it is set to stay."""
    if not settings["empty"] and count_on(card.whose, key) == "0":
        return {"absent": True}
    found = panel_of_matters(key, card.whose, states=settings["states"], at=settings.get("stages", ()), limit=int(settings["rows"]))
    return found | {"macro": "matters", "none": _(WORDS[key].none)}


def mails(card: Card, settings: Settings) -> Shown:
    """The latest e-mails."""
    assert isinstance(card.whose, Person)
    found = correspondence(db(), me(), card.whose, Asked(direction=settings["direction"]), limit=int(settings["rows"]))
    return {"mails": mail_lines(found.messages), "all_url": url_for("person_mails.index", uid=card.whose.uid)}


def notes(card: Card, settings: Settings) -> Shown:
    """The latest notes that the agent may read."""
    return {"notes": noted.lines(_notes(card, settings), card.whose), "all_url": _notes_url(card)}


def relations(card: Card, settings: Settings) -> Shown:
    """Who is what to whom, and where a relation is begun."""
    whose, rows = card.whose, int(settings["rows"])
    found = [*ties(db(), whose, limit=rows), *(ties(db(), whose, past=True, limit=rows) if settings["past"] else ())]
    jobs = [job for job in whose.employments if settings["past"] or job.ended_on is None] if isinstance(whose, Person) else []
    at: dict[str, Any] = {"of": cards(whose), "uid": whose.uid}
    return {"lines": (job_lines(jobs) + tie_lines(whose, found))[:rows], "all_url": url_for("relations.index", **at),
            "new_url": url_for("relations.new", **at)}


def persons(card: Card, settings: Settings) -> Shown:
    """The first of those who work there."""
    assert isinstance(card.whose, Company)
    rows = int(settings["rows"])
    found = workforce(db(), card.whose, limit=rows + 1)
    return {"persons": people(found[:rows]), "all_url": url_for("company_persons.index", uid=card.whose.uid) if len(found) > rows else ""}


def talks(card: Card, _settings: Settings) -> Shown:
    """Which of us have been in contact with the company, and what about (S13)."""
    assert isinstance(card.whose, Company)
    return {"talks": talked(card.whose)}


def log(card: Card, settings: Settings) -> Shown:
    """Entries with date and name, where one is added (W49), and what was changed (W58), of the company too (W59)."""
    company = card.whose.employment.company if isinstance(card.whose, Person) and card.whose.employment else None
    told = changes(card.whose.uid) if settings["changes"] else []
    if settings["company"] and company:
        told = told + [one | {"of": company.name} for one in changes(company.uid)]
    kind = "person_notes" if isinstance(card.whose, Person) else "company_notes"
    return {"log": noted.lines(_notes(card, settings), card.whose), "log_url": url_for(f"{kind}.create", uid=card.whose.uid), "log_back": here(),
            "log_all_url": _notes_url(card), "told": sorted(told, key=lambda one: (one["at_iso"], one["id"]), reverse=True)[:2 * int(settings["rows"])]}


def figures(card: Card, settings: Settings) -> Shown:
    """Figures, each by one question."""
    return {"figures": figured(card.entity, settings["figures"], card.whose)}


def _open(card: Card, one: Field, value: Any) -> dict[str, Any]:
    error = card.errors.get(one.key, "")
    if one.own:
        return {"key": one.key, "kind": one.kind, "control": control(one.own, value, error, one.key) | {"label": one.label}}
    return {"key": one.key, "label": one.label, "kind": one.kind, "value": value, "options": one.options(), "error": error}


def _notes(card: Card, settings: Settings) -> Any:
    of: dict[str, Any] = {card.entity: card.whose}
    return notes_of(db(), me(), **of, limit=int(settings["rows"])).rows


def _notes_url(card: Card) -> str:
    return url_for(f"{card.entity}_notes.index", uid=card.whose.uid)

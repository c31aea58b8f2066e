"""Sales, campaigns, projects and orders as lines of lists and panels: what, with whom, how it stands, how much, when, whose."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple

from flask import url_for
from sqlalchemy import Select, select

from contacts.agent import Agent
from contacts.company import Company
from contacts.matter_kinds import KINDS, Kind, kind_of
from contacts.matter_lists import at_stages, matters, of_company, of_person, those_of
from contacts.order import Order
from contacts.person import Person
from contacts.stages import stages
from contacts.voucher import voucher_of
from core import money
from core.clock import now
from core.i18n import N_, dated, today
from core.i18n import gettext as _
from desk.web.presenting.activities import here
from desk.web.presenting.faces import agent_face
from desk.web.presenting.links import company_url, person_url
from desk.web.requests import db

#: In a panel of a card.
SHOWN = 6


class Words(NamedTuple):
    """What a kind is called."""

    icon: str
    many: str
    one: str
    new: str
    none: str
    means: str


WORDS = {
    "sales": Words("coin", N_("Sales"), N_("Sale"), N_("New sale"), N_("No sales yet."), N_("What may be bought, by whom, for how much, and how likely it is.")),
    "campaigns": Words("speakerphone", N_("Campaigns"), N_("Campaign"), N_("New campaign"), N_("No campaigns yet."),
                       N_("Whom we turn to about something, and how far each has come.")),
    "projects": Words("briefcase", N_("Projects"), N_("Project"), N_("New project"), N_("No projects yet."), N_("Who works on what together, ours and theirs.")),
    "orders": Words("receipt", N_("Orders"), N_("Customer order"), N_("New order"), N_("No orders yet."), N_("What was ordered, by whom, line by line.")),
}
STATES = {"open": N_("Open"), "sold": N_("Sold"), "lost": N_("Lost"), "planned": N_("Planned"), "done": N_("Done"), "cancelled": N_("Called off"),
          "draft": N_("Draft"), "confirmed": N_("Confirmed"), "delivered": N_("Delivered"), "invoiced": N_("Invoiced")}
SIGNS = {"sold": "sure", "done": "sure", "delivered": "sure", "invoiced": "sure", "lost": "late"}
STATUSES = {"chosen": N_("Chosen"), "contacted": N_("Contacted"), "answered": N_("Has answered"), "taking_part": N_("Takes part"), "declined": N_("Declined")}


def matter_url(key: str, uid: str) -> str:
    """The page of one."""
    return url_for("matters.show", key=key, uid=uid)


def matters_of(key: str) -> Callable[[Person | Company], Select[int]]:
    """What the tab of a kind counts."""
    return partial(those_of, KINDS[key])


def stage_choices() -> list[tuple[str, str]]:
    """The stages of sales that lists are narrowed to, those that are offered no more at the end."""
    return [(one.uid, one.label) for one in stages(db(), retired=True)]


def panel_of(key: str, whose: Person | Company, *, states: Collection[str] = (), at: Collection[str] = (), limit: int = SHOWN) -> dict[str, Any]:
    """The panel of one kind on a card, in these states and, of sales, ``at`` one of these stages (W54), and where one is begun (W60)."""
    fits = [_of(KINDS[key], whose), *([at_stages(at)] if at else [])]
    found = matters(db(), KINDS[key], *fits, states=states, limit=limit)
    of = "persons" if isinstance(whose, Person) else "companies"
    return {"key": key, "label": _(WORDS[key].many), "new_text": _(WORDS[key].new), "lines": lines(found.rows),
            "new_url": url_for("matters.new", key=key, back=here(), **begun_at(whose)),
            "all_url": url_for(f"card_matters.{key}", of=of, uid=whose.uid) if found.next else ""}


def begun_at(whose: Person | Company) -> dict[str, Any]:
    """What the address of a form says of the card it is begun from (W61)."""
    return {"person" if isinstance(whose, Person) else "company": whose.uid}


def lines(rows: Sequence[Any], whose: Person | None = None) -> list[dict[str, Any]]:
    """A list of them; with ``whose``, as what the person takes part in each."""
    standing = _standings(rows, whose) if whose else {}
    return [line(one) | {"standing": standing.get(one.id, "")} for one in rows]


def line(one: Any) -> dict[str, Any]:
    """One of them."""
    kind = kind_of(one)
    over, (when, late) = one.over_at is not None, day_of(one)
    amount = one.amount if kind.of == "sale" else one.total if kind.of == "order" else None
    person, company = (one.person, one.company) if kind.customer else (None, None)
    return {"uid": one.uid, "url": matter_url(kind.key, one.uid), "icon": WORDS[kind.key].icon, "title": one.called, "over": over,
            "state": _(STATES[one.state]), "sign": SIGNS.get(one.state, ""), "stage": stage_of(one),
            "amount": money.shown(amount, one.currency) if amount is not None else "", "when": when, "late": late and not over,
            "owner": agent_face(one.owner) if one.owner else None,
            "person": {"name": person.name, "url": person_url(person)} if person and person.living else None,
            "company": {"name": company.name, "url": company_url(company)} if company and not company.binned_at else None}


def voucher(matter: Any, by: Agent) -> dict[str, str] | None:
    """What bookkeeping keeps of an order's customer who was erased."""
    found = voucher_of(db(), matter, by) if isinstance(matter, Order) else None
    if found is None:
        return None
    until, who = found
    return {"until": dated(until.date() - timedelta(days=1), year=True), "who": ", ".join(one for one in (who or {}).values() if one)}


def stage_of(one: Any) -> str:
    """``Offer sent, 50 %`` of a sale that is open."""
    if kind_of(one).of != "sale" or one.over_at is not None:
        return ""
    return _("%(stage)s, %(percent)s %%", stage=one.stage.label, percent=one.probability)


def day_of(one: Any) -> tuple[str, bool]:
    """When it is expected, lasts or was ordered, and whether that day is past."""
    if hasattr(one, "starts_on"):
        ends = one.ends_on
        said = [dated(day, year=day.year != now().year) if day else "" for day in (one.starts_on, ends)]
        return " – ".join(said) if any(said) else "", ends is not None and ends < today()
    if one.at is None:
        return "", False
    return dated(one.at.date(), year=one.at.year != now().year), kind_of(one).of == "sale" and one.at.date() < today()


def standing_text(kind: Kind, said: str) -> str:
    """A role as it was written; a status in words."""
    return _(STATUSES[said]) if kind.standings and said in STATUSES else said


def _of(kind: Kind, whose: Person | Company) -> Any:
    return of_person(kind, whose) if isinstance(whose, Person) else of_company(kind, whose)


def _standings(rows: Sequence[Any], person: Person) -> Mapping[int, str]:
    """Matter → as what the person takes part."""
    kind = kind_of(rows[0]) if rows else None
    if kind is None or kind.members is None:
        return {}
    found = db().execute(select(kind.members.matter_id, getattr(kind.members, kind.standing)).where(
        kind.members.person_id == person.id, kind.members.matter_id.in_([one.id for one in rows])))
    return {matter: standing_text(kind, said) or _("Takes part") for matter, said in found}

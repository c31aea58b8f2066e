"""The form of a sale, a campaign, a project or an order: what it is filled with, and what is done with what was posted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request, url_for

from contacts.masking import called_instead
from contacts.matter_kinds import KINDS, Kind, kind_of
from contacts.matters import add_matter, edit_matter
from contacts.membership import add_members
from contacts.person import Person
from contacts.stages import stages
from core import money
from core.errors import Conflict, Refused
from core.i18n import N_
from core.i18n import gettext as _
from core.options import option
from desk.web.activity_form import begun
from desk.web.coming_back import back
from desk.web.forms import differing, errors_of, posted, typed, version
from desk.web.matter_posted import posted_fields, rows
from desk.web.pages import page
from desk.web.presenting.column import active_agents
from desk.web.presenting.matters import STATES, WORDS, matter_url
from desk.web.requests import db
from desk.web.signing_in import me

TEXTS = ("title", "text", "state", "owner", "person", "company", "stage", "amount", "currency", "probability", "at", "starts_on", "ends_on")
CALLED = {"owner_id": "owner", "person_id": "person", "company_id": "company"}
#: Empty lines that a form of an order offers.
SPARE, MORE = 3, 8


def made(kind: Kind) -> Any:
    """A new one of what was posted; of a campaign, whom it was begun from is its first member. Raises Refused."""
    fields, lines = posted_fields(kind)
    matter = add_matter(db(), kind, fields, lines=lines, by=me())
    if kind.members is not None and posted("member"):
        add_members(db(), matter, [posted("member")], by=me())
    return matter


def changed(matter: Any) -> None:
    """Save what was posted. Raises Conflict where a colleague has changed it since, and Refused."""
    if version() is not None and version() != matter.version:
        raise Conflict(N_("A colleague has changed this in the meantime."))
    kind = kind_of(matter)
    fields, lines = posted_fields(kind)
    if kind.of == "sale" and fields.get("stage_id", matter.stage_id) != matter.stage_id and fields.get("probability") == matter.probability == matter.stage.probability:
        del fields["probability"]               # nobody knew better: it goes on with the stage
    edit_matter(db(), matter, fields, lines=lines if kind.of == "order" else None, by=me())


def form_page(key: str, matter: Any = None, refused: Refused | None = None) -> str:
    """The form: begun from a card, filled with the matter, or with what was typed and what is wrong with it."""
    kind, words, asked = KINDS[key], WORDS[key], request.method == "POST"
    errors = errors_of(refused, CALLED) if refused else {}
    persons, company = begun() if matter is None else ([matter.person] if kind.customer and matter.person else [], matter.company if kind.customer else None)
    person = persons[0] if persons else None
    values = values_of(matter) if matter else _empty(kind, person, company)
    lines = [{"text": one.text, "quantity": quantity(one.quantity), "price": money.written(one.price, matter.currency)} for one in matter.lines] \
        if matter and kind.of == "order" else []
    if isinstance(refused, Conflict) and matter is not None:
        errors = differing(_told(values), _told(typed(TEXTS) | {name: now for name, now in values.items() if name not in request.form}))
    if asked:
        values |= {name: request.form[name] for name in TEXTS if name in request.form}
        lines = [row | {"error": errors.get(f"lines.{n}", "")} for n, row in enumerate(rows())]
    form = {"values": values, "new": matter is None, "title": matter.called if matter else _(words.new), "version": matter.version if matter else None,
            "back_url": back(matter_url(key, matter.uid) if matter else url_for("matters.index", key=key)), "lines": lines,
            "spare": MORE if "more" in request.form else SPARE, "action": url_for("matters.update" if matter else "matters.create", key=key, **({"uid": matter.uid} if matter else {})),
            "person_uid": posted("person_uid") or (person.uid if person else ""), "company_uid": posted("company_uid") or (company.uid if company else ""),
            "member": _first(kind, person) if matter is None else None}
    return page("web/matters/form.html", current=key, form=form, errors=errors, kind=kind.of, customer=kind.customer, owners=_owners(matter),
                states=[(name, _(STATES[name])) for name in kind.states], stages=_stages(matter) if kind.of == "sale" else [],
                currencies=money.in_use(), companies_url=url_for("companies.suggest"), persons_url=url_for("recipients.index"))


def values_of(one: Any) -> dict[str, str]:
    """What the form of one is filled with."""
    kind = kind_of(one)
    found = {"title": one.title, "text": one.text, "state": one.state, "owner": one.owner.uid if one.owner else ""}
    if kind.customer:
        found |= {"person": "" if not one.person else one.person.name if one.person.binned_at is None else called_instead(one.person),
                  "company": one.company.called if one.company else ""}
    found |= {name: value.isoformat() if (value := getattr(one, name)) else "" for name in ("starts_on", "ends_on") if name in kind.fields}
    if "at" in kind.fields:
        found |= {"at": one.at.date().isoformat() if one.at else "", "currency": one.currency}
    if kind.of == "sale":
        found |= {"stage": one.stage.uid, "probability": str(one.probability), "amount": money.written(one.amount, one.currency) if one.amount is not None else ""}
    return found


def quantity(thousandths: int) -> str:
    """``2``, ``1.5``."""
    return f"{thousandths / 1000:.3f}".rstrip("0").rstrip(".")


def _empty(kind: Kind, person: Person | None, company: Any) -> dict[str, str]:
    state = kind.open[0] if kind.of == "order" else "open"
    return {**dict.fromkeys(TEXTS, ""), "state": state, "owner": me().uid, "currency": str(option(db(), "sales.currency")),
            "person": person.name if person else "", "company": company.name if company else ""}


def _first(kind: Kind, person: Person | None) -> dict[str, str] | None:
    """Whom a campaign is begun from takes part in it."""
    uid = posted("member") or (person.uid if person and not kind.customer else "")
    return {"uid": uid, "name": person.name if person else ""} if uid else None


def _stages(matter: Any) -> list[tuple[str, str]]:
    """Those that are offered, with how likely a sale is in each, and the one that the sale has."""
    offered = list(stages(db()))
    kept = [matter.stage] if matter and matter.stage not in offered else []
    return [(one.uid, _("%(stage)s, %(percent)s %%", stage=one.label, percent=one.probability)) for one in (*kept, *offered)]


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    """What a form is filled with, its stage in words."""
    called = {one.uid: one.label for one in stages(db(), retired=True)} if values.get("stage") else {}
    return {name: called.get(value, value) if name == "stage" else value for name, value in values.items()}


def _owners(matter: Any) -> list[tuple[str, str]]:
    kept = [matter.owner] if matter and matter.owner else []
    return list(dict.fromkeys((one.uid, one.name) for one in (*active_agents(), *kept)))

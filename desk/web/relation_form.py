"""The form of a relation: what kind, with whom, since when; the other side is looked for by name in the form itself (S50)."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from contacts.companies import company_called
from contacts.editing import person_called
from contacts.person import Person
from contacts.relating import Party, parties
from contacts.relation import Relation, RelationKind
from contacts.relation_kinds import kind_called, kinds
from contacts.searching import search_companies, search_persons
from contacts.ties import seen_from
from core.errors import Refusals, Refused, Unknown
from core.i18n import N_
from core.i18n import gettext as _
from desk.web.day_field import typed_day
from desk.web.forms import differing, posted, typed
from desk.web.pages import page
from desk.web.presenting.companies import lines as company_lines
from desk.web.presenting.persons import lines as person_lines
from desk.web.presenting.relations import cards, offered
from desk.web.requests import db

FIELDS = ("kind", "other", "q", "details", "since", "until")
FOUND = 8
TURNED = "-turned"


def chosen() -> tuple[RelationKind, bool, Party, dict[str, Any]]:
    """What was posted: the kind, whether the card is its second side, the other side, details and days. Raises Refused."""
    wrong = Refusals()
    picked = wrong(_kind)
    other = wrong(_other)
    fields = wrong(_fields)
    wrong.settle()
    assert picked is not None
    assert other is not None
    assert fields is not None
    return *picked, other, fields


def changed(whose: Party, relation: Relation) -> dict[str, Any]:
    """What was posted of a relation that there is: its sides stay, but may change places."""
    wrong = Refusals()
    picked = wrong(_kind)
    fields = wrong(_fields)
    wrong.settle()
    assert picked is not None
    assert fields is not None
    kind, turned = picked
    same = kind.name == kind.reverse
    return fields | {"kind": kind, "turned": not same and turned == (parties(relation)[0] is whose)}


def differences(whose: Party, relation: Relation) -> dict[str, str]:
    """What a colleague has saved in the meantime, beside what was typed."""
    labels = dict(offered(whose, kinds(db(), archived=True), relation.kind))
    now, mine = _values(whose, relation), typed(FIELDS)
    for values in (now, mine):
        values["kind"] = labels.get(values["kind"], "")
    return differing({name: now[name] for name in ("kind", "details", "since", "until")}, mine)


def form_page(whose: Party, relation: Relation | None, errors: dict[str, str] | None = None) -> str:
    """The form with what was typed, else with what is recorded."""
    values = _values(whose, relation) if request.method == "GET" else typed(FIELDS)
    found = [] if relation else _found(whose, values)
    kept = relation.kind if relation else None
    form = {"values": values, "new": relation is None, "version": relation.version if relation else None,
            "title": _("Relation of %(name)s", name=whose.name) if relation else _("New relation of %(name)s", name=whose.name),
            "back_url": url_for("relations.index", of=cards(whose), uid=whose.uid),
            "action": url_for("relations.update", of=cards(whose), uid=whose.uid, rid=relation.uid) if relation
            else url_for("relations.create", of=cards(whose), uid=whose.uid),
            "search_url": url_for("relations.new", of=cards(whose), uid=whose.uid),
            "kinds": offered(whose, kinds(db(), archived=True), kept),
            "other": seen_from(relation, whose).other.name if relation else ""}
    return page("web/relations/form.html", current=cards(whose), form=form, found=found, errors=errors or {})


def _values(whose: Party, relation: Relation | None) -> dict[str, str]:
    if relation is None:
        return {name: request.args.get(name, "") for name in FIELDS}
    tie = seen_from(relation, whose)
    turned = "" if tie.first or (relation.kind.name == relation.kind.reverse) else TURNED
    return {"kind": relation.kind.uid + turned, "other": "", "q": "", "details": relation.details,
            "since": relation.since.isoformat() if relation.since else "", "until": relation.until.isoformat() if relation.until else ""}


def _found(whose: Party, values: dict[str, str]) -> list[dict[str, Any]]:
    """Who fits what is looked for, and the kind where one is chosen; who was chosen before stands first."""
    query, sought = values["q"].strip()[:100], _sought(values["kind"])
    rows: list[Party] = []
    if query and sought != "company":
        rows += search_persons(db(), query, limit=FOUND).rows
    if query and sought != "person":
        rows += search_companies(db(), query, limit=FOUND).rows
    try:
        picked = _party(values["other"]) if values["other"] else None
    except Unknown:
        picked = None
    rows = [*([picked] if picked else []), *(row for row in rows if row is not picked and row is not whose)]
    lone = len(rows) == 1
    return [line | {"chosen": row is picked or lone} for row, line in zip(rows, _lines(rows), strict=True)]


def _lines(rows: list[Party]) -> list[dict[str, Any]]:
    persons = [row for row in rows if isinstance(row, Person)]
    companies = [row for row in rows if not isinstance(row, Person)]
    known = {("person", p.uid): line for p, line in zip(persons, person_lines(persons), strict=True)} | {
        ("company", c.uid): line for c, line in zip(companies, company_lines(companies), strict=True)}
    return [{"value": f"{kind}:{row.uid}", "name": line["name"], "icon": "user" if kind == "person" else "building",
             "about": " · ".join(filter(None, (line.get("title", ""), line.get("company", ""), line.get("email", ""), line.get("domain", ""))))}
            for row in rows for kind in ("person" if isinstance(row, Person) else "company",) for line in (known[kind, row.uid],)]


def _sought(value: str) -> str:
    """``person`` or ``company``, where the kind says which."""
    try:
        kind = kind_called(db(), value.removesuffix(TURNED))
    except Unknown:
        return ""
    one, _line, other = kind.between.partition("-")
    return one if value.endswith(TURNED) else other


def _kind() -> tuple[RelationKind, bool]:
    value = posted("kind")
    if not value:
        raise Refused(N_("Choose a kind."), {"kind": N_("Choose a kind.")})
    return kind_called(db(), value.removesuffix(TURNED)), value.endswith(TURNED)


def _other() -> Party:
    if not posted("other"):
        raise Refused(N_("Look for the other side by name, and choose."), {"q": N_("Look for the other side by name, and choose.")})
    return _party(posted("other"))


def _party(value: str) -> Party:
    kind, _colon, uid = value.partition(":")
    return person_called(db(), uid) if kind == "person" else company_called(db(), uid)


def _fields() -> dict[str, Any]:
    wrong = Refusals()
    days = {name: wrong(typed_day, posted(name), name) for name in ("since", "until")}
    wrong.settle()
    return {"details": posted("details"), **days}

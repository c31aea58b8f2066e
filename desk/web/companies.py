"""Companies in the register: finding, showing, making, changing, deleting, restoring."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, redirect, request, url_for
from flask_login import login_required
from sqlalchemy import func, select

from contacts.agent import Agent
from contacts.at_hand import favourites, recent
from contacts.binning import MOST, bin_company, went_along, went_too, workers
from contacts.companies import FIELDS, company_called, domains_of, edit_company, new_company
from contacts.company import Business, Category, Company
from contacts.person import Person
from contacts.searching import Names, search_companies
from core.errors import Conflict, Refusals, Refused
from core.i18n import N_, ngettext
from core.i18n import gettext as _
from core.retelling import retell
from desk.mass_delete import plan_deletion
from desk.tickets.returning import restore_company
from desk.web.card_tabs import company_tab
from desk.web.chosen import chosen_id
from desk.web.forms import errors_of, posted, version
from desk.web.pages import page, see_other
from desk.web.presenting.choices import LANGUAGES, agents, listed
from desk.web.presenting.companies import lines
from desk.web.presenting.company_frame import opens_with
from desk.web.presenting.own_fields import own_controls, own_differences, own_posted, own_values
from desk.web.presenting.selections import targets
from desk.web.requests import db, ring_after
from desk.web.required import own_filled_in
from desk.web.restoring import answers, ask_whose, until
from desk.web.signing_in import admins_only, me

bp = Blueprint("companies", __name__, url_prefix="/companies")
CHOSEN: dict[str, Any] = {"our_contact": Agent, "category": Category, "business": Business}
AT_HAND = {"favourites": favourites, "recent": recent}
#: Who goes along with a company, by name.
NAMED = 10
TEXTS = ("name", "phone", "address", "website", "language")


@bp.get("")
@login_required
def index() -> Any:
    """A page of the register, by name."""
    if request.args.get("selection"):
        return see_other(url_for("selections.show", uid=request.args["selection"], q=request.args.get("q") or None))
    only, query = request.args.get("only", ""), request.args.get("q", "")
    if only == "deleted":
        return see_other(url_for("bin.index", of="company"))
    only = "" if query and only in AT_HAND else only
    which = AT_HAND.get(only)
    found = Names(which(db(), me(), Company), None) if which else search_companies(
        db(), query, cursor=request.args.get("cursor", ""))
    tabs = [(_("All"), ""), (_("Favourites"), "favourites"), (_("Recently opened"), "recent")]
    filters = [{"label": label, "url": _at(only=name, q=query), "current": only == name, "count": None} for label, name in tabs]
    return page("web/companies/index.html", current="companies", q=query, count=None, filters=filters, only=only,
                targets=targets("companies"),
                companies=lines(found.rows),
                newer=_at(only=only, q=query) if request.args.get("cursor") else None,
                older=_at(only=only, q=query, cursor=found.next) if found.next else None)


@bp.get("/suggestions")
@login_required
def suggest() -> Any:
    """Names for the field of a company."""
    found = search_companies(db(), request.args.get("q", ""), limit=10)
    return jsonify([{"uid": company.uid, "name": company.name} for company in found.rows])


@bp.get("/new")
@login_required
def new() -> Any:
    """The empty form."""
    return _form(None)


@bp.post("")
@login_required
def create() -> Any:
    """A new company."""
    try:
        own, wrong = own_posted("company"), Refusals()
        company = wrong(new_company, db(), _fields(), by=me(), domains=_domains(), custom=own)
        wrong(own_filled_in, "company", own, None)
        wrong.settle()
        assert company is not None
    except Refused as refused:
        return _form(None, refused), refused.status
    return see_other(url_for("companies.show", uid=company.uid), said=_("%(name)s was created.", name=company.name))


@bp.get("/<uid>")
@login_required
def show(uid: str) -> Any:
    """The company."""
    company = company_called(db(), uid)
    if not request.args and (elsewhere := opens_with(company)):
        return redirect(elsewhere)
    return company_tab(company, "overview")


@bp.get("/<uid>/edit")
@login_required
def edit(uid: str) -> Any:
    """The form."""
    return _form(company_called(db(), uid))


@bp.post("/<uid>")
@login_required
def update(uid: str) -> Any:
    """Save it, if nobody was faster."""
    company = company_called(db(), uid)
    try:
        if version() is not None and version() != company.version:
            raise Conflict(N_("A colleague has changed this company in the meantime. Nothing of yours is lost: where the "
                              "two of you differ, theirs stands below the field. Save again to keep yours."),
                           _differences(company) | own_differences(company, own_posted("company")))
        own, before, wrong = own_posted("company"), own_values(company), Refusals()
        wrong(edit_company, db(), company, _fields(), by=me(), domains=_domains(), custom=own)
        wrong(own_filled_in, "company", own, before)
        wrong.settle()
    except Refused as refused:
        return _form(company, refused), refused.status
    return see_other(url_for("companies.show", uid=uid), said=_("%(name)s was saved.", name=company.name))


@bp.get("/<uid>/end")
@admins_only
def end(uid: str) -> Any:
    """What deleting it means, and who goes along."""
    return _end(company_called(db(), uid))


@bp.post("/<uid>/end")
@admins_only
def destroy(uid: str) -> Any:
    """Into the bin, with the persons who work nowhere else where that was said; many of them by a worker."""
    company, along = company_called(db(), uid), posted("persons") == "yes"
    count = db().scalar(select(func.count()).select_from(workers(company).subquery())) or 0
    if along and count > MOST:
        operation = plan_deletion(db(), "companies", [company.uid], me())
        ring_after("operations")
        return see_other(url_for("operations.show", uid=operation.uid))
    try:
        went = bin_company(db(), company, by=me(), persons=along)
    except Refused as refused:
        return _end(company, refused), refused.status
    said = _("The company is in the bin until %(day)s.", day=until())
    return see_other(url_for("companies.index"), said=f"{said} {went_too(went)}".strip(), undo=url_for("companies.restore", uid=uid))


@bp.post("/<uid>/restoring")
@admins_only
def restore(uid: str) -> Any:
    """Out of the bin, and with it who went along; where somebody else has got what was theirs, it is asked whose it is."""
    company = company_called(db(), uid, binned=True)
    persons = went_along(db(), company)
    try:
        restore_company(db(), company, by=me(), answers=answers())
    except Conflict as refused:
        return ask_whose(persons, refused, url_for("companies.restore", uid=uid), _("Restore %(name)s", name=company.name))
    return see_other(url_for("companies.show", uid=uid), said=_("%(name)s is back.", name=company.name))


def _end(company: Company, refused: Refused | None = None) -> Any:
    names = [one.name for one in db().scalars(workers(company).order_by(Person.order_key, Person.id).limit(NAMED + 1))]
    alone, elsewhere = (db().scalar(select(func.count()).select_from(workers(company, elsewhere=which).subquery())) or 0 for which in (False, True))
    return page("web/companies/end.html", current="companies", name=company.name, until=until(), back_url=url_for("companies.show", uid=company.uid),
                action=url_for("companies.destroy", uid=company.uid), refused=retell(refused.sentence) if refused else "",
                only_there={"text": ngettext("%(n)s person works there and nowhere else, and goes along.",
                                             "%(n)s persons work there and nowhere else, and go along.", alone), "names": names[:NAMED],
                            "more": _("and %(n)s more", n=alone - NAMED) if alone > NAMED else ""} if alone else None,
                elsewhere=ngettext("%(n)s person who works elsewhere too stays.", "%(n)s persons who work elsewhere too stay.", elsewhere) if elsewhere else "")


def _fields() -> dict[str, Any]:
    found: dict[str, Any] = {name: request.form.get(name, "").strip() for name in TEXTS}
    found["organisation_number"] = posted("number")
    for name, kind in CHOSEN.items():
        found[f"{name}_id"] = chosen_id(kind, name)
    return {name: value for name, value in found.items() if name in FIELDS}


def _domains() -> list[str]:
    return [part.strip() for part in posted("domains").replace("\n", ",").split(",") if part.strip()]


def _values(company: Company) -> dict[str, str]:
    found = {name: getattr(company, name) or "" for name in TEXTS}
    for name in CHOSEN:
        chosen = getattr(company, name)
        found[name] = chosen.uid if chosen else ""
    return found | {"number": company.organisation_number or "", "domains": ", ".join(domains_of(db(), company))}


def _differences(company: Company) -> dict[str, str]:
    labels = {"our_contact": agents(db()), "category": listed(db(), Category), "business": listed(db(), Business),
              "language": LANGUAGES}
    return {name: _("It is now: %(value)s", value=dict(labels.get(name, [])).get(value, value) or _("empty"))
            for name, value in _values(company).items() if request.form.get(name, "").strip() != value}


def _form(company: Company | None, refused: Refused | None = None) -> str:
    errors = errors_of(refused, {"organisation_number": "number"}) if refused else {}
    values = _values(company) if company else {
        **dict.fromkeys((*TEXTS, "number", "domains", *CHOSEN), ""), "name": request.args.get("name", ""), "our_contact": me().uid}
    if refused:
        values |= {name: request.form.get(name, "") for name in values}
    form = {"values": values, "new": company is None, "title": company.name if company else _("New company"),
            "back_url": url_for("companies.show", uid=company.uid) if company else url_for("companies.index"),
            "action": url_for("companies.update", uid=company.uid) if company else url_for("companies.create"),
            "version": company.version if company else None,
            "own": own_controls("company", own_posted("company") if refused else own_values(company), errors)}
    return page("web/companies/form.html", current="companies", form=form, errors=errors, languages=LANGUAGES,
                agents=agents(db()), categories=listed(db(), Category), businesses=listed(db(), Business))


def _at(**args: Any) -> str:
    return url_for("companies.index", **{name: value for name, value in args.items() if value})

"""Persons in the register: finding, showing, making, changing, deleting, restoring."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask_login import login_required

from contacts.at_hand import favourites, recent
from contacts.binning import bin_person
from contacts.editing import person_called
from contacts.person import Person
from contacts.searching import Names, count_persons, search_persons
from core.errors import Conflict, Refused
from core.i18n import gettext as _
from desk.tickets.returning import restore_person
from desk.web.card_tabs import person_tab
from desk.web.following import back_to
from desk.web.pages import page, see_other
from desk.web.person_form import changed, form_page, made
from desk.web.presenting.duplicates import register_tabs, warning_of
from desk.web.presenting.person_frame import opens_with
from desk.web.presenting.persons import lines
from desk.web.presenting.selections import targets
from desk.web.requests import db
from desk.web.restoring import answers, ask_whose, until
from desk.web.signing_in import admins_only, me

bp = Blueprint("persons", __name__, url_prefix="/persons")


@bp.get("")
@login_required
def index() -> Any:
    """A page of the register, by name."""
    if request.args.get("selection"):
        return see_other(url_for("selections.show", uid=request.args["selection"], q=request.args.get("q") or None))
    only, query = request.args.get("only", ""), request.args.get("q", "")
    if only == "deleted":
        return see_other(url_for("bin.index", of="person"))
    only = "" if query and only in ("favourites", "recent") else only       # a search is over everybody
    found = _at_hand(only) or search_persons(
        db(), query, cursor=request.args.get("cursor", ""), to_be_completed=True if only == "incomplete" else None,
        restricted=only == "restricted" or (None if query else False) if me().admin else False)
    filters = register_tabs(only, query)
    return page("web/persons/index.html", current="persons", q=query, count=_count(only, query, found), filters=filters, only=only,
                targets=targets("persons"),
                persons=lines(found.rows),
                newer=_at(only=only, q=query) if request.args.get("cursor") else None,
                older=_at(only=only, q=query, cursor=found.next) if found.next else None)


def _at_hand(only: str) -> Names[Person] | None:
    """The favourites, or who was opened last."""
    which = {"favourites": favourites, "recent": recent}.get(only)
    return Names(which(db(), me(), Person), None) if which else None


@bp.get("/new")
@login_required
def new() -> Any:
    """The empty form."""
    return form_page(None)


@bp.post("")
@login_required
def create() -> Any:
    """A new person."""
    try:
        person = made()
    except Refused as refused:
        return form_page(None, refused), refused.status
    return see_other(url_for("persons.show", uid=person.uid), said=_("%(name)s was created.", name=person.name))


@bp.get("/<uid>")
@login_required
def show(uid: str) -> Any:
    """The person."""
    person = person_called(db(), uid)
    if person.uid != uid:
        return see_other(url_for("persons.show", uid=person.uid), said=_("This person was merged into %(name)s.", name=person.name))
    if not request.args and (elsewhere := opens_with(person)):
        return redirect(elsewhere)
    return person_tab(person, "fields")


@bp.get("/<uid>/details")
@login_required
def details(uid: str) -> Any:
    """What belongs to the person."""
    return person_tab(person_called(db(), uid), "details")


@bp.get("/<uid>/edit")
@login_required
def edit(uid: str) -> Any:
    """The form."""
    return form_page(person_called(db(), uid))


@bp.post("/<uid>")
@login_required
def update(uid: str) -> Any:
    """Save it, if nobody was faster."""
    person = person_called(db(), uid)
    try:
        changed(person)
    except Refused as refused:
        return form_page(person, refused), refused.status
    return see_other(back_to(person, url_for("persons.show", uid=uid)), said=_("%(name)s was saved.", name=person.name))


@bp.post("/<uid>/end")
@admins_only
def destroy(uid: str) -> Any:
    """Into the bin: masked everywhere, restorable."""
    bin_person(db(), person_called(db(), uid), by=me())
    return see_other(url_for("persons.index"), said=_("The person is in the bin until %(day)s.", day=until()), undo=url_for("persons.restore", uid=uid))


@bp.post("/<uid>/restoring")
@admins_only
def restore(uid: str) -> Any:
    """Out of the bin, name and all; where somebody else has got an address or number of theirs, it is asked whose it is."""
    person: Person = person_called(db(), uid, binned=True)
    try:
        restore_person(db(), person, by=me(), answers=answers())
    except Conflict as refused:
        return ask_whose([person], refused, url_for("persons.restore", uid=uid), _("Restore %(name)s", name=person.name))
    return see_other(url_for("persons.show", uid=uid), said=_("%(name)s is back.", name=person.name) + warning_of(person))


def _count(only: str, query: str, found: Names[Person]) -> int | None:
    """How many the list has, where it can be said without reading them all."""
    if query or only in ("favourites", "recent", "restricted"):
        return len(found.rows) if not (found.next or request.args.get("cursor")) else None
    return count_persons(db(), to_be_completed=True if only == "incomplete" else None)


def _at(**args: Any) -> str:
    return url_for("persons.index", **{name: value for name, value in args.items() if value})

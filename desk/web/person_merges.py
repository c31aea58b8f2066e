"""A person is merged into another: who that is to be, side by side with what goes over, and doing it (W90-W95)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required

from contacts.editing import person_called
from contacts.merging import merge
from contacts.overwritable import columns
from contacts.overwriting import FIRST
from contacts.person import Person
from contacts.searching import search_persons
from core.errors import Refused, Stale
from core.i18n import N_
from core.i18n import gettext as _
from desk.foreseeing_merges import foreseen_merge
from desk.web.forms import errors_of, posted, version, whole
from desk.web.pages import page, see_other
from desk.web.presenting.merging import compared, moving, said_to_be_two, side
from desk.web.presenting.persons import lines
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("person_merges", __name__, url_prefix="/persons/<uid>/merge")
MOST = 20


@bp.get("")
@login_required
def new(uid: str) -> Any:
    """With whom: found by name, address or company; at first whoever is called alike."""
    person = person_called(db(), uid)
    query = request.args.get("q", person.last_name or person.name).strip()[:100]
    found = [one for one in search_persons(db(), query, limit=MOST).rows if one.id != person.id] if query else []
    persons = [line | {"to_url": url_for("person_merges.show", uid=person.uid, other=one.uid)}
               for line, one in zip(lines(found), found, strict=True)]
    return page("web/persons/merge_find.html", current="persons", name=person.name, q=query, persons=persons,
                back_url=url_for("persons.show", uid=person.uid), find_url=url_for("person_merges.new", uid=uid))


@bp.get("/<other>")
@login_required
def show(uid: str, other: str) -> Any:
    """Both side by side, and what would go over. Nothing happens yet."""
    return _page(person_called(db(), uid), person_called(db(), other))


@bp.post("/<other>")
@login_required
def create(uid: str, other: str) -> Any:
    """Merge them."""
    person, into = person_called(db(), uid), person_called(db(), other)
    chosen = {name: posted(name) for name in (*columns(db()), *FIRST) if posted(name)}
    try:
        merge(db(), person, into, chosen, by=me(), version=version(), into_version=whole(posted("into_version")))
    except Refused as refused:
        if isinstance(refused, Stale):
            refused = Stale(N_("A colleague has changed one of the two in the meantime. Look at both again, then merge."))
        db().rollback()
        return _page(person_called(db(), uid), person_called(db(), other), chosen, refused), refused.status
    return see_other(url_for("persons.show", uid=into.uid), said=_("%(name)s was merged into %(other)s.", name=person.name, other=into.name),
                     undo=url_for("person_unmerges.create", uid=person.uid))


def _page(person: Person, into: Person, chosen: dict[str, str] | None = None, refused: Refused | None = None) -> str:
    foreseen = foreseen_merge(db(), me(), person, into)
    return page("web/persons/merge.html", current="persons", one=side(person), into=side(into), **compared(person, into, chosen or {}),
                moving=moving(foreseen), unseen=foreseen.unseen, errors=errors_of(refused) if refused else {}, itself=person.id == into.id,
                two=said_to_be_two(person, into),
                action=url_for("person_merges.create", uid=person.uid, other=into.uid),
                other_way_url=url_for("person_merges.show", uid=into.uid, other=person.uid),
                back_url=url_for("person_merges.new", uid=person.uid))

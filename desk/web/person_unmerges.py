"""A person who is part of another is taken out again: what that would bring back, and doing it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, url_for
from flask_login import login_required
from sqlalchemy import select

from contacts.editing import person_called
from contacts.merged import merge_of
from contacts.merging import unmerge
from contacts.overwriting import foreseen
from contacts.person import Person
from core.errors import Unknown
from core.i18n import N_, day
from core.i18n import gettext as _
from desk.foreseeing_merges import foreseen_unmerge
from desk.web.forms import version
from desk.web.pages import page, see_other
from desk.web.presenting.duplicates import warning_of
from desk.web.presenting.merging import columns_said, coming_back, moving, side
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("person_unmerges", __name__, url_prefix="/persons/<uid>/unmerge")


@bp.get("")
@login_required
def new(uid: str) -> Any:
    """What would go back to whom. Nothing happens yet."""
    person = _merged(uid)
    root, kept = person_called(db(), uid), merge_of(db(), person)
    if kept is None:
        return see_other(url_for("persons.show", uid=root.uid))
    into = db().get_one(Person, kept.into_id)
    back, stayed = foreseen(db(), kept, into)
    counted = foreseen_unmerge(db(), me(), person)
    return page("web/persons/unmerge.html", current="persons", one=side(person), root=side(root), at=day(kept.at), moving=moving(counted),
                unseen=counted.unseen, back=coming_back(into, back), stayed=columns_said(stayed), action=url_for("person_unmerges.create", uid=uid),
                back_url=url_for("persons.show", uid=root.uid))


@bp.post("")
@login_required
def create(uid: str) -> Any:
    """Take them apart."""
    person = _merged(uid)
    parted = unmerge(db(), person, by=me(), version=version())
    said = _("%(name)s and %(other)s are two persons again.", name=person.name, other=parted.root.name)
    if parted.stayed:
        said += " " + _("Changed since and left as it is: %(fields)s.", fields=columns_said(parted.stayed))
    return see_other(url_for("persons.show", uid=person.uid), said=said + warning_of(person))


def _merged(uid: str) -> Person:
    """The person themselves, not who goes on for them. Raises Unknown."""
    person = db().scalar(select(Person).where(Person.uid == uid))
    if person is None or person.binned_at is not None:
        raise Unknown(N_("There is no such person."))
    return person

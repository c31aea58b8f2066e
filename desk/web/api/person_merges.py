"""Merging persons, and taking them apart: the records that the path names themselves, not who goes on for them."""

from __future__ import annotations

from sqlalchemy import select

from contacts.merged import merge_of, root_of
from contacts.merging import merge, unmerge
from contacts.overwritable import columns
from contacts.overwriting import foreseen
from contacts.person import Person
from core.errors import Refused, Unknown
from core.i18n import N_
from desk.foreseeing_merges import Foreseen, foreseen_merge, foreseen_unmerge
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.finding import person_named
from desk.web.api.routing import post
from desk.web.api.schemas.merges import Merged, MergePersonInto, Moving, Unmerged, UnmergePerson
from desk.web.api.shapes.persons import person as shown
from desk.web.requests import db


@post("/persons/<uid:uid>/merge", refuses=(409,))
def create(uid: str, given: MergePersonInto) -> Merged:
    """Let a person become part of another, who goes on. Everything of theirs goes over, and can be taken apart at any time."""
    person, into = _itself(uid), person_named(given.into, "into")
    versions.unmoved(person.version)
    counted = foreseen_merge(db(), me(), person, into)
    if not given.preview:
        chosen = given.choose.model_dump(exclude_none=True, exclude={"custom"}) | {
            f"custom.{key}": side for key, side in given.choose.custom.items()}
        merge(db(), person, into, chosen, by=me())
    return Merged(preview=given.preview, moves=_moves(counted), unseen=counted.unseen, person=shown(db(), into))


@post("/persons/<uid:uid>/unmerge")
def destroy(uid: str, given: UnmergePerson) -> Unmerged:
    """Take a merged person out again, with all that is theirs and has come from their addresses since."""
    person = _itself(uid)
    kept, root = merge_of(db(), person), root_of(db(), person)
    if kept is None:
        raise Refused(N_("This person is not merged with anybody."))
    counted = foreseen_unmerge(db(), me(), person)
    stayed = foreseen(db(), kept, db().get_one(Person, kept.into_id))[1]
    if not given.preview:
        stayed = list(unmerge(db(), person, by=me()).stayed)
    called = {column: name for name, column in columns(db()).items()}
    return Unmerged(preview=given.preview, moves=_moves(counted), unseen=counted.unseen, kept=[called[column] for column in stayed if column in called],
                    person=shown(db(), person), remains=shown(db(), root))


def _itself(uid: str) -> Person:
    person = db().scalar(select(Person).where(Person.uid == uid))
    if person is None or person.binned_at is not None:
        raise Unknown(N_("There is no such person."))
    return person


def _moves(counted: Foreseen) -> list[Moving]:
    return [Moving(kind=kind, count=count) for kind, count in counted.counts.items()]

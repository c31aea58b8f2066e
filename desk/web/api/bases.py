"""Legal bases: what a person said of being held for a purpose; the purposes there are."""

from __future__ import annotations

from contacts.bases import give
from contacts.purposes import current_wordings, purposes, wording_called
from desk.rights.objecting import stop_and_decide
from desk.web.api.bearer import me
from desk.web.api.finding import the_person
from desk.web.api.paging import Listed
from desk.web.api.routing import get, post
from desk.web.api.schemas.mailings import BasisNoted, Purpose
from desk.web.api.schemas.persons import Person
from desk.web.api.shapes import persons as shapes
from desk.web.requests import db


@get("/purposes")
def index() -> Listed[Purpose]:
    """What persons are held for, with the words in which they are asked now."""
    return Listed[Purpose](items=[Purpose(key=one.key, name=one.label, marketing=one.marketing, wordings={
        code: words.uid for code, words in current_wordings(one).items()}) for one in purposes(db())])


@post("/persons/<uid:uid>/legal-bases", status=201)
def create(uid: str, given: BasisNoted) -> Person:
    """Note what a person said: nothing that was noted before is changed. 422 where they objected to marketing and this is no consent."""
    person = the_person(uid)
    if given.event == "ended":
        stop_and_decide(db(), person, given.purpose, source=given.source, by=me(), proof="api", at=given.at)
    else:
        words = wording_called(db(), given.wording) if given.wording else None
        give(db(), person, given.purpose, given.basis, source=given.source, by=me(), wording=words, proof="api", at=given.at)
    return shapes.person(db(), person)

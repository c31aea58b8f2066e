"""Relations between persons and companies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

from contacts.companies import company_called
from contacts.editing import person_called
from contacts.person import Person
from contacts.relating import Party, change_relation, parties, relate, relation_called, unrelate
from contacts.relation import Relation as Row
from contacts.relation import RelationKind
from contacts.ties import all_ties
from core.errors import Refused, Unknown
from core.i18n import N_
from core.i18n import gettext as _
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.finding import company_named, person_named
from desk.web.api.paging import Listed, cut, key_of
from desk.web.api.routing import delete, get, patch, post
from desk.web.api.schemas.relations import (
    NamedSide,
    NewRelation,
    Relation,
    RelationChange,
    RelationsAsked,
    Side,
)
from desk.web.requests import db

#: Field of the service → field here.
CALLED = {"kind": "kind_id", "other": "second", "since": "from", "until": "to"}


@get("/relations")
def index(asked: RelationsAsked) -> Listed[Relation]:
    """Relations, the newest first. Those with somebody in the bin are left out."""
    if asked.person and asked.company:
        raise Refused(N_("Ask for those of a person or of a company."), {"company": _("Leave it empty.")})
    try:
        whose = _asked(asked)
    except Unknown:
        return Listed[Relation](items=[])
    rows, following = cut(all_ties(db(), whose=whose, before=key_of(asked.cursor), limit=asked.most + 1), asked.most, lambda row: row.id)
    return Listed[Relation](items=[_shown(row) for row in rows], next=following)


@post("/relations", status=201)
def create(given: NewRelation) -> Relation:
    """Tie two. 422 where they do not fit the kind, are one and the same, or are tied like this already on some of the days."""
    first, second = _side(given.first, "first"), _side(given.second, "second")
    with _named():
        return _shown(relate(db(), _kind(given.kind_id), first, second, details=given.details, since=given.from_, until=given.to, by=me()))


@get("/relations/<uid:uid>")
def show(uid: str) -> Relation:
    """A relation."""
    return _shown(relation_called(db(), uid))


@patch("/relations/<uid:uid>")
def update(uid: str, given: RelationChange) -> Relation:
    """Change the fields that are given; `to` ends it."""
    relation = relation_called(db(), uid)
    versions.unmoved(relation.version)
    renamed = {"from_": "since", "to": "until"}
    fields: dict[str, Any] = {renamed.get(name, name): value for name, value in given.named().items()}
    if "kind_id" in fields:
        fields["kind"] = _kind(fields.pop("kind_id"))
    with _named():
        return _shown(change_relation(db(), relation, fields, by=me()))


@delete("/relations/<uid:uid>")
def destroy(uid: str) -> None:
    """Take it away, as if it had never been; the histories of both keep it."""
    relation = relation_called(db(), uid)
    versions.unmoved(relation.version)
    unrelate(db(), relation, by=me())


def _asked(asked: RelationsAsked) -> Party | None:
    if asked.company:
        return company_called(db(), asked.company)
    return person_called(db(), asked.person) if asked.person else None


@contextmanager
def _named() -> Iterator[None]:
    """What is wrong is said of the fields as they are called here."""
    try:
        yield
    except Refused as refused:
        refused.errors = {CALLED.get(name, name): said for name, said in refused.errors.items()}
        raise


def _kind(uid: str) -> RelationKind:
    kind = db().scalar(select(RelationKind).where(RelationKind.uid == uid))
    if kind is None:
        raise Refused(N_("There is no such kind of relation."), {"kind_id": _("There is no such kind.")})
    return kind


def _side(given: NamedSide, field: str) -> Party:
    if (given.person_id is None) == (given.company_id is None):
        raise Refused(N_("A side of a relation is a person or a company."), {field: _("Give one of the two.")})
    if given.person_id is not None:
        return person_named(given.person_id, f"{field}.person_id")
    return company_named(given.company_id or "", f"{field}.company_id")


def _shown(row: Row) -> Relation:
    db().flush()
    first, second = (Side(person_id=side.uid if isinstance(side, Person) else None, company_id=None if isinstance(side, Person) else side.uid,
                          name=side.name) for side in parties(row))
    return Relation(id=row.uid, kind_id=row.kind.uid, name=_(row.kind.name), reverse=_(row.kind.reverse), first=first, second=second,
                    details=row.details, from_=row.since, to=row.until, version=row.version)

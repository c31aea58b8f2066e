"""Kinds of relations. Everybody sees them; admins change them."""

from __future__ import annotations

from contacts.relation import RelationKind as Row
from contacts.relation_kinds import archive_kind, kind_called, kinds, save_kind
from core.i18n import gettext as _
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.paging import Listed, Page, cut, key_of
from desk.web.api.routing import delete, get, patch, post
from desk.web.api.schemas.relations import NewRelationKind, RelationKind, RelationKindChange
from desk.web.requests import db


@get("/relation-kinds")
def index(asked: Page) -> Listed[RelationKind]:
    """All of them in their order, the archived ones at the end."""
    rows = kinds(db(), archived=True)
    page, following = cut([*enumerate(rows, 1)][key_of(asked.cursor) or 0:], asked.most, lambda row: row[0])
    return Listed[RelationKind](items=[_shown(row) for _n, row in page], next=following)


@post("/relation-kinds", status=201, admin=True)
def create(given: NewRelationKind) -> RelationKind:
    """A kind of relation."""
    return _shown(save_kind(db(), None, given.model_dump(), by=me()))


@get("/relation-kinds/<uid:uid>")
def show(uid: str) -> RelationKind:
    """A kind of relation."""
    return _shown(kind_called(db(), uid))


@patch("/relation-kinds/<uid:uid>", admin=True)
def update(uid: str, given: RelationKindChange) -> RelationKind:
    """Change the fields that are given; `archived` takes it out of what is offered, or puts it back."""
    kind, named = kind_called(db(), uid), given.named()
    versions.unmoved(kind.version)
    archived = named.pop("archived", None)
    save_kind(db(), kind, named, by=me())
    if archived is not None:
        archive_kind(db(), kind, by=me(), back=not archived)
    return _shown(kind)


@delete("/relation-kinds/<uid:uid>", admin=True)
def destroy(uid: str) -> None:
    """Archive it: it is offered no longer, and relations of it stay."""
    kind = kind_called(db(), uid)
    versions.unmoved(kind.version)
    archive_kind(db(), kind, by=me())


def _shown(row: Row) -> RelationKind:
    db().flush()
    return RelationKind(id=row.uid, between=row.between, name=_(row.name), reverse=_(row.reverse), meaning=row.meaning,
                        archived=row.archived, version=row.version)

"""User-defined fields. Everybody sees them; admins change them."""

from __future__ import annotations

from contacts.custom_field import CustomField as Row
from contacts.custom_fields import bring_back, custom_fields, field_called, retire_field, save_field
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.paging import Listed, cut, key_of
from desk.web.api.routing import delete, get, patch, post
from desk.web.api.schemas.custom_fields import (
    CustomField,
    CustomFieldChange,
    CustomFieldsAsked,
    NewCustomField,
)
from desk.web.requests import db


@get("/custom-fields")
def index(asked: CustomFieldsAsked) -> Listed[CustomField]:
    """The fields of persons, or of companies, in their order; those out of use at the end."""
    rows = custom_fields(db(), asked.of, retired=True)
    page, following = cut([*enumerate(rows, 1)][key_of(asked.cursor) or 0:], asked.most, lambda row: row[0])
    return Listed[CustomField](items=[_shown(row) for _n, row in page], next=following)


@post("/custom-fields", status=201, admin=True)
def create(given: NewCustomField) -> CustomField:
    """A field."""
    return _shown(save_field(db(), None, given.model_dump(), by=me()))


@get("/custom-fields/<uid:uid>")
def show(uid: str) -> CustomField:
    """A field."""
    return _shown(field_called(db(), uid))


@patch("/custom-fields/<uid:uid>", admin=True)
def update(uid: str, given: CustomFieldChange) -> CustomField:
    """Change what is given. One that is retired and in which nothing stands is deleted by DELETE."""
    field, named = field_called(db(), uid), given.named()
    versions.unmoved(field.version)
    retired = named.pop("retired", None)
    save_field(db(), field, named, by=me())
    if retired is False:
        bring_back(db(), field, by=me())
    elif retired:
        retire_field(db(), field, by=me(), keep=True)
    return _shown(field)


@delete("/custom-fields/<uid:uid>", admin=True)
def destroy(uid: str) -> None:
    """Take it out of use: what stands in it stays. One in which nothing stands is deleted."""
    field = field_called(db(), uid)
    versions.unmoved(field.version)
    retire_field(db(), field, by=me())


def _shown(row: Row) -> CustomField:
    db().flush()
    return CustomField(id=row.uid, of=row.of, key=row.key, name=row.name, names=row.names, kind=row.kind, choices=row.choices,
                       required=row.required, personal=row.personal, retired=row.retired_at is not None, version=row.version)

"""Infotags: the list, which admins change, and those on persons and companies."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from contacts.companies import company_called
from contacts.infotag import Infotag as Row
from contacts.infotags import (
    Card,
    infotag_called,
    infotags,
    infotags_on,
    retire_infotag,
    save_infotag,
    set_infotags,
)
from core.errors import Refused
from core.i18n import N_
from core.i18n import gettext as _
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.finding import the_person
from desk.web.api.paging import Listed, Page, cut, key_of
from desk.web.api.routing import delete, get, patch, post, put
from desk.web.api.schemas.card_records import Infotag, InfotagChange, NewInfotag
from desk.web.api.schemas.common import Word
from desk.web.requests import db

Names = Annotated[list[Word], Field(max_length=100)]


@get("/infotags")
def index(asked: Page) -> Listed[Infotag]:
    """The list by heading and name, those out of use at the end."""
    page, following = cut([*enumerate(infotags(db(), retired=True), 1)][key_of(asked.cursor) or 0:], asked.most, lambda row: row[0])
    return Listed[Infotag](items=[_shown(row) for _n, row in page], next=following)


@post("/infotags", status=201, admin=True)
def create(given: NewInfotag) -> Infotag:
    """One more."""
    return _shown(save_infotag(db(), None, given.model_dump(), by=me()))


@get("/infotags/<uid:uid>")
def show(uid: str) -> Infotag:
    """One of the list."""
    return _shown(infotag_called(db(), uid))


@patch("/infotags/<uid:uid>", admin=True)
def update(uid: str, given: InfotagChange) -> Infotag:
    """Change what is given."""
    tag, named = infotag_called(db(), uid), given.named()
    versions.unmoved(tag.version)
    retired = named.pop("retired", None)
    save_infotag(db(), tag, named, by=me())
    if retired is not None:
        retire_infotag(db(), tag, by=me(), back=not retired)
    return _shown(tag)


@delete("/infotags/<uid:uid>", admin=True)
def destroy(uid: str) -> None:
    """Take it out of use; it stays where it was put."""
    tag = infotag_called(db(), uid)
    versions.unmoved(tag.version)
    retire_infotag(db(), tag, by=me())


@get("/persons/<uid:uid>/infotags", moves=True)
def index_of_person(uid: str) -> list[Infotag]:
    """Those on a person."""
    return _on(the_person(uid))


@put("/persons/<uid:uid>/infotags", moves=True)
def update_of_person(uid: str, given: Names) -> list[Infotag]:
    """Let a person have exactly these, by their names."""
    return _set(the_person(uid), given)


@get("/companies/<uid:uid>/infotags")
def index_of_company(uid: str) -> list[Infotag]:
    """Those on a company."""
    return _on(company_called(db(), uid))


@put("/companies/<uid:uid>/infotags")
def update_of_company(uid: str, given: Names) -> list[Infotag]:
    """Let a company have exactly these, by their names."""
    return _set(company_called(db(), uid), given)


def _set(card: Card, names: list[str]) -> list[Infotag]:
    known = {tag.name.lower(): tag for tag in infotags(db(), retired=True)}
    unknown = [name for name in names if name.strip().lower() not in known]
    if unknown:
        raise Refused(_("There is no infotag “%(name)s”. An admin can add it.", name=unknown[0]), {"body": N_("There is no such infotag.")})
    set_infotags(db(), card, [known[name.strip().lower()] for name in names], by=me())
    return _on(card)


def _on(card: Card) -> list[Infotag]:
    return [_shown(one.tag) for one in infotags_on(db(), card)]


def _shown(row: Row) -> Infotag:
    db().flush()
    return Infotag(id=row.uid, name=row.name, kind=row.kind, retired=row.retired_at is not None, version=row.version)

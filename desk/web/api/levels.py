"""Service levels. Everybody sees them; admins change them."""

from __future__ import annotations

from contacts.company import ServiceLevel as Row
from contacts.levels import archive, level_called, levels, save_level
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.paging import Listed, Page, cut, key_of
from desk.web.api.routing import delete, get, patch, post
from desk.web.api.schemas.routing import Level, LevelChange, NewLevel
from desk.web.requests import db


@get("/service-levels")
def index(asked: Page) -> Listed[Level]:
    """All of them in their order, the archived ones at the end."""
    rows = levels(db(), archived=True)
    page, following = cut([*enumerate(rows, 1)][key_of(asked.cursor) or 0:], asked.most, lambda row: row[0])
    return Listed[Level](items=[_shown(row) for _n, row in page], next=following)


@post("/service-levels", status=201, admin=True)
def create(given: NewLevel) -> Level:
    """A service level."""
    return _shown(save_level(db(), None, given.model_dump(), by=me()))


@get("/service-levels/<uid:uid>")
def show(uid: str) -> Level:
    """A service level."""
    return _shown(level_called(db(), uid))


@patch("/service-levels/<uid:uid>", admin=True)
def update(uid: str, given: LevelChange) -> Level:
    """Change the fields that are given; `archived` takes it out of what is offered, or puts it back."""
    level, named = level_called(db(), uid), given.named()
    versions.unmoved(level.version)
    archived = named.pop("archived", None)
    save_level(db(), level, named, by=me())
    if archived is not None:
        archive(db(), level, by=me(), back=not archived)
    return _shown(level)


@delete("/service-levels/<uid:uid>", admin=True)
def destroy(uid: str) -> None:
    """Archive it: it is offered no longer, and whoever has it keeps it."""
    level = level_called(db(), uid)
    versions.unmoved(level.version)
    archive(db(), level, by=me())


def _shown(row: Row) -> Level:
    db().flush()
    return Level(id=row.uid, name=row.name, priority=row.priority, first_answer_minutes=row.first_answer_minutes,
                 next_answer_minutes=row.next_answer_minutes, business_hours=row.business_hours,
                 archived=row.archived_at is not None, version=row.version)

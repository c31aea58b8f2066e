"""Selections of persons, companies and projects: those that the caller sees, and the members of static ones. Who is in one is asked of
`persons`, `companies` and `projects`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from contacts import own_criteria, project_criteria
from contacts.criteria import OPERATORS, offered
from contacts.selected import count_selected, sees, selection_called, selections
from contacts.selecting import add_members, change_selection, delete_selection, new_selection, remove_members
from contacts.selection import OF
from contacts.selection import Selection as Row
from core.errors import Refused
from core.i18n import gettext as _
from desk.tickets import criteria as of_tickets
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.finding import team_named
from desk.web.api.paging import Listed
from desk.web.api.routing import delete, get, patch, post
from desk.web.api.schemas.selections import (
    Counted,
    Criterion,
    CriterionField,
    Members,
    NewSelection,
    Selection,
    SelectionChange,
    SelectionsAsked,
)
from desk.web.presenting.selection_pages import after, written
from desk.web.requests import db

__all__ = ["of_tickets", "own_criteria", "project_criteria"]      # read for what it offers
#: Field of the service → field here.
CALLED = {"first": "first_id", "second": "second_id"}


@get("/selections")
def index(asked: SelectionsAsked) -> Listed[Selection]:
    """Selections that the caller sees, by name."""
    rows = selections(db(), me(), of=asked.of or "", after=after(asked.cursor), limit=asked.most + 1)
    return Listed[Selection](items=[_shown(row) for row in rows[:asked.most]], next=written(rows[asked.most - 1]) if len(rows) > asked.most else None)


@post("/selections", status=201)
def create(given: NewSelection) -> Selection:
    """A selection. 422 for criteria that are none (`criteria.N`), and for parts that the caller does not see."""
    with _named():
        return _shown(new_selection(db(), _fields(given.model_dump(exclude={"id", "owner", "version"})), by=me()))


@get("/selections/<uid:uid>")
def show(uid: str) -> Selection:
    """A selection."""
    return _shown(selection_called(db(), uid, me()))


@patch("/selections/<uid:uid>")
def update(uid: str, given: SelectionChange) -> Selection:
    """Change the fields that are given; its owner and admins may."""
    selection = selection_called(db(), uid, me())
    versions.unmoved(selection.version)
    with _named():
        change_selection(db(), selection, _fields(given.model_dump(include=given.model_fields_set)), by=me())
    return _shown(selection)


@delete("/selections/<uid:uid>")
def destroy(uid: str) -> None:
    """Take it away; who is in it stays as they are."""
    selection = selection_called(db(), uid, me())
    versions.unmoved(selection.version)
    delete_selection(db(), selection, by=me())


@get("/selections/<uid:uid>/count")
def count(uid: str) -> Counted:
    """How many are in it; one more than ten thousand where they are more than that."""
    return Counted(count=count_selected(db(), selection_called(db(), uid, me()), me()))


@post("/selections/<uid:uid>/members")
def add(uid: str, given: Members) -> Counted:
    """Put these into a static selection; its owner and admins may. How many were not in it."""
    return Counted(count=add_members(db(), selection_called(db(), uid, me()), given.ids, by=me()))


@post("/selections/<uid:uid>/members/remove")
def remove(uid: str, given: Members) -> Counted:
    """Take these out of a static selection; its owner and admins may. How many were in it."""
    return Counted(count=remove_members(db(), selection_called(db(), uid, me()), given.ids, by=me()))


@get("/criteria")
def criteria() -> Listed[CriterionField]:
    """What criteria of selections may go by."""
    return Listed[CriterionField](items=[CriterionField.model_validate({
        "of": one.of, "field": one.name, "label": _(one.label), "kind": one.kind, "operators": list(OPERATORS[one.kind]),
        "choices": list(one.choices(db())) if one.choices else []}) for of in OF for one in offered(db(), of)])


@contextmanager
def _named() -> Iterator[None]:
    """What is wrong is said of the fields as they are called here."""
    try:
        yield
    except Refused as refused:
        refused.errors = {CALLED.get(name, name): said for name, said in refused.errors.items()}
        raise


def _fields(given: dict[str, Any]) -> dict[str, Any]:
    fields = {{"first_id": "first", "second_id": "second"}.get(name, name): value for name, value in given.items()
              if name not in ("first_id", "second_id") or value}
    if fields.get("team"):
        fields["team"] = team_named(fields["team"], "team").uid
    return fields


def _part(row: Row | None) -> str | None:
    """Nobody but its owner hears of a private one."""
    return row.uid if row is not None and sees(db(), row, me()) else None


def _shown(row: Row) -> Selection:
    db().flush()
    return Selection(
        id=row.uid, name=row.name, of=row.of, kind=row.kind, criteria=[Criterion(**one) for one in row.criteria],
        joined=row.joined, how=row.how, first_id=_part(row.first), second_id=_part(row.second),
        owner=row.owner.email if row.owner else None, sharing=row.sharing, team=row.team.name if row.team else None, version=row.version)

"""What is done with many records at once: planned by a worker, shown record by record, approved, taken back (`operations`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Select

from contacts.infotags import infotags
from contacts.mass_merge import plan_merges
from contacts.mass_move import Wanted, plan_moves
from contacts.mass_update import plan_update
from contacts.movable import KINDS
from contacts.selected import selection_called, who_selected
from core.errors import Refused, Unknown
from core.i18n import N_, today
from core.i18n import gettext as _
from core.operations import Operation as Row
from desk.mass_delete import plan_deletion
from desk.web.api.bearer import me
from desk.web.api.finding import company_named, fields_of
from desk.web.api.routing import post
from desk.web.api.schemas.bulk_acts import Chosen, CompaniesChanged, PairsMerged, PersonsChanged, PersonsMoved
from desk.web.api.schemas.desk import Operation
from desk.web.api.shapes.operations import operation
from desk.web.requests import db, ring_after


@post("/persons/update", status=202)
def update_persons(given: PersonsChanged) -> Operation:
    """Change fields of many persons, and put infotags on or take them off."""
    return _updated("persons", given)


@post("/companies/update", status=202)
def update_companies(given: CompaniesChanged) -> Operation:
    """Change fields of many companies, and put infotags on or take them off."""
    return _updated("companies", given)


@post("/persons/delete", status=202, admin=True)
def delete_persons(given: Chosen) -> Operation:
    """Put many persons into the bin (S66). Undoing the operation restores them."""
    return _begun(plan_deletion(db(), "persons", _chosen("persons", given), me()))


@post("/companies/delete", status=202, admin=True)
def delete_companies(given: Chosen) -> Operation:
    """Put many companies into the bin, with the persons who work there and nowhere else."""
    return _begun(plan_deletion(db(), "companies", _chosen("companies", given), me()))


@post("/persons/move", status=202)
def move_persons(given: PersonsMoved) -> Operation:
    """Move many persons to one company, each with the records that are to go along."""
    to, chosen = company_named(given.to_company, "to_company"), _chosen("persons", given)
    wanted = Wanted(to, given.on or today(), given.activities, given.after, KINDS if given.kinds is None else tuple(given.kinds))
    with _named(lambda name: {"take": "activities", "company": "to_company"}.get(name, name)):
        row = plan_moves(db(), chosen, wanted, me())
    return _begun(row)


@post("/duplicates/merge", status=202)
def merge_pairs(given: PairsMerged) -> Operation:
    """Merge many pairs of persons; of each, whoever is complete or was there first goes on."""
    return _begun(plan_merges(db(), given.ids, me()))


def _updated(of: str, given: PersonsChanged | CompaniesChanged) -> Operation:
    chosen, named = _chosen(of, given), given.changes.named()
    own = {f"custom.{key}": value for key, value in named.pop("custom", {}).items()}
    tags = {f"infotag.{uid}": on for name, on in (("infotags_off", False), ("infotags_on", True)) for uid in _tags(getattr(given, name), name)}
    with _named(lambda name: f"changes.{name.removesuffix('_id')}"):
        row = plan_update(db(), of, chosen, fields_of(named) | own | tags, me())
    return _begun(row)


def _chosen(of: str, given: Chosen) -> Select[str] | Sequence[str]:
    """Who: ids, or a question for those of a selection. Raises Refused for both or neither, and for a selection the caller does not see."""
    if (given.ids is None) == (given.selection_id is None):
        raise Refused(N_("Name either ids or a selection."), {"ids": N_("Name either ids or a selection.")})
    if given.ids is not None:
        return given.ids
    try:
        return who_selected(db(), selection_called(db(), given.selection_id or "", me(), of=of), me())
    except Unknown as error:
        raise Refused(error.sentence, {"selection_id": error.sentence}) from error


def _tags(names: Sequence[str], field: str) -> list[str]:
    """Uids of infotags by their names; what is taken off may be out of use."""
    known = {tag.name.lower(): tag.uid for tag in infotags(db(), retired=field == "infotags_off")}
    for name in names:
        if name.strip().lower() not in known:
            raise Refused(_("There is no infotag “%(name)s”. An admin can add it.", name=name), {field: N_("There is no such infotag.")})
    return [known[name.strip().lower()] for name in names]


@contextmanager
def _named(called: Callable[[str], str]) -> Iterator[None]:
    """What is wrong is said of the fields as they are called here."""
    try:
        yield
    except Refused as refused:
        refused.errors = {called(name): said for name, said in refused.errors.items()}
        raise


def _begun(row: Row) -> Operation:
    ring_after("operations")
    return operation(row)

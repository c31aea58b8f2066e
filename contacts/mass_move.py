"""Moving many persons to one company: each shown before with what goes along, moved by a worker, taken back one by one (S35-S43, W91)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from contacts.agent import Agent
from contacts.company import Company
from contacts.mass_update import asker, lay_chosen
from contacts.movable import KINDS
from contacts.move_plan import TAKEN, Move, Plan, plan
from contacts.moving import move_person
from contacts.person import Employment, Person
from contacts.unmoving import AMONG, undo_move
from core.bulk import Bulk, Skipped, ask
from core.errors import Refused
from core.i18n import N_, ngettext, today
from core.i18n import gettext as _
from core.operations import Operation, OperationItem

GONE = N_("It is not there any more.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where to, and what goes along, as :class:`contacts.move_plan.Move` says of one."""

    company: Company
    on: date
    take: str = "stay"
    after: date | None = None
    kinds: Sequence[str] = KINDS


def plan_moves(db: Session, chosen: Collection[str] | Select[Any], wanted: Wanted, by: Agent) -> Operation:
    """Ask for it: ``chosen`` are uids of persons or a query for them. Each leaves the employment that leads, if there is one. A worker
    plans it; approved, it runs. The caller rings ``operations``. Raises Refused for what nobody could be moved by."""
    errors = {} if wanted.take in TAKEN and set(wanted.kinds) <= set(KINDS) else {"take": N_("Choose one of those offered.")}
    if wanted.take == "after" and wanted.after is None:
        errors["after"] = N_("Give a day.")
    if wanted.on > today():
        errors["on"] = N_("Today or an earlier day.")
    if wanted.company.binned_at is not None:
        errors["company"] = N_("Choose another company.")
    if errors:
        raise Refused(N_("Nobody can be moved like this."), errors)
    given = {"company": wanted.company.uid, "on": str(wanted.on), "take": wanted.take, "after": str(wanted.after) if wanted.after else None,
             "kinds": list(wanted.kinds)}
    operation = ask(db, "persons.move", given, by=by.uid, phase="plan")
    lay_chosen(db, operation, chosen)
    return operation


class MassMove(Bulk):
    """The kind ``persons.move``. ``given``: ``{company, on, take, after, kinds}``."""

    kind = "persons.move"

    def prepare(self, db: Session, operation: Operation, items: Sequence[OperationItem]) -> dict[str, Any]:
        """Uid → the person; the company under ``to`` and who asked under ``by``."""
        found = {one.uid: one for one in db.scalars(select(Person).where(
            Person.uid.in_([item.subject_uid for item in items]), Person.binned_at.is_(None), Person.merged_into_id.is_(None)).options(
            selectinload(Person.employments).selectinload(Employment.company)))}
        company = db.scalar(select(Company).where(Company.uid == operation.given["company"]))
        return found | {"to": company, "by": asker(db, operation)}

    def plan(self, db: Session, operation: Operation, item: OperationItem, at: Any) -> None:
        """The company before and after, what follows it, and how many records of each kind go along."""
        person, move = self._move(operation, item, at)
        foreseen = plan(db, person, move)
        before, after = _told(person, move, foreseen)
        item.data = {"name": person.name, "before": before, "after": after, "mark": foreseen.mark, "status": foreseen.status}

    def apply(self, db: Session, operation: Operation, item: OperationItem, at: Any) -> None:
        """Move them, unless it would be another move by now."""
        person, move = self._move(operation, item, at, status=item.data["status"])
        kept = move_person(db, person, move, by=at["by"], mark=item.data["mark"], kind=AMONG)
        item.data = item.data | {"undo": {"operation": kept.uid}}

    def undo(self, db: Session, operation: Operation, item: OperationItem) -> None:
        """Let them be where they were; records that somebody has put elsewhere since stay there, and are counted."""
        kept, by = db.scalar(select(Operation).where(Operation.uid == item.data["undo"]["operation"])), asker(db, operation)
        if kept is None or by is None:
            raise Refused(GONE)
        left = undo_move(db, kept, by=by)
        if left:
            item.data = item.data | {"note": ngettext("One record stayed where a colleague has put it since.",
                                                      "%(n)s records stayed where colleagues have put them since.", left)}

    def _move(self, operation: Operation, item: OperationItem, at: Any, status: str | None = None) -> tuple[Person, Move]:
        person, company, given = at.get(item.subject_uid or "-"), at["to"], operation.given
        if person is None or company is None or at["by"] is None:
            raise Refused(GONE)
        job = person.employment
        if job is not None and job.company_id == company.id:
            raise Skipped(_("%(name)s is there already.", name=person.name))
        return person, Move(job, company, date.fromisoformat(given["on"]), take=given["take"], kinds=tuple(given["kinds"]), status=status,
                            after=date.fromisoformat(given["after"]) if given["after"] else None)


def _told(person: Person, move: Move, foreseen: Plan) -> tuple[dict[str, Any], dict[str, Any]]:
    before: dict[str, Any] = {"company": move.job.company.called if move.job else None}
    after: dict[str, Any] = {"company": move.company.name if move.company else None}
    if foreseen.status:
        before["status"], after["status"] = person.status, foreseen.status
    for name, (was, becomes) in foreseen.follows.items():
        before[name], after[name] = was, becomes
    for side in foreseen.sides:
        if side.moves:
            after[side.kind.key] = _("%(moves)s of %(all)s go along", moves=side.moves, all=side.moves + side.stays)
    return before, after

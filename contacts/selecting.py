"""Making, changing, copying and deleting selections, and who is in a static one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from contacts.agent import Agent, Team, TeamMember
from contacts.criteria import checked
from contacts.editing import check_version
from contacts.facts import SelectionChanged
from contacts.selected import DEEPEST, selection_called
from contacts.selection import HOWS, JOINS, KINDS, OF, SHARINGS, Selection, SelectionMember
from core.alphabet import order_key
from core.clock import now
from core.errors import Forbidden, Refused, Unknown
from core.fold import fold
from core.history import record
from core.i18n import N_
from core.i18n import gettext as _
from core.naming import name_of

FIELDS = ("name", "criteria", "joined", "how", "first", "second", "sharing", "team")
LONGEST = 120
#: Added or taken out at once.
MOST = 1000


def new_selection(db: Session, fields: Mapping[str, Any], *, by: Agent) -> Selection:
    """A selection ``of`` persons, companies or projects, of a ``kind``; the others are :data:`FIELDS`, where ``first``, ``second`` and ``team`` are
    uids. Raises Refused with what is wrong beside each field."""
    of, kind = fields.get("of", ""), fields.get("kind", "static")
    if of not in OF or kind not in KINDS:
        raise Refused(N_("There is no such selection to make."), {"of" if of not in OF else "kind": N_("Choose one of the list.")})
    made = Selection(of=of, kind=kind, owner=by, name="", sort_name="", order_key="", criteria=[], joined="all", sharing="private")
    with db.no_autoflush:
        _fill(db, made, {"name": "", **fields}, by)
    db.add(made)
    db.flush()
    record(db, SelectionChanged(made.uid, "created"), by=by.uid)
    return made


def change_selection(db: Session, selection: Selection, fields: Mapping[str, Any], *, by: Agent, version: int | None = None) -> None:
    """Change fields. Raises Stale when a colleague was faster, Forbidden for whoever neither owns it nor is an admin."""
    needs_owner(selection, by)
    check_version(selection, version)
    with db.no_autoflush:
        _fill(db, selection, fields, by)
    db.flush()
    record(db, SelectionChanged(selection.uid, "edited"), by=by.uid)


def copy_selection(db: Session, selection: Selection, *, by: Agent, name: str = "") -> Selection:
    """The same once more, private, of whoever copies; a static one with its members."""
    made = Selection(
        of=selection.of, kind=selection.kind, owner=by, sharing="private", criteria=list(selection.criteria), joined=selection.joined,
        how=selection.how, first_id=selection.first_id, second_id=selection.second_id, name="", sort_name="", order_key="")
    _name(made, name or _("Copy of %(name)s", name=selection.name)[:LONGEST])
    db.add(made)
    db.flush()
    columns = ("person_id", "origin_person_id", "company_id", "project_id")
    for row in db.execute(select(*(getattr(SelectionMember, name) for name in columns)).where(SelectionMember.selection_id == selection.id)).all():
        db.add(SelectionMember(selection_id=made.id, **dict(zip(columns, row, strict=True))))
    db.flush()
    record(db, SelectionChanged(made.uid, "created"), by=by.uid)
    return made


def delete_selection(db: Session, selection: Selection, *, by: Agent) -> None:
    """Take it away; who was in it stays as they are. Raises Refused where another one is made of it."""
    needs_owner(selection, by)
    if db.scalar(select(Selection.id).where(or_(Selection.first_id == selection.id, Selection.second_id == selection.id)).limit(1)):
        raise Refused(N_("Another selection is made of this one. Change or delete that one first."))
    record(db, SelectionChanged(selection.uid, "removed"), by=by.uid)
    db.delete(selection)
    db.flush()


def add_members(db: Session, selection: Selection, uids: Sequence[str], *, by: Agent) -> int:
    """Put these into a static selection; how many were not in it yet. Raises Refused for another kind, Unknown for a record there is not, and
    Forbidden for whoever neither owns the selection nor is an admin."""
    needs_owner(selection, by)
    kind, column = _static(selection, uids)
    found = db.execute(select(kind.uid, kind.id).where(kind.uid.in_(uids), kind.binned_at.is_(None), *_unmerged(kind)))
    ids: dict[str, int] = dict(found.all())
    if missing := [uid for uid in uids if uid not in ids]:
        raise Unknown(_("%(count)s of these are not there any more.", count=len(missing)))
    member = getattr(SelectionMember, column)
    there = set(db.scalars(select(member).where(SelectionMember.selection_id == selection.id, member.in_(ids.values()))))
    new = [one for one in dict.fromkeys(ids.values()) if one not in there]
    db.add_all(SelectionMember(selection_id=selection.id, added_at=now(), **{column: one}, **({"origin_person_id": one} if column == "person_id" else {}))
               for one in new)
    db.flush()
    if new:
        record(db, SelectionChanged(selection.uid, "added", len(new)), by=by.uid)
    return len(new)


def remove_members(db: Session, selection: Selection, uids: Sequence[str], *, by: Agent) -> int:
    """Take these out of a static selection; how many were in it. Raises Refused for another kind, and Forbidden like :func:`add_members`."""
    needs_owner(selection, by)
    kind, column = _static(selection, uids)
    member = getattr(SelectionMember, column)
    done: Any = db.execute(delete(SelectionMember).where(
        SelectionMember.selection_id == selection.id, member.in_(select(kind.id).where(kind.uid.in_(uids)))))
    if done.rowcount:
        record(db, SelectionChanged(selection.uid, "taken_out", done.rowcount), by=by.uid)
    return int(done.rowcount)


def needs_owner(selection: Selection, by: Agent) -> None:
    """Raises Forbidden for whoever neither owns the selection nor is an admin who sees it: sharing lets others read and copy it."""
    if not owned(selection, by):
        raise Forbidden(N_("Only its owner or an admin can change this selection. Copy it to have one of your own."))


def owned(selection: Selection, agent: Agent) -> bool:
    """Whether an agent who sees the selection may change it and who is in it."""
    return selection.owner_id == agent.id or agent.admin


def _fill(db: Session, selection: Selection, fields: Mapping[str, Any], by: Agent) -> None:
    errors: dict[str, str] = {}
    if "name" in fields:
        errors |= _name(selection, str(fields["name"] or ""))
    if "criteria" in fields and selection.kind == "dynamic":
        selection.criteria = checked(db, selection.of, fields["criteria"] or [])
        errors |= {} if selection.criteria else {"criteria": N_("Give at least one criterion.")}
    for name, known in (("joined", JOINS), ("sharing", SHARINGS), *((("how", HOWS),) if selection.kind == "combined" else ())):
        if fields.get(name):
            setattr(selection, name, fields[name])
        if getattr(selection, name) not in known:
            errors[name] = N_("Choose one of the list.")
    if selection.kind == "combined":
        errors |= _parts(db, selection, fields, by)
    errors |= _team(db, selection, fields, by)
    if errors:
        raise Refused(N_("Some fields cannot be saved like this."), errors)


def _name(selection: Selection, name: str) -> dict[str, str]:
    selection.name = name_of(name)
    selection.sort_name, selection.order_key = fold(selection.name)[:LONGEST], order_key(selection.name)[:LONGEST]
    if not selection.name:
        return {"name": N_("Give a name.")}
    return {"name": _("At most %(most)s characters.", most=LONGEST)} if len(selection.name) > LONGEST else {}


def _parts(db: Session, selection: Selection, fields: Mapping[str, Any], by: Agent) -> dict[str, str]:
    errors = {}
    for name in ("first", "second"):
        if name in fields:
            try:
                setattr(selection, name, selection_called(db, str(fields[name] or ""), by, of=selection.of))
            except Unknown:
                errors[name] = N_("Choose a selection.")
    if not errors:
        errors = {name: N_("Choose a selection.") for name in ("first", "second") if getattr(selection, name) is None}
    if not errors and _deep(selection) > DEEPEST:
        errors["first"] = N_("These selections are made of each other too deeply.")
    return errors


def _deep(selection: Selection, above: int = 0) -> int:
    if above > DEEPEST or selection.kind != "combined":
        return above
    return max(_deep(part, above + 1) for part in (selection.first, selection.second) if part is not None)


def _team(db: Session, selection: Selection, fields: Mapping[str, Any], by: Agent) -> dict[str, str]:
    """Shared with a team: one of the owner's own, unless an admin says."""
    if "team" in fields:
        mine = () if by.admin else (Team.id.in_(select(TeamMember.team_id).where(TeamMember.agent_id == by.id)),)
        selection.team = db.scalar(select(Team).where(Team.uid == fields["team"], *mine)) if fields["team"] else None
    if selection.sharing != "team":
        selection.team = None
        return {}
    return {} if selection.team is not None else {"team": N_("Choose a team.")}


def _static(selection: Selection, uids: Sequence[str]) -> tuple[type[Any], str]:
    if selection.kind != "static":
        raise Refused(N_("Who is in this selection is found by its criteria. Members are added to static ones only."))
    if not uids:
        raise Refused(N_("Choose some first."))
    if len(uids) > MOST:
        raise Refused(_("At most %(most)s at once.", most=MOST))
    return OF[selection.of][:2]


def _unmerged(kind: type[Any]) -> list[Any]:
    return [kind.merged_into_id.is_(None)] if hasattr(kind, "merged_into_id") else []


def count_static(db: Session, selections: Sequence[Selection]) -> dict[int, int]:
    """Selection → members of the static ones among these, the deleted with them; ``MOST + 1`` where they are more."""
    ids = [one.id for one in selections if one.kind == "static"]
    counted = [select(func.count()).select_from(select(SelectionMember.id).where(SelectionMember.selection_id == one).limit(
        MOST + 1).subquery()).scalar_subquery() for one in ids]
    return dict(zip(ids, db.execute(select(*counted)).one(), strict=True)) if ids else {}

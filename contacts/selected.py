"""Who is in a selection: conditions on persons, companies and projects, members in pages, counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select
from sqlalchemy.orm import Session, joinedload

from contacts.agent import Agent, Team, TeamMember
from contacts.criteria import asking, met
from contacts.selection import OF, Selection, SelectionMember
from core.errors import Refused, Unknown
from core.i18n import N_

#: Members are counted to so many.
COUNTED = 10_000
#: How deep combined selections may be made of combined ones.
DEEPEST = 5


def seen_by(db: Session, agent: Agent) -> ColumnElement[bool]:
    """A condition: selections that an agent sees. A private one is its owner's alone."""
    teams = select(TeamMember.team_id).where(TeamMember.agent_id == agent.id)
    return or_(Selection.owner_id == agent.id, Selection.sharing == "all", and_(Selection.sharing == "team", Selection.team_id.in_(teams)))


def sees(db: Session, selection: Selection, agent: Agent) -> bool:
    """Whether an agent sees a selection."""
    return db.scalar(select(Selection.id).where(Selection.id == selection.id, seen_by(db, agent))) is not None


def selection_called(db: Session, uid: str, agent: Agent, *, of: str = "") -> Selection:
    """The selection with this uid. Raises Unknown, also for one that the agent does not see, or that is of something else."""
    found = db.scalar(select(Selection).where(Selection.uid == uid, seen_by(db, agent)))
    if found is None or (of and found.of != of):
        raise Unknown(N_("There is no such selection."))
    return found


def selections(db: Session, agent: Agent, *, of: str = "", after: tuple[str, int] | None = None, limit: int = 50,
               kinds: Sequence[str] = (), query: str = "", owned: bool = False) -> Sequence[Selection]:
    """What an agent sees, by name; ``after`` is (order key, id) of the last one before, ``owned`` asks for those that they may change."""
    asked: list[Any] = [seen_by(db, agent)]
    if owned and not agent.admin:
        asked.append(Selection.owner_id == agent.id)
    if of:
        asked.append(Selection.of == of)
    if kinds:
        asked.append(Selection.kind.in_(kinds))
    if query:
        asked.append(Selection.sort_name.contains(query, autoescape=True))
    if after:
        asked.append(or_(Selection.order_key > after[0], and_(Selection.order_key == after[0], Selection.id > after[1])))
    return db.scalars(select(Selection).where(*asked).options(
        joinedload(Selection.owner).lazyload(Agent.addresses), joinedload(Selection.team).lazyload(Team.members)).order_by(
        Selection.order_key, Selection.id).limit(limit)).all()


def selected(db: Session, selection: Selection, by: Agent, depth: int = 0) -> ColumnElement[bool]:
    """A condition on Person, Company or Project: who is in it, as ``by`` sees it. What a combined one is made of counts where its owner
    sees it: who shares it shares what comes of it. Raises Refused where a part is gone for its owner."""
    kind, column = OF[selection.of][:2]
    if selection.kind == "static":
        member = getattr(SelectionMember, column)
        there: ColumnElement[bool] = kind.id.in_(select(member).where(SelectionMember.selection_id == selection.id, member.is_not(None)))
        return there
    if selection.kind == "dynamic":
        return met(asking(db, by), selection.of, selection.criteria, selection.joined)
    return _combined(db, selection, by, depth)


def who_selected(db: Session, selection: Selection, by: Agent) -> Select[str]:
    """A question for the uids of those in it, by name."""
    kind = OF[selection.of]
    return select(kind.row.uid).where(*living(selection), selected(db, selection, by)).order_by(*kind.order)


def living(selection: Selection) -> list[ColumnElement[bool]]:
    """Conditions: those who are neither in the bin nor part of another."""
    kind = OF[selection.of].row
    return [kind.binned_at.is_(None), *([kind.merged_into_id.is_(None)] if hasattr(kind, "merged_into_id") else [])]


def count_selected(db: Session, selection: Selection, by: Agent, *, most: int = COUNTED) -> int:
    """How many are in it; ``most + 1`` where they are more."""
    return count_where(db, selection.of, [*living(selection), selected(db, selection, by)], most=most)


def count_where(db: Session, of: str, conditions: Sequence[ColumnElement[bool]], *, most: int = COUNTED) -> int:
    """How many persons, companies or projects there are of these conditions; ``most + 1`` where they are more."""
    kind = OF[of].row
    return db.scalar(select(func.count()).select_from(select(kind.id).where(*conditions).limit(most + 1).subquery())) or 0


def _combined(db: Session, selection: Selection, by: Agent, depth: int) -> ColumnElement[bool]:
    if depth >= DEEPEST:
        raise Refused(N_("These selections are made of each other too deeply."))
    first, second = (_part(db, selection, part, by, depth) for part in (selection.first, selection.second))
    if selection.how == "union":
        return or_(first, second)
    return and_(first, not_(second) if selection.how == "difference" else second)


def _part(db: Session, selection: Selection, part: Selection | None, by: Agent, depth: int) -> ColumnElement[bool]:
    owner = selection.owner
    if part is None or owner is None or db.scalar(select(Selection.id).where(Selection.id == part.id, seen_by(db, owner))) is None:
        raise Refused(N_("A selection that this one is made of is not shared any more. Edit it."))
    return func.coalesce(selected(db, part, by, depth + 1), False) if selection.how == "difference" and part is selection.second else \
        selected(db, part, by, depth + 1)

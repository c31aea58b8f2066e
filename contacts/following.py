"""What follows a person when they are merged with another: each kind of record says so by one line beside its table.

A row keeps whose it was (``origin``) for ever; whose it is now (``person``) is rewritten. What came before there were origins
is the person's own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, not_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

Same = Callable[[int, int], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Follower:
    """A kind of record: what people call it, whose it is now, whose it was before any merge.

    ``same(of, into)`` holds of a row that ``into`` has already: it stays with ``of``, out of sight, and is there when they part.
    """

    name: str
    label: str
    person: InstrumentedAttribute[Any]
    origin: InstrumentedAttribute[Any]
    same: Same | None = None

    @property
    def kind(self) -> type[Any]:
        """The table's class."""
        found: Any = self.person.class_
        return found  # type: ignore[no-any-return]

    def going(self, of: int, into: int) -> list[ColumnElement[bool]]:
        """Conditions: what would go from one person to the other."""
        return [self.person == of, *([not_(self.same(of, into))] if self.same else [])]

    def returning(self, rest: Collection[int], tree: Collection[int]) -> list[ColumnElement[bool]]:
        """Conditions: what was of one of ``tree`` and is now of ``rest``: of who goes on, or out of sight with a part of theirs."""
        return [self.person.in_(rest), self.origin.in_(tree)]


FOLLOWERS: list[Follower] = []


def follows(name: str, label: str, person: Any, origin: Any, same: Same | None = None) -> None:
    """Let rows of a table follow their person; ``label`` is marked for translation."""
    FOLLOWERS.append(Follower(name, label, person, origin, same))


def go(db: Session, of: int, into: int) -> dict[str, int]:
    """Let everything of one person be the other's, in one statement a kind; how many rows of each went."""
    return {one.name: _write(db, one, one.going(of, into), into) for one in FOLLOWERS}


def come_back(db: Session, rest: Collection[int], tree: Collection[int], to: int) -> dict[str, int]:
    """Let everything that was of one of ``tree`` and is of ``rest`` now be ``to``'s."""
    return {one.name: _write(db, one, one.returning(rest, tree), to) for one in FOLLOWERS}


def join(db: Session, members: Collection[int], root: int) -> None:
    """What had stayed with those merged into a person because the person had the same: it follows where that has gone."""
    for one in FOLLOWERS:
        for member in members if one.same else ():
            _write(db, one, one.going(member, root), root)


def _write(db: Session, one: Follower, conditions: list[ColumnElement[bool]], person: int) -> int:
    """Records that agents edit are locked in one order, as by all who take several of them, and their versions rise."""
    kind, values = one.kind, {one.person: person, one.origin: func.coalesce(one.origin, one.person)}
    if hasattr(kind, "version"):
        values[kind.version] = kind.version + 1
        if db.get_bind().dialect.name == "postgresql":
            conditions = [kind.id.in_(select(kind.id).where(*conditions).order_by(kind.id).with_for_update().correlate(None))]
    done: Any = db.execute(update(kind).where(*conditions).values(values), execution_options={"synchronize_session": False})
    return int(done.rowcount)

"""What members of a dynamic selection may be asked for: one line a criterion, each a condition that an index answers on both databases.

A kind of value has its operators (:data:`OPERATORS`). A criterion says what *is there* (``condition``); what is *not* is its contrary. What
lies in packages to our right joins by :func:`offer`, beside its table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, not_, or_, true
from sqlalchemy.orm import Session

from contacts.agent import Agent
from core.clock import now
from core.errors import Refused
from core.i18n import N_
from core.i18n import gettext as _

#: Kind of value → its operators, each with what it is called.
OPERATORS: dict[str, dict[str, str]] = {
    "text": {"contains": N_("contains"), "is": N_("is"), "begins": N_("begins with"), "lacks": N_("does not contain"),
             "filled": N_("is filled in"), "empty": N_("is empty")},
    "choice": {"is": N_("is"), "is_not": N_("is not"), "filled": N_("is filled in"), "empty": N_("is empty")},
    "day": {"within": N_("in the last days"), "older": N_("before the last days"), "after": N_("from this day on"), "before": N_("before this day")},
    "yes": {"yes": N_("yes"), "no": N_("no")},
    "number": {"at_least": N_("at least"), "at_most": N_("at most")},
}
_KNOWN = {"filled": N_("is filled in"), "empty": N_("is empty")}
#: Of the organisation's own fields: a day that may be missing, and a number of any size.
OPERATORS |= {"date": OPERATORS["day"] | _KNOWN, "amount": OPERATORS["number"] | _KNOWN}
DAYS = ("day", "date")
#: Operators without a value, and those that are the contrary of another.
BARE = ("filled", "empty", "yes", "no")
CONTRARY = {"lacks": "contains", "empty": "filled", "is_not": "is", "no": "yes"}
MOST, LONGEST, MOST_DAYS, LARGEST = 20, 200, 36_500, 1e15


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, and when: some criteria are about what an agent sees."""

    db: Session
    by: Agent
    at: datetime


#: Of whoever asks, an operator that is no contrary, and a value of the kind: what has it; ``negated``, where the contrary is meant.
Condition = Callable[[Asking, str, Any, bool], ColumnElement[bool]]
Choices = Callable[[Session], Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion: what it is of, its name in what is stored, what people call it and the group it is listed in."""

    of: str
    name: str
    label: str
    group: str
    kind: str
    condition: Condition
    choices: Choices | None = None


Family = Callable[[Session, str, bool], Sequence[Criterion]]
CRITERIA: dict[tuple[str, str], Criterion] = {}
FAMILIES: list[Family] = []


def offer(*criteria: Criterion) -> None:
    """Let selections go by these."""
    CRITERIA.update({(one.of, one.name): one for one in criteria})


def offer_from(family: Family) -> None:
    """Let selections go by what an organisation has made itself: ``family`` says of which of persons, companies or projects, with ``retired`` also
    what is offered no more."""
    FAMILIES.append(family)


def offered(db: Session, of: str) -> list[Criterion]:
    """What a selection of these may go by, in order."""
    return [one for one in CRITERIA.values() if one.of == of] + [one for family in FAMILIES for one in family(db, of, False)]


def criterion_called(db: Session, of: str, name: str) -> Criterion | None:
    """The criterion of this name; also one that is offered no more, for selections that go by it."""
    return CRITERIA.get((of, name)) or next((one for family in FAMILIES for one in family(db, of, True) if one.name == name), None)


def met(asking: Asking, of: str, criteria: Sequence[Mapping[str, Any]], joined: str = "all") -> ColumnElement[bool]:
    """A condition on persons, companies or projects: those that meet all of the criteria, or any. No criteria are met by nobody."""
    found = [_one(asking, of, row) for row in criteria]
    if not found:
        return false()
    return and_(true(), *found) if joined == "all" else or_(false(), *found)


def checked(db: Session, of: str, criteria: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Criteria as they are stored. Raises Refused with ``criteria.N`` for those that are none."""
    if len(criteria) > MOST:
        raise Refused(_("At most %(most)s criteria.", most=MOST), {"criteria": _("At most %(most)s criteria.", most=MOST)})
    errors: dict[str, str] = {}
    clean = []
    for n, row in enumerate(criteria):
        field, op, value = (str(row.get(name) or "").strip() for name in ("field", "op", "value"))
        if why := _wrong(db, of, field, op, value):
            errors[f"criteria.{n}"] = why
        clean.append({"field": field, "op": op, "value": "" if op in BARE else value})
    if errors:
        raise Refused(N_("Some criteria cannot be understood."), errors)
    return clean


def days_before(asking: Asking, op: str, value: Any) -> tuple[datetime, bool]:
    """The moment an operator of days speaks of, and whether what comes from then on is meant."""
    if op in ("within", "older"):
        return asking.at - timedelta(days=int(value)), op == "within"
    return datetime.combine(date.fromisoformat(value), time(), UTC), op == "after"


def amount(value: str) -> float | None:
    """A number as it is typed, with a comma or a point; None for what is none."""
    try:
        found = float("".join(value.split()).replace(",", "."))
    except ValueError:
        return None
    return found if abs(found) < LARGEST else None


def asking(db: Session, by: Agent) -> Asking:
    """An agent asks now."""
    return Asking(db, by, now())


def _one(asking: Asking, of: str, row: Mapping[str, Any]) -> ColumnElement[bool]:
    criterion = criterion_called(asking.db, of, row["field"])
    if criterion is None or row["op"] not in OPERATORS[criterion.kind]:
        raise Refused(_("A criterion of this selection is not offered any more: %(name)s. Edit the selection.", name=row["field"]))
    contrary = CONTRARY.get(row["op"])
    found = criterion.condition(asking, contrary or row["op"], row["value"], contrary is not None)
    return not_(found) if contrary else found


def _wrong(db: Session, of: str, field: str, op: str, value: str) -> str:
    criterion = criterion_called(db, of, field)
    if criterion is None:
        return _("Choose a field.")
    if op not in OPERATORS[criterion.kind]:
        return _("Choose how to compare.")
    if op in BARE:
        return ""
    if not value or len(value) > LONGEST:
        return _("Give a value.") if not value else _("At most %(most)s characters.", most=LONGEST)
    if criterion.kind in DAYS and op in ("after", "before"):
        return "" if _is_day(value) else _("Write the day like 2026-03-01.")
    if criterion.kind == "amount":
        return "" if amount(value) is not None else _("Give a number.")
    if criterion.kind in (*DAYS, "number"):
        return "" if value.isascii() and value.isdecimal() and int(value[:9]) <= MOST_DAYS and len(value) < 9 else _("Give a whole number.")
    return ""


def _is_day(value: str) -> bool:
    try:
        return 1900 <= date.fromisoformat(value).year < 2200
    except ValueError:
        return False

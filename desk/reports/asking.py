"""The desk's figures of a period: totals, steps for charts, what each mailbox, agent, team, company, language and service level has,
and what the create-or-not policy did. A bounded number of questions, however much there is.

What comes out is plain JSON: the page, the API, a file and a mail show the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from contacts.agent import Agent, Team
from contacts.company import Company, ServiceLevel
from core.errors import Unknown
from core.i18n import N_
from core.options import LANGUAGES, option
from desk.access import visible_mailboxes
from desk.mailboxes import Mailbox
from desk.policy import policy
from desk.reports.figure import DIMENSIONS, OF_INTAKE, OF_TICKETS, Figure
from desk.reports.keeping_up import folded_at
from desk.reports.periods import DAY, Period
from desk.reports.small_cells import Cell, Counts, cells, size
from rules.durations import quantile

#: Values that are customers', of which few tickets are not told.
THEIRS = ("company", "language", "level")
#: Lines of a breakdown; the rest are others.
MOST = 20
#: What a line or a step tells.
TOLD = ("in", "out", "solved", "open", "first_median", "first_90", "solved_median", "solved_90", "kept", "missed")
FLOWS = ("up", "down")
_NET = func.sum(case((Figure.measure == "up", Figure.count), else_=-Figure.count))


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: ``mailboxes`` by id, all that whoever asks sees or some of them; ``agent``: of whom alone figures of agents are told
    (uid), empty for nobody, None for all; ``rules``: whether the policy's rules are told apart."""

    period: Period
    compare: str
    mailboxes: tuple[int, ...]
    agent: str | None = None
    rules: bool = False


def asked_by(db: Session, agent: Agent, period: Period, compare: str = "before", mailboxes: Sequence[str] = ()) -> Asked:
    """What an agent may ask for: of the mailboxes they see (by uid; all where none is named), and figures of no agent but themselves. Admins
    see every agent's, and what each rule of the policy did. Raises Unknown for a mailbox they do not see."""
    seen = {one.uid: one.id for one in visible_mailboxes(db, agent)}
    if set(mailboxes) - set(seen):
        raise Unknown(N_("There is no such mailbox."))
    return Asked(period, compare, tuple(sorted(seen[uid] for uid in dict.fromkeys(mailboxes or seen))), None if agent.admin else agent.uid, agent.admin)


def report(db: Session, asked: Asked) -> dict[str, Any]:
    """The figures, as plain JSON: ``first``, ``last``, ``compared``, ``folded_at``, ``least``, ``mailboxes``, ``totals``, ``steps``,
    ``before``, ``breakdowns`` and ``rules``; durations are minutes."""
    other = asked.period.compared(asked.compare)
    least: int = option(db, "reports.small_cell")
    days = _days(db, asked, other)
    steps = _steps(db, asked, asked.period, days)
    before = _steps(db, asked, other, days, like=asked.period) if other else []
    at: datetime | None = folded_at(db)
    named: dict[int, tuple[str, str]] = {row.id: (row.uid, row.name) for row in db.execute(
        select(Mailbox.id, Mailbox.uid, Mailbox.name).where(Mailbox.id.in_(asked.mailboxes)).order_by(Mailbox.name))}
    return {
        "first": asked.period.first.isoformat(), "last": asked.period.last.isoformat(), "compare": asked.compare,
        "compared": {"first": other.first.isoformat(), "last": other.last.isoformat()} if other else None,
        "folded_at": at.isoformat() if at else None, "least": least,
        "mailboxes": [{"id": uid, "name": name} for uid, name in named.values()],
        "totals": {"now": _total(asked.period, days, steps), "before": _total(other, days, before) if other else None},
        "steps": steps, "before": before, "breakdowns": _breakdowns(db, asked, named, least), "rules": _rules(db, asked)}


Days = Mapping[date, Counts]


def _days(db: Session, asked: Asked, other: Period | None) -> Days:
    """Day → what was counted on it, of both periods."""
    spans = [Figure.day.between(one.first, one.last) for one in (asked.period, other) if one]
    found: dict[date, Counts] = defaultdict(Counter)
    for day, measure, bucket, n in db.execute(select(Figure.day, Figure.measure, Figure.bucket, func.sum(Figure.count)).where(
            Figure.dimension == "total", Figure.measure.in_((*OF_TICKETS, *OF_INTAKE)), Figure.mailbox_id.in_(asked.mailboxes), or_(*spans)).group_by(
            Figure.day, Figure.measure, Figure.bucket)):
        found[day][measure, bucket] = int(n)
    return found


def _steps(db: Session, asked: Asked, period: Period, days: Days, like: Period | None = None) -> list[dict[str, Any]]:
    """Each step of a period with what it tells; ``open`` is at its end."""
    still = int(db.scalar(select(_NET).where(Figure.dimension == "total", Figure.measure.in_(FLOWS), Figure.mailbox_id.in_(asked.mailboxes),
                                             Figure.day < period.first)) or 0)
    steps = []
    for step in period.steps(like):
        counts = _of(days, step)
        still += _count(counts, "up") - _count(counts, "down")
        steps.append({"first": step.first.isoformat(), "last": step.last.isoformat(), **_told(counts, still), **_intake(counts)})
    return steps


def _total(period: Period, days: Days, steps: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    counts = _of(days, period)
    return {**_told(counts, steps[-1]["open"]), **_intake(counts)}


def _of(days: Days, period: Period) -> Counts:
    counts: Counts = Counter()
    for n in range(period.days):
        counts.update(days.get(period.first + n * DAY, {}))
    return counts


def _told(counts: Counts, still: int | None, *, least: int = 1) -> dict[str, Any]:
    """What counts tell. Of fewer than ``least`` durations or promises nothing is told."""
    first, solved = (_histogram(counts, name, least) for name in ("first", "solved"))
    kept, missed = _count(counts, "kept"), _count(counts, "missed")
    enough = kept + missed >= least
    return {"in": _count(counts, "in"), "out": _count(counts, "out"), "solved": _count(counts, "solved"), "open": still,
            "first_median": _minutes(first, .5), "first_90": _minutes(first, .9), "solved_median": _minutes(solved, .5), "solved_90": _minutes(solved, .9),
            "kept": kept if enough else None, "missed": missed if enough else None}


def _intake(counts: Counts) -> dict[str, int]:
    return {measure: _count(counts, measure) for measure in OF_INTAKE}


def _count(counts: Counts, measure: str) -> int:
    return sum(n for (name, _bucket), n in counts.items() if name == measure)


def _histogram(counts: Counts, measure: str, least: int) -> dict[int, int]:
    found = {bucket: n for (name, bucket), n in counts.items() if name == measure}
    return found if sum(found.values()) >= least else {}


def _minutes(histogram: Mapping[int, int], share: float) -> int | None:
    minutes = quantile(histogram, share)
    return None if minutes is None else round(minutes)


def _breakdowns(db: Session, asked: Asked, mailboxes: Mapping[int, tuple[str, str]], least: int) -> dict[str, list[dict[str, Any]]]:
    """Dimension → its lines, the largest first; ``mailbox`` where there are several."""
    wanted = [name for name in DIMENSIONS if name != "agent" or asked.agent != ""]
    by_value, still = _by_value(db, asked, wanted)
    found: dict[str, list[dict[str, Any]]] = {}
    if len(mailboxes) > 1:
        counted, open_ = _by_mailbox(db, asked, mailboxes)
        found["mailbox"] = _lines(counted, dict(mailboxes.values()), open_, 1)
    for dimension in wanted:
        of_it = {value: counts for value, counts in by_value[dimension].items() if dimension != "agent" or asked.agent in (None, value)}
        if any(of_it):
            largest = sorted(of_it, key=lambda value: -size(of_it[value]))[:MOST * 10]
            found[dimension] = _lines(of_it, _names(db, dimension, largest), still[dimension], least if dimension in THEIRS else 1)
    return found


def _by_value(db: Session, asked: Asked, wanted: Sequence[str]) -> tuple[dict[str, dict[str, Counts]], dict[str, dict[str, int]]]:
    """Dimension → value → counts; dimension → value → how many were open at the end."""
    counts: dict[str, dict[str, Counts]] = defaultdict(lambda: defaultdict(Counter))
    still: dict[str, dict[str, int]] = defaultdict(dict)
    here = (Figure.dimension.in_(wanted), Figure.mailbox_id.in_(asked.mailboxes))
    for dimension, value, measure, bucket, n in db.execute(select(
            Figure.dimension, Figure.value, Figure.measure, Figure.bucket, func.sum(Figure.count)).where(
            *here, Figure.measure.in_(OF_TICKETS), Figure.day.between(asked.period.first, asked.period.last)).group_by(
            Figure.dimension, Figure.value, Figure.measure, Figure.bucket)):
        counts[dimension][value][measure, bucket] = int(n)
    for dimension, value, n in db.execute(select(Figure.dimension, Figure.value, _NET).where(
            *here, Figure.measure.in_(FLOWS), Figure.day <= asked.period.last).group_by(Figure.dimension, Figure.value)):
        still[dimension][value] = int(n)
    return counts, still


def _by_mailbox(db: Session, asked: Asked, mailboxes: Mapping[int, tuple[str, str]]) -> tuple[dict[str, Counts], dict[str, int]]:
    counts: dict[str, Counts] = defaultdict(Counter)
    here = (Figure.dimension == "total", Figure.mailbox_id.in_(asked.mailboxes))
    for mailbox, measure, bucket, n in db.execute(select(Figure.mailbox_id, Figure.measure, Figure.bucket, func.sum(Figure.count)).where(
            *here, Figure.measure.in_((*OF_TICKETS, *OF_INTAKE)), Figure.day.between(asked.period.first, asked.period.last)).group_by(
            Figure.mailbox_id, Figure.measure, Figure.bucket)):
        counts[mailboxes[mailbox][0]][measure, bucket] = int(n)
    still = db.execute(select(Figure.mailbox_id, _NET).where(*here, Figure.measure.in_(FLOWS), Figure.day <= asked.period.last).group_by(Figure.mailbox_id))
    return counts, {mailboxes[mailbox][0]: int(n) for mailbox, n in still}


def _lines(found: Mapping[str, Counts], names: Mapping[str, str], still: Mapping[str, int], least: int) -> list[dict[str, Any]]:
    lines = cells(found, names, least=least, most=MOST)
    shown = {cell.value for cell in lines if not cell.others}
    rest = sum(n for value, n in still.items() if value in found and value not in shown)
    return [_line(cell, names, rest if cell.others else still.get(cell.value, 0), least) for cell in lines]


def _line(cell: Cell, names: Mapping[str, str], still: int, least: int) -> dict[str, Any]:
    """``kind``: *value*, *none* (no company, nobody), or *others*, of which ``of`` says how many they are."""
    kind = "others" if cell.others else "value" if cell.value else "none"
    told = dict.fromkeys(TOLD) if cell.hidden else _told(cell.counts, still, least=least)
    intake = {} if cell.hidden else {name: n for name, n in _intake(cell.counts).items() if n}
    return {"kind": kind, "id": cell.value, "name": names.get(cell.value, "") if kind == "value" else "", "of": cell.others, "hidden": cell.hidden, **told, **intake}


def _names(db: Session, dimension: str, values: Iterable[str]) -> dict[str, str]:
    """Value → name, of records that are there; none has an empty one."""
    wanted = [value for value in values if value]
    if dimension == "language":
        return {"": "", **{value: value for value in wanted if value in LANGUAGES or len(value) == 2}}
    table: Any = {"agent": Agent, "team": Team, "company": Company, "level": ServiceLevel}[dimension]
    living = (Company.binned_at.is_(None),) if table is Company else ()
    return {"": "", **dict(db.execute(select(table.uid, table.name).where(table.uid.in_(wanted), *living)).all())}


def _rules(db: Session, asked: Asked) -> list[dict[str, Any]]:
    """What each rule of the policy did, those that did most first."""
    if not asked.rules:
        return []
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for rule, measure, n in db.execute(select(Figure.value, Figure.measure, func.sum(Figure.count)).where(
            Figure.dimension == "rule", Figure.measure.in_(OF_INTAKE), Figure.mailbox_id.in_(asked.mailboxes),
            Figure.day.between(asked.period.first, asked.period.last)).group_by(Figure.value, Figure.measure)):
        found[rule][measure] = int(n)
    ordered = sorted(found, key=lambda rule: (-found[rule].total(), rule))[:MOST * 2]
    numbers = {rule.id: number for number, rule in enumerate(policy(db).rules, start=1)}
    return [{"id": rule, "number": numbers.get(rule, 0), **{measure: found[rule][measure] for measure in OF_INTAKE}} for rule in ordered]

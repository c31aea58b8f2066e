"""What one ticket counts as: events of days, from its messages and what happened to it. Asks no database.

A ticket counts as come in when it was ever open: mail of an archive and spam never are. One that was merged into another is that
other's request, and counts for its answers alone; one that was deleted counts on, and is open no longer. Durations are minutes of the
desk's business hours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from desk.reports.figure import DIMENSIONS
from desk.tickets.ticket import SHELVES
from rules import sla
from rules.durations import bucket
from rules.hours import Hours, worked

OPEN = ("active", "waiting")
#: dimension, measure, day, mailbox, value, bucket
Cell = tuple[str, str, str, int, str, int]


class Said(NamedTuple):
    """A message: when, *in* or *out*, by which agent, whether a machine wrote it."""

    at: datetime
    direction: str
    agent: str = ""
    automatic: bool = False


class Turn(NamedTuple):
    """Something that may open or close it: the fact's kind and data."""

    at: datetime
    kind: str
    data: Mapping[str, Any]


@dataclass(slots=True)
class Story:
    """A ticket as it is counted; ``leaving``: it is forgotten at this moment."""

    created_at: datetime
    closed_at: datetime | None
    moved_at: datetime
    state: str
    binned: bool
    merged: bool
    agent: str
    said: Sequence[Said]
    turns: Sequence[Turn]
    level: sla.Level | None = None
    leaving: datetime | None = None



#: ``[measure, day, bucket, agent uid, n]``, as kept.
Event = tuple[str, str, int, str, int]


def events(story: Story, hours: Hours, at: datetime) -> list[Event]:
    """What the ticket counts as at a moment, in order."""
    counts: Counter[tuple[str, str, int, str]] = Counter()
    zone = ZoneInfo(hours.zone)

    def count(measure: str, moment: datetime, agent: str, minutes: float | None = None) -> None:
        counts[measure, moment.astimezone(zone).date().isoformat(), 0 if minutes is None else bucket(minutes), agent] += 1

    if story.state != "spam":
        for one in story.said:
            if one.direction == "out":
                count("out", one.at, one.agent)
        turns = [] if story.merged else list(_openings(story))
        if turns:
            count("in", story.created_at, story.agent)
            for moment, opens in turns:
                count("up" if opens else "down", moment, story.agent)
            _answered(story, hours, count)
            _promised(story, hours, at, [moment for moment, opens in turns if not opens], count)
            if story.state == "closed" and story.closed_at is not None:
                count("solved", story.closed_at, story.agent, worked(story.created_at, story.closed_at, hours))
    return sorted((*key, n) for key, n in counts.items())


def cells(counted: Any) -> Counter[Cell]:
    """Where a counted ticket stands among the figures: in the total, and once in each dimension."""
    found: Counter[Cell] = Counter()
    for measure, day, number, agent, n in counted.events:
        on = (measure, day, counted.mailbox_id)
        found["total", *on, "", number] += n
        for dimension in DIMENSIONS:
            found[dimension, *on, agent if dimension == "agent" else getattr(counted, dimension), number] += n
    return found


def _openings(story: Story) -> Iterator[tuple[datetime, bool]]:
    """When it became open (True) and ceased to be; nothing for a ticket that never was. What the history does not tell is made up
    for with the moment it was closed, else it last moved."""
    states = [turn for turn in story.turns if turn.kind == "ticket.state"]
    state, binned = states[0].data["before"] if states else _first_state(story), False
    opened = SHELVES.get(state) in OPEN
    if opened:
        yield story.created_at, True
    for turn in story.turns:
        if turn.kind == "ticket.state":
            state = turn.data["after"]
        elif turn.kind == "ticket.binned":
            binned = not turn.data.get("restored")
        now_open = SHELVES.get(state) in OPEN and not binned
        if now_open != opened:
            opened = now_open
            yield turn.at, opened
    is_open = SHELVES[story.state] in OPEN and not story.binned
    if is_open != opened:
        yield story.closed_at or story.moved_at, is_open
        opened = is_open
    if opened and story.leaving is not None:
        yield story.leaving, False


def _first_state(story: Story) -> str:
    """A ticket of which no change is known is as it was; one that was closed later than it came was open before."""
    return "open" if story.state == "closed" and story.closed_at is not None and story.closed_at > story.created_at else story.state


def _answered(story: Story, hours: Hours, count: Any) -> None:
    """The first answer to who wrote first; none where we wrote first."""
    asked = next((one for one in story.said if one.direction == "out" or not one.automatic), None)
    first = next((one for one in story.said if one.direction == "out"), None)
    if asked is not None and first is not None and asked.direction == "in":
        count("first", first.at, first.agent, worked(asked.at, first.at, hours))


def _promised(story: Story, hours: Hours, at: datetime, closings: Sequence[datetime], count: Any) -> None:
    """Each answer that the service level promised: kept, or missed as soon as it is late. What is closed in time owes none any more."""
    if story.level is None:
        return
    due: datetime | None = None
    answered, agent = False, story.agent
    line = sorted([(one.at, 0, one) for one in story.said] + [(moment, 1, None) for moment in closings], key=lambda step: step[:2])
    for moment, _order, one in line:
        if one is not None and one.direction == "in":
            due = sla.due_after(sla.Asked(moment, one.automatic, answered, due), story.level, hours)
            continue
        if due is not None and (one is not None or moment > due):
            kept = moment <= due
            count("kept" if kept else "missed", moment if kept else due, one.agent if one is not None else agent)
        answered, due = answered or one is not None, None
    if due is not None and at > due:
        count("missed", due, agent)


def as_date(day: str) -> date:
    """A day as it is kept among the events."""
    return date.fromisoformat(day)

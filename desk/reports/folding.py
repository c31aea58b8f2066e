"""Folding tickets into the desk's figures: each is counted by the difference to what it was counted as before.

So folding twice equals folding once, a ticket that changed is counted anew wherever its days lie, and what a ticket was counted as
stays when it goes: whoever forgets tickets calls :func:`fold` first, whoever forgets their person :func:`seal`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from contacts.agent import Agent, Team
from contacts.company import Company, ServiceLevel
from contacts.person import Employment, Person, main_on
from core.clock import now
from core.database import take_turns
from core.history import FactRow, FactSubject
from desk.reports.counting import Cell, Said, Story, Turn, as_date, cells, events
from desk.reports.figure import CountedTicket, Figure
from desk.tickets.message import Message
from desk.tickets.promising import hours_of
from desk.tickets.ticket import Ticket
from rules import sla

#: Tickets that are folded together.
LOT = 100
TURNS = ("ticket.state", "ticket.binned")
#: Whoever changes figures takes turns at this name.
TURN = "figures"


def fold(db: Session, tickets: Sequence[Ticket], *, leaving: bool = False) -> None:
    """Count these tickets as they are now. ``leaving``: they are about to be forgotten, so that what is open of them is open no longer.

    The caller holds them, or does not mind that a change of this moment is counted at the next folding.
    """
    for start in range(0, len(tickets), LOT):
        _fold(db, tickets[start:start + LOT], leaving)


def seal(db: Session, tickets: Sequence[Ticket]) -> None:
    """Count tickets whose person is about to be forgotten: company and service level stay as they are, whatever is asked later."""
    fold(db, tickets)
    ids = [one.id for one in tickets]
    for start in range(0, len(ids), LOT):
        for row in db.scalars(select(CountedTicket).where(CountedTicket.ticket_id.in_(ids[start:start + LOT]))):
            row.sealed = True
    db.flush()


def add(db: Session, difference: Mapping[Cell, int]) -> None:
    """Change the figures by so much; cells with nothing in them go."""
    rows: list[dict[str, Any]] = [
        {"dimension": dimension, "measure": measure, "day": as_date(day), "mailbox_id": mailbox, "value": value, "bucket": number, "count": n}
        for (dimension, measure, day, mailbox, value, number), n in sorted(difference.items()) if n]
    if not rows:
        return
    table: Any = Figure.__table__
    adding: Any = (postgresql if db.get_bind().dialect.name == "postgresql" else sqlite).insert(table)
    db.connection().execute(adding.on_conflict_do_update(
        index_elements=list(table.primary_key), set_={"count": table.c.count + adding.excluded.count}), rows)
    fewer = [row for row in rows if row["count"] < 0]
    if fewer:
        names = ("dimension", "measure", "day")
        db.execute(delete(Figure).where(*(getattr(Figure, name).in_({row[name] for row in fewer}) for name in names), Figure.count == 0))


def _fold(db: Session, tickets: Sequence[Ticket], leaving: bool) -> None:
    db.flush()
    take_turns(db, TURN)
    at, hours, around = now(), hours_of(db), _Around(db, tickets)
    zone, difference = ZoneInfo(hours.zone), Counter[Cell]()
    known = {row.ticket_id: row for row in db.scalars(select(CountedTicket).where(CountedTicket.ticket_id.in_(
        [one.id for one in tickets])).execution_options(populate_existing=True))}
    for ticket in tickets:
        row = known.get(ticket.id)
        if row is None:
            row = CountedTicket(ticket_id=ticket.id, mailbox_id=ticket.mailbox_id, team="", company="", language="", level="", events=[])
            db.add(row)
        difference.subtract(cells(row))
        if not (row.sealed and ticket.requester_id is None):
            row.company = around.company_of(ticket, zone)
            row.level = around.level_of(ticket)
        row.mailbox_id, row.team, row.language = ticket.mailbox_id, around.teams.get(ticket.team_id or 0, ""), ticket.language or ""
        counted = events(around.story(ticket, row.level, at if leaving else None), hours, at)
        if counted != [tuple(one) for one in row.events]:
            row.events = [list(one) for one in counted]
        difference.update(cells(row))
    db.flush()
    add(db, difference)


class _Around:
    """All that is to be known about some tickets, asked in as many statements as about one."""

    def __init__(self, db: Session, tickets: Sequence[Ticket]) -> None:
        ids, uids = [one.id for one in tickets], [one.uid for one in tickets]
        people = {one.requester_id for one in tickets if one.requester_id}
        self.agents: dict[int, str] = dict(db.execute(select(Agent.id, Agent.uid)).all())
        self.teams: dict[int, str] = dict(db.execute(select(Team.id, Team.uid)).all())
        self.levels = {one.id: one for one in db.scalars(select(ServiceLevel))}
        self.promises = {one.uid: sla.Level(one.first_answer_minutes, one.next_answer_minutes, one.business_hours) for one in self.levels.values()}
        self.served: dict[int, int | None] = dict(db.execute(select(Person.id, Person.service_level_id).where(Person.id.in_(people))).all())
        self.companies: dict[int, str] = {}
        self.jobs = _jobs(db, people, self.companies)
        self.said = _said(db, ids, self.agents)
        self.turns = _turns(db, uids)

    def company_of(self, ticket: Ticket, zone: ZoneInfo) -> str:
        """Where the requester worked when the ticket came."""
        job = main_on(self.jobs.get(ticket.requester_id or 0, ()), ticket.created_at.astimezone(zone).date())
        return self.companies.get(job.company_id, "") if job is not None else ""

    def level_of(self, ticket: Ticket) -> str:
        """The level the requester is served by."""
        level = self.levels.get(self.served.get(ticket.requester_id or 0) or 0)
        return level.uid if level is not None else ""

    def story(self, ticket: Ticket, level: str, leaving: datetime | None) -> Story:
        """The ticket as it is counted."""
        return Story(ticket.created_at, ticket.closed_at, ticket.moved_at, ticket.state, ticket.binned_at is not None, ticket.merged_into_id is not None,
                     self.agents.get(ticket.assignee_id or 0, ""), self.said.get(ticket.id, ()), self.turns.get(ticket.uid, ()),
                     self.promises.get(level), leaving)


def _jobs(db: Session, people: Iterable[int], companies: dict[int, str]) -> dict[int, list[Employment]]:
    """Where these persons work and worked; the uids of the companies are put down beside."""
    found: dict[int, list[Employment]] = defaultdict(list)
    for job, uid in db.execute(select(Employment, Company.uid).join(Company, Company.id == Employment.company_id).where(
            Employment.person_id.in_(set(people)))):
        found[job.person_id].append(job)
        companies[job.company_id] = uid
    return found


def _said(db: Session, ids: Sequence[int], agents: Mapping[int, str]) -> dict[int, list[Said]]:
    found: dict[int, list[Said]] = defaultdict(list)
    for ticket_id, at, direction, author, automatic in db.execute(select(
            Message.ticket_id, Message.at, Message.direction, Message.author_id, Message.automatic).where(
            Message.ticket_id.in_(ids), Message.direction.in_(("in", "out"))).order_by(Message.ticket_id, Message.at, Message.id)):
        found[ticket_id].append(Said(at, direction, agents.get(author or 0, ""), bool(automatic)))
    return found


def _turns(db: Session, uids: Sequence[str]) -> dict[str, list[Turn]]:
    found: dict[str, list[Turn]] = defaultdict(list)
    for uid, at, kind, data in db.execute(select(FactSubject.subject_uid, FactRow.at, FactRow.kind, FactRow.data).join(
            FactRow, FactRow.id == FactSubject.fact_id).where(FactSubject.subject_uid.in_(uids), FactRow.kind.in_(TURNS)).order_by(
            FactRow.at, FactRow.id)):
        found[uid].append(Turn(at, kind, data))
    return found

"""What the demo desk's figures tell of the months before its first letter: invented, of tickets that are long forgotten."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from types import SimpleNamespace

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Agent, Team
from contacts.company import Company, ServiceLevel
from core.clock import now
from desk.mailboxes import Mailbox
from desk.reports.counting import Cell, cells
from desk.reports.figure import FoldMark
from desk.reports.folding import add, fold
from desk.reports.intake import AGAIN
from desk.reports.keeping_up import keep_up
from desk.tickets.ticket import Ticket
from rules.durations import bucket
from skranke.demo.people import COMPANIES

DAYS = 420
#: Mailbox → tickets of a working day, about.
BUSY = {"kundeservice": 6, "sales": 3, "verksted": 4}
#: Of a hundred strangers: what became of them, in a mailbox that makes persons, and in one that asks.
STRANGERS = {"kundeservice": ("created",) * 8 + ("never", "spam", "set_aside"), "sales": ("created",) * 6 + ("never", "spam"),
             "verksted": ("asked",) * 7 + ("created", "never", "spam", "undone")}


def long_ago(db: Session, boxes: Mapping[str, Mailbox], agents: Mapping[str, Agent]) -> None:
    """Count them. The last days are counted as they are played."""
    lot = random.Random(20)  # noqa: S311 - the same in every demo, not secret
    levels = {row.name: row for row in db.scalars(select(ServiceLevel))}
    companies = {row.name: row.uid for row in db.scalars(select(Company))}
    known = [(companies[one.name], one.language) for one in COMPANIES.values() if one.name in companies]
    team = db.scalars(select(Team.uid).limit(1)).first() or ""
    counts: Counter[Cell] = Counter()
    today = now().date()
    for before in range(DAYS, 2, -1):
        day = today - timedelta(days=before)
        season = 1 + .25 * (before < 60) - .35 * (day.month == 7) - .5 * (day.month == 12 and day.day > 22)
        for key, box in boxes.items():
            busy = BUSY[key] * season * (.12 if day.weekday() > 4 else 1)
            for _ticket in range(max(0, round(lot.gauss(busy, 1.4)))):
                company, language = lot.choices([("", "nb"), *known], [4, *range(2 * len(known), 0, -2)])[0]
                name = lot.choice(["Gold", "Silver", "Silver", "Bronze"]) if company else ""
                agent = lot.choice([agents[one].uid for one in ("nora", "nora", "jonas", "kari", "freja")])
                level = levels.get(name)
                counts.update(cells(SimpleNamespace(
                    mailbox_id=box.id, team=team if key == "verksted" else "", company=company, language=language, level=level.uid if level else "",
                    events=_ticket_events(lot, day, today, agent, level.first_answer_minutes if level else None, before))))
            if before > AGAIN and lot.random() < .6:
                outcome = lot.choice(STRANGERS[key])
                counts["total", outcome, day.isoformat(), box.id, "", 0] += 1
                if outcome != "undone":
                    counts["rule", outcome, day.isoformat(), box.id, {"spam": "spam", "set_aside": "blocked"}.get(outcome, "else"), 0] += 1
    add(db, counts)
    db.add(FoldMark(name="intake"))
    db.flush()


def played(tickets_of: Session) -> None:
    """Count the tickets of the stories as they are now, when each is as old as its story says."""
    fold(tickets_of, tickets_of.scalars(select(Ticket).order_by(Ticket.id)).all())


def up_to_now() -> None:
    """Count what else there is."""
    for _lot in keep_up():
        pass


def _ticket_events(lot: random.Random, day: date, today: date, agent: str, promised: int | None, before: int) -> list[tuple[str, str, int, str, int]]:
    """One ticket: it comes, is answered once or more, and is solved some days later. Things go a little better as time goes on."""
    first = round(lot.lognormvariate(3.9 + before / 900, .9))
    takes = lot.choice([0, 0, 1, 1, 2, 3, 5, 9])
    solved = min(day + timedelta(days=takes), today - timedelta(days=1))
    on = day.isoformat()
    found = [("in", on, 0, agent, 1), ("up", on, 0, agent, 1), ("out", on, 0, agent, 1), ("first", on, bucket(first), agent, 1),
             ("down", solved.isoformat(), 0, agent, 1), ("out", solved.isoformat(), 0, agent, lot.choice([1, 1, 2])),
             ("solved", solved.isoformat(), bucket(first + 20 + takes * 480 * lot.random()), agent, 1)]
    if promised:
        found.append(("kept" if first <= promised else "missed", on, 0, agent, 1))
    return found

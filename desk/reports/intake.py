"""What the create-or-not policy did, folded from the ledger of what came in and from agents' decisions.

The days of the last three weeks are counted anew each time, so that a mail that failed and was read later is counted; what lies
before stays, whatever becomes of the ledger.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from core.clock import now
from core.database import take_turns
from core.operations import Operation
from core.options import option
from desk.inbound import InboundMail
from desk.reports.counting import Cell
from desk.reports.figure import OF_INTAKE, Figure
from desk.reports.folding import TURN, add
from desk.tickets.ticket import Ticket
from desk.tickets.undeciding import KIND, SENDER

#: Days that are counted anew; decisions that can be undone are kept for longer.
AGAIN = 21
OUTCOMES = {"created": "created", "asked": "asked", "none": "never"}
LOT = 5000


def fold_intake(db: Session, *, since: date | None = None) -> None:
    """Count the last days, from ``since`` on where that is given."""
    zone = ZoneInfo(option(db, "desk.timezone"))
    first = since or now().astimezone(zone).date() - timedelta(days=AGAIN)
    begin = datetime(first.year, first.month, first.day, tzinfo=zone)
    counts: Counter[Cell] = Counter()
    for mailbox, rule, outcome, at in (*_mails(db, begin), *_undone(db, begin)):
        day = at.astimezone(zone).date().isoformat()
        counts["total", outcome, day, mailbox, "", 0] += 1
        if rule:
            counts["rule", outcome, day, mailbox, rule, 0] += 1
    take_turns(db, TURN)
    db.execute(delete(Figure).where(Figure.dimension.in_(("total", "rule")), Figure.measure.in_(OF_INTAKE), Figure.day >= first))
    add(db, counts)


def outcome_of(verdict: dict[str, Any]) -> str:
    """What became of a mail that the policy was asked about, as it was counted when the policy was tried; empty for neither."""
    if verdict.get("act") == "set_aside":
        return "set_aside"
    if verdict.get("rule") == "is_spam":
        return "spam"
    return "" if verdict.get("act") == "ignore" else OUTCOMES.get(verdict.get("person", ""), "")


def _mails(db: Session, begin: datetime) -> Iterator[tuple[int, str, str, datetime]]:
    """Mailbox, rule, outcome and moment of each mail that the policy was asked about."""
    for rule in _rules(db):
        rows = db.execute(select(InboundMail.mailbox_id, InboundMail.verdict, InboundMail.received_at).where(
            InboundMail.policy_rule == rule, InboundMail.received_at >= begin, InboundMail.state.in_(("done", "set_aside"))).execution_options(yield_per=LOT))
        for mailbox, verdict, at in rows:
            if outcome := outcome_of(verdict or {}):
                yield mailbox, rule, outcome, at


def _rules(db: Session) -> list[str]:
    """The rules that ever decided, each found by one look into the index."""
    found: list[str] = []
    while (rule := db.scalar(select(func.min(InboundMail.policy_rule)).where(InboundMail.policy_rule > (found[-1] if found else "")))) is not None:
        found.append(rule)
    return found


def _undone(db: Session, begin: datetime) -> list[tuple[int, str, str, datetime]]:
    """Agents' decisions about senders that were taken back."""
    rows = db.execute(select(Operation.given, Operation.ended_at).where(
        Operation.kind.in_((KIND, SENDER)), Operation.state == "undone", Operation.ended_at >= begin)).all()
    tickets = {row.given["tickets"][0]["id"] for row in rows if row.given.get("tickets")}
    mailboxes: dict[int, int] = dict(db.execute(select(Ticket.id, Ticket.mailbox_id).where(Ticket.id.in_(tickets))).all())
    return [(mailboxes[row.given["tickets"][0]["id"]], "", "undone", row.ended_at) for row in rows
            if row.given.get("tickets") and row.given["tickets"][0]["id"] in mailboxes]

"""Two guards against loops: the mark on everything we send, and the budget of automatic mail.

By the mark we know our own mail when it comes back; the budget holds where every header was lost.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from contacts.address import normalise_email
from core.batch import MISSING, defer, recall, remember
from core.clock import now
from core.history import FactRow, FactSubject, record
from core.i18n import sentence
from core.options import option
from core.tokens import digest
from desk.tickets.facts import BreakerOpened
from desk.tickets.message import AutomaticSent
from desk.tickets.ticket import Ticket
from rules.loops import AGENTS_SHARE, WINDOW, Breaker, Spent, judge

log = structlog.get_logger(__name__)

HEADER = "X-Skranke-Loop"
MOST_LOGGED = 10_000


def our_mark(text: str, files: Iterable[str]) -> str:
    """What stands in ``X-Skranke-Loop`` of a mail with this plain text and these files (SHA-256 each).

    It tells nothing, and no other desk writes it. Its first half is ours alone, its second fits this mail alone: who
    writes something of his own under our header has written to us.
    """
    told = "\0".join((words_of(text), *sorted(files)))
    return f"{_desks_mark()}.{digest('loop-content', told)}"


def carries_our_mark(values: Iterable[str], text: str, files: Iterable[str]) -> bool:
    """Whether one of these values of ``X-Skranke-Loop`` says that just this mail left us."""
    return bears_our_mark(values := tuple(values)) and our_mark(text, files) in (value.strip() for value in values)


def bears_our_mark(values: Iterable[str]) -> bool:
    """Whether we wrote one of these values, for whatever mail; another desk's mark is none."""
    return any(value.strip().partition(".")[0] == _desks_mark() for value in values)


def words_of(text: str) -> str:
    """A text without what mail programs change on the way: line ends, spaces, the form of composed characters."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _desks_mark() -> str:
    return digest("loop", "installation")


def within_budget(db: Session, ticket: Ticket, address: str, *, agent: bool = False) -> bool:
    """Whether one more automatic mail on this ticket may go to an address; it is counted if so.

    If not, the breaker is recorded once a while: a fact in the history, and the reason in the ticket's verdict.
    """
    at, who = now(), digest("correspondent", normalise_email(address))
    sent, limit = _sent(db, who, at), option(db, "mail.loop_limit")
    on_ticket = [when for when, on in sent if on == ticket.id] if agent else _to_customers(db, ticket, at)
    breaker = judge(Spent([when for when, _ in sent], on_ticket, limit, agent), at)
    if breaker is None:
        sent.append((at, ticket.id))
        on_ticket.append(at)
        defer(db, _count, {"correspondent": who, "to_agent": agent, "ticket_id": ticket.id, "at": at})
        return True
    _say_once(who, ticket, breaker, at)
    _open(db, ticket, breaker, limit * (AGENTS_SHARE if agent and breaker.scope == "correspondent" else 1))
    return False


def _sent(db: Session, who: str, at: datetime) -> list[tuple[datetime, int | None]]:
    """When automatic mail went to a correspondent within the window, and on which ticket."""
    known: list[tuple[datetime, int | None]] = recall(db, "sent", who)
    if known is MISSING:
        rows = db.execute(select(AutomaticSent.at, AutomaticSent.ticket_id).where(
            AutomaticSent.correspondent == who, AutomaticSent.at > at - WINDOW))
        known = remember(db, "sent", who, [(row.at, row.ticket_id) for row in rows])
    return known


def _to_customers(db: Session, ticket: Ticket, at: datetime) -> list[datetime]:
    """When automatic mail went out on a ticket within the window, to whichever customer."""
    known: list[datetime] = recall(db, "sent_on", ticket.id)
    if known is MISSING:
        known = remember(db, "sent_on", ticket.id, list(db.scalars(select(AutomaticSent.at).where(
            AutomaticSent.ticket_id == ticket.id, AutomaticSent.to_agent.is_(False), AutomaticSent.at > at - WINDOW))))
    return known


def _count(db: Session, rows: list[Any]) -> None:
    db.execute(insert(AutomaticSent), rows)


_said: dict[str, datetime] = {}


def _say_once(who: str, ticket: Ticket, breaker: Breaker, at: datetime) -> None:
    """In the log a breaker opens once per correspondent; what is held back after that is on each ticket."""
    if who in _said and at - _said[who] < WINDOW:
        return
    if len(_said) >= MOST_LOGGED:
        _said.clear()
    _said[who] = at
    log.info("breaker.opened", scope=breaker.scope, ticket=ticket.number)


def _open(db: Session, ticket: Ticket, breaker: Breaker, limit: int) -> None:
    if recall(db, "breaker", ticket.id) is not MISSING:
        return
    remember(db, "breaker", ticket.id, breaker)
    db.flush()
    db.refresh(ticket, with_for_update={"of": Ticket, "key_share": True})
    opened = select(FactRow.id).join(FactSubject, FactSubject.fact_id == FactRow.id).where(
        FactSubject.subject_uid == ticket.uid, FactRow.kind == BreakerOpened.kind, FactRow.at > now() - WINDOW)
    if db.scalar(opened.limit(1)) is None:
        record(db, BreakerOpened(ticket.uid, breaker.scope))
        ticket.verdict = {**ticket.verdict, "breaker": {
            "scope": breaker.scope, "at": now().isoformat(), **sentence(breaker.why, limit=limit)}}
        db.flush()

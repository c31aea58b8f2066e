"""The life of a row of the outbound ledger: claimed, handed over, settled.

Each function is one short transaction of the caller's; between them the mail is composed and spoken with no
transaction open (DESIGN.md section 3). A row whose lease ended while it was handed over is sent again, with the
same Message-ID and the same bytes: at least once, recognisable.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import now
from core.history import record
from core.i18n import N_
from core.i18n import gettext as _
from core.options import option
from desk.outbound import LEASE, OutboundMail, due
from desk.refusals import mark_refused
from desk.tickets.facts import MailFailed
from desk.tickets.ticket import Ticket
from desk.withholding import withheld

AGAIN = N_("An earlier attempt ended without an answer, so this mail may have arrived twice.")
UNSURE = N_("The attempt ended without an answer. The mail may have arrived; a mass mail is not sent twice.")
REFUSED = N_("%(address)s was refused: %(said)s")
POSTPONED = N_("%(address)s has to wait: %(said)s")
RETURNED = N_("Came back: %(said)s")
LONGEST_PAUSE = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt: per recipient the answer, by what it means.

    ``unsure``: the line broke when the mail may already have been taken. ``reason`` is said of the whole mail.
    """

    accepted: Mapping[str, str] = field(default_factory=dict)
    postponed: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    unsure: bool = False


def lanes(db: Session, busy: Collection[int | None], *, at: datetime | None = None) -> list[int | None]:
    """Mailboxes (None: the desk itself) with something due, but for those that are being served."""
    found = db.scalars(select(OutboundMail.mailbox_id).where(*due(at or now())).distinct()).all()
    return [lane for lane in found if lane not in busy]


def claim(db: Session, who: str, lane: int | None, most: int = 20, *, at: datetime | None = None) -> list[int]:
    """Take up to ``most`` mails of one mailbox that are due, oldest first, mass mails after all others; return their ids."""
    at = at or now()
    rows = db.scalars(select(OutboundMail).where(OutboundMail.mailbox_id.is_not_distinct_from(lane), *due(at))
                      .order_by(OutboundMail.mailing_id.is_not(None), OutboundMail.due_at, OutboundMail.id).limit(most)
                      .with_for_update(skip_locked=True, of=OutboundMail)).all()
    claimed = []
    for row in rows:
        if row.state == "handing_over" and row.mailing_id is not None:
            _unsure(row)
            continue
        if row.state == "handing_over":
            row.reason = AGAIN
        row.lease, row.lease_until = who, at + LEASE
        claimed.append(row.id)
    db.flush()
    return claimed


def begin(db: Session, outbound_id: int, who: str, composed: bytes, *, at: datetime | None = None) -> bool:
    """Write down the bytes and that they are being handed over; False when somebody else has the row by now, or it is a mass mail that may
    not go: whatever was shown when it was planned, this is the moment that counts."""
    at = at or now()
    row = _mine(db, outbound_id, who, at)
    if row is None or (row.mailing_id is not None and withheld(db, row, at)):
        return False
    row.state, row.composed, row.attempts = "handing_over", composed, row.attempts + 1
    row.first_tried_at, row.lease_until = row.first_tried_at or at, at + LEASE
    db.flush()
    return True


def recipients_left(row: OutboundMail) -> list[str]:
    """Who has neither got the mail nor been refused for good."""
    return [address for address in row.recipients if row.outcomes.get(address, ["postponed"])[0] == "postponed"]


def settle(db: Session, outbound_id: int, who: str, outcome: Outcome, *, at: datetime | None = None) -> str:
    """Write down what came of it; return the state: sent, deferred, failed, or nothing where the lease was lost.

    A mail is *sent* when one recipient has it and nobody is waited for; whoever was refused is named in its
    reason, and the ticket is told.
    """
    at = at or now()
    row = _mine(db, outbound_id, who, at, lost=True)
    if row is None:
        return ""
    returned = {address: said for address, said in row.outcomes.items() if said[0] == "returned"}
    known = {**row.outcomes, **_written("accepted", outcome.accepted), **_written("refused", outcome.refused),
             **_written("postponed", outcome.postponed), **returned}
    if row.state != "handing_over":
        row.attempts += 1
    if outcome.unsure and row.mailing_id is not None:
        known |= {address: ["unsure", said[1]] for address, said in known.items() if said[0] == "postponed"}
    given_up = _too_old(db, row, at)
    if given_up:
        known = {address: ["refused", said[1]] for address, said in known.items() if said[0] == "postponed"} | {
            address: said for address, said in known.items() if said[0] != "postponed"}
    mark_refused(db, outcome.refused, at)
    row.outcomes, row.first_tried_at = known, row.first_tried_at or at
    row.lease, row.lease_until = "", None
    row.state = _state(row, known)
    row.reason = _reason(row, outcome, known, given_up)
    if row.state == "deferred":
        row.due_at = at + pause(row.attempts)
    elif row.state == "sent":
        row.sent_at = at
    if row.state != "deferred" and any(s[0] == "refused" for s in known.values()):
        _tell_ticket(db, row)
    db.flush()
    return row.state


def copied(db: Session, outbound_id: int, why_not: str) -> None:
    """The copy in the Sent folder is there, or why it is not. Nothing is sent again because of it."""
    row = db.get_one(OutboundMail, outbound_id)
    if why_not:
        row.reason = " ".join(filter(None, (row.reason, why_not)))
    else:
        row.copied_at = now()
    db.flush()


def let_go(db: Session, ids: Sequence[int], who: str) -> None:
    """Give claimed rows back as they were: there was no time for them."""
    for outbound_id in ids:
        row = _mine(db, outbound_id, who, now())
        if row is not None:
            row.lease, row.lease_until = "", None
    db.flush()


def put_off(db: Session, ids: Sequence[int], who: str, reason: str, seconds: float) -> None:
    """Let go of claimed rows that nothing was tried with; the reason tells what has to be put right first.

    Their days are counted from the first time too, so that nothing waits for ever.
    """
    at = now()
    for outbound_id in ids:
        row = _mine(db, outbound_id, who, at)
        if row is None:
            continue
        row.first_tried_at = row.first_tried_at or at
        if _too_old(db, row, at):
            settle(db, outbound_id, who, Outcome(postponed=dict.fromkeys(recipients_left(row), reason), reason=reason), at=at)
        else:
            row.state, row.reason, row.due_at = "deferred", reason, at + timedelta(seconds=seconds)
            row.lease, row.lease_until = "", None
    db.flush()


def pause(attempts: int) -> timedelta:
    """How long to wait after so many attempts: one minute, doubled each time up to two hours, a tenth by chance."""
    seconds = min(60 * 2 ** max(0, min(attempts, 12) - 1), LONGEST_PAUSE.total_seconds())
    return timedelta(seconds=seconds * random.uniform(0.9, 1.1))  # noqa: S311 - spreads load, guards nothing


def _mine(db: Session, outbound_id: int, who: str, at: datetime, *, lost: bool = False) -> OutboundMail | None:
    """The row, locked, while it is ours. ``lost``: also after the lease ended, if nobody else took it."""
    query = select(OutboundMail).where(OutboundMail.id == outbound_id, OutboundMail.lease == who)
    if not lost:
        query = query.where(OutboundMail.lease_until > at)
    return db.scalar(query.with_for_update(of=OutboundMail))


def _unsure(row: OutboundMail) -> None:
    """Nobody knows whether it arrived. Mail to one person goes again; to many, never twice to one address."""
    row.outcomes = row.outcomes | {address: ["unsure", ""] for address in recipients_left(row)}
    row.state, row.reason, row.lease, row.lease_until = "failed", UNSURE, "", None


def _written(state: str, answers: Mapping[str, str]) -> dict[str, list[str]]:
    return {address: [state, answer] for address, answer in answers.items()}


def _too_old(db: Session, row: OutboundMail, at: datetime) -> bool:
    days = option(db, "mail.retry_days")
    return row.first_tried_at is not None and at - row.first_tried_at >= timedelta(days=days)


def _state(row: OutboundMail, known: Mapping[str, list[str]]) -> str:
    states = {known.get(address, ["postponed"])[0] for address in row.recipients}
    if "postponed" in states:
        return "deferred"
    return "sent" if states & {"accepted", "returned"} else "failed"


def _reason(row: OutboundMail, outcome: Outcome, known: Mapping[str, list[str]], given_up: bool) -> str | None:
    """Sentences for the ledger: what went wrong, for whom, and whether the mail may arrive twice."""
    parts = [outcome.reason] if outcome.reason else []
    for state, sentence in (("refused", REFUSED), ("postponed", POSTPONED), ("returned", RETURNED)):
        parts += [sentence % {"address": address, "said": said[1]} for address, said in known.items()
                  if said[0] == state and said[1] != outcome.reason]
    if given_up and row.state == "failed":
        parts.append(_("Given up after %(n)s attempts.", n=row.attempts))
    if outcome.unsure or (row.reason or "").endswith(AGAIN):
        parts.append(UNSURE if row.mailing_id is not None else AGAIN)
    return " ".join(parts) or None


def _tell_ticket(db: Session, row: OutboundMail) -> None:
    ticket = db.get(Ticket, row.ticket_id) if row.ticket_id else None
    if ticket is not None and row.kind != "notification":
        record(db, MailFailed(ticket_uid=ticket.uid, outbound_uid=row.uid), at=now())

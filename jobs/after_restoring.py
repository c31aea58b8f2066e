"""What a desk that was restored from a backup must not do a second time (docs/decisions/backups.md)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.orm import Session

from contacts.agent import Agent
from core.clock import now
from core.database import Database, database
from core.i18n import gettext as _
from core.i18n import speaking
from core.leases import Lease
from core.operations import Operation
from core.options import option
from desk.digesting import Digest
from desk.erasing.asking import PURGE
from desk.holding_mail import hold
from desk.inbound import InboundMail
from desk.mailboxes import Mailbox
from desk.tickets.ticket import Ticket
from jobs import fanout

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Settled:
    """Mails that are held, bulk acts that were paused, other operations that were cancelled, and the number that the next ticket gets."""

    mails: int
    paused: int
    cancelled: int
    next_number: int


def settle(made_at: datetime) -> Settled:
    """Before anything runs on the restored database: what was about to be sent is held, what was being done waits for a word.

    ``made_at`` is when the backup was made. Facts that nobody was told of yet are told first, so that the mails which come of them are held too.
    """
    while fanout.run():
        pass
    made: Database = database()
    with made.write() as db:
        mails = hold(db)
        running = Operation.state.in_(("approved", "running"))
        db.execute(update(Operation).where(running, Operation.kind == PURGE).values(state="approved", lease="", lease_until=None))   # their time is over: it goes on
        others = and_(running, Operation.kind != PURGE)
        paused = db.execute(update(Operation).where(others, Operation.phase != "").values(
            state="paused", lease="", lease_until=None, version=Operation.version + 1))
        cancelled = db.execute(update(Operation).where(others).values(
            state="cancelled", lease="", lease_until=None, ended_at=now(), version=Operation.version + 1))
        db.execute(update(Agent).values(session_version=Agent.session_version + 1))     # a sign-out since is not known: all sign in anew
        db.execute(update(Digest).values(told_at=now()))        # the mail of today may have gone out
        db.execute(update(InboundMail).where(InboundMail.state == "pending").values(lease="", lease_until=None))
        db.execute(delete(Lease))                               # whoever held them is gone with the desk that was
        number = _leave_numbers_out(db, made_at)
    return Settled(mails, _rows(paused), _rows(cancelled), number)


def _leave_numbers_out(db: Session, made_at: datetime) -> int:
    """Give no number again that was given after the backup: whose reply names one would land on somebody else's ticket. The next one.

    How many were given nobody knows: twice as many are left out as the last week before the backup would have taken, and a hundred. A
    closed ticket holds the place, for SQLite counts on from the last one there is.
    """
    mailbox_id = db.scalar(select(Mailbox.id).order_by(Mailbox.id).limit(1))
    last = db.scalar(select(func.max(Ticket.id))) or 0
    if mailbox_id is None:
        return last + 1
    weeks = math.ceil((now() - made_at) / WEEK) or 1
    taken = db.scalar(select(func.count()).select_from(Ticket).where(Ticket.created_at > made_at - WEEK)) or 0
    place = last + 100 + 2 * weeks * taken
    with speaking(option(db, "desk.language")):
        subject = _("The desk was restored from a backup: numbers %(first)s to %(last)s are left out.", first=last + 1, last=place)
    ticket = Ticket(id=place, subject=subject, mailbox_id=mailbox_id, channel="system", moved_at=now(), closed_at=now(), unread=False)
    ticket.enter("closed")
    db.add(ticket)
    db.flush()
    if db.get_bind().dialect.name == "postgresql":
        db.execute(select(func.setval(func.pg_get_serial_sequence("tickets", "id"), place)))
    return place + 1


def _rows(result: object) -> int:
    return int(result.rowcount)  # type: ignore[attr-defined]

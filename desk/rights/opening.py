"""A case is opened: by an agent, from a mail, or because somebody objected to more than marketing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.person import Person
from core.clock import now
from core.database import take_turns
from core.errors import Refused, Unknown
from core.history import record
from core.i18n import N_
from core.options import option
from desk.access import admin_ids, needs_admin
from desk.rights.case import KINDS, RightsCase
from desk.rights.facts import RightsCaseChanged
from desk.rights.writing import write
from desk.tickets.message import Message, Notification
from desk.tickets.ticket import Ticket
from rules.statutory import due_on

LONGEST_PHRASE = 300


def open_case(
    db: Session, kind: str, *, person: Person | None = None, ticket: Ticket | None = None, message: Message | None = None, received: date | None = None,
    phrase: str = "", origin: str = "agent", by: Agent | None = None, acknowledge: bool = True,
) -> RightsCase:
    """Open it; all admins but the one who does are told. The clock starts with the day of receipt: the mail's, else today. ``acknowledge``: whoever
    asked by mail is told that it came and until when they hear. Of one mail there is one case. Raises Refused."""
    if kind not in KINDS:
        raise Refused(N_("Some fields cannot be saved like this."), {"kind": N_("Choose one of the list.")})
    if message is not None:
        take_turns(db, f"rights case of {message.id}")
        standing = db.scalar(select(RightsCase).where(RightsCase.message_id == message.id))
        if standing is not None:
            return standing
    day = received or (local_day(db, message.at) if message else today(db))
    if day > today(db):
        raise Refused(N_("Some fields cannot be saved like this."), {"received": N_("This day is yet to come.")})
    case = RightsCase(kind=kind, person=person, ticket=ticket, message=message, received_at=noon(day), due_at=noon(due_on(day)), phrase=phrase[:LONGEST_PHRASE],
                      origin=origin)
    db.add(case)
    db.flush()
    changed(db, case, "opened", by=by)
    tell_admins(db, case, "rights_new", but=by)
    if acknowledge and ticket is not None:
        write(db, case, "rights_received")
    return case


def case_called(db: Session, uid: str, by: Agent) -> RightsCase:
    """The case with this uid, for an admin. Raises Forbidden, Unknown."""
    needs_admin(by)
    case = db.scalar(select(RightsCase).where(RightsCase.uid == uid))
    if case is None:
        raise Unknown(N_("There is no such case."))
    return case


def changed(db: Session, case: RightsCase, what: str, *, by: Agent | None, changes: Mapping[str, tuple[object, object]] | None = None) -> None:
    """Note it in the history of the case, of its person and its ticket."""
    record(db, RightsCaseChanged(case.uid, what, case.kind, case.ticket.uid if case.ticket else None, case.person.uid if case.person else None),
           by=by.uid if by else None, changes=changes)


def tell_admins(db: Session, case: RightsCase, event: str, *, but: Agent | None = None) -> None:
    """Ring the bell of every admin, but of the one who did it."""
    told = [{"agent_id": one, "subject_uid": case.uid, "event": event, "at": now()} for one in admin_ids(db) if but is None or one != but.id]
    if told:
        db.execute(insert(Notification), told)


def today(db: Session) -> date:
    """The day it is where the desk is."""
    return local_day(db, now())


def local_day(db: Session, at: datetime) -> date:
    """The day a moment is on where the desk is."""
    return at.astimezone(ZoneInfo(option(db, "desk.timezone"))).date()


def noon(day: date) -> datetime:
    """A day as it is kept."""
    return datetime.combine(day, time(12), UTC)

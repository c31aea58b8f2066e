"""Making a report: fold what is new, ask for the figures, print them. A worker does it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from core.errors import Refused
from core.i18n import N_, speaking
from core.operations import Operation, prolong
from core.options import option
from desk.mailboxes import Mailbox
from desk.reports import keeping_up
from desk.reports.asking import Asked, asked_by, report
from desk.reports.keeping import period_asked
from desk.reports.monthly import mail
from desk.reports.printing import pdf_of


def run(db: Session, operation: Operation) -> None:
    """``given``: ``{first, last, compare, mailboxes, language, zone}``, and ``to`` where it is mailed. ``result``: the figures (:func:`desk.reports.asking.report`), ``file``:
    the same as PDF. What the agent may see is asked when it is made."""
    given: dict[str, Any] = operation.given
    db.commit()
    for done, total in keeping_up.keep_up():
        operation.done, operation.total = done, total
        prolong(operation)
        db.commit()
    asked = _asked(db, operation)
    found, desk = report(db, asked), option(db, "desk.name")
    db.commit()
    with speaking(given["language"], given["zone"]):
        printed = pdf_of(found, desk=desk, alone=bool(asked.agent))
    operation.result, operation.file = found, printed
    if given.get("to"):
        mail(db, operation)


def _asked(db: Session, operation: Operation) -> Asked:
    """What whoever asked may see; the desk itself sees all mailboxes, and names no agent."""
    given, period = operation.given, period_asked(operation)
    if operation.by_uid is None:
        return Asked(period, given["compare"], tuple(db.scalars(select(Mailbox.id).order_by(Mailbox.id))), "", rules=True)
    agent = db.scalar(select(Agent).where(Agent.uid == operation.by_uid, Agent.active))
    if agent is None:
        raise Refused(N_("Whoever asked for this report is no agent any more."))
    return asked_by(db, agent, period, given["compare"], given["mailboxes"])

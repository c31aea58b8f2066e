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
from desk.reports import keeping_up
from desk.reports.asking import asked_by, report
from desk.reports.keeping import period_asked
from desk.reports.printing import pdf_of


def run(db: Session, operation: Operation) -> None:
    """``given``: ``{first, last, compare, mailboxes, language, zone}``. ``result``: the figures (:func:`desk.reports.asking.report`), ``file``:
    the same as PDF. What the agent may see is asked when it is made."""
    given: dict[str, Any] = operation.given
    db.commit()
    for done, total in keeping_up.keep_up():
        operation.done, operation.total = done, total
        prolong(operation)
        db.commit()
    agent = db.scalar(select(Agent).where(Agent.uid == operation.by_uid, Agent.active))
    if agent is None:
        raise Refused(N_("Whoever asked for this report is no agent any more."))
    found = report(db, asked_by(db, agent, period_asked(operation), given["compare"], given["mailboxes"]))
    alone, desk = not agent.admin, option(db, "desk.name")
    db.commit()
    with speaking(given["language"], given["zone"]):
        printed = pdf_of(found, desk=desk, alone=alone)
    operation.result, operation.file = found, printed

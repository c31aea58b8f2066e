"""The desk's figures of a period, and reports that are made to be kept."""

from __future__ import annotations

from flask import Response

from core.errors import Unknown
from core.i18n import N_, today
from desk.reports.asking import asked_by, report
from desk.reports.keeping import ask, report_called
from desk.reports.periods import Period, period_of
from desk.web.api.bearer import me
from desk.web.api.finding import visible_mailbox
from desk.web.api.routing import get, post
from desk.web.api.schemas.desk import Operation
from desk.web.api.schemas.reports import Report, ReportAsked
from desk.web.api.shapes.operations import operation
from desk.web.requests import db, ring_after


@get("/reports")
def show(asked: ReportAsked) -> Report:
    """The figures as they are counted up to `folded_at`."""
    return Report.model_validate(report(db(), asked_by(db(), me(), _period(asked), asked.compare, _mailboxes(asked))))


@post("/reports", status=202)
def create(given: ReportAsked) -> Operation:
    """Count what is new, make the figures and print them; the result is the same as above."""
    made = ask(db(), _period(given), given.compare, _mailboxes(given), by=me())
    ring_after("operations")
    return operation(made)


@get("/reports/<uid:uid>.pdf", content="application/pdf")
def printed(uid: str) -> Response:
    """A report that was made, as tagged PDF. `uid` is the operation's."""
    row = report_called(db(), me(), uid)
    if row.state != "done" or not row.file:
        raise Unknown(N_("This report is not made yet."))
    return Response(row.file, mimetype="application/pdf")


def _period(asked: ReportAsked) -> Period:
    return period_of(asked.from_, asked.to, today())


def _mailboxes(asked: ReportAsked) -> list[str]:
    return [visible_mailbox(asked.mailbox, "mailbox").uid] if asked.mailbox else []

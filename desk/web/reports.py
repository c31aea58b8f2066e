"""Reports: the desk's figures of a period on a page and as a file; and reports that are made to be kept and printed."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_login import login_required

from core.errors import Unknown
from core.i18n import N_, today
from desk.reports.asking import Asked, asked_by, report
from desk.reports.keeping import ask, period_asked, report_called
from desk.reports.periods import COMPARISONS, period_of
from desk.reports.rows import csv_of
from desk.web.day_field import typed_day
from desk.web.once import begun_already, taken
from desk.web.pages import page, see_other
from desk.web.presenting import reports as shown
from desk.web.requests import db, ring_after
from desk.web.signing_in import me

bp = Blueprint("reports", __name__, url_prefix="/reports")


@bp.get("")
@login_required
def index() -> Any:
    """The figures of a period: the last thirty days, or ``?from=`` and ``?to=``, with ``?compare=`` and ``?mailbox=``."""
    asked = _asked()
    return page("web/reports/index.html", current="reports", **shown.whole_page(report(db(), asked), asked, me(), request.args.getlist("mailbox")))


@bp.get("/figures.csv")
@login_required
def rows() -> Response:
    """The same as a file for a spreadsheet."""
    asked = _asked()
    answer = Response(csv_of(report(db(), asked)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{shown.file_name(asked.period, "csv")}"'
    return answer


@bp.post("")
@login_required
def create() -> Any:
    """Let a worker make it anew, with all that has happened up to now, to be kept and printed."""
    asked = _asked()
    if taken():
        return begun_already(url_for("reports.index"))
    operation = ask(db(), asked.period, asked.compare, [one for one in request.form.getlist("mailbox") if one], by=me())
    ring_after("operations")
    return see_other(url_for("reports.show", uid=operation.uid))


@bp.get("/made/<uid>")
@login_required
def show(uid: str) -> Any:
    """One that was made, or how far it is."""
    return page("web/reports/show.html", current="reports", **shown.kept_page(report_called(db(), me(), uid), me()))


@bp.get("/made/<uid>/figures.<any(pdf, csv):ending>")
@login_required
def file(uid: str, ending: str) -> Response:
    """The same as a file."""
    operation = report_called(db(), me(), uid)
    if operation.state != "done" or not operation.file:
        raise Unknown(N_("This report is not made yet."))
    content, kind = (operation.file, "application/pdf") if ending == "pdf" else (csv_of(operation.result).encode(), "text/csv")
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{shown.file_name(period_asked(operation), ending)}"'
    return answer


def _asked() -> Asked:
    """What the address asks for. Raises Refused for what is no day, Unknown for a mailbox that the agent does not see."""
    given = request.values
    first, last = (typed_day(given.get(name, "").strip(), name) for name in ("from", "to"))
    compare = given.get("compare", "") if given.get("compare") in COMPARISONS else "before"
    return asked_by(db(), me(), period_of(first, last, today()), compare, [one for one in given.getlist("mailbox") if one])

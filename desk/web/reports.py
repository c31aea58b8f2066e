"""Reports: the desk's figures of a period on a page and as a file."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from flask_login import login_required

from core.i18n import today
from desk.reports.asking import Asked, asked_by, report
from desk.reports.periods import COMPARISONS, period_of
from desk.reports.rows import csv_of
from desk.web.day_field import typed_day
from desk.web.pages import page
from desk.web.presenting import reports as shown
from desk.web.requests import db
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


def _asked() -> Asked:
    """What the address asks for. Raises Refused for what is no day, Unknown for a mailbox that the agent does not see."""
    given = request.values
    first, last = (typed_day(given.get(name, "").strip(), name) for name in ("from", "to"))
    compare = given.get("compare", "") if given.get("compare") in COMPARISONS else "before"
    return asked_by(db(), me(), period_of(first, last, today()), compare, [one for one in given.getlist("mailbox") if one])

"""The page behind the link by which a person gets their privacy report: for whoever has it, for some days, and nothing of the person on it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for

from core.database import database
from core.errors import Refused
from core.i18n import day, speaking
from core.i18n import gettext as _
from core.i18n import language as spoken
from core.options import option
from core.retelling import retell
from desk.privacy import handing
from desk.web.pages import page
from desk.web.privacy_reports import report_file
from desk.web.requests import db

bp = Blueprint("handed_reports", __name__, url_prefix="/your-report/<token>")


@bp.get("")
def show(token: str) -> Any:
    """What there is, until when, and the files."""
    try:
        report = handing.opened(db(), token)
    except Refused as refused:
        return _page(error=retell(refused.sentence)), 410
    with speaking(report.language, option(db(), "desk.timezone")):
        endings = ("zip",) if report.form == "portable" else ("pdf", "json")
        return _page(until=day(report.link_until) if report.link_until else "", files=[
            {"url": url_for("handed_reports.file", token=token, ending=ending), "label": {
                "pdf": _("To read (PDF)"), "json": _("For a program (JSON)"), "zip": _("For another service (zip)")}[ending]} for ending in endings])


@bp.get("/report.<any(pdf, json, zip):ending>")
def file(token: str, ending: str) -> Any:
    """The file."""
    try:
        report = handing.opened(db(), token)
    except Refused as refused:
        return _page(error=retell(refused.sentence)), 410
    answer: Response = report_file(report, ending, complete=True)
    if report.opened_at is None:
        with database().write() as writing:         # the request itself only reads
            handing.note_opened(writing, token)
    return answer


def _page(**told: Any) -> str:
    return page("web/privacy/handed.html", company=option(db(), "desk.name"), title=_("What we hold about you"), language=spoken(),
                **{"error": "", "until": "", "files": [], **told})

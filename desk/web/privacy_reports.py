"""The Privacy page of a person, and the reports that are made of them: for who has the right (S54-S61)."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint, Response, request, url_for
from flask_login import login_required

from contacts.editing import person_called
from core.errors import Refused, Unknown
from core.i18n import N_
from core.i18n import gettext as _
from desk.operating import act_on, operation_for
from desk.privacy import asking, handing
from desk.privacy.document import document, reads_all
from desk.privacy.following import case_of
from desk.privacy.kept import PrivacyReport
from desk.privacy.portable import packed
from desk.web.following import followed
from desk.web.forms import errors_of, posted
from desk.web.once import begun_already, taken
from desk.web.pages import page, see_other
from desk.web.presenting import privacy as shown
from desk.web.presenting.rights import case_line
from desk.web.requests import db, ring_after
from desk.web.signing_in import me

bp = Blueprint("privacy_reports", __name__)
View = TypeVar("View", bound=Callable[..., Any])
KINDS = {"pdf": "application/pdf", "json": "application/json", "zip": "application/zip"}
SETTINGS = {"current": "privacy"}


def by_right(view: View) -> View:
    """Let only those in who may make privacy reports."""
    @wraps(view)
    @login_required
    def guarded(*args: Any, **kwargs: Any) -> Any:
        asking.needs_right(me())
        return view(*args, **kwargs)
    return guarded  # type: ignore[return-value]


@bp.get("/persons/<uid>/privacy")
@by_right
def index(uid: str) -> Any:
    """What the person can ask for, who may be the same, and the reports that are kept."""
    return _index(uid, {}, {})


@bp.post("/persons/<uid>/privacy")
@by_right
def create(uid: str) -> Any:
    """Ask for a report, of the duplicates that are ticked too."""
    if taken():
        return begun_already(url_for("privacy_reports.index", uid=uid))
    given: dict[str, Any] = {"form": posted("form") or "report", "language": posted("language"), "include": request.form.getlist("include")}
    try:
        person = person_called(db(), uid)
        operation = asking.ask(db(), person, **given, case=followed(person), by=me())
    except Refused as refused:
        return _index(uid, given, errors_of(refused)), refused.status
    ring_after("operations")
    return see_other(url_for("privacy_reports.show", uid=operation.given["report"]))


@bp.get("/privacy-reports/<uid>")
@by_right
def show(uid: str) -> Any:
    """One that is made, or how far it is."""
    return _show(_report(uid), {})


@bp.post("/privacy-reports/<uid>/<any(pause, resume, cancel):act>")
@by_right
def update(uid: str, act: str) -> Any:
    """Let the making of it pause, go on, or end."""
    report = _report(uid)
    try:
        act_on(db(), operation_for(db(), me(), report.operation_uid or "", lock=True), act, by=me())
    except Refused as refused:
        return see_other(url_for("privacy_reports.show", uid=uid), said=refused.sentence, kind="late")
    ring_after("operations")
    return see_other(url_for("privacy_reports.show", uid=uid))


@bp.post("/privacy-reports/<uid>/release")
@by_right
def release(uid: str) -> Any:
    """Let what is held back go to the person. For admins."""
    handing.release(db(), _report(uid, lock=True), by=me())
    return see_other(url_for("privacy_reports.show", uid=uid), said=_("It is released."))


@bp.post("/privacy-reports/<uid>/sending")
@by_right
def send(uid: str) -> Any:
    """Send it to an address on the card, as a file or by a link."""
    report = _report(uid, lock=True)
    try:
        mail = handing.send(db(), report, posted("address"), posted("way"), by=me())
    except Refused as refused:
        return _show(report, errors_of(refused)), refused.status
    ring_after("outbound")
    return see_other(url_for("privacy_reports.show", uid=uid), said=_("It is on its way to %(address)s.", address=mail.recipients[0]))


@bp.get("/privacy-reports/<uid>/report.<any(pdf, json, zip):ending>")
@by_right
def file(uid: str, ending: str) -> Response:
    """The report as a file; without what is held back from who asks."""
    report = _report(uid)
    return report_file(report, ending, complete=reads_all(report, me()))


def report_file(report: PrivacyReport, ending: str, *, complete: bool) -> Response:
    """A file of a report that is made. Raises Unknown for one that there is not."""
    if report.made_at is None or (ending == "zip") != (report.form == "portable"):
        raise Unknown(N_("There is no such file."))
    if ending == "pdf":
        content = handing.printed(db(), report, complete=complete)
    else:
        told = document(db(), report, complete=complete)
        content = packed(told, report.summary.get("vcard", "")) if ending == "zip" else json.dumps(told, ensure_ascii=False, indent=1).encode()
    answer = Response(content, mimetype=KINDS[ending])
    answer.headers["Content-Disposition"] = f'attachment; filename="{report.form}-{report.made_at.date().isoformat()}.{ending}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _report(uid: str, *, lock: bool = False) -> PrivacyReport:
    return asking.report_for(db(), me(), uid, lock=lock)


def _index(uid: str, given: dict[str, Any], errors: dict[str, str]) -> str:
    person = person_called(db(), uid)
    return page("web/privacy/index.html", current="persons", settings=SETTINGS, errors=errors, following=case_line(followed(person)), **shown.hub(person, given))


def _show(report: PrivacyReport, errors: dict[str, str]) -> str:
    return page("web/privacy/show.html", current="persons", settings=SETTINGS, errors=errors,
                following=case_line(case_of(db(), report)) if me().admin else None, **shown.report_page(report))

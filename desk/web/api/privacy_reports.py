"""Privacy reports: everything that is held on a person, for who has the right; made by a worker (`operations`)."""

from __future__ import annotations

from flask import Response

from desk.privacy import asking, handing
from desk.privacy.document import reads_all
from desk.web.api.bearer import me
from desk.web.api.finding import the_person
from desk.web.api.routing import get, post
from desk.web.api.schemas.desk import Operation
from desk.web.api.schemas.privacy import PrivacyReportAsked, PrivacyReportSent
from desk.web.api.shapes.operations import operation
from desk.web.privacy_reports import report_file
from desk.web.requests import db, ring_after


@post("/persons/<uid:uid>/privacy-report", status=202, moves=True, refuses=(403,))
def create(uid: str, given: PrivacyReportAsked) -> Operation:
    """Make a report of a person (Art. 15 GDPR), or their portable copy (Art. 20). The operation's result is the report; of one that was asked for as a
    file it names the file."""
    asked = asking.ask(db(), the_person(uid), form="portable" if given.format == "zip" else "report", language=given.language or "",
                       include=given.include, by=me())
    asked.given = asked.given | {"format": given.format}
    ring_after("operations")
    return operation(asked)


@get("/privacy-reports/<uid:uid>.pdf", content="application/pdf", refuses=(403,))
def printed(uid: str) -> Response:
    """A report as tagged PDF, without what is held back from who asks. `uid` is the report's."""
    return _file(uid, "pdf")


@get("/privacy-reports/<uid:uid>.zip", content="application/zip", refuses=(403,))
def packed(uid: str) -> Response:
    """A portable copy."""
    return _file(uid, "zip")


@post("/privacy-reports/<uid:uid>/release", status=204, admin=True)
def release(uid: str) -> None:
    """Let the private notes and locked mails in it go to the person. That it was done is in the history."""
    handing.release(db(), asking.report_for(db(), me(), uid, lock=True), by=me())


@post("/privacy-reports/<uid:uid>/sending", status=204, refuses=(403,))
def send(uid: str, given: PrivacyReportSent) -> None:
    """Send it to an address on the person's card."""
    handing.send(db(), asking.report_for(db(), me(), uid, lock=True), given.address_id, given.way, by=me())
    ring_after("outbound")


def _file(uid: str, ending: str) -> Response:
    report = asking.report_for(db(), me(), uid)
    return report_file(report, ending, complete=reads_all(report, me()))

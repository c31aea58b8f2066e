"""Certificates of erasure: what was certified stays, also when the operation is long gone. For admins."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for
from sqlalchemy import select

from core.errors import Unknown
from core.i18n import N_
from core.i18n import gettext as _
from core.options import LANGUAGES, option
from desk.rights.certificate import Certificate
from desk.rights.printing import pdf_of
from desk.web.forms import whole
from desk.web.pages import page
from desk.web.presenting.times import stamp
from desk.web.requests import db, speak_in
from desk.web.signing_in import admins_only

bp = Blueprint("certificates", __name__, url_prefix="/certificates")
PAGE = 50


@bp.get("")
@admins_only
def index() -> Any:
    """All of them, the latest first."""
    before = whole(request.args.get("before", ""))
    query = select(Certificate) if before is None else select(Certificate).where(Certificate.id < before)
    found = db().scalars(query.order_by(Certificate.id.desc()).limit(PAGE + 1)).all()
    return page("web/rights/certificates.html", current="rights", lines=[
        {"number": one.id, "case": one.content.get("case"), "at": stamp(one.at), "left": bool(one.content.get("left")), "by": one.content.get("approved_by", ""),
         "url": url_for("certificates.show", uid=one.uid)} for one in found[:PAGE]],
        newer=url_for("certificates.index") if before is not None else None, older=url_for("certificates.index", before=found[PAGE - 1].id) if len(found) > PAGE else None)


@bp.get("/<uid>")
@admins_only
def show(uid: str) -> Response:
    """One as PDF, in the reader's language or another (``language``)."""
    found = db().scalar(select(Certificate).where(Certificate.uid == uid))
    if found is None:
        raise Unknown(N_("There is no such certificate."))
    if request.args.get("language") in LANGUAGES:
        speak_in(request.args["language"])
    return Response(pdf_of(found, desk=option(db(), "desk.name")), mimetype="application/pdf", headers={
        "Content-Disposition": f"attachment; filename={_('certificate')}-{found.id}.pdf".encode("ascii", "ignore").decode()})

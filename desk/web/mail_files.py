"""Files of mails that are dropped on a person's tab of e-mails, or chosen there (W67)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required

from contacts.editing import person_called
from core.errors import Refused
from core.i18n import N_, ngettext
from core.i18n import gettext as _
from core.settings import settings
from desk.bringing_mail import bring
from desk.web.pages import see_other
from desk.web.requests import db, ring_after
from desk.web.signing_in import me

bp = Blueprint("mail_files", __name__)


@bp.post("/persons/<uid>/mail-files")
@login_required
def create(uid: str) -> Any:
    """Take them over; a worker files them. Where one is no mail nothing is taken, and the tab says which."""
    person = person_called(db(), uid)
    there = url_for("person_mails.index", uid=person.uid, all=1)
    try:
        new = bring(db(), person, _files(), by=me())
    except Refused as refused:
        return see_other(there, said=_(refused.sentence), kind="late")
    ring_after("inbound")
    return see_other(there, said=ngettext("%(n)s e-mail is taken over and will be here in a moment.",
                                          "%(n)s e-mails are taken over and will be here in a moment.", new) if new
                     else _("All of it was here already."))


def _files() -> list[tuple[str, bytes]]:
    most = settings().smtp_size
    found = [(one.filename or "", one.stream.read(most + 1)) for one in request.files.getlist("files") if one.filename]
    if any(len(raw) > most for _name, raw in found):
        raise Refused(N_("The file is larger than any mail the desk takes."))
    return found

"""Files fetched from elsewhere in the desk: those of a person's e-mails are put among the files of the card (T33c)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required
from sqlalchemy import select

from contacts.editing import person_called
from contacts.file import File
from contacts.files import keep_file
from contacts.person import Person
from core.errors import Refused
from core.i18n import N_, ngettext
from desk.access import attachment_for
from desk.locked_mail import hidden_mail
from desk.tickets.correspondence import Asked, correspondence
from desk.tickets.message import Attachment
from desk.web.contact_files import frame
from desk.web.forms import errors_of
from desk.web.pages import page, see_other
from desk.web.presenting.times import stamp
from desk.web.presenting.words import size
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("mailed_files", __name__, url_prefix="/persons/<uid>/files/mails")
#: Fetched at once; mails looked through for a page.
MOST, MAILS = 50, 100


@bp.get("")
@login_required
def new(uid: str) -> Any:
    """Files of the mails that the agent sees, the latest first."""
    return _page(person_called(db(), uid))


@bp.post("")
@login_required
def create(uid: str) -> Any:
    """Put those that were picked among the card's."""
    person, picked = person_called(db(), uid), list(dict.fromkeys(request.form.getlist("attachment")))[:MOST]
    try:
        if not picked:
            raise Refused(N_("Pick a file first."))
        for one in picked:
            attachment = attachment_for(db(), me(), one)
            keep_file(db(), person, name=attachment.name, kind=attachment.type, size=attachment.size, digest=attachment.digest, by=me(),
                      source="mail")
    except Refused as refused:
        if refused.status != 422:
            raise
        return _page(person_called(db(), uid), errors_of(refused)), refused.status
    return see_other(url_for("contact_files.index", of="persons", uid=person.uid),
                     said=ngettext("%(n)s file was added.", "%(n)s files were added.", len(picked)))


def _page(person: Person, errors: dict[str, str] | None = None) -> str:
    cursor = request.args.get("cursor", "")
    found = correspondence(db(), me(), person, Asked(everything=True), cursor=cursor, limit=MAILS)
    mails = {message.id: message for message in found.messages if not hidden_mail(db(), message)}
    rows = db().scalars(select(Attachment).where(Attachment.message_id.in_(mails), ~Attachment.inline.expression).order_by(
        Attachment.message_id.desc(), Attachment.id)).all()
    there = set(db().scalars(select(File.digest).where(File.person_id == person.id, File.binned_at.is_(None), File.digest.in_(
        [row.digest for row in rows]))))
    lines = [{"uid": row.uid, "name": row.name, "size": size(row.size), "there": row.digest in there, "subject": mails[row.message_id or 0].subject,
              "at": stamp(mails[row.message_id or 0].at), "url": url_for("attachments.show", uid=row.uid)} for row in rows]
    return page("web/persons/mailed_files.html", current="persons", files=lines, errors=errors or {},
                action=url_for("mailed_files.create", uid=person.uid), back_url=url_for("contact_files.index", of="persons", uid=person.uid),
                newer=url_for("mailed_files.new", uid=person.uid) if cursor else None,
                older=url_for("mailed_files.new", uid=person.uid, cursor=found.next) if found.next else None, **frame(person))

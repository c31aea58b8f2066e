"""Files that agents attach: uploaded one by one from the composer, or with the form where there are no scripts."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, request, url_for
from flask_login import login_required
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from core import files
from core.errors import Refused
from core.i18n import N_
from core.i18n import gettext as _
from desk.tickets.message import Attachment
from desk.web.attachments import PICTURES
from desk.web.presenting.words import size
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("files", __name__)
MOST = 20


@bp.post("/files")
@login_required
def create() -> Any:
    """Keep one file for a message that is being written: ``{uid, name, size, url, image}``."""
    given = request.files.get("file")
    if given is None or not given.filename:
        raise Refused(N_("No file came with this."))
    attachment = _keep(given)
    return jsonify(uid=attachment.uid, name=attachment.name, size=size(attachment.size), image=attachment.type in PICTURES,
                   url=url_for("attachments.show", uid=attachment.uid)), 201


def posted_files() -> list[str]:
    """Uids of what a composer's form carries: uploaded before, or with the form itself."""
    given = [one for one in request.files.getlist("files") if one.filename]
    if len(given) > MOST:
        raise Refused(_("At most %(most)s files at once.", most=MOST))
    return [*request.form.getlist("attachments")[:50], *(_keep(one).uid for one in given)]


def _keep(given: FileStorage) -> Attachment:
    """Write the bytes, with no transaction open meanwhile, then the row.

    The upload stands by itself: where what it came with is refused, it waits on the page for the next try, and is
    forgotten after two days.
    """
    content, agent_id = given.stream.read(), me().id
    session: Session = db()
    session.commit()
    digest = files.put(content)
    attachment = Attachment(uploaded_by_id=agent_id, name=_name(given), type=(given.mimetype or "application/octet-stream")[:120],
                            size=len(content), digest=digest)
    session.add(attachment)
    session.commit()
    return attachment


def _name(given: FileStorage) -> str:
    """The base name without signs that hide what it is."""
    base = (given.filename or "").replace("\\", "/").rpartition("/")[2]
    clean = "".join(c for c in base if c.isprintable() and c not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    return clean.strip(" .")[:150] or _("file")

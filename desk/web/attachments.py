"""Files of messages: pictures are shown, everything else is inert and downloaded.

A mail's frame names its pictures by signed addresses that are good for an hour, so that the frame needs no
cookie; everybody else is asked who they are.
"""

from __future__ import annotations

import io
import time
from typing import Any

from flask import Blueprint, request, send_file, url_for
from flask_login import current_user, login_required
from sqlalchemy import select

from core import files
from core.errors import Unknown
from core.i18n import N_
from core.tokens import sign, signed
from desk.access import attachment_for
from desk.locked_mail import is_sealed, locked_for_others
from desk.tickets.message import Attachment, Message
from desk.web.forms import whole
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("attachments", __name__)

#: Types a browser may show in place. No SVG: it carries scripts.
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"})
#: Types that are named as what they are when downloaded; any other is just bytes.
KNOWN = PICTURES | {
    "application/pdf", "application/zip", "text/plain", "text/csv", "text/calendar", "message/rfc822",
    "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet"}
HOUR = 3600


@bp.get("/attachments/<uid>")
@login_required
def show(uid: str) -> Any:
    """A file of a ticket the agent sees: a picture in place, anything else as a download."""
    return _send(attachment_for(db(), me(), uid))


@bp.get("/attachments/<uid>/picture")
def picture(uid: str) -> Any:
    """A picture in a mail's frame, by its signed address."""
    until = request.args.get("until", "")
    good = (end := whole(until)) is not None and end > time.time() and signed("picture", f"{uid}.{until}", request.args.get("sign", ""))
    attachment = db().scalar(select(Attachment).where(Attachment.uid == uid)) if good else None
    if attachment is None or attachment.type not in PICTURES or not _may_show(attachment):
        raise Unknown(N_("This picture is not there, or its address is no longer good. Load the ticket again."))
    return _send(attachment)


def _may_show(attachment: Attachment) -> bool:
    """Of locked mail, pictures show to whoever is signed in and reads it; else the address alone is enough."""
    message = db().get_one(Message, attachment.message_id) if attachment.message_id else None
    return message is None or not locked_for_others(db(), message.ticket) or (
        current_user.is_authenticated and not is_sealed(db(), message.ticket_id))


def picture_url(uid: str) -> str:
    """The signed address of a picture, good for one to two hours; the same within an hour, so that it is cached."""
    until = (int(time.time()) // HOUR + 2) * HOUR
    return url_for("attachments.picture", uid=uid, until=until, sign=sign("picture", f"{uid}.{until}", length=26))


def known_type(attachment: Attachment) -> str:
    """The type it is given out as."""
    return named_type(attachment.type)


def named_type(given: str) -> str:
    """A type that is no danger to name; any other is just bytes."""
    return given if given in KNOWN else "application/octet-stream"


def content_of(attachment: Attachment) -> bytes:
    """The bytes of a file, read when no transaction is open: the store may take its time. Raises Unknown."""
    return kept_under(attachment.digest)


def kept_under(digest: str) -> bytes:
    """The same of any file by its digest."""
    db().rollback()
    try:
        return files.get(digest)
    except FileNotFoundError as error:
        raise Unknown(N_("The contents of this file are no longer kept.")) from error


def inert(digest: str, name: str, kind: str) -> Any:
    """A file as a download, which no browser opens in place. Raises Unknown where its bytes are gone."""
    response = send_file(io.BytesIO(kept_under(digest)), mimetype=named_type(kind), as_attachment=True, download_name=name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _send(attachment: Attachment) -> Any:
    kind, name, inline = known_type(attachment), attachment.name, attachment.type in PICTURES
    response = send_file(io.BytesIO(content_of(attachment)), mimetype=kind, as_attachment=not inline, download_name=name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response

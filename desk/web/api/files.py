"""Files for messages to come, and the files and sources of messages that are there."""

from __future__ import annotations

import io
from typing import NamedTuple

from flask import Response, request, send_file
from sqlalchemy import select
from sqlalchemy.orm import undefer
from werkzeug.datastructures import FileStorage

from core import files
from core.errors import Refused, Unknown
from core.i18n import N_
from core.i18n import gettext as _
from desk.access import attachment_for, message_for, visible_mailbox_ids
from desk.inbound import InboundMail, raw_of
from desk.locked_mail import needs_reading
from desk.outbound import OutboundMail
from desk.tickets.message import Attachment, Delivery, Message
from desk.web.api.bearer import me
from desk.web.api.routing import get, post
from desk.web.api.schemas.tickets import NewFile
from desk.web.attachments import content_of, known_type
from desk.web.filenames import safe_name
from desk.web.presenting.masking import masked_in
from desk.web.requests import db


class Upload(NamedTuple):
    """A file as it came: its bytes are kept already, before any transaction opens."""

    name: str
    type: str
    size: int
    digest: str


def uploaded() -> Upload:
    """The one file of a multipart request, whatever its field is called."""
    given = given_file()
    content = given.stream.read()
    return Upload(safe_name(given.filename or ""), (given.mimetype or "application/octet-stream")[:120], len(content),
                  files.put(content))


def given_file() -> FileStorage:
    """The file itself. Raises Refused where there is none, or more than one: none is passed over silently."""
    given = [one for _name, one in request.files.items(multi=True) if one.filename]
    if not given:
        raise Refused(N_("No file came with this."), {"file": _("Send it as multipart/form-data, with a name.")})
    if len(given) > 1:
        raise Refused(N_("Several files came with this."), {"file": _("Send one at a time.")})
    return given[0]


@post("/files", status=201, upload=uploaded)
def create(given: Upload) -> NewFile:
    """Keep a file for a reply, a note or a new ticket; unused, it is forgotten after two days."""
    row = Attachment(uploaded_by_id=me().id, name=given.name, type=given.type, size=given.size, digest=given.digest)
    db().add(row)
    db().flush()
    return NewFile(id=row.uid, name=row.name, type=row.type, size=row.size, sha256=row.digest)


@get("/attachments/<uid:uid>", content="*/*")
def show(uid: str) -> Response:
    """The bytes of a file."""
    attachment = attachment_for(db(), me(), uid)
    kind, name = known_type(attachment), attachment.name
    return _sent(content_of(attachment), kind, name)


@get("/messages/<uid:uid>/raw", content="message/rfc822")
def raw(uid: str) -> Response:
    """The mail as it came, or as it went out."""
    message = message_for(db(), me(), uid)
    needs_reading(db(), message.ticket_id)
    if masked_in([message], message.ticket.requester_id if message.ticket else None):
        raise Refused(N_("A deleted person has a part in this mail. Its source can be read when the person is restored."))
    return _sent(_source(message), "message/rfc822", f"mail-{message.ticket_id}-{message.id}.eml")


def _source(message: Message) -> bytes:
    rows = db().execute(select(InboundMail.id, InboundMail.mailbox_id).join(
        Delivery, Delivery.inbound_id == InboundMail.id).where(Delivery.message_id == message.id).order_by(InboundMail.id)).all()
    if rows:
        visible = visible_mailbox_ids(db(), me())
        try:
            return raw_of(db(), next((row.id for row in rows if row.mailbox_id in visible), rows[0].id))
        except Refused as error:
            raise Unknown(error.sentence) from error
    sent = db().scalar(select(OutboundMail).where(OutboundMail.message_id == message.id, OutboundMail.kind.in_(
        ("reply", "forward"))).options(undefer(OutboundMail.composed)).limit(1))
    if sent is None or sent.composed is None:
        raise Unknown(N_("There is no source: this was not a mail, or it has not been sent yet."))
    return sent.composed


def _sent(content: bytes, kind: str, name: str) -> Response:
    response = send_file(io.BytesIO(content), mimetype=kind, as_attachment=True, download_name=name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response

"""Messages by themselves: the frame that shows a mail's HTML, and the source as it came."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_login import login_required
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import undefer

from core.errors import Refused
from core.i18n import N_
from core.i18n import gettext as _
from desk.access import message_for, visible_mailbox_ids
from desk.inbound import InboundMail, raw_of
from desk.locked_mail import needs_reading
from desk.outbound import OutboundMail
from desk.tickets.forwarding import original_of
from desk.tickets.message import Delivery, Message
from desk.web.pages import page
from desk.web.presenting.frames import frame, shown_here
from desk.web.presenting.links import trace_url
from desk.web.presenting.masking import masked_in
from desk.web.presenting.times import stamp
from desk.web.presenting.words import size
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("messages", __name__)
SHOWN = 200_000
SANDBOX = "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"


@bp.get("/messages/<uid>/html")
@login_required
def html(uid: str) -> Response:
    """The HTML of a mail, for its frame: no script, no form, nothing fetched from elsewhere but pictures when asked."""
    message = message_for(db(), me(), uid)
    images = request.args.get("images") == "1"
    return _framed(message, frame(message, part=request.args.get("part", ""), images=images), images=images)


@bp.get("/messages/<uid>/original")
@login_required
def original(uid: str) -> Response:
    """A message as it goes along with a forward, for its frame."""
    message = message_for(db(), me(), uid)
    return _framed(message, shown_here(original_of(message)))


def _framed(message: Message, body: Markup, *, images: bool = False) -> Response:
    response = Response(render_template("web/tickets/frame.html", body=body, language=message.ticket.language or ""))
    pictures = "data: 'self' https:" if images else "data: 'self'"
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; img-src {pictures}; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors 'self'; {SANDBOX}")
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@bp.get("/messages/<uid>/source")
@login_required
def raw(uid: str) -> Any:
    """The mail as it came or went: a page that shows its beginning, or with ``download`` all of it."""
    message = message_for(db(), me(), uid)
    needs_reading(db(), message.ticket_id)
    if masked_in([message], message.ticket.requester_id if message.ticket else None):
        raise Refused(N_("A deleted person has a part in this mail. Its source can be read when the person is restored."))
    source, came = _source(message)
    if request.args.get("download"):
        response = Response(source, mimetype="text/plain; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="mail-{message.ticket_id}-{message.id}.eml"'
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response
    shown = {"title": message.subject or message.ticket.subject or _("(no subject)"), "at": stamp(message.at),
             "size": size(len(source)), "back_url": url_for("tickets.show", number=message.ticket_id) + f"#m-{uid}",
             "download_url": url_for("messages.raw", uid=uid, download=1),
             "trace_url": trace_url(came.uid) if came and me().admin else None}
    return page("web/tickets/raw.html", message=shown, cut=len(source) > SHOWN,
                source=source[:SHOWN].decode("utf-8", "replace"))


def _source(message: Message) -> tuple[bytes, InboundMail | None]:
    """The bytes, of the delivery to a mailbox the agent sees where there are several, and their ledger row."""
    rows = db().scalars(select(InboundMail).join(Delivery, Delivery.inbound_id == InboundMail.id).where(
        Delivery.message_id == message.id).order_by(InboundMail.id)).all()
    if rows:
        visible = visible_mailbox_ids(db(), me())
        row = next((r for r in rows if r.mailbox_id in visible), rows[0])
        return raw_of(db(), row.id), row
    sent = db().scalar(select(OutboundMail).where(OutboundMail.message_id == message.id, OutboundMail.kind.in_(
        ("reply", "forward"))).options(undefer(OutboundMail.composed)).limit(1))
    if sent is None or sent.composed is None:
        raise Refused(N_("There is no source: this was not a mail, or it has not been sent yet."))
    return sent.composed, None

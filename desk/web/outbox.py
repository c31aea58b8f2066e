"""What a demo desk would have sent: caught, shown as its reader would see it. There is no such page elsewhere."""

from __future__ import annotations

import re
from base64 import b64encode
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_login import login_required
from markupsafe import Markup
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import undefer

from core.errors import Unknown
from core.i18n import N_
from core.i18n import gettext as _
from core.settings import settings
from desk.access import visible_mailbox_ids
from desk.locked_mail import sealed_for_reader
from desk.outbound import OutboundMail
from desk.web.forms import whole
from desk.web.inbound import source
from desk.web.outbound import KINDS
from desk.web.pages import page
from desk.web.presenting.times import stamp
from desk.web.presenting.words import size
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("outbox", __name__, url_prefix="/outbox")
PAGE = 50
SHOWN = ("Message-ID", "In-Reply-To", "References", "Reply-To", "Auto-Submitted", "List-Unsubscribe")
FRAME = ("default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
         "frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox")
_CID = re.compile(r"""(["'])cid:([^"']+)\1""")


@bp.get("")
@login_required
def index() -> Any:
    """Those the agent may see, newest first."""
    _demo_only()
    before = whole(request.args.get("before", ""))
    rows = db().scalars(select(OutboundMail).where(_mine(), OutboundMail.composed.is_not(None), *(
        [OutboundMail.id < before] if before else [])).order_by(OutboundMail.id.desc()).limit(PAGE + 1)).all()
    return page("web/outbox/index.html", mails=[_line(row) for row in rows[:PAGE]],
                newer=url_for("outbox.index") if before else None,
                older=url_for("outbox.index", before=rows[PAGE - 1].id) if len(rows) > PAGE else None)


@bp.get("/<uid>")
@login_required
def show(uid: str) -> Any:
    """One of them."""
    row, mail = _mail(uid)
    html, plain = mail.get_body(("html",)), mail.get_body(("plain",))
    files = [{"name": part.get_filename() or _("(without a name)"), "size": size(len(part.get_payload(decode=True) or b""))}
             for part in mail.iter_attachments()]
    shown = _line(row) | {
        "cc": str(mail["Cc"] or ""), "html_url": url_for("outbox.html", uid=uid) if html is not None else None,
        "text": plain.get_content() if plain is not None else "", "files": files,
        "headers": [(name, str(mail[name])) for name in SHOWN if mail[name]],
        "raw_url": url_for("outbox.raw", uid=uid), "download_url": url_for("outbox.raw", uid=uid, download=1),
        "ticket": row.ticket_id, "ticket_url": url_for("tickets.show", number=row.ticket_id) if row.ticket_id else ""}
    return page("web/outbox/show.html", mail=shown)


@bp.get("/<uid>/html")
@login_required
def html(uid: str) -> Response:
    """The HTML of it, for its frame."""
    _row, mail = _mail(uid)
    body = mail.get_body(("related", "html"))
    found = mail.get_body(("html",))
    text = found.get_content() if found is not None else ""
    pictures = {part["Content-ID"].strip("<>"): part for part in (body.walk() if body is not None else ()) if part["Content-ID"]}
    text = _CID.sub(lambda hit: f'{hit[1]}{_picture(pictures.get(hit[2]))}{hit[1]}', text)
    response = Response(render_template("web/tickets/frame.html", body=Markup(text), language="", alone=True))  # noqa: S704 - its own CSP
    response.headers["Content-Security-Policy"] = FRAME
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@bp.get("/<uid>/source")
@login_required
def raw(uid: str) -> Response:
    """The bytes."""
    row, _parsed = _mail(uid)
    return source(row.composed or b"", f"out-{uid}.eml")


def _line(row: OutboundMail) -> dict[str, Any]:
    return {"url": url_for("outbox.show", uid=row.uid), "at": stamp(row.created_at), "at_iso": row.created_at.isoformat(),
            "from": row.mailbox.name if row.mailbox else _("The desk itself"), "to": ", ".join(row.recipients),
            "subject": row.subject or _subject(row), "kind": _(KINDS.get(row.kind, row.kind))}


def _subject(row: OutboundMail) -> str:
    """A ticket's answer has its subject in its composed form alone."""
    return str(message_from_bytes((row.composed or b"")[:20_000], policy=policy.default)["Subject"] or "")


def _mail(uid: str) -> tuple[OutboundMail, EmailMessage]:
    _demo_only()
    row = db().scalar(select(OutboundMail).where(OutboundMail.uid == uid, _mine()).options(undefer(OutboundMail.composed)))
    if row is None or row.composed is None:
        raise Unknown(N_("There is no such mail in the outbox."))
    return row, message_from_bytes(row.composed, policy=policy.default)


def _mine() -> ColumnElement[bool]:
    """Mail of mailboxes the agent sees, what went to the agent, and for admins the desk's own."""
    own = OutboundMail.agent_id == me().id
    seen = OutboundMail.mailbox_id.in_(visible_mailbox_ids(db(), me()))
    mine = or_(seen, own, OutboundMail.mailbox_id.is_(None)) if me().admin else or_(
        own, seen & (OutboundMail.kind != "notification"))
    sealed = sealed_for_reader(db()).tickets
    return mine & or_(OutboundMail.ticket_id.is_(None), OutboundMail.ticket_id.not_in(sealed)) if sealed else mine


def _picture(part: MIMEPart | None) -> str:
    if part is None or part.get_content_maintype() != "image":
        return ""
    content: bytes = part.get_payload(decode=True) or b""  # type: ignore[assignment]
    return f"data:{part.get_content_type()};base64,{b64encode(content).decode()}"


def _demo_only() -> None:
    if not settings().demo:
        raise Unknown(N_("There is no such page."))

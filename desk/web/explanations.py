"""Explaining a mail: a file is read as if it came in, every step is shown, and nothing is kept of it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from sqlalchemy import select

from core import operations
from core.errors import Refused, Unknown
from core.i18n import N_
from core.i18n import gettext as _
from core.operations import Operation
from core.settings import settings
from desk.mailboxes import all_mailboxes
from desk.saving_mailboxes import mailbox_with_uid
from desk.web.forms import errors_of, posted
from desk.web.pages import page, see_other
from desk.web.presenting.explaining import parts
from desk.web.presenting.words import said
from desk.web.requests import db, ring_after
from desk.web.signing_in import admins_only, me

bp = Blueprint("explanations", __name__, url_prefix="/settings/explain")


@bp.get("")
@admins_only
def new() -> Any:
    """The form for the file."""
    return _show()


@bp.post("")
@admins_only
def create() -> Any:
    """Give the file to a worker: the web itself reads no mail."""
    try:
        operation = _begin()
    except Refused as refused:
        return _show(errors=errors_of(refused)), refused.status
    ring_after("operations")
    return see_other(url_for("explanations.show", uid=operation.uid))


@bp.get("/<uid>")
@admins_only
def show(uid: str) -> Any:
    """What came out, or that it is not known yet."""
    operation = db().scalar(select(Operation).where(Operation.uid == uid, Operation.kind == "mail.explain"))
    if operation is None:
        raise Unknown(N_("This explanation is no longer kept. Give the file again."))
    return _show(operation)


def _begin() -> Operation:
    file = request.files.get("file")
    raw = file.read(settings().smtp_size + 1) if file else b""
    if not raw:
        raise Refused(N_("There is nothing to explain."), {"file": N_("Choose the file of a mail (.eml).")})
    if len(raw) > settings().smtp_size:
        raise Refused(N_("The file is larger than any mail the desk takes."), {"file": N_("Choose a smaller file.")})
    mailbox = mailbox_with_uid(db(), posted("mailbox")) if posted("mailbox") else None
    operation = operations.start(db(), "mail.explain", {"mailbox": mailbox.address if mailbox else ""}, by=me().uid)
    operation.file = raw
    db().flush()
    return operation


def _show(operation: Operation | None = None, errors: dict[str, str] | None = None) -> str:
    running = operation is not None and operation.state in ("approved", "running")
    shown = parts(operation.result.get("lines", [])) if operation is not None and operation.state == "done" else []
    failed = said(operation.reason) if operation is not None and operation.state in ("failed", "cancelled") else ""
    mailboxes = [("", _("The one it is addressed to"))] + [(m.uid, m.name) for m in all_mailboxes(db()) if m.active]
    return page("web/settings/explain.html", settings={"current": "explain"}, running=running, parts=shown, failed=failed,
                mailboxes=mailboxes, errors=errors or {}, url=request.path)

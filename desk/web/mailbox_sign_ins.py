"""Signing a mailbox in at Microsoft or Google: the admin is sent there, and comes back with a code for a worker."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, make_response, request, session, url_for
from flask_login import current_user

from core.database import database
from core.errors import Refused
from core.i18n import gettext as _
from core.queue import ring
from core.settings import settings
from desk.authorizing import CALLBACK, NAMES, signer
from desk.mailbox_sign_ins import ANSWER, begin, come_back
from desk.saving_mailboxes import mailbox_with_uid
from desk.web.forms import errors_of
from desk.web.mailboxes import save_form, show_form
from desk.web.pages import page, see_other
from desk.web.requests import db
from desk.web.signing_in import admins_only, me

bp = Blueprint("mailbox_sign_ins", __name__)


@bp.post("/settings/mailboxes/<uid>/sign-in")
@admins_only
def create(uid: str) -> Any:
    """Save the mailbox, then go on to the provider's page.

    By a page that refreshes itself, not by 303: browsers hold every redirect after a form against our policy's
    ``form-action``, those at the provider too.
    """
    mailbox = mailbox_with_uid(db(), uid)
    try:
        save_form(mailbox)
        target = begin(db(), mailbox, session.setdefault("browser", secrets.token_urlsafe(16)), by=me())
    except Refused as refused:
        return show_form(mailbox, errors_of(refused)), refused.status
    response = make_response(page("web/settings/mailboxes/leaving.html", target=target, account=signer(mailbox),
                                  provider=NAMES[mailbox.oauth_provider]))
    response.headers["Refresh"] = f"0; url={target}"
    return response


@bp.get(CALLBACK)
def show() -> Any:
    """Back from the provider. Nobody's code is carried along to the page for signing in."""
    if current_user.is_authenticated:
        return _come_back()
    return see_other(url_for("sessions.new", next=url_for("mailboxes.index")), kind="heed", said=_(
        "The provider sent you back to %(url)s, where you are not signed in. Sign in here, then begin again on the "
        "mailbox’s page.", url=settings().url))


@admins_only
def _come_back() -> Any:
    """Keep what the provider answered, in a transaction of its own (this is a GET), and follow what a worker makes of it."""
    try:
        with database().write() as own:
            operation = come_back(own, request.args.get("state", ""), session.get("browser", ""),
                                  {name: request.args.get(name, "") for name in ANSWER}, by=me())
    except Refused as refused:
        uid = refused.more.get("mailbox")
        target = url_for("mailboxes.edit", uid=uid) if uid else url_for("mailboxes.index")
        return see_other(target, said=_(refused.sentence), kind="late")
    ring("operations")
    return see_other(url_for("mailboxes.edit", uid=operation.given["mailbox"], operation=operation.uid))

"""A mailbox's sign-in at its provider as its form shows it, and what came of one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from core.i18n import gettext as _
from core.operations import Operation
from core.settings import settings
from desk.authorizing import redirect_address
from desk.mailboxes import Mailbox, MailboxToken
from desk.web.presenting.words import said
from desk.web.requests import db


def sign_in_of(mailbox: Mailbox) -> dict[str, Any]:
    """How it stands: ``kind`` and ``text``; the address to register, and whether providers take it as it is."""
    kind, text = _standing(mailbox)
    parts = urlsplit(settings().url)
    return {"kind": kind, "text": text, "redirect": redirect_address(),
            "unfit": parts.scheme != "https" and parts.hostname != "localhost"}


def signed_in(operation: Operation) -> list[dict[str, str]]:
    """What came of a sign-in, or that it is not known yet."""
    if operation.state in ("approved", "running"):
        return [{"step": _("Running"), "kind": "", "text": _("The provider is being asked. This takes a few seconds.")}]
    if operation.state != "done":
        return [{"step": _("Not signed in"), "kind": "late", "text": said(operation.reason)}]
    return [{"step": _("Signed in"), "kind": "sure", "text": _(
        "as %(account)s. Reading and sending go by this account from now on; test the connection to see that both work.",
        account=operation.result.get("account", ""))}]


def _standing(mailbox: Mailbox) -> tuple[str, str]:
    token = db().get(MailboxToken, mailbox.id) if mailbox.id else None
    if token is not None and token.refused:
        return "late", _("The provider no longer accepts the desk. Sign in again.")
    if not mailbox.oauth_refresh:
        return "", _("Nobody has signed in yet.")
    if not mailbox.oauth_signed_in:
        return "sure", _("A refresh token was pasted.")
    return "sure", _("Signed in as %(account)s.", account=mailbox.oauth_signed_in)

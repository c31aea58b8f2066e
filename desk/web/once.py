"""Forms that are taken once: pressing again while the answer is late, or sending the page again, does not send the mail again."""

from __future__ import annotations

from secrets import token_urlsafe

from flask import request

from desk import idempotency
from desk.web.forms import posted
from desk.web.requests import db
from desk.web.signing_in import me


def once() -> str:
    """The name of a form as it is drawn now, for its hidden field ``once``."""
    return token_urlsafe(12)


def taken() -> bool:
    """Whether this form has been taken already. A second press waits until the first is committed; what was refused has not been taken."""
    name = posted("once")
    return bool(name) and idempotency.begin(db(), me(), f"form {name[:100]}", request.path.encode()) is not None

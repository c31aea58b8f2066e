"""Forms that are taken once: pressing again while the answer is late, or sending the page again, does not send the mail again."""

from __future__ import annotations

from secrets import token_urlsafe

from flask import Flask, request
from werkzeug.wrappers import Response

from core.i18n import gettext as _
from desk import idempotency
from desk.web.forms import posted
from desk.web.pages import see_other
from desk.web.requests import db
from desk.web.signing_in import me


def prepare(app: Flask) -> None:
    """Give templates ``new_once``, which ``ui.once`` draws."""
    app.jinja_env.globals["new_once"] = once


def once() -> str:
    """The name of a form as it is drawn now, for its hidden field ``once``."""
    return token_urlsafe(12)


def taken() -> bool:
    """Whether this form has been taken already. A second press waits until the first is committed; what was refused has not been taken."""
    name = posted("once")
    return bool(name) and idempotency.begin(db(), me(), f"form {name[:100]}", request.path.encode()) is not None


def begun_already(place: str) -> Response:
    """What the second press is answered, where what the first one began is listed."""
    return see_other(place, said=_("This was sent twice; it was taken once."), kind="heed")

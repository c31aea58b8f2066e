"""Errors as pages, fragments or problem details (RFC 9457): what did not happen, why, and the way out."""

from __future__ import annotations

from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, current_app, g, jsonify, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from core.errors import Away, Refused
from core.i18n import gettext as _
from core.retelling import retell
from desk.web.pages import page

#: What leaves the rest of the desk standing: those who are signed in keep their rail.
RAILED = (403, 404, 409, 422)
log = structlog.get_logger(__name__)


def prepare(app: Flask) -> None:
    """One handler a kind of error."""
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(Away, _away)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(OperationalError, _unavailable)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)


def answer(status: int, sentence: str, errors: dict[str, str] | None = None, **more: object) -> Response:
    """The error in the form the asker reads: JSON for the API and scripts, else a page."""
    if request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json":
        response = jsonify(type="about:blank", title=sentence, status=status, detail=sentence, errors=errors or {}, **more)
        response.content_type = "application/problem+json"
    else:
        response = Response(_page(status, sentence, errors or {}))
    response.status_code = status
    return response


def _page(status: int, sentence: str, errors: dict[str, str]) -> str:
    if "db" in g:
        g.db.rollback()
    if status in RAILED and current_user.is_authenticated:
        return page("web/error.html", status=status, sentence=sentence, errors=errors, way_out=_back())
    return render_template("web/error.html", status=status, sentence=sentence, errors=errors)


def _back() -> list[dict[str, str]]:
    """To the page whose form was refused, where that is one of ours."""
    came = urlsplit(request.referrer or "")
    if request.method != "POST" or came.netloc != request.host:
        return []
    return [{"label": _("Back"), "url": f"{came.path}?{came.query}" if came.query else came.path},
            {"label": _("To the desk"), "url": url_for("tickets.index", view="mine")}]


def _refused(error: Refused) -> Response:
    return answer(error.status, _(error.sentence), {field: retell(said) for field, said in error.errors.items()}, **error.more)


def _away(error: Away) -> Response:
    log.error("files.away", why=error.why)
    return _refused(error)


def _csrf(_error: CSRFError) -> Response:
    return answer(400, _("This page has been open for too long. Load it again and repeat what you did."))


def _stale(_error: StaleDataError) -> Response:
    return answer(409, _("Somebody else changed this at the same moment. Load the page again and repeat your change."))


def _unavailable(error: OperationalError) -> Response:
    log.error("database.unavailable", why=str(error.orig))
    return answer(503, _("The database does not answer just now. Nothing was changed. Try again in a moment."))


def _http(error: HTTPException) -> Response:
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    if error.code == 405 and request.method == "GET" and (place := _page_above()):
        return redirect(place, 303)  # type: ignore[return-value]
    sentences = {404: _("There is no such page."), 405: _("This cannot be done here."),
                 413: _("This is too large.")}
    status = error.code or 500
    response = answer(status, sentences.get(status, error.description or error.name))
    response.headers.extend((name, value) for name, value in error.get_headers() if name in ("Allow", "Retry-After"))
    return response


def _page_above() -> str:
    """The page that the form stands on whose own address a browser kept: nobody can read that one."""
    path, adapter = request.path, current_app.create_url_adapter(request)
    while adapter is not None and path.count("/") > 1 and not path.startswith("/api/"):
        path = path.rpartition("/")[0]
        if adapter.test(path, "GET"):
            return path
    return ""


def _broken(error: Exception) -> Response:
    log.exception("request.failed", path=request.path, error=type(error).__name__)
    return answer(500, _("Something went wrong here, and nothing was changed. It has been written to the log."))

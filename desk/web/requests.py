"""One request, one transaction: opened for reading or writing by its method, committed before the answer leaves.

A request that is answered with an error writes nothing. Bells collected on the way ring after the commit. What writes in a transaction
of its own does so while this one is not open, or only reads; and none is open while a body arrives, however slowly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import structlog
from flask import Flask, Response, g, request
from flask_login import current_user
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from contacts.agent import Agent
from contacts.doors import Door
from core.database import database
from core.errors import Refused
from core.i18n import N_, speaking
from core.queue import ring
from desk.web.assets import is_asset

log = structlog.get_logger(__name__)
READING = ("GET", "HEAD", "OPTIONS")


def prepare(app: Flask) -> None:
    """Open a session on first use, commit it when all went well, close it in any case."""
    app.before_request(_speak)
    app.before_request(_no_nul)
    app.after_request(_commit)
    app.teardown_request(_close)


def db() -> Session:
    """The session of this request. What is wrong with its body is raised once: the page that says so has a session all the same."""
    if "db" not in g:
        if request.method in READING:
            g.db = database().reader()
        else:
            if "body" not in g:
                g.body = "tried"
                request.get_data(parse_form_data=True)
            g.db = database().writer()
        g.db.info["door"] = Door("api" if request.path.startswith("/api/") else "form")
    session: Session = g.db
    return session


def ring_after(bell: str) -> None:
    """Ring this bell when the request has been committed."""
    g.setdefault("bells", set()).add(bell)


def later(what: Callable[[Session], object]) -> None:
    """Do this in a transaction of its own when the answer has been sent: what a page notes about being read. It may wait or fail;
    the page does not."""
    g.setdefault("later", []).append(what)


def _speak() -> None:
    if is_asset():
        return
    try:
        _speak_as_asked()
    except HTTPException:       # of the body: the page that says so is in the agent's language as well
        _speak_as_asked()
        raise


def _speak_as_asked() -> None:
    mine = not request.path.startswith("/api/") and current_user.is_authenticated       # no cookie counts at the API
    speak_with(current_user if mine else None)


def speak_with(agent: Agent | None) -> None:
    """From here on in the language and zone of this agent, who may not be signed in yet; else as the browser wants it."""
    if "speaking" in g:
        g.pop("speaking").__exit__(None, None, None)
    language = agent.language if agent else request.accept_languages.best_match(["en", "nb", "no", "nn", "da", "sv"], "en")
    g.speaking = speaking({"no": "nb", "nn": "nb"}.get(language, language), agent.timezone if agent else None)
    g.speaking.__enter__()


def speak_in(language: str) -> None:
    """From here on in this language: of a file that is made for somebody else."""
    if "speaking" in g:
        g.pop("speaking").__exit__(None, None, None)
    g.speaking = speaking(language)
    g.speaking.__enter__()


def _no_nul() -> None:
    """No text holds the character NUL: PostgreSQL keeps none, and nobody types it. The API says so by itself."""
    given = [request.path, *request.args.keys(), *request.args.values()]
    if not request.path.startswith("/api/"):
        given += request.form.values()
    if any("\0" in text for text in given):
        raise Refused(N_("There is a character in this that no text can have (NUL). Take it out and try again."))


def _commit(response: Response) -> Response:
    session = g.get("db")
    if session is not None and request.method not in READING:
        if response.status_code < 400:
            session.commit()
            for bell in g.get("bells", ()):
                ring(bell)
        else:
            session.rollback()
    if response.status_code < 300 and "later" in g:
        response.call_on_close(partial(_note, g.later))
    return response


def _note(notes: Sequence[Callable[[Session], object]]) -> None:
    try:
        with database().write() as session:
            for note in notes:
                note(session)
    except DBAPIError as error:
        log.warning("note.lost", why=str(error.orig))


def _close(_error: Any) -> None:
    if "db" in g:
        g.pop("db").close()
    if "speaking" in g:
        g.pop("speaking").__exit__(None, None, None)

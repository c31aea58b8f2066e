"""The session's cookie: renewed by pages alone, so that what a page asks for on the side never puts an older one back.

The cookie holds what the next page is to say. A poll, a picture or a script that was asked for before a form was sent, and
answered after it, would otherwise carry the session of before, and the agent would never see the toast with its undo.
"""

from __future__ import annotations

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from desk.web.assets import is_asset


class Sessions(SecureCookieSessionInterface):
    """Flask's own, which writes the cookie of a lasting session with each answer, whatever was asked for."""

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """When something in it changed, and when a page is asked for: that keeps the agent signed in."""
        return session.modified or (session.permanent and request.headers.get("Sec-Fetch-Dest", "document") == "document"
                                    and not is_asset() and request.endpoint not in ("live.index", "live.show"))


def prepare(app: Flask) -> None:
    """Let the application keep its sessions so."""
    app.session_interface = Sessions()

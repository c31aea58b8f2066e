"""What every answer carries: a strict content policy, nothing sniffed, nothing leaked, nothing cached that is personal."""

from __future__ import annotations

from flask import Flask, Response

from desk.web.assets import is_asset

CSP = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
       "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")


def prepare(app: Flask) -> None:
    """Put the headers on; an answer that brings its own policy (a mail frame) keeps it."""
    app.after_request(_put)


def _put(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CSP)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if not is_asset() or response.status_code >= 400:
        response.headers.setdefault("Cache-Control", "no-store")
    return response

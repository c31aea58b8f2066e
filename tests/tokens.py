"""A provider of OAuth tokens on loopback, as Microsoft and Google are to the desk, and as Dovecot asks whose a token is."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit


class Provider(ThreadingHTTPServer):
    """``answer`` is what the token endpoint says next, ``asked`` what it was asked, ``users`` whose a token is.

    Who opens the page for signing in is ``who``, and agrees, or has ``denied`` it with this error. A code that comes from
    there is taken once, from who can prove to have asked (PKCE); a token for it says who signed in.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.scheme = "http"
        self.asked: list[dict[str, str]] = []
        self.users: dict[str, str] = {}
        self.status = 200
        self.answer: dict[str, Any] = {}
        self.who = ""
        self.denied: dict[str, str] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.hold = threading.Event()
        self.hold.set()

    @property
    def url(self) -> str:
        return f"{self.scheme}://localhost:{self.server_address[1]}"

    def visit(self, page: str) -> str:
        """Open the page for signing in; the address that the browser is sent back to."""
        asked = dict(parse_qsl(urlsplit(page).query))
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        answer = self.denied or {"code": code}
        return f"{asked['redirect_uri']}?{urlencode({**answer, 'state': asked['state']})}"

    def redeem(self, given: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """What the token endpoint says to a code."""
        asked = self.codes.pop(given["code"], {})
        proof = base64.urlsafe_b64encode(hashlib.sha256(given["code_verifier"].encode()).digest()).decode().rstrip("=")
        if asked.get("code_challenge") != proof or asked.get("redirect_uri") != given["redirect_uri"]:
            return 400, {"error": "invalid_grant", "error_description": "The code was redeemed already."}
        claims = {"iss": self.url, "aud": asked["client_id"], "nonce": asked["nonce"], "sub": "1", "email": self.who}
        return 200, {"scope": asked["scope"], "id_token": token_of(claims), **self.answer}


def token_of(claims: dict[str, str]) -> str:
    """An id token that nobody has signed."""
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
                    for part in ({"alg": "none"}, claims, {}))


class Handler(BaseHTTPRequestHandler):
    """``/token`` grants, ``/tokeninfo`` tells whose a token is, ``/auth`` and ``/authorize`` are pages that agree at once,
    the rest is discovery (OpenID Connect)."""

    server: Provider

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        given = {name: values[0] for name, values in parse_qs(body).items()}
        self.server.asked.append(given)
        self.server.hold.wait(20)
        if given["grant_type"] == "authorization_code" and self.server.status == 200:
            self._say(*self.server.redeem(given))
        else:
            self._say(self.server.status, self.server.answer)

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/tokeninfo":
            user = self.server.users.get(parse_qs(parts.query)["access_token"][0])
            self._say(200 if user else 400, {"email": user} if user else {"error": "invalid_token"})
        elif parts.path.endswith(("/auth", "/authorize")):
            self.send_response(302)
            self.send_header("Location", self.server.visit(self.path))
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            here = f"{self.server.url}/tenant"
            self._say(200, {"issuer": f"{here}/v2.0", "authorization_endpoint": f"{here}/authorize",
                            "token_endpoint": f"{here}/token"})

    def _say(self, status: int, answer: dict[str, Any]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def provider(certificate: tuple[Path, Path] | None = None) -> Iterator[Provider]:
    """A provider; with TLS when a certificate is given."""
    with Provider() as made:
        if certificate:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(*certificate)
            made.socket = context.wrap_socket(made.socket, server_side=True)
            made.scheme = "https"
        threading.Thread(target=made.serve_forever, args=(0.02,), daemon=True).start()
        yield made
        made.shutdown()

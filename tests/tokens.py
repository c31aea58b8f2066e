"""A provider of OAuth tokens on loopback, as Microsoft and Google are to the desk, and as Dovecot asks whose a token is."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Provider(ThreadingHTTPServer):
    """``answer`` is what the token endpoint says next, ``asked`` what it was asked, ``users`` whose a token is."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.scheme = "http"
        self.asked: list[dict[str, str]] = []
        self.users: dict[str, str] = {}
        self.status = 200
        self.answer: dict[str, Any] = {}
        self.hold = threading.Event()
        self.hold.set()

    @property
    def url(self) -> str:
        return f"{self.scheme}://localhost:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """``/token`` grants, ``/tokeninfo`` tells whose a token is, the rest is discovery (OpenID Connect)."""

    server: Provider

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append({name: values[0] for name, values in parse_qs(body).items()})
        self.server.hold.wait(20)
        self._say(self.server.status, self.server.answer)

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/tokeninfo":
            user = self.server.users.get(parse_qs(parts.query)["access_token"][0])
            self._say(200 if user else 400, {"email": user} if user else {"error": "invalid_token"})
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

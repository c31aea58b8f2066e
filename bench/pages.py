"""How long pages take: a signed-in browser's requests over one connection, one after the other."""

from __future__ import annotations

import http.client
import re
import socket
import statistics
import time
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode, urljoin, urlsplit

WARM_UP = 5
REQUESTS = 100


@dataclass
class Visitor:
    """One connection to a server on this machine, with the cookies it has been given."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of a page; redirects are not followed."""
        return self._ask("GET", path, None)

    def sign_in(self, page: str, form: dict[str, str]) -> None:
        """Fill in the sign-in form of a page with its hidden fields. Raises RuntimeError where that fails."""
        _, text = self.get(page)
        action, hidden = form_with(next(iter(form)), text)
        status, answer = self._ask("POST", urlsplit(urljoin(page, action)).path, urlencode(hidden | form))
        if status >= http.client.BAD_REQUEST or form_with(next(iter(form)), self.get(page)[1])[1]:
            raise RuntimeError(f"signing in at {page} was answered {status}: {answer[:200]}")

    def close(self) -> None:
        """Hang up."""
        self.connection.close()

    def _ask(self, method: str, path: str, body: str | None) -> tuple[int, str]:
        headers = {"Host": f"127.0.0.1:{self.port}", "Accept": "text/html,*/*", "Accept-Language": "en", **self.headers}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            origin = f"http://127.0.0.1:{self.port}"
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": origin, "Referer": origin + path}
        self.connection.request(method, path, body, headers)
        self._acknowledge_at_once()
        response = self.connection.getresponse()
        for header in response.headers.get_all("Set-Cookie", []):
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name.strip()] = value
        return response.status, response.read().decode("utf-8", "replace")

    def _acknowledge_at_once(self) -> None:
        """Servers that send an answer in two pieces would otherwise wait 40 ms for our side's lazy acknowledgement."""
        if hasattr(socket, "TCP_QUICKACK") and self.connection.sock:
            self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def latency(visitor: Visitor, paths: list[str], requests: int = REQUESTS) -> dict[str, float]:
    """p50 and p95 in ms of asking for the paths in turn, after a few that do not count; ``bytes`` of the last.

    Raises RuntimeError at any answer but 200, so that nobody measures an error page.
    """
    spent, text = [], ""
    for turn in range(WARM_UP + requests):
        path = paths[turn % len(paths)]
        begin = time.perf_counter()
        status, text = visitor.get(path)
        took = time.perf_counter() - begin
        if status != http.client.OK:
            raise RuntimeError(f"{urlsplit(path).path} was answered {status}: {text[:200]}")
        if turn >= WARM_UP:
            spent.append(1000 * took)
    return {"p50_ms": statistics.median(spent), "p95_ms": statistics.quantiles(spent, n=20)[-1], "bytes": len(text)}


def form_with(field: str, text: str) -> tuple[str, dict[str, str]]:
    """Where the form goes that has this field, and its hidden fields; the page itself where there is none."""
    for match in re.finditer(r"<form\b([^>]*)>(.*?)</form>", text, re.I | re.S):
        tags = [_attributes(tag) for tag in re.findall(r"<input\b([^>]*)>", match[2], re.I)]
        if any(tag.get("name") == field for tag in tags):
            hidden = {tag["name"]: tag.get("value", "") for tag in tags if tag.get("type") == "hidden"}
            return _attributes(match[1]).get("action", ""), hidden
    return "", {}


def _attributes(tag: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in re.findall(r"([\w-]+)\s*=\s*[\"']([^\"']*)[\"']", tag)}

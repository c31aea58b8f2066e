"""A DNS of a test's own: names with what they have; everything else does not exist, or does not answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from mailgate.dkim import new_key, sign
from mailgate.dns import Answer, Away, Remembering, Value

REJECT = b"v=DMARC1; p=reject"


class Names:
    """``known``: (name, kind) to values. ``silent``: names that do not answer. ``asked`` counts the questions."""

    def __init__(self, known: Mapping[tuple[str, str], Collection[Value]] = {}, silent: Collection[str] = (), *, cut_off: bool = False) -> None:
        self.known, self.silent, self.cut_off = dict(known), set(silent), cut_off
        self.asked: list[tuple[str, str]] = []

    def ask(self, name: str, kind: str, seconds: float) -> Answer:
        self.asked.append((name, kind))
        if self.cut_off or name in self.silent:
            raise Away(name)
        if name == ".":
            return Answer(("a.root-servers.example",), 300.0)
        return Answer(tuple(self.known.get((name, kind), ())), 300.0)


def remembering(known: Mapping[tuple[str, str], Collection[Value]] = {}, silent: Collection[str] = (), **more: bool) -> Remembering:
    return Remembering(Names(known, silent, **more))


class Signer:
    """Somebody who signs mail: their domain, and the names that prove it."""

    def __init__(self, domain: str = "kunde.example", *, policy: bytes = REJECT) -> None:
        self.domain = domain
        self.key, record = new_key(1024)
        self.names: dict[tuple[str, str], Collection[Value]] = {
            (f"s1._domainkey.{domain}", "TXT"): (record.encode(),), (f"_dmarc.{domain}", "TXT"): (policy,)}

    def sign(self, raw: bytes) -> bytes:
        return sign(raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), selector="s1", domain=self.domain, key=self.key)

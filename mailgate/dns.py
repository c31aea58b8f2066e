"""Names in the DNS: asked with a limit, answers and their absence remembered, and nothing waited for twice.

A machine without name servers loses a few seconds when it starts, and none after that: while nobody answers, nobody is asked.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple, Protocol

import dns.exception
import dns.rdatatype
import dns.resolver

from core.once import Once
from mailgate.dmarc import organisation

Value = bytes | str | tuple[int, str]
SHORTEST, LONGEST = 60.0, 3600.0     # seconds for which an answer is remembered, whatever its own time to live
ABSENT = 300.0
REST = 60.0                          # in which nobody is asked again who did not answer
PATIENCE = 2.0                       # for one question
MOST = 20_000


class Away(Exception):
    """No answer now: a server in trouble, or no network. It says nothing about the name."""


class Answer(NamedTuple):
    """What a name has (nothing where it, or such a record, does not exist), and for how many seconds that holds.

    TXT gives bytes, MX ``(preference, host)``, everything else text.
    """

    values: tuple[Value, ...]
    seconds: float


class Resolver(Protocol):
    """Whoever answers for names."""

    def ask(self, name: str, kind: str, seconds: float) -> Answer:
        """What this name has of this kind (TXT, A, AAAA, MX, PTR, NS). Raises Away, after these seconds at the latest."""


class System:
    """The name servers that this machine is told to use."""

    def __init__(self) -> None:
        self._resolver: dns.resolver.Resolver | None = None

    def ask(self, name: str, kind: str, seconds: float) -> Answer:
        """As :meth:`Resolver.ask`; after trouble the configuration of the machine is read again."""
        try:
            self._resolver = self._resolver or dns.resolver.Resolver()
            found = self._resolver.resolve(f"{name.rstrip('.')}.", kind, lifetime=seconds, search=False, raise_on_no_answer=False)
        except (dns.resolver.NXDOMAIN, dns.exception.SyntaxError, ValueError):
            return Answer((), ABSENT)
        except (dns.exception.DNSException, OSError) as error:
            self._resolver = None
            raise Away(str(error)[:200]) from error
        left = found.expiration - time.time()
        return Answer(tuple(_value(kind, one) for one in found.rrset or ()), left if found.rrset else min(left, ABSENT))


class Remembering:
    """A resolver's answers, kept as long as they hold; its silence too, but shortly. Any number of threads may ask.

    When nobody answers for a name, neither do we ask for others of the same owner for a minute. Where the root of all
    names does not answer either, it is our own resolver that is away, and nothing is asked for a minute.
    """

    def __init__(self, resolver: Resolver, clock: Callable[[], float] = time.monotonic) -> None:
        self._resolver, self._clock = resolver, clock
        self._known: OrderedDict[tuple[str, str], tuple[tuple[Value, ...], float]] = OrderedDict()
        self._silent: dict[str, float] = {}
        self._lock = threading.Lock()

    def ask(self, name: str, kind: str, seconds: float = PATIENCE) -> tuple[Value, ...]:
        """What a name has. Raises Away."""
        name = name.rstrip(".").lower()
        known, owner = self._remembered(name, kind), organisation(name)
        if known is not None:
            return known
        if self._is_silent("") or self._is_silent(owner):
            raise Away(name)
        try:
            answer = self._resolver.ask(name, kind, seconds)
        except Away:
            self._note_silence("" if self._is_cut_off(seconds) else owner)
            raise
        self._keep((name, kind), answer)
        return answer.values

    def _remembered(self, name: str, kind: str) -> tuple[Value, ...] | None:
        with self._lock:
            values, until = self._known.get((name, kind), ((), 0.0))
        return values if until > self._clock() else None

    def _keep(self, asked: tuple[str, str], answer: Answer) -> None:
        with self._lock:
            self._known[asked] = answer.values, self._clock() + min(max(answer.seconds, SHORTEST), LONGEST)
            self._known.move_to_end(asked)
            while len(self._known) > MOST:
                self._known.popitem(last=False)

    def _is_cut_off(self, seconds: float) -> bool:
        try:
            return not self._resolver.ask(".", "NS", min(1.0, seconds)).values
        except Away:
            return True

    def _is_silent(self, owner: str) -> bool:
        with self._lock:
            return self._silent.get(owner, 0.0) > self._clock()

    def _note_silence(self, owner: str) -> None:
        now = self._clock()
        with self._lock:
            if len(self._silent) > MOST:
                self._silent = {one: until for one, until in self._silent.items() if until > now}
            self._silent[owner] = now + REST


class Asking:
    """Questions about one mail, which together may take only so long."""

    def __init__(self, names: Remembering, seconds: float) -> None:
        self._names, self._until = names, time.monotonic() + seconds

    def values(self, name: str, kind: str) -> tuple[Value, ...]:
        """What a name has. Raises Away, also when this mail has had its time."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise Away(name)
        return self._names.ask(name, kind, min(PATIENCE, left))

    def texts(self, name: str) -> list[bytes]:
        """Its TXT records, each in one piece. Raises Away."""
        return [value for value in self.values(name, "TXT") if isinstance(value, bytes)]


@Once
def names() -> Remembering:
    """What this process knows of names."""
    return Remembering(System())


def _value(kind: str, data: object) -> Value:
    if kind == "TXT":
        return b"".join(data.strings)  # type: ignore[attr-defined]
    if kind == "MX":
        return int(data.preference), str(data.exchange).rstrip(".")  # type: ignore[attr-defined]
    return str(data).rstrip(".")

"""Reading what was claimed, with no transaction open: parsed in the child, its files kept, ahead of who files it."""

from __future__ import annotations

import atexit
import threading
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue

import structlog
from sqlalchemy.exc import DBAPIError

from core.database import database
from core.i18n import gettext as _
from core.once import Once
from desk.inbound import raws_of
from desk.letter import Letter
from desk.tickets.writing import keep_files
from jobs import checking
from mailgate.authentication import Road
from mailgate.parsing_child import NotStarted, ParseFailed, Parser, Source
from rules.checked import Checked

log = structlog.get_logger(__name__)

TOGETHER = 50
WAIT_FOR_PARSER = 5.0
WAIT_FOR_DISK = 60.0

#: Seconds in which others may join the first letter of a batch: one transaction for them all costs half.
GATHERING = 0.02


@dataclass(frozen=True, slots=True)
class Claimed:
    """A ledger row in our hands: its id, what SMTP knew of the mail, whether it was tried before, and whether it hung then;
    and the ``road`` it came, where we are to check by ourselves who sent it."""

    id: int
    envelope_sender: str | None = None
    tried: bool = False
    hung: bool = False
    road: Road | None = None


@dataclass(frozen=True, slots=True)
class Hindered:
    """Not the mail's fault: no try is counted, and it is due again in some seconds. ``why`` is for the admins."""

    seconds: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """What came of reading one: a letter with its files kept, a failure, or that something was in the way."""

    claimed: Claimed
    outcome: Letter | ParseFailed | Hindered
    files: tuple[str, ...] = ()
    checks: Future[Checked | None] | None = None

    def checked(self, until: float) -> Read:
        """With what our own checks of the sender found, as far as that is known by then."""
        if self.checks is None or not isinstance(self.outcome, Letter):
            return self
        return replace(self, outcome=replace(self.outcome, checked=checking.end(self.checks, until)), checks=None)


class Reading:
    """A thread that reads what it is given; whoever files takes what is read from it, until nothing is ``left``."""

    def __init__(self) -> None:
        self.left = 0
        self.alone = False               # what is in hand was tried before: nothing may stand beside it
        self.claimed: SimpleQueue[list[Claimed]] = SimpleQueue()
        self.read: SimpleQueue[Read] = SimpleQueue()
        self.thread = threading.Thread(target=self._run, name="reading", daemon=True)
        self.thread.start()

    def take(self, claimed: list[Claimed]) -> None:
        """Read these too, behind what is in hand."""
        if claimed:
            self.left += len(claimed)
            self.alone = any(one.tried for one in claimed)
            self.claimed.put(claimed)

    def batch(self) -> list[Read]:
        """The next one as soon as it is read, with those that are read at nearly the same moment: 50 at most."""
        batch = [self.read.get()] if self.left else []
        until = time.monotonic() + GATHERING
        while len(batch) < min(TOGETHER, self.left):
            try:
                batch.append(self.read.get(timeout=max(0.0, until - time.monotonic())))
            except Empty:
                break
        self.left -= len(batch)
        until = time.monotonic() + checking.PATIENCE
        return [one.checked(until) for one in batch]

    def end(self) -> None:
        """Read no more; what was given is read first, and nobody waits for it."""
        self.claimed.put([])

    def _run(self) -> None:
        while claimed := self.claimed.get():
            _read(claimed, self.read)


@Once
def parser() -> Parser:
    """This process's parser of incoming mail."""
    own = Parser(seconds=10)
    atexit.register(own.close)
    return own


def _read(claimed: list[Claimed], read: SimpleQueue[Read]) -> None:
    """Every one of them comes out, whatever happens: who files them waits for as many as were claimed."""
    left, why = deque(claimed), ""
    try:
        sources = _sources(claimed)
        for outcome in parser().parse_many(sources):
            read.put(_kept(left[0], outcome, sources[-len(left)].raw))
            left.popleft()
    except NotStarted as not_started:
        why = str(not_started)
    except DBAPIError as away:
        log.warning("inbound.bytes_not_read", why=str(away)[:200])
    except Exception as error:  # whatever reading one meets is that one's trouble: those behind it are read again
        log.exception("inbound.reading")
        if left:
            read.put(Read(left.popleft(), ParseFailed(f"{type(error).__name__}: {error}"[:500])))
    finally:
        for one in left:
            read.put(Read(one, Hindered(WAIT_FOR_PARSER, why)))


def _sources(claimed: list[Claimed]) -> list[Source]:
    with database().read() as db:
        raws = raws_of(db, [one.id for one in claimed])
    return [Source(raws[one.id], one.envelope_sender, careful=one.hung) for one in claimed]


def _kept(one: Claimed, outcome: Letter | ParseFailed, raw: bytes) -> Read:
    """With the letter's files kept, and its sender being checked. Where disk or store takes none, the mail waits until it
    does."""
    if isinstance(outcome, ParseFailed):
        return Read(one, outcome)
    try:
        return Read(one, outcome, tuple(keep_files(outcome)), checking.begin(raw, outcome, one.road))
    except OSError as error:
        return Read(one, Hindered(WAIT_FOR_DISK, _("The files of a mail could not be kept: %(error)s.", error=error)))

"""Parsing in a child process that can be killed: a letter that hangs or eats memory fails alone.

The child is started once and fed many letters over pipes, several ahead of what it answers, so that neither
side waits for the other. When it dies or is too slow, the letter it was reading gets a ``ParseFailed``, a new
child is started, and the letters behind it go to that one. A child that does not even start is no letter's fault.

A frame to the child: length of the JSON, length of the mail (8 bytes each), both. A frame back: length of the
JSON, length of the attachments together, both (``letter_wire``). An empty frame says that the child is ready.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple

from core.i18n import gettext as _
from core.processes import end_with
from desk.letter import Letter
from mailgate import letter_wire

SECONDS = 20.0               # for one letter
MEGABYTES = 2048             # address space, of which Python and the language model take about 500
STARTING = 40.0              # less than the lease of who waits for it (desk.claiming)
AHEAD = 32                   # letters sent before the first of them is answered
AHEAD_BYTES = 4_000_000
LARGEST_ANSWER = 400_000_000
FRAME = struct.Struct("!QQ")


class ParseFailed(Exception):
    """This letter could not be parsed; the message says why in a sentence."""


class NotStarted(ParseFailed):
    """There is no parser at this moment, for want of memory or processes: no letter is to blame."""


class Source(NamedTuple):
    """One mail to parse, with what SMTP knew of it; ``careful`` where an earlier attempt came to no end."""

    raw: bytes
    envelope_sender: str | None = None
    now: datetime | None = None
    careful: bool = False


class Parser:
    """A parsing child and its pipes. One thread at a time uses it (others wait).

    While the outcomes of ``parse_many`` are being read, the same thread may not ask for other letters.
    """

    def __init__(self, *, seconds: float = SECONDS, megabytes: int = MEGABYTES, module: str = __name__) -> None:
        self.seconds, self.megabytes, self.module = seconds, megabytes, module
        self.child: _Child | None = None
        self.lock = threading.Lock()
        self.reader: int | None = None

    def parse(self, raw: bytes, *, envelope_sender: str | None = None, now: datetime | None = None) -> Letter:
        """One letter. Raises ParseFailed when it hangs or kills the child, NotStarted when there is none."""
        [outcome] = self.parse_many([Source(raw, envelope_sender, now)])
        if isinstance(outcome, ParseFailed):
            raise outcome
        return outcome

    def parse_many(self, sources: Iterable[bytes | Source]) -> Iterator[Letter | ParseFailed]:
        """Every letter or its failure, in order; sources are taken from the iterable as they are needed.

        Raises NotStarted when there is no child for the next letter.
        """
        if self.reader == threading.get_ident():
            raise RuntimeError("This thread is still reading the outcomes of an earlier parse_many.")
        with self.lock:
            self.reader = threading.get_ident()
            try:
                yield from self._run(one if isinstance(one, Source) else Source(one) for one in sources)
            finally:
                self.reader = None

    def close(self) -> None:
        """End the child; the next letter starts a new one. After a fork the child stays its first parent's."""
        if self.child is not None and self.child.owner == os.getpid():
            self.child.kill()
        self.child = None

    def __enter__(self) -> Parser:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _run(self, sources: Iterator[Source]) -> Iterator[Letter | ParseFailed]:
        waiting: deque[Source] = deque()
        clean = False
        try:
            while self._fill(waiting, sources):
                child = self._ready_child(waiting)
                outcome = child.answer(self.seconds)
                waiting.popleft()
                if not child.alive:
                    self.close()
                yield outcome
            clean = True
        finally:
            if not clean:
                self.close()         # the reader went away: answers to come belong to nobody

    def _fill(self, waiting: deque[Source], sources: Iterator[Source]) -> bool:
        ahead = sum(len(source.raw) for source in waiting)
        while len(waiting) < AHEAD and ahead < AHEAD_BYTES:
            source = next(sources, None)
            if source is None:
                break
            waiting.append(source)
            ahead += len(source.raw)
            if self.child is not None:
                self.child.send(source)
        return bool(waiting)

    def _ready_child(self, waiting: deque[Source]) -> _Child:
        if self.child is not None and self.child.owner != os.getpid():
            self.child = None                # after a fork the pipes belong to the parent process
        if self.child is None:
            try:
                self.child = _Child(self.module, self.megabytes)
            except OSError as error:
                raise NotStarted(_("The parser could not be started (%(error)s).", error=error)) from error
            for source in waiting:
                self.child.send(source)
        return self.child


@lru_cache(maxsize=1)
def _starter(process: int) -> ThreadPoolExecutor:
    """The thread that starts children: Linux ends a child with the thread that started it (``end_with``), so it has to
    be one that lasts as long as the process."""
    return ThreadPoolExecutor(1, f"parser-of-{process}")


class _Child:
    """The process and what is on its way in and out of its pipes."""

    def __init__(self, module: str, megabytes: int) -> None:
        home = str(Path(__file__).resolve().parent.parent)
        environment = {name: os.environ[name] for name in (
            "PATH", "LANG", "LC_ALL", "TZ", "HOME",
        ) if name in os.environ}
        paths = [home, *(path for path in sys.path if path)]
        environment |= {"PYTHONPATH": os.pathsep.join(dict.fromkeys(paths)), "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        self.process = _starter(os.getpid()).submit(
            subprocess.Popen, [sys.executable, "-m", module, str(megabytes)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env=environment, bufsize=0).result()
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.into, self.out = self.process.stdin.fileno(), self.process.stdout.fileno()
        os.set_blocking(self.into, False)
        os.set_blocking(self.out, False)
        self.owner = os.getpid()
        self.unsent: deque[memoryview] = deque()
        self.received = bytearray()
        self.ready, self.alive = False, True

    def send(self, source: Source) -> None:
        told = json.dumps([source.envelope_sender, source.now and source.now.isoformat(), source.careful]).encode()
        self.unsent.append(memoryview(FRAME.pack(len(told), len(source.raw)) + told))
        if source.raw:
            self.unsent.append(memoryview(source.raw))

    def answer(self, seconds: float) -> Letter | ParseFailed:
        """The next answer; the clock of a letter starts when the one before it is answered. Raises NotStarted."""
        if not self.ready and not self._next(STARTING):
            self.kill()
            raise NotStarted(_("The parser could not be started."))
        self.ready = True
        frame = self._next(seconds)
        if frame:
            return self._letter(*frame)
        hung = self.alive and self.process.poll() is None
        self.kill()
        return ParseFailed(
            _("Reading this mail took longer than %(n)s seconds.", n=f"{seconds:g}") if hung
            else _("Reading this mail ended the parser, perhaps for want of memory.")
        )

    def _letter(self, told: bytes, blobs: bytes) -> Letter | ParseFailed:
        try:
            if told.startswith(b'"'):
                return ParseFailed(str(json.loads(told)))
            view, contents, start = memoryview(blobs), [], 0
            for size in letter_wire.sizes(told):
                contents.append(bytes(view[start:start + size]))
                start += size
            return letter_wire.unpack(told, contents)
        except (ValueError, KeyError, TypeError) as broken:
            self.kill()
            return ParseFailed(_("The parser gave a broken answer (%(broken)s).", broken=broken))

    def _next(self, seconds: float) -> tuple[bytes, bytes] | None:
        """One frame from the child, feeding it meanwhile; None when it is too late, too large, or the child is gone."""
        deadline = time.monotonic() + seconds
        while self.alive:
            frame = self._frame()
            if frame is not None:
                return frame
            left = deadline - time.monotonic()
            if left <= 0 or len(self.received) > LARGEST_ANSWER:
                return None
            readable, writable, _ = select.select([self.out], [self.into] if self.unsent else [], [], left)
            if writable:
                self._write()
            if readable and not self._read():
                return None
        return None

    def _frame(self) -> tuple[bytes, bytes] | None:
        if len(self.received) < FRAME.size:
            return None
        first, second = FRAME.unpack_from(self.received)
        end = FRAME.size + first + second
        if len(self.received) < end:
            return None
        told = bytes(self.received[FRAME.size:FRAME.size + first])
        blobs = bytes(self.received[FRAME.size + first:end])
        del self.received[:end]
        return told, blobs

    def _write(self) -> None:
        try:
            while self.unsent:
                written = os.write(self.into, self.unsent[0][:1 << 20])
                if written == len(self.unsent[0]):
                    self.unsent.popleft()
                else:
                    self.unsent[0] = self.unsent[0][written:]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self.unsent.clear()              # its end is seen when reading

    def _read(self) -> bool:
        try:
            chunk = os.read(self.out, 1 << 20)
        except BlockingIOError:
            return True
        self.received += chunk
        self.alive = self.alive and bool(chunk)
        return bool(chunk)

    def kill(self) -> None:
        self.alive = False
        self.unsent.clear()
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def parse_many(sources: Iterable[bytes | Source]) -> Iterator[Letter | ParseFailed]:
    """Every letter or its failure, in order, read by this process's own child."""
    return _own.parse_many(sources)


def parse(raw: bytes, *, envelope_sender: str | None = None, now: datetime | None = None) -> Letter:
    """One letter, read by this process's own child. Raises ParseFailed."""
    return _own.parse(raw, envelope_sender=envelope_sender, now=now)


def close() -> None:
    """End this process's own child; the next letter starts a new one."""
    _own.close()


_own = Parser()
atexit.register(close)


def serve(read: Callable[..., Letter], *, megabytes: int) -> None:
    """The child: letters from standard input, answers to standard output, until the input ends, or with its parent
    also in the middle of a letter."""
    end_with(os.getppid())
    _limit(megabytes)
    signal.signal(signal.SIGINT, signal.SIG_IGN)       # its end comes with the end of its input
    answers = os.fdopen(os.dup(1), "wb", buffering=1 << 20)
    os.dup2(2, 1)                            # what a library prints must not mix with the answers
    mails = os.fdopen(0, "rb", buffering=1 << 20)
    answers.write(FRAME.pack(0, 0))
    answers.flush()
    while len(header := mails.read(FRAME.size)) == FRAME.size:
        told, raw = (mails.read(length) for length in FRAME.unpack(header))
        envelope_sender, now, careful = json.loads(told)
        try:
            _answer(answers, read, Source(raw, envelope_sender, now and datetime.fromisoformat(now), careful))
        except BrokenPipeError:
            os._exit(0)                      # whoever asked has gone


def _answer(answers: BinaryIO, read: Callable[..., Letter], source: Source) -> None:
    raw, known = source.raw, source._asdict()
    del known["raw"]
    try:
        letter, contents = letter_wire.pack(read(raw, **known))
    except MemoryError:
        letter, contents = b'"Reading this mail took too much memory."', []
    answers.write(FRAME.pack(len(letter), sum(map(len, contents))))
    answers.write(letter)
    for content in contents:
        answers.write(content)
    answers.flush()


def _limit(megabytes: int) -> None:
    """No more address space than this, no core files. Systems without such limits have at least the time limit."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))


if __name__ == "__main__":
    from mailgate.language import detect
    from mailgate.parse import parse as parse_here

    detect("Warm up the language model before the first letter arrives.")
    serve(parse_here, megabytes=int(sys.argv[1]))

"""Processes that keep processes: children are forked, started again when they die, and never outlive their parent.

Forking lets a tree of processes share the memory of everything imported before (the whole desk idles in less
than half of what separate interpreters take). Whoever keeps a family has no threads and no open database
connection when it calls :meth:`Family.tend`.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

import structlog

log = structlog.get_logger(__name__)

LINUX = sys.platform == "linux"
SETTLED = 10.0
FIRST_DELAY, LONGEST_DELAY = 0.25, 15.0


def collect_rarely() -> None:
    """Look for garbage in cycles more rarely: mails and pages make tens of thousands of objects each and hardly a cycle
    among them; at Python's own pace an eighth of their time goes into looking. One page in sixty waits for it, some hundredths
    of a second."""
    gc.set_threshold(200_000, 20, 50)


@dataclass
class Child:
    """One process to keep: what it runs (returning ends it), and how its life has been.

    ``once``: not started again. ``outlives``: ended only after the others have gone. ``last`` is the process
    id of its life before this one, 0 in the first.
    """

    name: str
    run: Callable[[], object]
    once: bool = False
    outlives: bool = False
    pid: int = 0
    last: int = 0
    started: float = 0.0
    due: float = 0.0
    delay: float = FIRST_DELAY
    ended: bool = field(default=False)


class Waker:
    """Sleeps until a signal comes: asked to stop (SIGTERM, SIGINT) or a child has ended."""

    def __init__(self) -> None:
        self.stopping = False
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._writing, False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._writing, warn_on_full_buffer=False)

    def wait(self, seconds: float) -> None:
        """Sleep for so long, or until something happens."""
        if select.select([self._reading], [], [], max(0.0, seconds))[0]:
            os.read(self._reading, 4096)

    def close(self) -> None:
        """In a child: hear its own signals only."""
        signal.set_wakeup_fd(-1)
        os.close(self._reading)
        os.close(self._writing)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True


class Family:
    """Keeps children alive until told otherwise.

    ``before`` runs in the parent before each fork, ``mourn`` with the process id of each child that died unasked.
    """

    def __init__(self, children: Sequence[Child], *, before: Callable[[], object] = lambda: None,
                 mourn: Callable[[int], object] = lambda pid: None) -> None:
        self.children = list(children)
        self.before, self.mourn = before, mourn
        self.waker = Waker()

    def keep(self) -> None:
        """Tend the children until this process is told to stop; then end them."""
        while not self.waker.stopping:
            self.waker.wait(self.tend())

    def tend(self) -> float:
        """Bury who has died, start who is due; return the seconds until somebody else is."""
        for child in self.children:
            if child.pid and _gone(child.pid):
                self._bury(child)
        at = time.monotonic()
        for child in self.children:
            if not child.pid and not child.ended and child.due <= at:
                self._start(child)
        waiting = [child.due - at for child in self.children if not child.pid and not child.ended]
        return min([*waiting, 5.0])

    def end(self, seconds: float) -> None:
        """Ask every child to end, wait, and kill who has not ended in time."""
        limit = time.monotonic() + seconds
        for outlives in (False, True):
            those = [child for child in self.children if child.outlives == outlives]
            self._end(those, limit if not outlives else max(limit, time.monotonic()) + 1.0)

    def _start(self, child: Child) -> None:
        self.before()
        sys.stdout.flush()
        sys.stderr.flush()
        parent = os.getpid()
        child.pid = os.fork()
        if child.pid == 0:
            self.waker.close()
            _live(child, parent)
        child.started = time.monotonic()

    def _bury(self, child: Child) -> None:
        lived = time.monotonic() - child.started
        self.mourn(child.pid)
        child.pid, child.last = 0, child.pid
        if child.once:
            child.ended = True
            return
        child.delay = FIRST_DELAY if lived > SETTLED else min(child.delay * 2, LONGEST_DELAY)
        child.due = time.monotonic() + child.delay
        log.warning("child.ended", child=child.name, lived=round(lived, 1), again_in=child.delay)

    def _end(self, children: list[Child], limit: float) -> None:
        for child in children:
            child.ended = True
            if child.pid:
                _send(child.pid, signal.SIGTERM)
        while any(child.pid for child in children):
            for child in children:
                if child.pid and _gone(child.pid):
                    child.pid = 0
                elif child.pid and time.monotonic() > limit:
                    log.warning("child.killed", child=child.name)
                    _send(child.pid, signal.SIGKILL)
            self.waker.wait(0.1)


def _live(child: Child, parent: int) -> None:
    """A child's whole life; never returns."""
    code = 1
    try:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        os.setpgid(0, 0)
        end_with(parent)
        be_called(f"sk-{child.name}")
        atexit._clear()
        child.run()
        code = 0
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    except KeyboardInterrupt:
        code = 0
    except BaseException:  # the last frame of the process: whatever it was is shown, then it ends
        log.exception("child.crashed", child=child.name)
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def end_with(parent: int) -> None:
    """Let this process be told to end (SIGTERM) when that parent is gone, however it went."""
    if LINUX:
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG; survives execve
    else:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    if os.getppid() != parent:
        os._exit(0)


def be_called(name: str) -> None:
    """The name that ``ps -o comm`` and ``top`` show, where the system lets a process choose (15 bytes)."""
    if LINUX:
        ctypes.CDLL(None).prctl(15, name.encode()[:15], 0, 0, 0)  # PR_SET_NAME


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)


def _gone(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True


def _send(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)

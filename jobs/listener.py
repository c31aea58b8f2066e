"""A listener: one process that answers the bells of one queue, and looks for itself while Redis is away."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

import redis
import structlog
from rq import Queue, SimpleWorker
from rq.exceptions import InvalidJobOperation, StopRequested
from rq.job import Job

from core import logs, processes, queue
from core.settings import settings
from jobs import due
from jobs.ending import ending

log = structlog.get_logger(__name__)

#: Seconds for the job at hand when told to end.
PATIENCE = 5.0
#: Seconds for a Redis that begins at the same time as we do, before it is called away.
BEGINNING = 3.0
#: What a command meets when Redis is gone, or takes it and never answers.
AWAY = (redis.ConnectionError, redis.TimeoutError)


class Bell(Job):
    """A bell may be taken down while it is answered (:func:`jobs.worker.unhang`): then nothing is left to take down."""

    def delete(self, *args: Any, **options: Any) -> None:
        """Take the bell down, where it still hangs; else what RQ wrote of its end where it had hung."""
        try:
            super().delete(*args, **options)
        except InvalidJobOperation:
            self.connection.delete(self.key)


class Bells(Queue):
    """A queue that gives up when Redis goes away or falls silent, where RQ's own would wait for it."""

    job_class = Bell

    @classmethod
    def dequeue_any(cls, *args: Any, **options: Any) -> Any:
        """The next bell. Raises StopRequested when Redis is away."""
        try:
            return super().dequeue_any(*args, **options)
        except AWAY:
            raise StopRequested from None


class Listener(SimpleWorker):
    """RQ's worker in one process (1 ms a job), quiet, and gone as soon as Redis is."""

    queue_class, job_class = Bells, Bell
    #: Seconds for which it waits for a bell at a time, and for any answer: Redis that hangs is noticed after these.
    dequeue_timeout = 2
    connection_timeout = 4
    told = False

    def request_stop(self, signum: int, frame: Any) -> None:
        """Told to end: finish the job at hand first, if that does not take long."""
        self.told = True
        end_soon()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def set_shutdown_requested_date(self) -> None:
        """When it was told to end is noted for nobody: asking Redis from a signal's handler would raise in the midst of anything while that is away."""

    def heartbeat(self, *args: Any, **options: Any) -> None:
        """Tell Redis that we live. Raises StopRequested when it is away."""
        try:
            super().heartbeat(*args, **options)
        except AWAY:
            raise StopRequested from None

    def subscribe(self) -> None:
        """Hear no orders through Redis: nobody gives any, and the thread for them would outlive each outage."""

    def teardown(self) -> None:
        """Say goodbye when told to end; not to Redis that is away, which would be waited for once more."""
        if self.told:
            super().teardown()  # type: ignore[no-untyped-call]


class Ending:
    """Whether this process was told to end, by whichever handler is in force."""

    def __init__(self) -> None:
        self.told = False
        signal.signal(signal.SIGTERM, self._tell)
        signal.signal(signal.SIGINT, self._tell)

    def _tell(self, *_: object) -> None:
        self.told = True
        end_soon()


def end_soon() -> None:
    """Be gone in a few seconds, whatever is at hand: its leases end, and another goes on with it."""
    ending.set()
    last = threading.Timer(PATIENCE, os._exit, (0,))
    last.daemon = True
    last.start()


def listen(name: str) -> None:
    """Answer the bells of a queue until told to end."""
    logs.configure(name)
    queue.connection.forget()
    processes.collect_rarely()
    jobs = {bell: job for bell, (of, job) in queue.BELLS.items() if of == name}
    for job in jobs.values():
        _warm(job)
    away, patient = False, time.monotonic() + BEGINNING
    while True:
        ending = Ending()
        client = _client()
        if client is None and settings().redis_url and time.monotonic() < patient and not ending.told:
            time.sleep(0.05)
            continue
        if client is not None:
            away = _said(away, now_away=False)
            if _work(name, client):
                return
        away = _said(away, now_away=True)
        _look(jobs, ending)
        if ending.told:
            return


def run(job: str) -> None:
    """Run a job function by name. What it raises is logged; the next job is not held up."""
    module, _, name = job.rpartition(".")
    try:
        function: Callable[[], object] = getattr(import_module(module), name)
        function()
    except Exception:
        log.exception("job.failed", job=job)


def _warm(job: str) -> None:
    """Let a job's module get ready where it has something to get ready; trouble shows when the job runs."""
    module = import_module(job.rpartition(".")[0])
    if hasattr(module, "warm"):
        run(f"{module.__name__}.warm")


def _work(name: str, client: redis.Redis) -> bool:
    """Work off bells; True when told to end, False when Redis went away."""
    listener = None
    try:
        listener = Listener([Bells(name, connection=client)], connection=client, worker_ttl=60)
        listener.work(logging_level="WARNING")
    except redis.RedisError as error:
        log.info("redis.lost", why=str(error))
    finally:
        client.close()
    return listener is not None and listener.told


def _look(jobs: dict[str, str], ending: Ending) -> None:
    """Do what is due, without being told; then a second's rest."""
    for bell in due.bells():
        if bell in jobs and not ending.told:
            run(jobs[bell])
    limit = time.monotonic() + 1
    while not ending.told and time.monotonic() < limit:
        time.sleep(0.1)


def _client() -> redis.Redis | None:
    """Redis for a listener, which lengthens the time-out to its own, or None when it does not answer."""
    quick = queue.connection()
    if quick is None:
        return None
    try:
        quick.ping()
    except redis.RedisError:
        return None
    client: redis.Redis = redis.Redis.from_url(settings().redis_url, **queue.BRIEF)
    return client


def _said(away: bool, *, now_away: bool) -> bool:
    if away != now_away:
        log.warning("redis.away" if now_away else "redis.back")
    return now_away

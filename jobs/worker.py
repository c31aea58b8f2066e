"""The worker: listeners that answer bells, and a parent that rings for whatever is due but unannounced.

What comes in, what goes out and the rest have a listener each: slow relays and long operations hold nothing up. With
Redis away each listener looks into the database by itself, once a second, until Redis is back.
"""

from __future__ import annotations

from functools import partial

import redis
import structlog
from rq.job import Job

from core import leases, queue
from core.database import database
from core.processes import Child, Family
from jobs import due, listener, releasing

log = structlog.get_logger(__name__)

QUEUES = tuple(dict.fromkeys(of for of, _ in queue.BELLS.values()))
ENDING = 6.0
#: Looks (one a second) at which a thing may be due and announced before its bell is taken for broken.
PATIENCE = 5


def run() -> None:
    """Keep the listeners and look into the database every second, until told to end."""
    family = Family([Child(name, partial(listener.listen, name)) for name in QUEUES], before=_let_go, mourn=mourn)
    looks: dict[str, int] = {}
    while not family.waker.stopping:
        family.tend()
        looks = look(looks)
        family.waker.wait(1.0)
    family.end(ENDING)
    _let_go()


def look(looks: dict[str, int]) -> dict[str, int]:
    """Ring for everything that is due; returns how often in a row each thing has been found so."""
    looks = {bell: looks.get(bell, 0) + 1 for bell in due.bells()}
    for bell, times in looks.items():
        if times % PATIENCE == 0:
            unhang(bell)
        queue.ring(bell)
    return looks


def mourn(pid: int) -> None:
    """A listener died: what it held is free, and the bell it was answering may ring again."""
    releasing.release(leases.of_process(pid))
    for bell in queue.BELLS:
        unhang(bell)


def unhang(bell: str) -> None:
    """Take down a bell that rings while nobody comes: its listener was killed before it could."""
    client = queue.connection()
    if client is not None:
        try:
            client.delete(Job.key_for(f"bell-{bell}"))
        except redis.RedisError as error:
            log.debug("bell.silent", bell=bell, why=str(error))


def _let_go() -> None:
    """Before a fork: no open connections, so that no two processes share one."""
    if database.made:
        database().engine.dispose()
    client = queue.connection()
    if client is not None:
        client.close()

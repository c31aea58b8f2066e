"""Ringing a bell: telling the workers that the database has something for them.

Redis carries bells only. Whoever rings never waits for it and never fails because of it: the workers look
into the database every few seconds anyway (DESIGN.md section 4).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.exceptions import DuplicateJobError

from core.once import Once
from core.settings import settings

log = structlog.get_logger(__name__)

#: Bell → (queue, job). A job handles everything that is due, so one waiting bell of a kind is enough.
BELLS = {
    "inbound": ("mail", "jobs.inbound.run"),
    "fanout": ("work", "jobs.fanout.run"),
    "outbound": ("send", "jobs.outbound.run"),
    "operations": ("work", "jobs.operations.run"),
    "snoozed": ("work", "jobs.waking.run"),
}

#: How every client of ours asks Redis: with short time-outs and no retries, for nobody waits for one that is away.
BRIEF: dict[str, Any] = {"socket_connect_timeout": 0.2, "socket_timeout": 0.5, "retry": Retry(NoBackoff(), 0)}


@Once
def connection() -> redis.Redis | None:
    """Redis with short time-outs and no retries, or None when the desk runs without."""
    url = settings().redis_url
    if not url:
        return None
    client: redis.Redis = redis.Redis.from_url(url, **BRIEF)
    return client


def ring(bell: str) -> bool:
    """Wake whoever does this; True when the bell was heard or rings already. Never raises for want of Redis."""
    client = connection()
    if client is None:
        return False
    queue, job = BELLS[bell]
    try:
        _enqueue(client, queue, job, bell)
    except DuplicateJobError:
        return True
    except redis.RedisError as error:
        log.debug("bell.silent", bell=bell, why=str(error))
        return False
    return True


def held(client: Any, key: bytes) -> Iterator[bytes]:
    """Everything that a key holds, as it lies there, and opened where RQ has packed it (zlib)."""
    read = READ.get(client.type(key))
    for value in read(client, key) if read else ():
        yield value
        with suppress(zlib.error):
            yield zlib.decompress(value)


def _pairs(found: Any) -> Iterator[bytes]:
    for name, value in found.items():
        yield from (name, value)


#: Kind of key → how all of it is read.
READ: dict[bytes, Callable[[Any, bytes], Iterable[bytes]]] = {
    b"string": lambda client, key: [client.get(key) or b""], b"hash": lambda client, key: _pairs(client.hgetall(key)),
    b"list": lambda client, key: client.lrange(key, 0, -1), b"set": lambda client, key: client.smembers(key),
    b"zset": lambda client, key: client.zrange(key, 0, -1),
    b"stream": lambda client, key: (part for _id, fields in client.xrange(key) for part in _pairs(fields))}


def _enqueue(client: Any, queue: str, job: str, bell: str) -> None:
    Queue(queue, connection=client).enqueue(
        job, job_id=f"bell-{bell}", unique=True, result_ttl=0, failure_ttl=1, job_timeout=600)

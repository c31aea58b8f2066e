"""Ringing a bell: telling the workers that the database has something for them.

Redis carries bells only. Whoever rings never waits for it and never fails because of it: the workers look
into the database every few seconds anyway (DESIGN.md section 4).
"""

from __future__ import annotations

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


def _enqueue(client: Any, queue: str, job: str, bell: str) -> None:
    Queue(queue, connection=client).enqueue(
        job, job_id=f"bell-{bell}", unique=True, result_ttl=0, failure_ttl=1, job_timeout=600)

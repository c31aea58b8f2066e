"""Once a night: what has had its time by the rules of retention is planned; it waits for an admin's word unless the desk is set otherwise."""

from __future__ import annotations

import structlog

from core.database import database
from core.queue import ring
from desk.retention import running

log = structlog.get_logger(__name__)


def plan() -> None:
    """Plan what falls due today; nothing without a rule."""
    with database().write() as db:
        operation = running.plan(db)
    if operation is not None:
        log.info("retention.planned", operation=operation.uid)
        ring("operations")

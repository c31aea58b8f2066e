"""The job that tells admins how the time of cases runs."""

from __future__ import annotations

from core.database import database
from core.queue import ring
from desk.outbound import pending_now
from desk.rights.clocks import tell_of_stages


def tell() -> None:
    """Tell of every case that has come further."""
    with database().write() as db:
        told = tell_of_stages(db)
        leaving = bool(told) and pending_now(db)
    if leaving:
        ring("outbound")

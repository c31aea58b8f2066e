"""Leases: one process among many does a thing (reads a mailbox, keeps the timetable), until it stops saying so."""

from __future__ import annotations

import os
import secrets
import socket
from datetime import datetime, timedelta

from sqlalchemy import String, delete, insert, or_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session

from core.clock import now
from core.database import Base, plain
from core.putting import savepoint


class Lease(Base):
    """Who holds what until when."""

    __tablename__ = "leases"
    name: Mapped[str] = plain(String(80), primary_key=True)
    holder: Mapped[str] = plain(String(80))
    until: Mapped[datetime] = plain()


#: The same in all processes that were forked from one, and in no others.
TREE = secrets.token_hex(4)


def holder() -> str:
    """A name for this holder that no other has: family of processes, host, process, random."""
    return f"{of_process(os.getpid())}{secrets.token_hex(4)}"


def of_process(pid: int) -> str:
    """What the names of all holders in one process of this family begin with."""
    return f"{of_tree(TREE)}{socket.gethostname()[:40]}:{pid}:"


def of_tree(tree: str) -> str:
    """What the names of all holders in a family of processes begin with."""
    return f"{tree}:"


def hold(db: Session, name: str, who: str, seconds: float) -> bool:
    """Take or prolong a lease; False while somebody else holds it."""
    at = now()
    taken = db.execute(update(Lease).where(
        Lease.name == name, or_(Lease.holder == who, Lease.until < at),
    ).values(holder=who, until=at + timedelta(seconds=seconds)))
    if taken.rowcount:  # type: ignore[attr-defined]
        return True
    try:
        with savepoint(db):
            db.execute(insert(Lease).values(name=name, holder=who, until=at + timedelta(seconds=seconds)))
    except IntegrityError:
        return False
    return True


def release(db: Session, name: str, who: str) -> None:
    """Let go, so that the next need not wait for the end."""
    db.execute(delete(Lease).where(Lease.name == name, Lease.holder == who))

"""Slowing down who guesses passwords: counted by name and by client, both kept only as keyed digests.

An attempt is counted before the password is looked at, so that many at once gain nothing; a right one takes
its count back. The edge commits each of these in a transaction of its own: a refused request is counted too.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from contacts.agent import SignInFailure
from core.clock import now
from core.tokens import digest

WINDOW = timedelta(minutes=15)
#: Failed attempts within the window after which nothing is tried any more.
MOST = {"name": 10, "client": 50}


def attempt(db: Session, name: str, client: str, *, at: datetime | None = None) -> timedelta | None:
    """Count an attempt for this name from this client; or how long to wait, when there were too many already."""
    at = at or now()
    keys = _keys(name, client)
    waits = [wait for kind, key in keys.items() if (wait := _wait(db, key, MOST[kind], at))]
    if waits:
        return max(waits)
    db.add_all(SignInFailure(key=key, at=at) for key in keys.values())
    db.flush()
    return None


def succeeded(db: Session, name: str, client: str) -> None:
    """The attempt was right: forget those of this name, and the last of this client."""
    keys = _keys(name, client)
    db.execute(delete(SignInFailure).where(SignInFailure.key == keys["name"]))
    last = select(func.max(SignInFailure.id)).where(SignInFailure.key == keys["client"]).scalar_subquery()
    db.execute(delete(SignInFailure).where(SignInFailure.id == last))


def _wait(db: Session, key: str, most: int, at: datetime) -> timedelta | None:
    """Time until the oldest of the last ``most`` failures leaves the window."""
    oldest = db.scalar(select(SignInFailure.at).where(SignInFailure.key == key, SignInFailure.at > at - WINDOW)
                       .order_by(SignInFailure.at.desc()).offset(most - 1).limit(1))
    return None if oldest is None else oldest + WINDOW - at


def _keys(name: str, client: str) -> dict[str, str]:
    return {"name": digest("sign-in-name", name.casefold()), "client": digest("sign-in-client", client)}

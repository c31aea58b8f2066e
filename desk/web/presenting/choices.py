"""What the selects of forms offer."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.company import Business, Category
from contacts.levels import levels
from core.alphabet import in_order

Choice = tuple[str, str]
#: Each in its own tongue, so that whoever sits before a desk in a foreign one finds theirs.
LANGUAGES: list[Choice] = [("en", "English"), ("nb", "Norsk bokmål"), ("da", "Dansk"), ("sv", "Svenska")]
REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def language_name(code: str | None) -> str:
    """``nb`` → ``Norsk bokmål``; empty for none."""
    return dict(LANGUAGES).get(code or "", code or "")


@lru_cache(maxsize=1)
def timezones() -> list[Choice]:
    """The places of the zone database."""
    names = sorted(name for name in available_timezones() if name.partition("/")[0] in REGIONS)
    return [(name, name.replace("_", " ").replace("/", " / ")) for name in ["UTC", *names]]


def agents(db: Session) -> list[Choice]:
    """Everybody who may sign in."""
    return [(agent.uid, agent.name) for agent in in_order(db.scalars(select(Agent).where(Agent.active)))]


def admins(db: Session) -> list[Choice]:
    """Those of them who are admins."""
    return [(agent.uid, agent.name) for agent in in_order(db.scalars(select(Agent).where(Agent.active, Agent.role == "admin")))]


def service_levels(db: Session, kept: str = "") -> list[Choice]:
    """The levels that are offered, in their order, and the one that is chosen already."""
    return [(level.uid, level.name) for level in levels(db, archived=True) if level.archived_at is None or level.uid == kept]


def listed(db: Session, kind: type[Business | Category]) -> list[Choice]:
    """A short list by name."""
    return [(uid, name) for uid, name in in_order(db.execute(select(kind.uid, kind.name)))]

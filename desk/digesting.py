"""What the bell told of cards that an agent follows, as one mail a day or a week, at the agent's hour (W29).

It names each card, what kind of thing changed and who changed it, and leads there; never what from or to, so that nothing of a note or a mail is
in it. Private notes and locked mail ring no bell and so are not told of here either. Each change is in one mail, however often this runs; what
is younger than :data:`SETTLED` waits for the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, Session, relationship

from contacts.agent import Agent
from contacts.company import Company
from contacts.favourite import AtHand
from contacts.person import Person
from core.clock import now
from core.database import Base, plain
from core.errors import Refused
from core.history import FactRow
from core.i18n import N_, speaking
from core.i18n import gettext as _
from core.options import option
from core.settings import settings
from desk.outbound import enqueue
from desk.subscribing import WINDOW
from desk.tickets.message import Notification
from desk.wording import render

EVERY = {"": N_("No mail, the bell alone"), "day": N_("Every day"), "week": N_("Every Monday")}
#: What changed, by the first part of a fact's name.
WHAT = {"person": N_("fields of the card"), "company": N_("fields of the card"), "address": N_("addresses"), "employment": N_("employment"),
        "activity": N_("activities"), "note": N_("notes"), "relation": N_("relations")}
TABLES: dict[str, Any] = {"person": Person, "company": Company}
#: Changes in one mail, and cards named in it.
MOST, CARDS = 1000, 50
#: How old a change is when nothing can come in before it any more: the bell tells of what is at most :data:`WINDOW` old, and on PostgreSQL a
#: notification may become visible after later ones, as long as what writes it takes.
SETTLED = WINDOW + timedelta(minutes=5)


class Digest(Base):
    """How often an agent gets the mail (``day`` or ``week``), at which hour of theirs, when it was last looked for, and up to which notification."""

    __tablename__ = "digests"
    agent_id: Mapped[int] = plain(ForeignKey("agents.id", ondelete="CASCADE"), primary_key=True)
    every: Mapped[str] = plain(String(4))
    hour: Mapped[int] = plain(default=7)
    told_at: Mapped[datetime] = plain(default=now)
    told_id: Mapped[int] = plain(default=0)
    agent: Mapped[Agent] = relationship()


def choose(db: Session, agent: Agent, every: str, hour: int) -> None:
    """How often, from now on; empty for never. Raises Refused."""
    if every not in EVERY or not 0 <= hour <= 23:
        raise Refused(N_("Choose how often, and an hour of the day."), {"digest": N_("Choose one of those offered.")})
    row = db.get(Digest, agent.id, with_for_update=True)
    if row is not None and not every:
        db.delete(row)
    elif row is not None:
        row.every, row.hour = every, hour
    elif every:
        db.add(Digest(agent_id=agent.id, every=every, hour=hour, told_id=db.scalar(select(func.max(Notification.id))) or 0))
    db.flush()


def chosen(db: Session, agent: Agent) -> tuple[str, int]:
    """How often, and at which hour."""
    row = db.get(Digest, agent.id)
    return (row.every, row.hour) if row is not None else ("", 7)


def followed(db: Session, agent: Agent) -> list[dict[str, str]]:
    """The cards whose changes an agent is told of: kind, uid and name."""
    found: list[dict[str, str]] = []
    for kind, table in TABLES.items():
        rows = db.scalars(select(table).join(AtHand, AtHand.subject_uid == table.uid).where(
            AtHand.agent_id == agent.id, AtHand.subscribed, table.binned_at.is_(None)).order_by(table.order_key, table.id).limit(MOST))
        found += [{"kind": kind, "uid": one.uid, "name": one.name} for one in rows]
    return found


def send_due(db: Session, *, at: datetime | None = None) -> int:
    """Write to whom it is time for, once; how many mails."""
    at, sent = at or now(), 0
    for row in db.scalars(select(Digest).order_by(Digest.agent_id).with_for_update(skip_locked=True, of=Digest)).all():
        if row.agent.active and row.told_at < _slot(row, at) <= at:
            sent += _send(db, row, at)
    db.flush()
    return sent


def _slot(row: Digest, at: datetime) -> datetime:
    """The last moment, up to now, at which the mail is due."""
    there = at.astimezone(ZoneInfo(row.agent.timezone))
    slot = there.replace(hour=row.hour, minute=0, second=0, microsecond=0)
    if row.every == "week":
        slot -= timedelta(days=slot.weekday())
    return slot if slot <= there else slot - timedelta(days=7 if row.every == "week" else 1)


def _send(db: Session, row: Digest, at: datetime) -> bool:
    found = db.execute(select(Notification.id, Notification.at, Notification.subject_uid, FactRow.kind, FactRow.by_uid).join(
        FactRow, FactRow.id == Notification.fact_id).where(Notification.agent_id == row.agent_id, Notification.event == "changed",
                                                           Notification.id > row.told_id).order_by(Notification.id).limit(MOST))
    rows = list(takewhile(lambda one: one.at <= at - SETTLED, found))
    row.told_at = at
    if not rows:
        return False
    row.told_id = rows[-1].id
    with speaking(row.agent.language, row.agent.timezone):
        changes = _told(db, rows)
    if not changes:
        return False
    mail = render(db, "digest", row.agent.language, None, name=row.agent.name, changes=changes, desk=option(db, "desk.name"),
                  link=f"{settings().url}/profile#digest")
    enqueue(db, kind="notification", mailbox=None, recipients=[row.agent.email], agent_id=row.agent_id, subject=mail.subject, text=mail.text,
            html=mail.html, language=row.agent.language)
    return True


def _told(db: Session, rows: Sequence[Any]) -> str:
    """A paragraph for each card that is still there."""
    uids = list(dict.fromkeys(row.subject_uid for row in rows))
    cards = {one.uid: (one.name, f"{settings().url}/{path}/{one.uid}") for table, path in ((TABLES["person"], "persons"), (TABLES["company"], "companies"))
             for one in db.scalars(select(table).where(table.uid.in_(uids), table.binned_at.is_(None)))}
    names: dict[str, str] = dict(db.execute(select(Agent.uid, Agent.name).where(Agent.uid.in_({row.by_uid for row in rows if row.by_uid}))).all())
    shown = [uid for uid in uids if uid in cards]
    parts = [_card(cards[uid], [row for row in rows if row.subject_uid == uid], names) for uid in shown[:CARDS]]
    return "\n\n".join(parts + ([_("And %(n)s more cards.", n=len(shown) - CARDS)] if len(shown) > CARDS else []))


def _card(card: tuple[str, str], rows: Sequence[Any], names: dict[str, str]) -> str:
    what = ", ".join(dict.fromkeys(_(WHAT.get(row.kind.partition(".")[0], N_("other things"))) for row in rows))
    who = ", ".join(dict.fromkeys(names.get(row.by_uid or "", "") or _("the desk itself") for row in rows))
    return _("%(name)s: %(what)s, by %(who)s", name=card[0], what=what, who=who) + f"\n{card[1]}"

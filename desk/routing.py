"""The book of routing rules: where new tickets go, in what order rules are asked, how often each decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, String, func, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Mapped, Session

from contacts.merged import named_of
from core.batch import MISSING, defer, recall, remember
from core.clock import now
from core.database import Base, Guarded, Json, Row, personal, plain
from rules import routing

COUNTED_DAYS = 30
#: Conditions that are lists of uids or codes.
LISTS = ("mailboxes", "persons", "companies", "categories", "languages", "trust")


class RoutingRule(Row, Guarded, Base):
    """One rule. ``conditions``: lists of uids (mailboxes, persons, companies, categories) and codes (languages, trust),
    ``words`` and ``all_words``. ``acts``: ``team`` and ``assignee`` (uids), ``priority``, ``tags``. A deleted one is kept for
    a while, so that deleting can be undone."""

    __tablename__ = "routing_rules"
    place: Mapped[int] = plain(default=0)
    name: Mapped[str] = plain(String(80), default="")
    active: Mapped[bool] = plain(default=True)
    conditions: Mapped[dict[str, Any]] = personal(Json, erase="keep", report=False, default=dict)
    acts: Mapped[dict[str, Any]] = plain(Json, default=dict)
    deleted_at: Mapped[datetime | None] = plain()


class RoutingMatch(Base):
    """How many tickets a rule routed on a day."""

    __tablename__ = "routing_matches"
    rule_id: Mapped[int] = plain(ForeignKey("routing_rules.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = plain(primary_key=True)
    count: Mapped[int] = plain(default=0)


def rules_in_order(db: Session) -> Sequence[RoutingRule]:
    """The rules as they are asked, also those that are switched off."""
    return db.scalars(select(RoutingRule).where(RoutingRule.deleted_at.is_(None)).order_by(
        RoutingRule.place, RoutingRule.id)).all()


def book(db: Session) -> Sequence[routing.Rule]:
    """The rules that are asked, looked up once a batch."""
    known = recall(db, "routing", None)
    rules: Sequence[routing.Rule] = remember(db, "routing", None, _asked(db)) if known is MISSING else known
    return rules


def _asked(db: Session) -> list[routing.Rule]:
    """A rule that names a person who was merged since holds for who goes on."""
    rows = [(number, row) for number, row in enumerate(rules_in_order(db), start=1) if row.active]
    go_on = named_of(db, {uid for _number, row in rows for uid in row.conditions.get("persons", ())})
    return [_read(number, row, go_on) for number, row in rows]


def count(db: Session, rule: routing.Rule) -> None:
    """One more ticket that this rule routed today."""
    defer(db, _count, rule.key.id)


def matches(db: Session) -> Mapping[int, int]:
    """Rule → tickets that it routed in the last 30 days."""
    since = now().date() - timedelta(days=COUNTED_DAYS)
    return dict(db.execute(select(RoutingMatch.rule_id, func.sum(RoutingMatch.count)).where(
        RoutingMatch.day > since).group_by(RoutingMatch.rule_id)).all())


def _read(number: int, row: RoutingRule, go_on: Mapping[str, str]) -> routing.Rule:
    conditions = row.conditions | {"persons": [go_on.get(uid, uid) for uid in row.conditions.get("persons", ())]}
    return routing.Rule(number, row, **{name: frozenset(conditions.get(name, ())) for name in LISTS},
                        words=tuple(conditions.get("words", ())), all_words=bool(conditions.get("all_words")))


def _count(db: Session, ids: list[int]) -> None:
    """In one order, so that no two workers wait for each other."""
    made: Any = insert_postgresql if db.get_bind().dialect.name == "postgresql" else insert_sqlite
    counting = made(RoutingMatch)
    counting = counting.on_conflict_do_update(
        index_elements=["rule_id", "day"], set_={"count": RoutingMatch.count + counting.excluded.count})
    db.connection().execute(counting, [
        {"rule_id": rule_id, "day": now().date(), "count": n} for rule_id, n in sorted(Counter(ids).items())])

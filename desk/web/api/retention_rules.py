"""Rules of retention: one for each class of data at most. For admins."""

from __future__ import annotations

from core.clock import now
from desk.retention.falling_due import counted, due
from desk.retention.rule import RetentionRule as Row
from desk.retention.rules import class_called, rules_of, save_rule, suggested
from desk.retention.running import draft
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.paging import Listed
from desk.web.api.routing import get, put
from desk.web.api.schemas.retention import RetentionRule, RetentionRuleChange
from desk.web.requests import db
from rules.retention import CLASSES


@get("/retention-rules", admin=True)
def index() -> Listed[RetentionRule]:
    """Every class of data, with its rule or what is suggested."""
    rules = rules_of(db())
    return Listed[RetentionRule](items=[_shown(rules.get(key) or suggested(of)) for key, of in CLASSES.items()])


@get("/retention-rules/<key>", admin=True)
def show(key: str) -> RetentionRule:
    """The rule of a class, or what is suggested."""
    of = class_called(key)
    return _shown(rules_of(db()).get(key) or suggested(of))


@put("/retention-rules/<key>", admin=True)
def update(key: str, given: RetentionRuleChange) -> RetentionRule:
    """Let the rule of a class be this. Nothing goes before the plan of the night, which waits for a word unless `retention.waits` says otherwise."""
    of, kept = class_called(key), rules_of(db()).get(key)
    versions.unmoved(kept.version if kept else 0)
    return _shown(save_rule(db(), of, given.model_dump(), by=me()))


def _shown(row: Row) -> RetentionRule:
    due_now = counted(db(), due(draft(db(), row), row.of, now().date()))
    return RetentionRule(key=row.of, period=row.period, unit=row.unit, since=row.since, act=row.act, active=row.active, version=row.version or 0, due_now=due_now)

"""The ordered rules about senders nobody knows, and trying others before they hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.options import option
from desk.mailboxes import mailbox_at
from desk.matching import last_30_days
from desk.policy import policy, save_policy
from desk.simulating import OPTION, simulate
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.routing import get, post, put
from desk.web.api.schemas.desk import IntakeRule, IntakeRules, MatchedRule, NewIntakeRules, Operation, Trial
from desk.web.api.shapes.operations import operation
from desk.web.requests import db, ring_after
from rules.policy import FIXED, Rule


@get("/intake-rules")
def index() -> IntakeRules:
    """The table in force."""
    return _shown()


@put("/intake-rules", admin=True)
def update(given: NewIntakeRules) -> IntakeRules:
    """Put another table in force, as a new version; the one before stays in the book."""
    versions.unmoved(policy(db()).version)
    gifts = given.gifts.model_dump(exclude_none=True) if given.gifts else policy(db()).gifts
    save_policy(db(), _kept(given.rules), gifts, by=me())
    return _shown()


@post("/intake-rules/simulate", status=202, admin=True)
def simulated(given: Trial) -> Operation:
    """Judge the mails of the last days again, each by what was known then. Nothing is changed."""
    row = simulate(db(), {
        "days": given.days, "unknown_sender": given.unknown_sender, "rules": None if given.rules is None else _kept(given.rules),
        "gifts": given.gifts.model_dump(exclude_none=True) if given.gifts else None}, by=me())
    ring_after("operations")
    return operation(row)


def _kept(rules: Sequence[IntakeRule]) -> list[dict[str, Any]]:
    found = [rule.model_dump(exclude_none=True) for rule in rules]
    for rule in found:
        rule["when"]["mailboxes"] = [_uid(one) for one in rule["when"]["mailboxes"]]
    return found


def _uid(mailbox: str) -> str:
    row = mailbox_at(db(), mailbox) if "@" in mailbox else None
    return row.uid if row is not None else mailbox


def _shown() -> IntakeRules:
    found = policy(db())
    counted = last_30_days(db(), [rule.id for rule in (*found.rules, *FIXED)])
    return IntakeRules(
        version=found.version, rules=[_rule(rule, counted) for rule in found.rules], fixed=[_rule(rule, counted) for rule in FIXED],
        gifts=dict(found.gifts), unknown_sender=option(db(), OPTION))


def _rule(rule: Rule, counted: dict[str, int]) -> MatchedRule:
    return MatchedRule(**rule.as_dict(), last_30=counted.get(rule.id, 0))

"""The book of routing rules, read and replaced as a whole. For admins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from contacts.agent import Agent, Team
from contacts.company import Category
from core.database import take_turns
from core.errors import Refused
from core.i18n import gettext as _
from desk.mailboxes import Mailbox
from desk.routing import LISTS, RoutingRule, matches, rules_in_order
from desk.routing_rules import BOOK, replace, version_of
from desk.web.api import versions
from desk.web.api.bearer import me
from desk.web.api.finding import agent_named, company_named, person_named, team_named, visible_mailbox
from desk.web.api.routing import get, put
from desk.web.api.schemas.routing import NewRules, RoutingRules, ShownActs, ShownConditions, ShownRule
from desk.web.api.schemas.routing import RoutingRule as Given
from desk.web.requests import db


@get("/routing-rules", admin=True)
def show() -> RoutingRules:
    """The rules in their order, also those that are switched off."""
    return _book()


@put("/routing-rules", admin=True)
def update(given: NewRules) -> RoutingRules:
    """Let the book be exactly these rules, in this order. Only tickets that open from now on follow it."""
    take_turns(db(), BOOK)
    versions.unmoved(version_of(db()))
    replace(db(), [_given(rule, f"rules.{number}") for number, rule in enumerate(given.rules)], by=me())
    return _book()


def _given(rule: Given, at: str) -> dict[str, Any]:
    """A rule with its names as uids."""
    asked, done = rule.conditions, rule.acts
    conditions: dict[str, Any] = {name: list(getattr(asked, name)) for name in (*LISTS, "words")} | {"all_words": asked.all_words}
    conditions["mailboxes"] = [visible_mailbox(address, f"{at}.conditions.mailboxes").uid for address in asked.mailboxes]
    conditions["persons"] = [person_named(uid, f"{at}.conditions.persons").uid for uid in asked.persons]
    conditions["companies"] = [company_named(uid, f"{at}.conditions.companies").uid for uid in asked.companies]
    conditions["categories"] = [_category(name, f"{at}.conditions.categories") for name in asked.categories]
    acts = {"team": team_named(done.team, f"{at}.acts.team").uid if done.team else None,
            "assignee": agent_named(done.assignee, f"{at}.acts.assignee").uid if done.assignee else None,
            "priority": done.priority, "tags": done.tags}
    return {"uid": rule.id, "name": rule.name, "active": rule.active, "conditions": conditions, "acts": acts}


def _book() -> RoutingRules:
    db().flush()
    rows, counted = rules_in_order(db()), matches(db())
    called = _called(rows)
    return RoutingRules(version=version_of(db()), rules=[ShownRule(
        id=row.uid, name=row.name, active=row.active, last_30_days=counted.get(row.id, 0),
        conditions=_conditions(row, called), acts=_acts(row, called)) for row in rows])


def _conditions(row: RoutingRule, called: Mapping[str, str]) -> ShownConditions:
    named = {name: [called.get(uid, uid) for uid in row.conditions.get(name, ())] for name in ("mailboxes", "categories")}
    return ShownConditions(**row.conditions | named)


def _acts(row: RoutingRule, called: Mapping[str, str]) -> ShownActs:
    named = {name: called.get(row.acts[name], row.acts[name]) for name in ("team", "assignee") if row.acts.get(name)}
    return ShownActs(**row.acts | named)


def _called(rows: Iterable[RoutingRule]) -> dict[str, str]:
    """What records that the rules name are called in the API: at most one question a kind."""
    rows = list(rows)
    found: dict[str, str] = {}
    for kind, name, wanted in (
        (Mailbox, Mailbox.address, {uid for row in rows for uid in row.conditions.get("mailboxes", ())}),
        (Category, Category.name, {uid for row in rows for uid in row.conditions.get("categories", ())}),
        (Team, Team.name, {row.acts.get("team") for row in rows}), (Agent, Agent.email, {row.acts.get("assignee") for row in rows}),
    ):
        found |= dict(db().execute(select(kind.uid, name).where(kind.uid.in_(wanted))).all()) if wanted else {}
    return found


def _category(name: str, field: str) -> str:
    uid = db().scalar(select(Category.uid).where(Category.name == name.strip()))
    if uid is None:
        raise Refused(_("There is no category %(name)s.", name=name), {field: _("There is no such category.")})
    return uid

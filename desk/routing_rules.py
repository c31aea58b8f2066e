"""Changing the book of routing rules: adding, editing, moving, switching, deleting and taking that back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.facts import RoutingChanged
from core.clock import now
from core.errors import Conflict, Refused, Unknown
from core.history import record
from core.i18n import N_
from core.i18n import gettext as _
from core.options import LANGUAGES
from core.placing import renumber, step
from desk.routing import LISTS, RoutingRule, rules_in_order
from desk.switching import last_change
from desk.tickets.tagging import MOST as MOST_TAGS

BOOK = "routing-rules"
MOST_RULES, MOST_LISTED, MOST_WORDS = 200, 200, 50
LONGEST_WORD = LONGEST_NAME = 80
TRUSTS = ("pass", "none", "fail")
#: How long a deleted rule can come back.
KEPT = timedelta(days=15)


def rule_called(db: Session, uid: str, *, deleted: bool = False) -> RoutingRule:
    """The rule with this uid. Raises Unknown, also for a deleted one unless asked for."""
    row = db.scalar(select(RoutingRule).where(RoutingRule.uid == uid))
    if row is None or (row.deleted_at is not None and not deleted):
        raise Unknown(N_("There is no such rule."))
    return row


def version_of(db: Session) -> int:
    """What counts the changes of the whole book: the number of the last one; 0 before any."""
    fact = last_change(db, BOOK)
    return fact.id if fact is not None else 0


def unmoved(row: RoutingRule, version: int | None) -> None:
    """Raises Conflict where a colleague has changed the rule since this version."""
    if version is not None and row.version != version:
        raise Conflict(N_("A colleague has changed this in the meantime. Look at what holds now, then repeat your change."))


def save_rule(
    db: Session, row: RoutingRule | None, *, name: str, active: bool, conditions: Mapping[str, Any], acts: Mapping[str, Any],
    by: Agent, version: int | None = None,
) -> RoutingRule:
    """Write a rule, or change one; a new one is asked last. Raises Conflict when a colleague was faster, and Refused."""
    if row is not None:
        unmoved(row, version)
    made = row or RoutingRule(place=(db.scalar(select(func.max(RoutingRule.place))) or 0) + 1)
    if row is None and len(rules_in_order(db)) >= MOST_RULES:
        raise Refused(_("At most %(most)s rules.", most=MOST_RULES))
    made.name, made.active = " ".join(name.split()), active
    made.conditions, made.acts = _clean_conditions(conditions), _clean_acts(acts)
    _check(made)
    db.add(made)
    db.flush()
    _record(db, made, "edited" if row else "added", by)
    return made


def move(db: Session, row: RoutingRule, *, up: bool, by: Agent) -> None:
    """Let a rule be asked one place earlier, or later; at the end of the book nothing happens."""
    if step(db, rules_in_order(db), row, up=up):
        _record(db, row, "moved", by)


def switch(db: Session, row: RoutingRule, *, active: bool, by: Agent) -> None:
    """Let a rule be asked, or not."""
    if row.active != active:
        row.active = active
        db.flush()
        _record(db, row, "on" if active else "off", by)


def remove(db: Session, row: RoutingRule, *, by: Agent) -> None:
    """Take a rule out of the book. It can be put back for some days; those that were taken out before that are gone."""
    db.execute(delete(RoutingRule).where(RoutingRule.deleted_at < now() - KEPT))
    row.deleted_at = now()
    db.flush()
    _record(db, row, "deleted", by)


def restore(db: Session, row: RoutingRule, *, by: Agent) -> None:
    """Put a deleted rule back where it was."""
    if row.deleted_at is not None:
        row.deleted_at = None
        db.flush()
        _record(db, row, "restored", by)


def replace(db: Session, rules: Sequence[Mapping[str, Any]], *, by: Agent) -> None:
    """Let the book be exactly these rules, in this order. One with the ``uid`` of a rule changes it, one without is new,
    and those that are not named go. Nothing is written where it stands so already."""
    if len(rules) > MOST_RULES:
        raise Refused(_("At most %(most)s rules.", most=MOST_RULES))
    rows = {row.uid: row for row in rules_in_order(db)}
    before, wanted = list(rows), []
    for number, given in enumerate(rules):
        row = rows.pop(given["uid"], None) if given.get("uid") else None
        if given.get("uid") and row is None:
            raise Refused(N_("There is no such rule, or it is named twice."), {f"rules.{number}.id": N_("There is no such rule.")})
        wanted.append(_settle(db, row, given, number, by))
    for row in rows.values():
        remove(db, row, by=by)
    renumber(db, wanted)
    if [row.uid for row in wanted if row.uid in before] != [uid for uid in before if uid not in rows]:
        _record(db, wanted[0], "moved", by)


def _settle(db: Session, row: RoutingRule | None, given: Mapping[str, Any], number: int, by: Agent) -> RoutingRule:
    fields = {name: given[name] for name in ("name", "active", "conditions", "acts")}
    if row is not None and _same(row, fields):
        return row
    try:
        return save_rule(db, row, **fields, by=by)
    except Refused as refused:
        raise Refused(refused.sentence, {f"rules.{number}.{name}": said for name, said in refused.errors.items()}) from refused


def _same(row: RoutingRule, fields: Mapping[str, Any]) -> bool:
    return (row.name, row.active, row.conditions, row.acts) == (
        " ".join(fields["name"].split()), fields["active"], _clean_conditions(fields["conditions"]), _clean_acts(fields["acts"]))


def _clean_conditions(given: Mapping[str, Any]) -> dict[str, Any]:
    """Without what asks nothing; words as they were written, each once."""
    kept: dict[str, Any] = {name: list(dict.fromkeys(given[name])) for name in LISTS if given.get(name)}
    words = list(dict.fromkeys(word for one in given.get("words", ()) if (word := " ".join(one.split()))))
    if words:
        kept |= {"words": words, "all_words": bool(given.get("all_words"))}
    return kept


def _clean_acts(given: Mapping[str, Any]) -> dict[str, Any]:
    tags = sorted({" ".join(tag.split()).lower() for tag in given.get("tags", ())} - {""})
    kept = {name: given[name] for name in ("team", "assignee", "priority") if given.get(name)}
    return kept | ({"tags": tags} if tags else {})


def _check(row: RoutingRule) -> None:
    """Raises Refused with what is wrong of each field."""
    errors, conditions, acts = {}, row.conditions, row.acts
    if len(row.name) > LONGEST_NAME:
        errors["name"] = _("At most %(most)s characters.", most=LONGEST_NAME)
    if any(len(conditions.get(name, ())) > MOST_LISTED for name in LISTS):
        errors["conditions"] = _("At most %(most)s of each kind.", most=MOST_LISTED)
    words = conditions.get("words", ())
    if len(words) > MOST_WORDS or any(len(word) > LONGEST_WORD or not any(c.isalnum() for c in word) for word in words):
        errors["words"] = _("At most %(most)s, each of at most %(long)s characters with a letter or a digit.", most=MOST_WORDS,
                            long=LONGEST_WORD)
    if not set(conditions.get("languages", ())) <= set(LANGUAGES):
        errors["languages"] = N_("Choose one of the languages.")
    if not set(conditions.get("trust", ())) <= set(TRUSTS):
        errors["trust"] = N_("Choose one of those offered.")
    if not acts:
        errors["acts"] = N_("Say what happens: a team, an agent, a priority or a tag.")
    if acts.get("priority") not in (None, 1, 2, 3, 4, 5):
        errors["priority"] = N_("Between 1 and 5.")
    if len(acts.get("tags", ())) > MOST_TAGS or any(len(tag) > 60 for tag in acts.get("tags", ())):
        errors["tags"] = _("At most %(most)s tags of 60 characters each.", most=MOST_TAGS)
    if errors:
        raise Refused(N_("Some fields cannot be saved like this."), errors)


def _record(db: Session, row: RoutingRule, change: str, by: Agent) -> None:
    record(db, RoutingChanged(row.uid, change, BOOK), by=by.uid)

"""What a card's history says of its relations: with whom, in the words of the kind, and who the others are called now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from contacts.company import Company
from contacts.facts import RelationChanged
from contacts.person import Person
from contacts.relation import RelationKind
from core.history import FactRow
from core.i18n import N_, dated
from core.i18n import gettext as _
from desk.web.requests import db

SAID = {"added": N_("Related: %(words)s %(name)s"), "edited": N_("Relation changed: %(words)s %(name)s"),
        "ended": N_("Relation ended: %(words)s %(name)s"), "removed": N_("Relation taken away: %(words)s %(name)s"),
        "restored": N_("Relation put back: %(words)s %(name)s")}
#: How values of a relation's fields are said.
OF_RELATIONS: dict[str, Callable[[str], str]] = {
    "relation_kind": lambda name: _(name), **dict.fromkeys(("since", "until"), lambda day: dated(date.fromisoformat(day), year=True))}
SIDES = ("person_uid", "company_uid", "other_person_uid", "other_company_uid")


def told(facts: Sequence[FactRow], uid: str) -> dict[int, str]:
    """Fact → what it says on the card with this uid. Who is in the bin has no name there."""
    mine = [fact for fact in facts if fact.kind == RelationChanged.kind]
    if not mine:
        return {}
    names, kinds = _names(mine), {kind.uid: kind for kind in db().scalars(select(RelationKind).where(
        RelationKind.uid.in_({fact.data["relation_kind"] for fact in mine})))}
    return {fact.id: _say(fact.data, uid, names, kinds[fact.data["relation_kind"]]) for fact in mine}


def _say(data: Mapping[str, Any], uid: str, names: Mapping[str, str], kind: RelationKind) -> str:
    first, second = data["person_uid"] or data["company_uid"], data["other_person_uid"] or data["other_company_uid"]
    turned = uid == second
    return _(SAID[data["change"]], words=_(kind.reverse if turned else kind.name),
             name=names.get(first if turned else second) or _("somebody deleted"))


def _names(facts: Sequence[FactRow]) -> dict[str, str]:
    uids = {uid for fact in facts for side in SIDES if (uid := fact.data[side])}
    persons = db().scalars(select(Person).where(Person.uid.in_(uids), Person.binned_at.is_(None)))
    companies = db().scalars(select(Company).where(Company.uid.in_(uids), Company.binned_at.is_(None)))
    return {one.uid: one.name for one in (*persons, *companies)}

"""Favourites and subscriptions of a person who is merged: whoever had them has the one who goes on at hand; and back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.favourite import AtHand
from contacts.merge import Merge
from contacts.merged import merge_of, merges_into
from contacts.person import Person

#: Whether it is a favourite, and whether it is subscribed to; none where there is no row.
Both = list[bool] | None


def hand_over(db: Session, merge: Merge, person: Person, into: Person) -> None:
    """Let who goes on be a favourite, and subscribed to, where the other was. What was before is kept with the merge."""
    there = {row.agent_id: row for row in db.scalars(select(AtHand).where(AtHand.subject_uid == into.uid))}
    before, after = {}, {}
    for row in db.scalars(select(AtHand).where(AtHand.subject_uid == person.uid, AtHand.favourite | AtHand.subscribed)).all():
        kept = there.get(row.agent_id)
        before[str(row.agent_id)] = [kept.favourite, kept.subscribed] if kept else None
        if kept is None:
            kept = AtHand(agent_id=row.agent_id, subject_uid=into.uid, kind=row.kind, opened_at=row.opened_at, favourite=False, subscribed=False)
            db.add(kept)
        kept.favourite, kept.subscribed = kept.favourite or row.favourite, kept.subscribed or row.subscribed
        after[str(row.agent_id)] = [kept.favourite, kept.subscribed]
    db.flush()
    merge.before, merge.after = merge.before | {"at_hand": before}, merge.after | {"at_hand": after}


def hand_back(db: Session, merge: Merge) -> None:
    """Let it be as before, where the agent has not changed it since: what came by other merges stays."""
    into = db.get_one(Person, merge.into_id)
    for agent, was in merge.before.get("at_hand", {}).items():
        _replace(db, into, agent, was, merge)
    db.flush()


def _replace(db: Session, person: Person, agent: str, was: Both, since: Merge) -> None:
    """Let the agent have had the person at hand like this after ``since``: in the merges into the person since then, today, and
    with whom the person has become part of. Nothing is done where the agent has chosen otherwise in between."""
    stood, later = since.after["at_hand"][agent], merges_into(db, person, since)
    for one in (each for each in later if agent in each.before.get("at_hand", {})):
        if one.before["at_hand"][agent] != stood:
            return
        stood = one.after["at_hand"][agent]
        one.before, was = _with(one.before, agent, was), _either(was, _of(_row(db, agent, db.get_one(Person, one.person_id))))
        one.after = _with(one.after, agent, was)
    row = _row(db, agent, person)
    if row is None or _of(row) != stood:
        return
    if was is None:
        db.delete(row)
    else:
        row.favourite, row.subscribed = was
    db.flush()
    up = merge_of(db, person) if person.merged_into_id is not None else None
    if up is not None and agent in up.before.get("at_hand", {}):
        both = _either(up.before["at_hand"][agent], was)
        _replace(db, db.get_one(Person, up.into_id), agent, both, up)
        up.after = _with(up.after, agent, both)


def _row(db: Session, agent: str, person: Person) -> AtHand | None:
    return db.scalar(select(AtHand).where(AtHand.subject_uid == person.uid, AtHand.agent_id == int(agent)))


def _of(row: AtHand | None) -> Both:
    return [row.favourite, row.subscribed] if row is not None else None


def _either(one: Both, other: Both) -> Both:
    """What both together are; a row that says nothing is none to be made."""
    if one is None:
        return other if other and any(other) else None
    return [mine or theirs for mine, theirs in zip(one, other or one, strict=True)]


def _with(kept: dict[str, Any], agent: str, value: Both) -> dict[str, Any]:
    return kept | {"at_hand": kept["at_hand"] | {agent: value}}

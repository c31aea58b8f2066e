"""Pairs who may be one as the API shows them."""

from __future__ import annotations

from contacts.duplicate_pair import DuplicatePair
from contacts.resembling import score
from desk.web.api.schemas import duplicates as shapes


def duplicate(pair: DuplicatePair) -> shapes.Duplicate:
    """A pair with its evidence."""
    return shapes.Duplicate.model_validate({
        "id": pair.uid, "points": pair.points, "score": score(pair.points), "origin": pair.origin, "state": pair.state,
        "found_at": pair.found_at, "persons": [{"id": one.uid, "name": one.name} for one in (pair.person, pair.other)],
        "evidence": [{name: clue[name] for name in ("clue", "points", "words")} for clue in pair.evidence]})

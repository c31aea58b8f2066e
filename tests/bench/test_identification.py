"""The labelled set of unknown senders: the right person first nearly always, and never anybody tied without a click."""

from __future__ import annotations

from bench.identification.cases import KINDS, cases
from bench.identification.measuring import ABLATIONS, accuracy, printed
from bench.identification.register import fill
from core.database import Database

CASES, PERSONS, GOAL = 300, 6000, 0.95


def test_the_right_person_stands_first_and_nobody_is_linked(fresh_database: Database) -> None:
    """S83a: people who changed their address, married, mistyped; impostors and namesakes are proposed at most."""
    made = cases(fill(fresh_database, PERSONS, 1), CASES, seed=21)
    assert len(made) >= 300
    assert {case.kind for case in made} == set(KINDS)
    result = accuracy(fresh_database, made, ABLATIONS["all evidence"])
    there = [tally for kind, tally in result.kinds.items() if KINDS[kind][2]]
    share = sum(tally.first for tally in there) / sum(tally.n for tally in there)
    assert share >= GOAL, printed("all evidence", result, in_full=True)
    assert result.linked == 0
    assert result.kinds["somebody new"].probable == 0

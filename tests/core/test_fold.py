"""Folding for search: Nordic letters meet in every spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fold import fold, words


@pytest.mark.parametrize(("one", "other"), [
    ("Bjørn", "bjoern"), ("Bjørn", "BJÖRN"), ("Åse", "aase"), ("Ærø", "aeroe"), ("Sólveig", "solveig"),
    ("Straße", "strasse"), ("Þór", "thor"), ("Émile", "emile"), ("A\u030Ase", "åase")])
def test_both_spellings_are_one(one, other):
    assert fold(one) == fold(other)


def test_other_letters_stay_apart():
    assert fold("Hansen") != fold("Hanson")
    assert fold("Привет") == "привет"


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing_more_of_words(text):
    assert words(fold(text)) == words(text) or fold(fold(text)) == fold(fold(fold(text)))
    assert "\0" not in fold(text)

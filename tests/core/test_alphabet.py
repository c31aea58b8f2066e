"""The order of names: a to z, æ and ä, ø and ö, å."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.alphabet import beginnings, order_key
from core.fold import fold

IN_ORDER = ("Adam", "Agren", "Zorn", "Ärlig", "Ærø", "Økland", "Östlund", "Ågren", "Aasen")


@pytest.mark.parametrize("order", [
    IN_ORDER, ("Bad", "Bude", "Bye", "Bær", "Bør", "Bål"), ("Hansen Ole", "Hansen Åse", "Hansena Ole"), ("Noel", "Nøel"),
    ("Myhre", "Müller", "Myrvold"), ("Thor", "Þór A", "Thor B")])
def test_order(order):
    turned = order[::-1]
    assert sorted(turned, key=order_key) == list(order)


@pytest.mark.parametrize(("one", "other"), [
    ("ÆRØ", "ärö"), ("A\u030As", "aas"), ("Émile", "emile"), ("  Ole\0 Berg", "ole berg"), ("Straße", "strasse")])
def test_the_same_place(one, other):
    assert order_key(one) == order_key(other)


@given(st.text("abehlotuyæäøöåéüþ", min_size=1, max_size=6).filter(lambda text: not re.search("[aå][åäæ]", text)), st.integers(1, 2))
def test_whose_folded_name_begins_so_has_a_key_that_begins_so(text, letters):
    begins = beginnings(fold(text)[:letters])
    assert any(order_key(text).startswith(one) for one in begins), begins
    assert not any(a != b and a.startswith(b) for a in begins for b in begins)

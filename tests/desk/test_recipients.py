"""Addresses as people write them into a field."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.tickets.recipients import Recipient, written


@pytest.mark.parametrize(("text", "found"), [
    ("ole@kunde.example", [Recipient("ole@kunde.example")]),
    ('"Vang, Ole" <ole@kunde.example>, eva@kunde.example', [
        Recipient("ole@kunde.example", "Vang, Ole"), Recipient("eva@kunde.example")]),
    ("Ole Vang <ole@kunde.example>; eva@kunde.example\nper@kunde.example,", [
        Recipient("ole@kunde.example", "Ole Vang"), Recipient("eva@kunde.example"), Recipient("per@kunde.example")]),
    ('"Acme <Oslo>" <acme@kunde.example>, "" <eva@kunde.example>', [
        Recipient("acme@kunde.example", "Acme <Oslo>"), Recipient("eva@kunde.example")]),
    ("half, <>, ", [Recipient("half"), Recipient("<>")]),
    ("", []),
])
def test_what_is_written(text: str, found: list[Recipient]) -> None:
    assert written(text) == found


@given(st.text(max_size=200))
def test_anything_may_be_written(text: str) -> None:
    assert all(one.address for one in written(text))

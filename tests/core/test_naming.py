"""What is kept of a name that was typed."""

from __future__ import annotations

import pytest

from core.naming import name_of


@pytest.mark.parametrize(("typed", "kept"), [
    (" Blå \t øyne\n", "Blå øyne"), ("7", "7"), ("\u200bTri\u00adal\ufeff", "Trial"), ("क्\u200dष", "क्\u200dष"), ("\u200b", ""), ("\u2060 \u00a0", ""),
    ("–", ""), ("\u200e", ""), ("", "")])
def test_a_name_can_be_seen(typed: str, kept: str) -> None:
    assert name_of(typed) == kept

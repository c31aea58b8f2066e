"""Who gets an acknowledgement: everybody, but for a reason."""

from dataclasses import replace

import pytest

from rules.acknowledging import REASONS, Clues, why_not

ORDINARY = Clues(wanted=True, address="ole@kunde.example")


def test_ordinary_request_is_acknowledged():
    assert why_not(ORDINARY) == ""


@pytest.mark.parametrize(("clue", "value", "word"), [
    ("wanted", False, "switched off"), ("channel", "phone", "not begun by a mail"), ("direction", "out", "not begun"),
    ("archive", True, "archive"), ("quiet", True, "machine"), ("automatic", "out_of_office", "machine"),
    ("forwarded", True, "forwarded"), ("held", True, "held"), ("state", "spam", "spam"), ("state", "closed", "closed"), ("trust", "fail", "forged"),
    ("address", "", "no address"), ("ours", True, "of ours"), ("agent", True, "agent"), ("nobody", True, "Nobody reads"),
    ("blocked", True, "blocked"), ("bouncing", True, "comes back")])
def test_each_reason_not_to(clue, value, word):
    assert word in why_not(replace(ORDINARY, **{clue: value}))


def test_every_reason_can_be_the_one():
    assert len({reason.why for reason in REASONS}) == len(REASONS) == 14

"""What a spam filter before us said."""

import pytest

from rules.spam import judge


@pytest.mark.parametrize(("headers", "spam"), [
    ({}, False), ({"x-spam-flag": ("YES",)}, True), ({"x-spam-flag": ("NO",)}, False), ({"x-spam": ("Yes",)}, True),
    ({"x-spam-status": ("Yes, score=7.3 required=5.0 tests=A,B",)}, True),
    ({"x-spam-status": ("No, score=1.2 required=5.0",)}, False),
    ({"x-spam-status": ("score=7.3 required=6.0",)}, True), ({"x-spam-status": ("score=4.1 required=6.0",)}, False),
    ({"x-spam-score": ("12.5",)}, True), ({"x-spam-score": ("9.9",)}, False), ({"x-spam-score": ("-2.6",)}, False),
    ({"x-spam-score": ("6.5 / 6.0",)}, True), ({"x-spam-score": ("12 / 15",)}, False),
    ({"x-spam-score": ("a lot",)}, False), ({"x-spam-score": ("12",), "x-spam-flag": ("NO",)}, False),
    ({"x-spam-score": ("",)}, False), ({"x-spam-score": ("9" * 400,)}, True),
])
def test_verdicts(headers, spam):
    assert judge(headers, limit=10) is spam


def test_scores_can_be_left_alone():
    assert not judge({"x-spam-score": ("999",)}, limit=0)

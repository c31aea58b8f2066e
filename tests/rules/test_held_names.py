"""Names that are no words of letters with a space between are found as they are held."""

from __future__ import annotations

import pytest

from rules.redaction import Aliases, Matcher, redact


@pytest.mark.parametrize(("first", "last", "text", "left"), [
    ("de la Zqcruz y", "Zqvega", "Ask de la Zqcruz y Zqvega.", "Ask [erased person]."),
    ("de la Zqcruz y", "Zqvega", "From: Zqvega, de la Zqcruz y <x@y.example>", "From: [erased person] <x@y.example>"),
    ("Zqmari (Mia)", "Zqnes", "hi, Zqmari (Mia) Zqnes's lamp", "hi, [erased person] lamp"),
    ("", "Zqlast Fam", "hi, zqlast fam", "hi, [erased person]"),
    ("李", "小龍", "昨日李小龍来了", "昨日[erased person]来了"), ("李", "小龍", "by 小龍, 李.", "by [erased person]."),
])
def test_as_they_are_held(first, last, text, left):
    """PRIVACY.md 4.1: whole, in both orders, whatever stands between the words; where they take no part somebody looks."""
    matcher = Matcher(Aliases(names=((first, last),)))
    assert redact(text, [hit for hit in matcher.find(text, near=True) if hit.automatic]) == left
    assert [hit for hit in matcher.find(text, near=False) if hit.automatic] == []
    assert [hit for hit in matcher.find(text, near=True, others=[f"{first} {last}"]) if hit.automatic] == []


def test_ordinary_words_around_are_nobodys():
    matcher = Matcher(Aliases(names=(("", "Zqlast Fam"),)))
    assert [hit for hit in matcher.find("Zqlast famous words", near=True) if hit.automatic] == []

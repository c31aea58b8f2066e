"""Routing rules: the first that holds decides, and tells what made it."""

import pytest

from rules.routing import Clues, Rule, finds, first

CLUES = Clues("box", "ole", {"nord": "Nord AS"}, "vip", "nb", "none", "Faktura 4711", "Hei, vi har fått en purring på varmepumpen.")


@pytest.mark.parametrize(("rule", "because"), [
    (Rule(1), ()),
    (Rule(1, mailboxes=frozenset({"box"})), (("mailboxes", "box"),)),
    (Rule(1, mailboxes=frozenset({"other"})), None),
    (Rule(1, persons=frozenset({"ole", "kari"})), (("persons", "ole"),)),
    (Rule(1, companies=frozenset({"nord"})), (("companies", "Nord AS"),)),
    (Rule(1, categories=frozenset({"plain"})), None),
    (Rule(1, languages=frozenset({"nb", "da"}), trust=frozenset({"none"})), (("languages", "nb"), ("trust", "none"))),
    (Rule(1, words=("faktura", "kreditnota")), (("words", "faktura"),)),
    (Rule(1, words=("faktura", "kreditnota"), all_words=True), None),
    (Rule(1, words=("purring", "FAKTURA"), all_words=True), (("words", "purring, FAKTURA"),)),
    (Rule(1, mailboxes=frozenset({"box"}), words=("opphør",)), None),
])
def test_a_rule_holds_where_all_it_asks_is_met(rule, because):
    match = first([rule], CLUES)
    assert (match.because if match else None) == because


def test_the_first_decides():
    rules = [Rule(1, languages=frozenset({"sv"})), Rule(2, words=("faktura",)), Rule(3)]
    assert first(rules, CLUES).rule.number == 2
    assert first(rules, Clues()).rule.number == 3
    assert first(rules[:2], Clues()) is None


@pytest.mark.parametrize(("word", "text", "found"), [
    ("faktura", "fakturaen", False), ("faktura*", "fakturaen kom", True), ("faktura*", "en proformafaktura", False),
    ("ikke betalt", "har ikke  betalt", True), ("Ærlig", "AERLIG", True), ("ø", "øl", False), ("c++", "i c++ code", True),
    ("*", "anything", False), ("å", "fått", False),
])
def test_words_are_whole_and_folded(word, text, found):
    from core.fold import fold
    assert finds(word, fold(text)) is found


def test_subject_and_text_do_not_run_together():
    assert first([Rule(1, words=("4711 hei",))], CLUES) is None

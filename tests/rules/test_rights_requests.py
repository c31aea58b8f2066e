"""Requests for rights are recognised by their words, and ordinary mail is left alone: measured on a labelled set."""

import pytest

from rules.rights_requests import recognise
from tests.rules.rights_sentences import ORDINARY, REQUESTS

ASKED = [(kind, sentence) for kind, sentences in REQUESTS.items() for sentence in sentences]


def test_measured():
    """At least 95 of 100 requests are seen, with their kind; nothing of the ordinary mail is."""
    seen = [(kind, sentence) for kind, sentence in ASKED if (found := recognise("", sentence)) is not None and found.kind == kind]
    alarms = [sentence for sentence in ORDINARY if recognise("", sentence) is not None]
    print(f"\n{len(ASKED)} requests: {len(seen)} seen ({len(seen) / len(ASKED):.1%}); {len(ORDINARY)} ordinary: {len(alarms)} false alarms")
    print("\n".join(f"missed: {kind}: {sentence} -> {recognise('', sentence)}" for kind, sentence in ASKED if (kind, sentence) not in seen))
    print("\n".join(f"alarm: {sentence} -> {recognise('', sentence)}" for sentence in alarms))
    assert len(ASKED) + len(ORDINARY) >= 120
    assert len(seen) >= 0.95 * len(ASKED)
    assert not alarms


@pytest.mark.parametrize(("subject", "kind"), [("Innsyn", "access"), ("GDPR", "other"), ("Slett meg!", "erasure"), ("Registerutdrag", "access"), ("Ordre 15", None)])
def test_subject_alone(subject, kind):
    found = recognise(subject, "Hei,\n\nmvh Ole")
    assert (found.kind if found else None) == kind


def test_the_words_are_told():
    found = recognise("Hello", "Hi there.\n\nIt was nice in your shop. Please delete all my data. Thanks!\n\nMads")
    assert found == ("erasure", "Please delete all my data.")


def test_below_the_line_of_a_signature_nothing_is_asked():
    assert recognise("Lamp", "The lamp is dark.\n\n-- \nI request erasure of my personal data") is None


@pytest.mark.parametrize("sentence", ["I do not want you to delete my data, keep it.", "Jag vill inte att ni ska radera mina uppgifter.",
                                      "Jeg ønsker ikke at dere skal slette mine data.", "I am not asking for you to delete my data."])
def test_what_is_not_wanted_is_not_asked_for(sentence):
    assert recognise("", sentence) is None

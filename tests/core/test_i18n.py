"""The words in force: languages, places, plurals, dates, and sentences that were kept in English."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import Refused
from core.i18n import (
    LANGUAGES,
    N_,
    age,
    catalogue,
    day,
    gettext,
    language,
    moment,
    ngettext,
    say,
    sentence,
    speaking,
)
from core.rendering import environment
from core.retelling import retell

NOON = datetime(2026, 3, 14, 11, 0, tzinfo=UTC)


def test_words_are_in_the_language_in_force_and_nowhere_else() -> None:
    said = []
    for code in LANGUAGES:
        with speaking(code):
            said.append(gettext("Unassigned"))
    assert said == ["Unassigned", "Ufordelt", "Ufordelt", "Ofördelade"] or said == [
        "Unassigned", "Ufordelt", "Ufordelt", "Ofördelat"]
    assert language() == "en"


def test_one_language_inside_another_comes_back() -> None:
    with speaking("nb"):
        with speaking("sv"):
            assert gettext("Close") == "Stäng"
        assert gettext("Close") == "Lukk"


def test_a_language_nobody_has_is_english() -> None:
    with speaking("fi"):
        assert language() == "en"
    with speaking(None):
        assert gettext("Close") == "Close"


def test_places_are_filled() -> None:
    with speaking("da"):
        assert gettext("Answer %(name)s", name="Åse") == "Svar til Åse"


def test_nothing_said_is_nothing() -> None:
    with speaking("nb"):
        assert gettext("") == ""


def test_what_counts_has_its_form() -> None:
    with speaking("nb"):
        assert ngettext("%(n)s ticket changed.", "%(n)s tickets changed.", 1) == "1 sak endret."
        assert ngettext("%(n)s ticket changed.", "%(n)s tickets changed.", 0) == "0 saker endret."
    with speaking("sv"):
        assert ngettext("%(n)s ticket changed.", "%(n)s tickets changed.", 3) == "3 ärenden ändrade."
    assert ngettext("%(n)s ticket changed.", "%(n)s tickets changed.", 1) == "1 ticket changed."


def test_templates_count_and_fill() -> None:
    template = environment().from_string(
        '{{ ngettext("Show %(num)d earlier message", "Show %(num)d earlier messages", n) }} {{ _("Answers in %(language)s", language="dansk") }}')
    with speaking("da"):
        assert template.render(n=1) == "Vis 1 tidligere besked Svarer på dansk"
        assert template.render(n=4) == "Vis 4 tidligere beskeder Svarer på dansk"


def test_a_kept_sentence_is_said_by_whoever_reads_it() -> None:
    kept = sentence(N_("%(host)s said nothing about this mail."), host="mx.example")
    with speaking("nb"):
        assert say(kept) == "mx.example sa ingenting om denne e-posten."
    assert say(kept) == "mx.example said nothing about this mail."


@pytest.mark.parametrize(("kept", "said"), [
    ("Not sent", "Ikke sendt"),
    ("Given up after 12 attempts.", "Gitt opp etter 12 forsøk."),
    ("kari@kunde.example was refused: 550 No such user Given up after 3 attempts.",
     "kari@kunde.example ble avvist: 550 No such user Gitt opp etter 3 forsøk."),
    ("Three attempts to read this mail ended without a result. Reading this mail took longer than 30 seconds.",
     "Tre forsøk på å lese denne e-posten endte uten resultat. Lesingen av denne e-posten tok mer enn 30 sekunder."),
    ("The relay mail.example broke off: timed out. Something nobody has words for.",
     "Den utgående tjeneren mail.example brøt forbindelsen: timed out. Something nobody has words for."),
    ("550 5.1.1 No such user", "550 5.1.1 No such user"), ("", ""),
])
def test_english_prose_of_a_ledger_is_told_again(kept: str, said: str) -> None:
    assert retell(kept) == kept
    with speaking("nb"):
        assert retell(kept) == said


def test_whatever_was_kept_long_texts_are_told_at_once() -> None:
    with speaking("sv"):
        text = "x. y) z? " * 2000
        assert retell(text) == text


def test_an_error_is_a_sentence_in_the_language_of_the_request() -> None:
    with speaking("nb"):
        refused = Refused(gettext("There is no state %(state)s.", state="asleep"), {"state": "Choose a ticket"})
        assert gettext(refused.sentence) == "Det finnes ingen tilstand asleep."
        assert gettext(refused.errors["state"]) == "Velg en sak"


def test_days_and_ages_are_as_people_say_them() -> None:
    with speaking("nb", "Europe/Oslo"):
        assert day(NOON) == "14. mars 2026"
        assert moment(NOON) == "14. mars 2026 12:00"
        assert age(NOON - timedelta(minutes=8), NOON) == "8 min"
        assert age(NOON - timedelta(hours=3), NOON) == "3 t"
        assert age(NOON - timedelta(days=1), NOON) == "i går"
        assert age(NOON, NOON) == "nå"


def test_a_catalogue_is_read_once() -> None:
    assert catalogue("nb") is catalogue("nb")

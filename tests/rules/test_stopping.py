"""Answers that say nothing but that they want no more."""

import pytest

from rules.stopping import asks_to_stop


@pytest.mark.parametrize("said", [
    "STOP", "stopp!", "Stop\n\n-- \nOle Vang\nKunde AS, tlf 55 50 12 77", "Avmeld, takk!", "afmeld mig venligst", "Avregistrera", "Vänligen avregistrera mig från listan",
    "Unsubscribe", "Please unsubscribe me from this list. Thanks", "Meld meg av", "remove me from your mailing list", "Fjern mig fra nyhedsbrevet", "opt out",
    "Jeg ønsker å avmelde nyhetsbrevet", "unsubscribe me, please"])
def test_nothing_else_is_said(said: str) -> None:
    assert asks_to_stop(said)


@pytest.mark.parametrize("said", [
    "", "Hei!", "Stop sending me broken lamps", "Slett meg", "Delete my data", "Cancel my subscription", "Fjern meg", "The emergency stop does not work",
    "Do you stop in Bergen?", "Stop. Can you also tell me when the lamp comes?", "Meld fra om feil", "Remove", "I want to unsubscribe but the link gives an error 500 here",
    "The bus stop is dark", "Stoppe"])
def test_there_is_more_to_it(said: str) -> None:
    assert not asks_to_stop(said)

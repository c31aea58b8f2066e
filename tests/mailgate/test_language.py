"""The language of a letter, or None: a wrong guess sends somebody a text they cannot read."""

from __future__ import annotations

import pytest

from mailgate import language as language_module
from mailgate.language import detect


@pytest.mark.parametrize(("text", "language"), [
    ("Hei, jeg får ikke logget meg inn på portalen, kan dere hjelpe meg med det?", "nb"),
    ("Hei, eg får ikkje logga meg inn på portalen, kan de hjelpe meg med det?", "nb"),
    ("Hej, jeg kan ikke logge ind på portalen, kan I hjælpe mig med det?", "da"),
    ("Hej, jag kan inte logga in på portalen, kan ni hjälpa mig med det?", "sv"),
    ("Hello, I cannot sign in to the portal any more, could you help me?", "en"),
    ("Guten Tag, ich kann mich nicht mehr anmelden, können Sie mir bitte helfen?", None),
    ("Bonjour, je ne peux plus me connecter au portail, pouvez-vous m'aider ?", None),
    ("Hei igjen, takk", None), ("", None), ("12345 67890 https://example.com/a/b/c kari@kunde.example", None),
])
def test_detect(text: str, language: str | None) -> None:
    assert detect(text) == language


ENGLISH_NOTICE = ("This e-mail is confidential and may be privileged. If you are not the intended recipient, please delete it and "
                  "notify the sender immediately.")
NORWEGIAN_NOTICE = ("Denne e-posten er konfidensiell og kan inneholde taushetsbelagt informasjon. Dersom du ikke er rett mottaker, "
                    "vennligst slett den og gi beskjed til avsender.")


@pytest.mark.parametrize(("text", "language"), [
    (f"Hej! Kan ni skicka fakturan igen, den har inte kommit?\n\n{ENGLISH_NOTICE}", "sv"),
    (f"Dear all,\n\nCould you please send us the invoice for last month again?\n\n{NORWEGIAN_NOTICE}", "en"),
    (f"Hej\n\n{ENGLISH_NOTICE}", None), (ENGLISH_NOTICE, "en"),
])
def test_the_notice_below_a_mail_tells_no_language(text: str, language: str | None) -> None:
    """Deliver 9: mixed text. The company's server wrote it, not the customer."""
    assert detect(text) == language


def test_quotes_do_not_count() -> None:
    assert detect("Ok.\n> Hello, I cannot sign in to the portal any more, could you help me?") is None


@pytest.mark.parametrize("text", [
    "Kan dere hjelpe meg nå?", "Takk for hjelpen!", "Ja tak, det vil jeg gerne", "Thanks, see you Friday!", "Hej Nora, tack",
    "Kan dere hjelpe? 4790 4790 4790 4790 4790 4790 https://portal.example/en/help/contact/us",
])
def test_twenty_letters_are_never_judged(text: str) -> None:
    """A wrong guess sends somebody a text they cannot read: short mails are not judged, whatever figures and links they hold."""
    assert detect(text) is None


@pytest.mark.parametrize(("chances", "language"), [
    ([("nb", 0.65), ("da", 0.35)], "nb"), ([("nb", 0.62), ("da", 0.38)], None), ([("nb", 0.55), ("da", 0.2)], None), ([("other", 0.9), ("da", 0.1)], None),
])
def test_the_likeliest_has_a_margin_before_the_next(chances: list[tuple[str, float]], language: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Norwegian and Danish are written much alike."""
    monkeypatch.setattr(language_module, "_two_likeliest", lambda _words: chances)
    assert detect("Hei, kan du hjelpe meg med adgangen til systemet?") == language

"""The language of a letter, or None: a wrong guess sends somebody a text they cannot read."""

from __future__ import annotations

import pytest

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


def test_quotes_do_not_count() -> None:
    assert detect("Ok.\n> Hello, I cannot sign in to the portal any more, could you help me?") is None

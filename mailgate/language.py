"""The language of a letter, where it is one of the desk's and the guess is safe."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

DESK = {"en": "en", "no": "nb", "nn": "nb", "da": "da", "sv": "sv"}
OTHERS = (
    "de", "fr", "nl", "fi", "es", "it", "pt", "pl", "is", "et", "lv", "lt", "cs", "ru", "uk", "tr", "ro", "hu",
)
FEWEST_LETTERS = 25
LONGEST = 600
BEGINNING = 250              # enough where the guess is ``SURE``: the rest has never told otherwise then
SURE = 0.9
LIKELY = 0.6
MARGIN = 0.25
BLANK = re.compile(r"\n[ \t]*\n")
NOTICE = ("confidential", "privileged", "intended recipient", "konfidensiel", "taushetsbelagt", "fortrolig", "konfidentiel", "sekretess",
          "vertraulich", "rette mottaker", "rette modtager", "avsedda mottagaren")
NOISE = re.compile(r"https?://\S+|\S+@\S+|^\s*>.*$|[\d_]+", re.MULTILINE)


def detect(text: str) -> str | None:
    """``en``, ``nb``, ``da`` or ``sv``; None for other languages, under 25 letters, or when two are about as likely.

    The model knows Norwegian as ``no`` and ``nn``; both count as ``nb``. Other languages stand beside the
    desk's own so that German is "unsure" instead of the least unlikely Nordic one.
    """
    words = " ".join(NOISE.sub(" ", _without_notices(text[:3000])).split())[:LONGEST]
    if sum(map(str.isalpha, words)) < FEWEST_LETTERS:
        return None
    (best, first), (_, second) = _two_likeliest(words[:BEGINNING])
    if first < SURE and len(words) > BEGINNING:
        (best, first), (_, second) = _two_likeliest(words)
    return best if best != "other" and first >= LIKELY and first - second >= MARGIN else None


def _without_notices(text: str) -> str:
    """The paragraphs that are not the notice which a company's server sets below every mail, in the company's language and
    often longer than the mail; all of them where nothing else is there."""
    if not _is_a_notice(text):
        return text
    return "\n\n".join(part for part in BLANK.split(text) if not _is_a_notice(part)) or text


def _is_a_notice(text: str) -> bool:
    told = text.lower()
    return any(word in told for word in NOTICE)


def _two_likeliest(words: str) -> list[tuple[str, float]]:
    chances: dict[str, float] = {}
    for code, chance in _identifier().rank(words):
        name = DESK.get(code, "other")
        chances[name] = chances.get(name, 0.0) + chance
    return sorted(chances.items(), key=lambda item: -item[1])[:2]


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([*DESK, *OTHERS])
    identifier._full_model = None  # 27 MB of other languages, kept for another choice that is never made
    return identifier

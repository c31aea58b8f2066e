"""Words of states, sizes, languages: what enumerations are called on the page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from babel import Locale
from babel.numbers import format_decimal

from core.i18n import N_, language, say
from core.i18n import gettext as _
from core.retelling import retell

STATES = {
    "new": N_("New"), "open": N_("Open"), "waiting": N_("Waiting for the customer"), "snoozed": N_("Snoozed"),
    "closed": N_("Closed"), "spam": N_("Spam"), "held": N_("Waits for a decision"),
}


PHONES = {"mobile": N_("mobile"), "work": N_("work"), "home": N_("home")}


def kind_of_phone(label: str) -> str:
    """What a telephone is labelled; the words that everybody uses in the agent's language."""
    return _(PHONES[label.casefold()]) if label.casefold() in PHONES else label


def state(name: str) -> str:
    """A state in the agent's language."""
    return _(STATES.get(name, name))


def size(octets: int) -> str:
    """``214 kB``."""
    if octets < 1000:
        return f"{octets} B"
    value, unit = (octets / 1e6, "MB") if octets >= 999_500 else (octets / 1e3, "kB")
    return f"{format_decimal(round(value, 1) if value < 10 else round(value), locale=language())} {unit}"


def language_name(code: str | None) -> str:
    """What a language is called here; empty for none."""
    return (Locale.parse(language()).languages.get(code, code) if code else "") or ""


def language_alone(code: str | None) -> str:
    """What a language is called where its name stands by itself: ``Norsk bokmål``, not ``norsk bokmål``."""
    return opened(language_name(code))


def opened(text: str) -> str:
    """With a capital at the beginning."""
    return text[:1].upper() + text[1:]


def listed(words: Iterable[str]) -> str:
    """``a, b, c``."""
    return ", ".join(word for word in words if word)


def said(kept: Any) -> str:
    """A kept sentence (:func:`core.i18n.sentence`), or English prose from a ledger, in the agent's language."""
    if isinstance(kept, dict) and "say" in kept:
        return say(kept)
    return retell(kept) if isinstance(kept, str) else ""

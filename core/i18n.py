"""Words in four languages: one catalogue for pages, mails and jobs.

English is the language of the source. The catalogues in ``core/locale`` are read as they are (``.po``), once
per process and language. The language in force is a context variable: a request sets the agent's, a mail its
reader's.
"""

from __future__ import annotations

import gettext as stdlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import dates
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from core import clock

LANGUAGES = ("en", "nb", "da", "sv")
LOCALE = Path(__file__).with_name("locale")
_language: ContextVar[str] = ContextVar("language", default="en")
_zone: ContextVar[str] = ContextVar("zone", default="Europe/Oslo")


@contextmanager
def speaking(language: str | None, zone: str | None = None) -> Iterator[None]:
    """Everything inside is said in this language, with times in this zone."""
    words = _language.set(language if language in LANGUAGES else "en")
    times = _zone.set(zone or _zone.get())
    try:
        yield
    finally:
        _language.reset(words)
        _zone.reset(times)


def language() -> str:
    """The language in force."""
    return _language.get()


def zone() -> str:
    """The name of the time zone in force."""
    return _zone.get()


def gettext(message: str, /, **values: object) -> str:
    """The message in the language in force; ``%(name)s`` is filled from ``values``."""
    text = catalogue(_language.get()).gettext(message) if message else ""
    return text % values if values else text


def ngettext(one: str, many: str, n: int, /, **values: object) -> str:
    """The form for ``n``; ``%(n)s`` (in templates ``%(num)d``) is filled too."""
    return catalogue(_language.get()).ngettext(one, many, n) % {"n": n, "num": n, **values}


def N_(message: str) -> str:  # noqa: N802 - the name the extractor knows
    """Mark a message for translation where it is stored or said later."""
    return message


def sentence(message: str, **values: object) -> dict[str, object]:
    """A sentence to keep: its message (marked with ``N_``) and what it is filled with."""
    return {"say": message, "with": values}


def say(kept: dict[str, Any]) -> str:
    """A kept sentence in the language in force."""
    return gettext(kept["say"]) % kept["with"] if kept.get("with") else gettext(kept["say"])


@lru_cache(maxsize=8)
def catalogue(language: str) -> stdlib.NullTranslations:
    """The words of a language; English has none of its own."""
    path = LOCALE / f"{language}.po"
    if language == "en" or not path.exists():
        return stdlib.NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return stdlib.GNUTranslations(compiled)


def local(at: datetime) -> datetime:
    """The moment in the zone in force; as it is on the first and the last day there are, where zones would lead out of time."""
    try:
        return at.astimezone(ZoneInfo(_zone.get()))
    except OverflowError:
        return at


def today() -> date:
    """The day it is in the zone in force."""
    return local(clock.now()).date()


def beginning(of: date) -> datetime:
    """The moment at which a day begins in the zone in force."""
    return datetime.combine(of, time(), ZoneInfo(_zone.get()))


def day(at: datetime) -> str:
    """``14 Mar 2026`` in the language in force, ``14. mars 2026`` in Norwegian."""
    return dated(local(at).date(), year=True)


def dated(then: date, *, year: bool) -> str:
    """A date with its year or without: ``14 Mar``, in Norwegian and Danish with a full stop after the day."""
    number = "d." if _language.get() in ("nb", "da") else "d"
    return dates.format_date(then, f"{number} MMM y" if year else f"{number} MMM", locale=_language.get())


def clock_time(at: datetime) -> str:
    """``11:11``."""
    return local(at).strftime("%H:%M")


def moment(at: datetime) -> str:
    """Day and time in full, for headings and logs."""
    return f"{day(at)} {clock_time(at)}"


def age(at: datetime, now: datetime) -> str:
    """How long ago, short: ``now``, ``8 min``, ``3 h``, ``yesterday``, a weekday, then the day."""
    past = now - at
    if past < timedelta(minutes=1):
        return gettext("now")
    if past < timedelta(hours=1):
        return gettext("%(n)s min", n=int(past.total_seconds() // 60))
    then, today = local(at).date(), local(now).date()
    if then == today:
        return gettext("%(n)s h", n=int(past.total_seconds() // 3600))
    if (today - then).days == 1:
        return gettext("yesterday")
    if (today - then).days < 7:
        return dates.format_date(then, "EEE", locale=_language.get())
    return dated(then, year=then.year != today.year)


def number(value: int) -> str:
    """A whole number as it is written: ``1,204``, ``1 204``."""
    return str(format_decimal(value, locale=language()))


def signed(value: int) -> str:
    """A difference: ``+96``, ``−96``, ``0``."""
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{number(abs(value))}"

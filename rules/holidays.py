"""Days that are not like others: the public holidays of a Nordic country, and the eves on which many go home early."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

from holidays import country_holidays

#: A calendar is reckoned for these years; others have no holidays, and nothing is due there.
FIRST_YEAR, LAST_YEAR = 1990, 2200


#: A language of ours → what the calendar calls it.
SPOKEN = {"en": ("en_US",), "nb": ("no",), "da": ("da",), "sv": ("sv", "sv_FI")}


@lru_cache(maxsize=256)
def public(country: str, year: int, language: str = "") -> Mapping[date, str]:
    """The public holidays of a country (two letters) in a year; none for no country. Their names are in this language where
    the calendar has them, else as they are called there."""
    if not country or not FIRST_YEAR <= year <= LAST_YEAR:
        return {}
    known = country_holidays(country.upper())
    spoken = next((one for one in SPOKEN.get(language, ()) if one in known.supported_languages), known.default_language)
    return dict(country_holidays(country.upper(), years=year, language=spoken).items())


@lru_cache(maxsize=128)
def eves(year: int) -> Mapping[date, str]:
    """The days that ``half_days`` of the option ``desk.hours`` speaks of, by date."""
    midsummer = date(year, 6, 19)
    return {easter(year) - timedelta(days=4): "before_maundy_thursday",
            midsummer + timedelta(days=(4 - midsummer.weekday()) % 7): "midsummer_eve",
            date(year, 12, 24): "christmas_eve", date(year, 12, 31): "new_years_eve"}


def easter(year: int) -> date:
    """Easter Sunday, by the anonymous Gregorian rule (Meeus, Astronomical Algorithms, chapter 8)."""
    golden, century, rest = year % 19, year // 100, year % 100
    skipped = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - century // 4 - skipped + 15) % 30
    week = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)

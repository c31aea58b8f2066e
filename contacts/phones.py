"""Phone numbers in what people write: those of a signature, in the form in which persons hold them, and those that are searched for."""

from __future__ import annotations

import re
from functools import lru_cache

from phonenumbers import (
    Leniency,
    NumberParseException,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberMatcher,
    PhoneNumberType,
    format_number,
    national_significant_number,
    number_type,
)
from phonenumbers import parse as read

#: Where a signature stands.
TAIL = 1200
MOST = 6
#: Where a number without its country's may be from: eight digits are as good in Oslo as in Copenhagen.
REGIONS = ("NO", "DK", "SE", "FI")
_NUMBER = re.compile(r"(?:\+|00)?\d[\d\s()./-]{3,30}\d")
_SIGNS = re.compile(r"\(0\)|\D")


def phones_in(words: str) -> tuple[str, ...]:
    """The numbers near the end of a text, each as it reads in every country it may be of."""
    found: dict[str, None] = {}
    for region in REGIONS:
        for n, match in enumerate(PhoneNumberMatcher(words[-TAIL:], region, leniency=Leniency.POSSIBLE, max_tries=200)):
            if n < MOST:
                found[_written(match.number)] = None
    return tuple(found)


def dialled(query: str) -> str:
    """Of a number that is searched for the digits it has in every spelling: ``+47 22 33 44 55``, ``0047 22334455`` and
    ``22 33 44 55`` are all ``22334455``, ``08-12 34 56`` is ``8123456``. Empty where it is no number."""
    query = query.strip()
    if not _NUMBER.fullmatch(query):
        return ""
    digits = _SIGNS.sub("", query)
    abroad = query.startswith("+") or digits.startswith("00")
    if abroad:
        try:
            return national_significant_number(read("+" + digits.removeprefix("00")))
        except NumberParseException:
            pass
    return digits.lstrip("0") or digits


def together(value: str) -> str:
    """A number in one piece, however it is cut into groups; empty for what is none or has no groups."""
    whole = _SIGNS.sub("", value) if _NUMBER.fullmatch(value.strip()) else ""
    return whole if whole != value else ""


@lru_cache(maxsize=4096)
def is_mobile(number: str) -> bool:
    """Whether a number, written with its country's, is one of a mobile phone."""
    return number_type(read(number)) in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def _written(number: PhoneNumber) -> str:
    return format_number(number, PhoneNumberFormat.INTERNATIONAL)

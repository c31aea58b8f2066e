"""Phone numbers in what people write: those of a signature, in the form in which persons hold them."""

from __future__ import annotations

from functools import lru_cache

from phonenumbers import (
    Leniency,
    PhoneNumber,
    PhoneNumberFormat,
    PhoneNumberMatcher,
    PhoneNumberType,
    format_number,
    number_type,
)
from phonenumbers import parse as read

#: Where a signature stands.
TAIL = 1200
MOST = 6
#: Where a number without its country's may be from: eight digits are as good in Oslo as in Copenhagen.
REGIONS = ("NO", "DK", "SE", "FI")


def phones_in(words: str) -> tuple[str, ...]:
    """The numbers near the end of a text, each as it reads in every country it may be of."""
    found: dict[str, None] = {}
    for region in REGIONS:
        for n, match in enumerate(PhoneNumberMatcher(words[-TAIL:], region, leniency=Leniency.POSSIBLE, max_tries=200)):
            if n < MOST:
                found[_written(match.number)] = None
    return tuple(found)


@lru_cache(maxsize=4096)
def is_mobile(number: str) -> bool:
    """Whether a number, written with its country's, is one of a mobile phone."""
    return number_type(read(number)) in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def _written(number: PhoneNumber) -> str:
    return format_number(number, PhoneNumberFormat.INTERNATIONAL)

"""Amounts of money: whole numbers of the smallest unit of a currency (øre, cent), read from what people type and shown as they write."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from babel.core import get_global
from babel.numbers import format_currency, get_currency_precision, is_currency

from core.errors import Refused
from core.i18n import N_, language

#: No amount is larger, in the smallest unit: every reader of JSON counts so far exactly.
LARGEST = 10**15
_GROUPED = re.compile(r"-?\d{1,3}(?:([.,’'])\d{3})(?:\1\d{3})*")


def known(currency: str) -> bool:
    """Whether there is such a currency (ISO 4217, three capital letters)."""
    return currency.isupper() and len(currency) == 3 and is_currency(currency)


def in_use() -> list[str]:
    """Codes of currencies that some territory pays with today, in the order of the alphabet."""
    return sorted({code for entries in get_global("territory_currencies").values() for code, _from, until, tender in entries
                   if until is None and tender})


def read(text: str, currency: str) -> int:
    """What was typed, in the smallest unit: ``12 500,50``, ``12,500.50``, ``12.500``. Raises Refused."""
    plain = re.sub(r"[\s\u00a0\u202f]", "", text).replace("−", "-")
    whole, fraction = _parted(plain)
    try:
        found = (Decimal(f"{whole}.{fraction}" if fraction else whole)).scaleb(get_currency_precision(currency))
    except ArithmeticError as error:
        raise Refused(N_("Write an amount like 12 500,50.")) from error
    if not found.is_finite() or abs(found) > LARGEST:
        raise Refused(N_("Write an amount like 12 500,50."))
    return int(found.quantize(Decimal(1), ROUND_HALF_UP))


def written(amount: int, currency: str) -> str:
    """As a field of a form holds it: ``12500.50``."""
    places = get_currency_precision(currency)
    return f"{Decimal(amount).scaleb(-places):.{places}f}"


def shown(amount: int, currency: str) -> str:
    """As it is read in the language in force: ``12 500,50 kr``, in English with the currency's code; without a fraction where there is none."""
    places = get_currency_precision(currency)
    value, mark = Decimal(amount).scaleb(-places), "¤¤" if language() == "en" else "¤"
    form = f"#,##0 {mark}" if value == value.to_integral_value() else f"#,##0.{'0' * places} {mark}"
    return str(format_currency(value, currency, form, locale=language(), currency_digits=False))


def _parted(text: str) -> tuple[str, str]:
    """Whole and fraction: the last of two kinds of mark is the decimal one; a single mark before exactly three digits groups."""
    if _GROUPED.fullmatch(text):
        return re.sub(r"[^\d-]", "", text), ""
    cut = max(text.rfind("."), text.rfind(","))
    if cut < 0:
        return text, ""
    whole = text[:cut]
    return re.sub(r"[^\d-]", "", whole) if _GROUPED.fullmatch(whole) else whole or "0", text[cut + 1:]

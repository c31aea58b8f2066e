"""What may stand in a custom field, by its kind: read from what was typed or sent, kept, and read again.

A value is, by the kind of its field: a text; a number; a date as ``2026-11-28``; True or False; of several choices a list of texts.
None where nothing stands in it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from contacts.custom_field import CustomField, CustomValue
from core.errors import Refused
from core.fold import fold
from core.i18n import N_
from core.i18n import gettext as _

#: Letters of a text at most, by kind.
LONGEST = {"text": 500, "long": 20_000, "link": 2000, "email": 320}
CHOSEN = ("choice", "choices")
_FOLDED = 200
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_YES, _NO = ("true", "yes", "1", "on"), ("false", "no", "0")
_LARGEST = 1e15
Value = str | float | bool | list[str] | None


def read(field: CustomField, given: Any, *, held: Value = None) -> Value:
    """What was typed or sent, as it is kept. What is ``held`` stays, also where it is no longer offered. Raises Refused, which
    names the field."""
    if given in (None, "", []) or (isinstance(given, str) and not given.strip()):
        return None
    try:
        value = _READ[field.kind](field, given, held)
    except (ValueError, TypeError, OverflowError) as error:
        raise refused(field, _(SAID[field.kind])) from error
    if isinstance(value, str) and len(value) > LONGEST.get(field.kind, 200):
        raise refused(field, _("At most %(most)s characters.", most=LONGEST.get(field.kind, 200)))
    return value


def refused(field: CustomField, said: str) -> Refused:
    """A refusal that names the field."""
    return Refused(N_("Some fields cannot be saved like this."), {field.slot: _("%(field)s: %(said)s", field=field.label, said=said)})


def columns(field: CustomField, value: Value) -> list[dict[str, Any]]:
    """The rows that hold a value, as columns of CustomValue."""
    if value is None:
        return []
    if field.kind in ("number", "flag"):
        return [{"number": float(value)}]  # type: ignore[arg-type]
    if field.kind == "date":
        return [{"day": date.fromisoformat(str(value))}]
    return [{"text": one, "folded": fold(one)[:_FOLDED]} for one in (value if isinstance(value, list) else [str(value)])]


def value_of(field: CustomField, rows: Sequence[CustomValue]) -> Value:
    """The value that rows of one card hold."""
    if not rows:
        return None
    if field.kind == "choices":
        return sorted((str(row.text) for row in rows), key=lambda one: (field.choices.index(one) if one in field.choices else len(field.choices), one))
    first = rows[0]
    if field.kind == "flag":
        return bool(first.number)
    if field.kind == "number" and first.number is not None:
        return int(first.number) if first.number.is_integer() else first.number
    return first.day.isoformat() if first.day is not None else first.text


def written(value: Value) -> str | None:
    """A value as the history keeps it."""
    if value is None:
        return None
    return ", ".join(value) if isinstance(value, list) else str(value)


def _text(_field: CustomField, given: Any, _held: Value) -> str:
    return " ".join(_only(given, str).split())


def _long(_field: CustomField, given: Any, _held: Value) -> str:
    return str(_only(given, str)).strip().replace("\r\n", "\n")


def _number(_field: CustomField, given: Any, _held: Value) -> float:
    if isinstance(given, str):
        given = given.replace("\u00a0", "").replace(" ", "").replace(",", ".")
    number = float(_only(given, str, int, float))
    if not math.isfinite(number) or abs(number) >= _LARGEST:
        raise ValueError
    return int(number) if number.is_integer() else number


def _date(_field: CustomField, given: Any, _held: Value) -> str:
    return date.fromisoformat(_only(given, str).strip()).isoformat()


def _flag(_field: CustomField, given: Any, _held: Value) -> bool:
    said = str(_only(given, str, bool)).strip().lower()
    if said not in (*_YES, *_NO):
        raise ValueError
    return said in _YES


def _choice(field: CustomField, given: Any, held: Value) -> str:
    found = next((one for one in (*field.choices, held) if isinstance(one, str) and fold(one) == fold(_only(given, str))), None)
    if found is None:
        raise ValueError
    return found


def _choices(field: CustomField, given: Any, held: Value) -> list[str]:
    kept = held if isinstance(held, list) else []
    wanted = given if isinstance(given, list) else [given]
    found = [next((one for one in (*field.choices, *kept) if fold(one) == fold(_only(each, str))), None) for each in wanted if each != ""]
    if None in found:
        raise ValueError
    return [one for one in dict.fromkeys((*field.choices, *kept)) if one in found]


def _link(_field: CustomField, given: Any, _held: Value) -> str:
    typed = _only(given, str).strip()
    full = typed if re.match(r"(?i)https?://", typed) else f"https://{typed}"
    if " " in full or not full.isprintable() or "." not in full or ":" in typed.partition("/")[0].rpartition(":")[0]:
        raise ValueError
    if not re.match(r"(?i)https?://[^/:@]+", full):
        raise ValueError
    return full


def _email(_field: CustomField, given: Any, _held: Value) -> str:
    typed = _only(given, str).strip()
    if not _ADDRESS.fullmatch(typed) or not typed.isprintable():
        raise ValueError
    return str(typed)


def _only(given: Any, *kinds: type) -> Any:
    """Of these kinds; a truth value is no number."""
    if not isinstance(given, kinds) or (isinstance(given, bool) and bool not in kinds) or (isinstance(given, str) and "\0" in given):
        raise TypeError
    return given


_READ: Mapping[str, Callable[[CustomField, Any, Value], Value]] = {
    "text": _text, "long": _long, "number": _number, "date": _date, "flag": _flag, "choice": _choice, "choices": _choices, "link": _link,
    "email": _email}
KINDS = tuple(_READ)
SAID = {"text": N_("Write a text."), "long": N_("Write a text."), "number": N_("Write a number, such as 12 or 12.5."),
        "date": N_("Write a date, such as 2026-11-28."), "flag": N_("Yes or no."), "choice": N_("Choose one of those offered."),
        "choices": N_("Choose from those offered."), "link": N_("Write the address of a page, such as https://company.example."),
        "email": N_("Write an e-mail address, such as name@company.example.")}

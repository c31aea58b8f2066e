"""What a display name says: first and last name, the company, or that it is nobody's name.

``Hansen, Ole`` · ``Ole Hansen (Firma AS)`` · ``Ole Hansen | Firma`` · ``Firma AS v/ Ole Hansen`` · ``Ole Hansen via LinkedIn``
· ``Dr. OLE HANSEN, MBA`` · ``Ole Hansen/Firma/NO`` · ``IT Support``. Names of the north are too unlike those that name parsers know (*von* and *de* are
rare, *Hansen Ole* is not) for a library to help.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import category

from rules.role_words import is_company, is_role

LONGEST = 120
#: Stand before a last name and belong to it.
_PARTICLES_WORDS = "von van der den ter ten zu zum af av de da di dos du del la le al el bin"
PARTICLES = frozenset(_PARTICLES_WORDS.split())
_TITLES_WORDS = """dr med prof professor ing siv sivilingenior dipl mag cand mr mrs ms miss hr herr fru frk froken advokat adv
direktor direktør lege overlege tannlege sir"""
_TITLES = frozenset(_TITLES_WORDS.split())
_AFTER_WORDS = "jr sr junior senior ii iii iv phd mba msc bsc ma md ba mph cpa esq dds pmp ph.d mnal mrics"
_AFTER = frozenset(_AFTER_WORDS.split())
_QUOTES = "\"'`´“”„‘’«»<>"
_BRACKETS = re.compile(r"\s*[(\[{]([^()\[\]{}]*)[)\]}]\s*")
#: An address that stands behind the name, and what Notes writes behind it: ``Ole Hansen/Drift/Firma``.
_ADDRESS = re.compile(r"\s*<[^<>]*@[^<>]*>\s*$")
_NOTES = re.compile(r"^(?P<name>[^\s/]+(?: [^\s/]+)+)/[^/]+/[^/]+$")
#: Per is a name too: only a small one before a capital letter is a way.
_SENT_BY = re.compile(r"\s+(?:via|through|gjennom|igennem|genom|(?-i:per(?=\s+[A-ZÆØÅÄÖ]))|über|på vegne av|på vegne af|på uppdrag av"
                      r"|on behalf of)\s+\S.*$", re.IGNORECASE)
_CARE_OF = re.compile(r"^(?P<company>.+?)\s*,?\s+(?:(?:v/|v\.|c/o|att[:.]|gm\.)\s*|(?:ved|att|genom|gm)\s+)(?P<name>\S.*)$", re.IGNORECASE)
_PARTS = re.compile(r"\s+[-–—|•·/@]\s+|\s*\|\s*|\s+(?:hos|fra|från|from|at)\s+(?=[A-ZÆØÅÄÖ])")


@dataclass(frozen=True, slots=True)
class Named:
    """First and last name (both empty where it is nobody's), and the company that the display names."""

    first: str = ""
    last: str = ""
    company: str = ""

    @property
    def name(self) -> str:
        """As read aloud."""
        return f"{self.first} {self.last}".strip()


@lru_cache(maxsize=4096)
def read(display: str) -> Named:
    """What the display name of a mail says of whom it is from. Never raises; the longest part is cut to 120 letters."""
    told = "".join(" " if c == "\0" or category(c) in ("So", "Cs", "Co") else c for c in display[:400])       # no emoji
    told = _ADDRESS.sub("", " ".join(told.split())).strip(_QUOTES + " ,;")
    told = notes["name"] if (notes := _NOTES.match(told)) else told
    told = _SENT_BY.sub("", told) if not _CARE_OF.match(told) else told
    told, company = _without_brackets(told)
    if care := _CARE_OF.match(told):
        return _named(care["name"], care["company"].strip(" ,"))
    parts = [part.strip(_QUOTES + " ,") for part in _PARTS.split(told) if part.strip(_QUOTES + " ,")]
    if len(parts) > 1:
        return _of_parts(parts)
    return _named(told, company)


def _without_brackets(told: str) -> tuple[str, str]:
    """``Ole Hansen (Firma AS)``; brackets alone keep what they hold."""
    found = _BRACKETS.search(told)
    if found is None:
        return told, ""
    left, inside = _BRACKETS.sub(" ", told).strip(), found[1].strip()
    if not left:
        return inside, ""
    return left, inside if len(inside) > 2 and not is_role(inside) and not _is_address(inside) else ""


def _of_parts(parts: list[str]) -> Named:
    """``Ole Hansen | Firma``, ``Firma AS - Ole Hansen``: the company is the part that ends like one, else what follows the name."""
    person = next((part for part in parts if _may_be_human(part)), "")
    company = next((part for part in parts if part != person and is_company(part)), "")
    if not company:
        company = next((part for part in parts if part != person and not is_role(part) and not _is_address(part)), "")
    return _named(person, company)


def _named(name: str, company: str = "") -> Named:
    name = name.strip(_QUOTES + " ,;")
    if not any(c.isalpha() for c in name) or _is_address(name) or is_role(name):
        return Named(company=company[:200])
    if is_company(name):
        before, comma, after = name.rpartition(",")
        if comma and before.strip() and not is_company(before):
            return _named(before, after.strip())
        return Named(company=name[:200])
    first, last = _split(name)
    return Named(_cased(first)[:LONGEST], _cased(last)[:LONGEST], company[:200])


def _split(name: str) -> tuple[str, str]:
    """Before and after the last name begins. ``Hansen, Ole`` and ``Hansen, Ole Petter, MBA`` are turned round."""
    pieces = [piece for piece in (_untitled(piece) for piece in name.split(",")) if piece]
    if len(pieces) > 1:
        return pieces[1], pieces[0]
    told = (pieces[0] if pieces else name).split()
    if len(told) == 1:
        return told[0], ""
    at = len(told) - 1
    while at > 1 and told[at - 1].casefold() in PARTICLES:
        at -= 1
    return " ".join(told[:at]), " ".join(told[at:])


def _untitled(piece: str) -> str:
    told = piece.split()
    while told and told[0].casefold().strip(".") in _TITLES and (len(told) > 1 or piece.rstrip().endswith(".")):
        told = told[1:]
    while len(told) > 0 and told[-1].casefold().strip(".") in _AFTER and (len(told) > 1 or told[-1].isupper() or "." in told[-1]):
        told = told[:-1]
    return " ".join(told)


def _cased(name: str) -> str:
    """A name all in capitals, or all in small letters, as names are written; initials stay."""
    if len(name) < 3 or not (name.isupper() or name.islower()):
        return name
    return " ".join("-".join(_capital(part) for part in word.split("-")) for word in name.split())


def _capital(part: str) -> str:
    if part.casefold() in PARTICLES:
        return part.lower()
    return part[:1].upper() + part[1:].lower()


def _may_be_human(part: str) -> bool:
    return not (is_role(part) or is_company(part) or _is_address(part)) and any(c.isalpha() for c in part)


def _is_address(text: str) -> bool:
    return "@" in text or text.casefold().startswith(("http:", "https:", "www."))

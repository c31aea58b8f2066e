"""What of a person is theirs alone, found in a text in every way it is written: addresses, phones, customer numbers; and postal addresses.

Works on text that is read already (:mod:`rules.views`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick
from phonenumbers import NumberParseException, national_significant_number
from phonenumbers import parse as parse_phone

from rules.aliases import Aliases
from rules.hit import Alias, Hit, Kind
from rules.ordinary_words import ORDINARY
from rules.role_words import is_role
from rules.spelt import LETTERS, pattern

#: What may stand between two figures of a phone number, and between the words of anything else.
_CUT = r"[\s.\-‐‑–/()>·]{0,6}"
_GAP = r"[\s,.\-‐‑–_+/>]{0,8}"
_SIGN = r"(?:[\s.\-_/#]|\s{0,3}\n[\s>|]{0,8})?"
_AT = r"(?:[\s>]{0,8}(?:@|＠|[(\[{<]\s?(?:at|a|krøllalfa|alfakrøll|snabel-?a)\s?[)\]}>])[\s>]{0,8}|\s(?:at|krøllalfa|alfakrøll|snabel-?a)\s)"
_DOT = r"(?:\.|\s?[(\[{<]\s?(?:dot|punktum|punkt|prikk)\s?[)\]}>]\s?|\s(?:dot|punktum|punkt)\s)"
_TAG = r"(?:\+[\w.=+-]{0,64})?"
#: No letter or figure of the same word before, or behind; a full stop and a capital letter are another sentence.
_WHOLE, _END = r"(?<![^\W_])(?<![^\W_][._-])", r"(?![^\W_]|-[^\W_])(?!\.(?-i:[a-zæøåäö0-9]))"
_DOTLESS = ("gmail.com", "googlemail.com")
_FEWEST_DIGITS = 6
_DIGITS = re.compile(r"\d+")
#: More than one person has.
MANY = 40
_ABROAD = re.compile(r"(?:\+|\b00)\(?\d{1,3}\)?[\s.\-]*$")
_WORD_BEFORE = re.compile(r"[^\W\d_]+$")
_SAID_BEFORE = "t tlf tel tlph telf telefon telefonnr mob mobil mobile m p ph phone fax nr wa"
_PHONE_WORDS = frozenset(_SAID_BEFORE.split())
_MONEY_BEFORE = re.compile(r"(?:\b(?:kr|nok|dkk|sek|eur|usd|gbp)\.?|[€$£])\s*$", re.IGNORECASE)
_MONEY_AFTER = re.compile(r"\s?(?:,\d\d(?!\d)|,-|\b(?:kr|nok|dkk|sek|eur|usd|gbp)\b|kroner|[€$£])", re.IGNORECASE)
_THOUSANDS = re.compile(r"\d{1,3}(?:[ .\xa0\u202f]\d{3}){2,}")
_NUMBER_WORDS = re.compile(r"(?:kund|customer|client|member|medlem|brug|bruk|anvand|använd|user|kto|konto|account)[^\W\d_]*[\s.:#-]{0,3}"
                           r"(?:(?:nr|no|num(?:mer|ber)|id)[^\W\d_]*[\s.:#-]{0,3})?(?:(?:er|är|is)\s)?$", re.IGNORECASE)
#: Streets are cut short in their own ways.
_STREETS = (
    (re.compile(r"(?:gaten|gata|gate|gt)$"), r"(?:gaten|gata|gate|gt)"), (re.compile(r"(?:gaden|gade|gd)$"), r"(?:gaden|gade|gd|g)"),
    (re.compile(r"(?:gatan|gata)$"), r"(?:gatan|gata|g)"), (re.compile(r"(?:veien|vegen|vei|veg)$"), r"(?:veien|vegen|vei|veg|vn|v)"),
    (re.compile(r"(?:vejen|vej)$"), r"(?:vejen|vej|v)"), (re.compile(r"(?:vägen|väg)$"), r"(?:vägen|väg|vagen|v)"),
)


@dataclass(frozen=True, slots=True)
class _Sought:
    """One thing that is looked for: a text that lacks all of ``needs`` (small letters or figures) lacks it too, and so does one that lacks any of
    ``every``."""

    alias: Alias
    tier: int
    needs: tuple[str, ...]
    found: re.Pattern[str]
    kind: Callable[[str, int, int], Kind | None]
    every: tuple[str, ...] = ()


class ExactHits:
    """Finds what stands for one person alone. Made once, asked often."""

    def __init__(self, aliases: Aliases) -> None:
        self._sought = [
            *map(_address, dict.fromkeys(address.strip().casefold() for address in aliases.addresses if "@" in address)),
            *_phones(aliases.phones), *_numbers(aliases), *_lines(aliases),
        ]
        self._phones = any(one.alias == "phone" for one in self._sought)
        parts: dict[str, set[int]] = {}
        for n, one in enumerate(self._sought):
            for need in one.needs:
                parts.setdefault(need, set()).add(n)
        self._always = parts.pop("", set())
        self._of_part = list(parts.values())
        self._at_once = AhoCorasick(list(parts)) if len(self._sought) > MANY else None

    def find(self, text: str, *, near: bool) -> Iterator[Hit]:
        """Hits in this text; what is not of the first tier waits for review where the person takes no part."""
        for one in self._possible(text):
            for match in one.found.finditer(text):
                if (kind := one.kind(text, *match.span())) is not None:
                    yield Hit(*match.span(), one.tier, kind if near or one.tier == 1 else "review", one.alias)

    def _possible(self, text: str) -> Iterator[_Sought]:
        """Those of which a part is there, in order; of many persons all parts are looked for at once."""
        low, digits = text.lower(), "".join(_DIGITS.findall(text)) if self._phones else ""
        if self._at_once is None:
            yield from (one for one in self._sought if any(need in (digits if one.alias == "phone" else low) for need in one.needs)
                        and all(part in low for part in one.every))
            return
        met = {n for n, _start, _end in self._at_once.find_matches_as_indexes(f"{low}\0{digits}", overlapping=True)}
        sought = sorted(self._always.union(*(self._of_part[n] for n in met)))
        yield from (one for one in map(self._sought.__getitem__, sought) if all(part in low for part in one.every))


def _always(_text: str, _start: int, _end: int) -> Kind:
    return "automatic"


def _review(_text: str, _start: int, _end: int) -> Kind:
    return "review"


def _address(address: str) -> _Sought:
    """Also with a tag, written out for humans, and as the return paths of lists and forwarders hold it."""
    local, _, domain = address.rpartition("@")
    base = local.partition("+")[0] or local
    domains = "|".join(_DOT.join(map(re.escape, one.split("."))) for one in dict.fromkeys((domain, *_idn(domain))))
    name = _DOT.join(map(re.escape, base.split(".")))
    if domain in _DOTLESS:
        name = r"\.?".join(map(re.escape, base.replace(".", "")))
    found = (rf"{_WHOLE}{name}{_TAG}{_AT}(?:{domains}){_END}|(?<![^\W_]){name}{_TAG}=(?:{domains}){_END}"
             rf"|(?<![^\W_])(?:{domains})={name}(?=@)")
    needs = (max(re.findall(r"[^\W_]+", base), key=len, default=base),) if domain not in _DOTLESS else ("mail",)
    every = _pieces(base) if domain not in _DOTLESS else ()
    return _Sought("address", 1, needs, re.compile(found, re.IGNORECASE), _always, every)


def _pieces(word: str) -> tuple[str, ...]:
    """What stands between the signs of a word, the longest first: most texts lack that already."""
    return tuple(sorted(re.findall(r"[^\W_]+", word), key=len, reverse=True))


def _idn(domain: str) -> Iterable[str]:
    """The domain in the letters of its language, and in those of the net."""
    with suppress(UnicodeError):
        yield domain.encode("idna").decode("ascii").casefold()
    with suppress(UnicodeError):
        yield domain.encode("ascii").decode("idna").casefold()


def _phones(phones: Iterable[str]) -> Iterator[_Sought]:
    for country, number in sorted({_dialled(phone) for phone in phones}):
        if len(number) < _FEWEST_DIGITS:
            continue
        codes = country or r"\d{1,3}"
        bare = rf"|(?<!\d){country}[ .-]?" if country else ""
        abroad = rf"(?:(?:\(?(?:\+|00){_CUT}{codes}\)?{_CUT}(?:\(0\){_CUT})?){bare})?"
        yield _Sought("phone", 1, (number,), re.compile(rf"(?<!\d){abroad}\(?0?{_CUT.join(number)}(?![\da-zæøåäö])"), _phone_kind)


def _dialled(phone: str) -> tuple[str, str]:
    """The country's number, where it is known, and the figures that are in every spelling."""
    try:
        read = parse_phone(phone if phone.strip().startswith("+") else "+" + re.sub(r"\D", "", phone).removeprefix("00"))
    except NumberParseException:
        return "", re.sub(r"\D", "", phone).lstrip("0")
    if phone.strip().startswith(("+", "00")):
        return str(read.country_code), national_significant_number(read).lstrip("0")
    return "", re.sub(r"\D", "", phone).lstrip("0")


def _phone_kind(text: str, start: int, end: int) -> Kind | None:
    """Review for what may be money, or a number of another country; none in the middle of a code."""
    found, before, after = text[start:end], text[max(0, start - 12):start], text[end:end + 8]
    word = _WORD_BEFORE.search(before)
    if word and word[0].casefold() not in _PHONE_WORDS:
        return None
    money = _MONEY_BEFORE.search(before) or _MONEY_AFTER.match(after) or (_THOUSANDS.fullmatch(found) and not found.startswith("+"))
    return "review" if money or _ABROAD.search(before) else "automatic"


def _numbers(aliases: Aliases) -> Iterator[_Sought]:
    """Customer numbers and user names. One that may be anything else (few figures, a word, a name) is only found out by what stands before it."""
    names = {word.casefold() for first, last in aliases.names for word in (*first.split(), *last.split())}
    for number in dict.fromkeys(number.strip().casefold() for number in aliases.numbers):
        pieces = re.findall(r"[^\W\d_]+|\d+", number)
        if not pieces:
            continue
        digits, letters = sum(map(len, filter(str.isdigit, pieces))), sum(map(len, filter(str.isalpha, pieces)))
        plain = number in names or number in ORDINARY or is_role(number)
        sure = not plain and (digits >= _FEWEST_DIGITS or (digits and letters and digits + letters >= 5) or letters >= 8)
        found = rf"(?<![^\W_]){_SIGN.join(map(re.escape, pieces))}(?![^\W_])"
        yield _Sought("number", 1, (max(pieces, key=len),), re.compile(found, re.IGNORECASE), _always if sure else _said if plain else _number_kind,
                      tuple(sorted(pieces, key=len, reverse=True)))
    for local in dict.fromkeys(address.casefold().rpartition("@")[0].partition("+")[0] for address in aliases.addresses):
        if len(local) >= 5 and local not in names and not is_role(local) and local not in ORDINARY:
            yield _Sought("address", 3, (max(re.findall(r"[^\W_]+", local), key=len, default=local),),
                          re.compile(rf"{_WHOLE}{re.escape(local)}(?![^\W_])", re.IGNORECASE), _review, _pieces(local))


def _number_kind(text: str, start: int, _end: int) -> Kind:
    return "automatic" if _NUMBER_WORDS.search(text[max(0, start - 30):start]) else "review"


def _said(text: str, start: int, end: int) -> Kind | None:
    return "automatic" if _number_kind(text, start, end) == "automatic" else None


def _lines(aliases: Aliases) -> Iterator[_Sought]:
    """Lines of postal addresses, and companies that are the person. A town alone is nobody's."""
    for line in dict.fromkeys(part for place in aliases.places for part in (place, *re.split(r"[,;\n]", place))):
        words = re.findall(r"[^\W\d_]+|\d+", line)
        if len(words) > 1 and any(word.isdigit() for word in words):
            kind = _review if words[0].isdigit() and len(words[0]) > 3 else _always           # 0155 Oslo is a whole quarter
            yield _line("place", words, kind)
    for company in dict.fromkeys(aliases.companies):
        words = re.findall(r"[^\W_]+", company)
        if words:
            yield _line("company", words, _always if len(words) > 1 else _review)


def _line(alias: Alias, words: list[str], kind: Callable[[str, int, int], Kind]) -> _Sought:
    found = rf"(?<![^\W_]){_GAP.join(_street(word) for word in words)}(?![^\W_])"
    return _Sought(alias, 2, _needs(words), re.compile(found, re.IGNORECASE), kind)


def _street(word: str) -> str:
    for ending, ways in _STREETS:
        if (cut := ending.search(word.casefold())) and cut.start() > 1:
            return pattern(word[:cut.start()], "") + r"[\s-]?" + ways
    return pattern(word, "")


def _needs(words: list[str]) -> tuple[str, ...]:
    """A figure or a stretch of letters that every spelling has."""
    stretches = [stretch for word in words for stretch in re.split(f"[{''.join(one for one in LETTERS if len(one) == 1)}]|oe|aa|ae", word.casefold())]
    plain = [stretch for stretch in stretches if stretch.isascii()]
    return (max((stretch[:3] for stretch in plain), key=len, default=""),)

"""What one person is called: every name, address and number that a text may know them by (PRIVACY.md, section 4.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from typing import Any, Self

from core.fold import fold

#: Shorter, a surname or a local part finds half the desk.
SHORTEST = 3


@dataclass(frozen=True, slots=True)
class Aliases:
    """Everything of one person that is looked for; who keeps it seals it, and destroys it when all is done.

    ``names`` are all full names ever held, as (first, last); ``called`` what they are called beside these (nicknames, a name of
    their own choice). ``phones`` in E.164 or as written, both at best. ``numbers`` are customer numbers and user names, ``places``
    lines of postal addresses, ``companies`` names of companies that are this person (sole traders).
    """

    names: tuple[tuple[str, str], ...] = ()
    called: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    companies: tuple[str, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """As plain lists and strings."""
        return {one.name: [list(value) if isinstance(value, tuple) else value for value in getattr(self, one.name)] for one in fields(self)}

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Self:
        """What :meth:`as_json` made; what is missing is empty, what is unknown is left out."""
        kept = {one.name: tuple(told.get(one.name) or ()) for one in fields(cls)}
        return cls(**(kept | {"names": tuple((str(first), str(last)) for first, last in kept["names"])}))

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self))

    def parts(self, most: int) -> list[Self]:
        """The same in pieces of at most so many words each: of many persons, who are not all looked for at once. At least one."""
        words = [(one.name, value) for one in fields(self) for value in getattr(self, one.name)]
        lots = [words[start:start + most] for start in range(0, len(words), most)] or [[]]
        return [type(self)(**{one.name: tuple(value for name, value in lot if name == one.name) for one in fields(self)}) for lot in lots]


@dataclass(frozen=True, slots=True)
class Spellings:
    """What an index is asked for to find the texts that may hold the person: any one of them will do.

    ``words`` are folded (:func:`core.fold.fold`), as the search tables hold them; ``digits`` are ends of phone numbers, for what
    holds digits in one piece; ``parts`` are folded too and may stand within a word (``ole.hansen`` in an address).
    """

    words: tuple[str, ...]
    digits: tuple[str, ...]
    parts: tuple[str, ...]


def spellings(aliases: Aliases) -> Spellings:
    """What to ask a search index for: surnames, or first names where there is none, local parts, ends of phone numbers, customer
    numbers, streets and companies. A first name alone is left out where there is a surname: the ticket is found by its people."""
    words = {fold(word) for first, last in aliases.names for word in _words(last) or _words(first)}
    words |= {fold(word) for one in aliases.called for word in _words(one)}
    words |= {fold(max(_words(place), key=len, default="")) for place in (*aliases.places, *aliases.companies)}
    locals_ = {address.rpartition("@")[0].partition("+")[0].casefold() for address in aliases.addresses}
    return Spellings(
        words=tuple(sorted(word for word in words if len(word) >= SHORTEST)),
        digits=tuple(sorted({digits[-6:] for phone in aliases.phones if len(digits := re.sub(r"\D", "", phone)) >= 6})),
        parts=tuple(sorted({fold(part) for part in (*locals_, *aliases.numbers) if len(part) >= SHORTEST})),
    )


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text)

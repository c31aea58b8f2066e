"""What speaks for a stranger being a certain person, and what against it: one clue a sentence, with its points."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from rapidfuzz.distance import OSA

from contacts.address import domain_of
from contacts.identifying import evidence
from contacts.phones import is_mobile
from contacts.stranger import Known, Stranger, Surroundings
from core.fold import fold
from core.i18n import N_
from rules.free_mail import is_free_mail
from rules.hearing import heard, keys
from rules.matching import FULL, PARTLY, compare, makes, weight
from rules.role_words import is_role

Clue = dict[str, Any]
#: What the name in an address proves beside one that the sender gives.
MADE_OF = 0.75
#: People of a company up to which it is small, and middling: the fewer, the more a domain proves.
SMALL, MIDDLING = 20, 99


def clues_of(stranger: Stranger, one: Known, around: Surroundings) -> list[Clue]:
    """Every clue of one person. What holds for many (a company, a language) counts only beside something of their own, and a
    company not beside another name: that is a colleague's."""
    own = [*_traces(stranger, one), *_phones(stranger, one, around), *_mentions(stranger, one)]
    address = _address(stranger, one)
    name = _name(stranger, one, around)
    if not (own or address or (name and name["points"] > 0)):
        return []
    another = name is not None and name["points"] < PARTLY and not address
    clues = [*own, *address, *([name] if name else ()), *(() if another else _company(stranger, one, around)), *_language(stranger, one)]
    if any(clue["clue"] == "phone" and clue["points"] > 0 for clue in clues):
        return clues
    return [*clues, *_other_mobile(stranger, one)]


def _name(stranger: Stranger, one: Known, around: Surroundings) -> Clue | None:
    name = stranger.supposed
    if not name or not one.name:
        return None
    shared = [around.carriers[key] for key in keys(name) & keys(one.name) if key in around.carriers]
    alike = compare(name, one.name, min(shared) if shared else around.alike + 1)
    if stranger.called:
        return evidence("name", alike.points, alike.message) if alike.points else None
    points = round(alike.points * MADE_OF)
    if makes(stranger.local, one.name):
        points = max(points, round(FULL * MADE_OF * (0.8 if _initialled(stranger.local, one.name) else 1) * weight(max(1, around.same))))
    return evidence("name", points, N_("The address is made of the same name")) if points > 0 else None


def _initialled(local: str, name: str) -> bool:
    return len(_letters(local)) < len(_letters(name))


def _traces(stranger: Stranger, one: Known) -> Iterator[Clue]:
    """The best of what leads to a ticket of this person."""
    mine = [trace for trace in stranger.traces if trace.person_id == one.id]
    best = max(mine, key=lambda trace: (trace.asked, trace.answers), default=None)
    if best is None:
        return
    if best.asked:
        said = N_("Answers a mail of ticket %(number)s, which was theirs") if best.answers else N_(
            "Names ticket %(number)s, which was theirs")
        yield evidence("thread", 30 if best.answers else 26, said, number=best.number)
    else:
        yield evidence("thread", 18, N_("Took part in ticket %(number)s"), number=best.number)


def _phones(stranger: Stranger, one: Known, around: Surroundings) -> Iterator[Clue]:
    shared = [number for number in one.phones if number in stranger.phones]
    if not shared:
        return
    holders = min(around.phone_holders.get(number, 1) for number in shared)
    mobile = any(map(is_mobile, shared))
    if holders > 1:
        yield evidence("phone", 14 if holders < 4 else 6, N_("Same phone number in the signature, which others have too"))
    elif mobile:
        yield evidence("phone", 26, N_("Same mobile number in the signature"))
    else:
        yield evidence("phone", 22, N_("Same phone number in the signature"))


def _other_mobile(stranger: Stranger, one: Known) -> Iterator[Clue]:
    theirs, told = [n for n in one.phones if is_mobile(n)], [n for n in stranger.phones if is_mobile(n)]
    if theirs and told:
        yield evidence("phone", -4, N_("Another mobile number"))


def _mentions(stranger: Stranger, one: Known) -> Iterator[Clue]:
    named = next((address for address in one.emails if address in stranger.mentions), None)
    if named:
        yield evidence("mention", 20, N_("Names %(address)s, which is theirs"), address=named)


def _company(stranger: Stranger, one: Known, around: Surroundings) -> Iterator[Clue]:
    if around.company_id in one.companies:
        points = 26 if around.people <= SMALL else 20 if around.people <= MIDDLING else 14
        yield evidence("domain", points, N_("Same company, %(company)s"), company=around.company)
    elif stranger.domain and any(
            domain_of(address) == stranger.domain for address in one.emails if address != stranger.address):
        yield evidence("domain", 20, N_("Same domain"))


def _language(stranger: Stranger, one: Known) -> Iterator[Clue]:
    if stranger.language and one.language:
        same = stranger.language == one.language
        yield evidence("language", 4 if same else -2, N_("Same language") if same else N_("Writes in another language"))


def _address(stranger: Stranger, one: Known) -> list[Clue]:
    """The most that an address they hold has in common with the stranger's."""
    told = [(points, said, address) for address in one.emails
            for points, said in (addresses_alike(stranger.address, address, f"{one.name} {stranger.called}"),) if points]
    if not told:
        return []
    points, said, address = max(told)
    return [evidence("address", points, said, address=address)]


@lru_cache(maxsize=4096)
def addresses_alike(written: str, held: str, name: str) -> tuple[int, str]:
    """What two addresses have in common: points, and the words for it; ``name`` is what both persons are called, which proves nothing
    when it stands in both."""
    if written == held:
        return 34, N_("Had the address %(address)s before")
    (mine, _, my_domain), (theirs, _, their_domain) = written.rpartition("@"), held.rpartition("@")
    mine, theirs = mine.partition("+")[0], theirs.partition("+")[0]
    if not mine or not theirs or is_role(mine) or is_role(theirs):
        return 0, ""
    if my_domain == their_domain:
        return _same_domain(mine, theirs, my_domain)
    same = _letters(mine) == _letters(theirs)
    if same and _typo(my_domain, their_domain):
        return 32, N_("Almost the same address as %(address)s")
    if same and len(_letters(mine)) > 3:
        left = len(_beyond(mine, name))
        return (22 if left > 3 else 12 if left > 1 else 2), N_("Begins like %(address)s")
    return 0, ""


def _same_domain(mine: str, theirs: str, domain: str) -> tuple[int, str]:
    if _letters(mine) == _letters(theirs):          # a tag, or dots set another way
        return 34, N_("The same as %(address)s but for dots or a tag")
    free, likeness = is_free_mail(domain), OSA.normalized_similarity(mine, theirs)
    if OSA.distance(mine, theirs) <= 2 and likeness > 0.8 and _digits(mine) == _digits(theirs):
        return (14 if free else 24), N_("Almost the same address as %(address)s")
    return 0, ""


def _typo(one: str, other: str) -> bool:
    """Whether a domain is another mistyped, or the same name in another country. Two providers that are alike are two."""
    return OSA.distance(one, other) <= 2 and len(one) > 6 and not (is_free_mail(one) and is_free_mail(other))


def _letters(local: str) -> str:
    return "".join(c for c in fold(local) if c.isalnum())


def _digits(local: str) -> str:
    return "".join(c for c in local if c.isdigit())


def _beyond(local: str, name: str) -> str:
    """What an address says that the name does not."""
    left = _letters(local)
    for word in sorted({*fold(name).replace("-", " ").split(), *heard(name)}, key=len, reverse=True):
        if len(word) > 1:
            left = left.replace(word, "", 1)
    return left

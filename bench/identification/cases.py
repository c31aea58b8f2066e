"""Cases of people who write from an address nobody holds, as people really come to: each with who it is, or that it is nobody.

A model of what happens: one takes a private address, one a new job, one mistypes, one marries, one writes from the
mailbox of the whole firm; a namesake starts at the same company; somebody pretends. What they leave in the mail
(signature, thread, old address, language) is drawn beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from bench.identification.names import Names, latin, mistyped, respelt, short
from bench.identification.register import FREE, One, Register
from contacts.phones import phones_in
from contacts.stranger import Stranger, Trace


@dataclass(frozen=True, slots=True)
class Case:
    """What came in; ``person_id`` is who wrote, None where the register does not have them."""

    kind: str
    stranger: Stranger
    person_id: int | None


Make = Callable[[One, Register, Names, Random], tuple[str, str, float, float, float]]
"""Gives a name, an address, and how likely phone, thread and old address are in the mail."""


def cases(register: Register, n: int, seed: int = 3) -> list[Case]:
    """So many cases, in the shares of :data:`KINDS`. An address that somebody of the register has is none of them: whoever
    writes from it is not unknown."""
    random, names, found = Random(seed), Names(), []
    held = {email for one in register.kept for email in one.emails}
    kinds = [kind for kind, (share, _make, _exists) in KINDS.items() for _ in range(share)]
    for number in range(n):
        kind = kinds[number % len(kinds)]
        _share, make, exists = KINDS[kind]
        one = random.choice([known for known in random.sample(register.kept, 8) if known.company] or register.kept)
        name, address, phone, thread, old = make(one, register, names, random)
        while address in held:
            name, address, phone, thread, old = make(one, register, names, random)
        found.append(Case(kind, _stranger(one, name, address, phone, thread, old, random), one.id if exists else None))
    return found


def _stranger(one: One, name: str, address: str, phone: float, thread: float, old: float, random: Random) -> Stranger:
    traces = (Trace(one.id, 1000 + one.id % 9000, answers=random.random() < 0.5, asked=random.random() < 0.8),) if random.random() < thread else ()
    signature = f"{name}\nMob. {one.phone.removeprefix('+47 ') if random.random() < 0.6 else one.phone}" if one.phone and random.random() < phone else ""
    language = one.language if random.random() < 0.9 else random.choice(("en", "nb", "sv", "da"))
    return Stranger(name=name, address=address, address_id=None, language=language if random.random() < 0.8 else None, phones=phones_in(signature),
                    mentions=one.emails[:1] if random.random() < old else (), traces=traces)


def _as_written(one: One, random: Random) -> str:
    """The name as the mail program has it: mostly as it is."""
    first, last = one.first, one.last
    way = random.random()
    if way < 0.12:
        return latin(one.name, random)
    if way < 0.20:
        return f"{last}, {first}"
    if way < 0.26:
        return f"{first} {respelt(last, random)}"
    if way < 0.31:
        return f"{first.split()[0]} {last}"
    if way < 0.34:
        return f"{first[0]}. {last}"
    if way < 0.37:
        return f"{short(first.split()[0], random)} {last}"
    if way < 0.39:
        return f"{first} {mistyped(last, random)}"
    return one.name.upper() if way < 0.41 else one.name


def _local(name: str, random: Random) -> str:
    told = [word for word in latin(name, Random(1)).lower().replace(",", "").replace(".", "").replace("-", "").split() if word]
    year = str(random.randint(1, 99))
    return random.choice((f"{told[0]}.{told[-1]}", f"{told[0]}{told[-1]}{year}", f"{told[0][0]}{told[-1]}", f"{told[0]}{year}",
                          f"{told[-1]}.{told[0]}", f"{told[0]}_{told[-1]}", random.choice(("seileren", "tigern", "solstraale", "bamse", "hagefolk")) + year))


def _private(one: One, register: Register, names: Names, random: Random) -> tuple[str, str, float, float, float]:
    name = _as_written(one, random) if random.random() < 0.93 else ""
    return name, f"{_local(one.name, random)}@{random.choice(FREE)}", 0.5, 0.35, 0.15


def _employer(one: One, register: Register, names: Names, random: Random) -> tuple[str, str, float, float, float]:
    return _as_written(one, random), f"{_local(one.name, random)}@{random.choice(register.domains)}", 0.55, 0.3, 0.25


def _typo(one: One, register: Register, names: Names, random: Random) -> tuple[str, str, float, float, float]:
    local, _, domain = one.emails[0].rpartition("@")
    first, dot, top = domain.rpartition(".")
    address = f"{mistyped(local, random)}@{domain}" if random.random() < 0.5 else f"{local}@{mistyped(first, random)}{dot}{top}"
    return _as_written(one, random) if random.random() < 0.7 else "", address, 0.4, 0.3, 0.05


def _married(one: One, register: Register, names: Names, random: Random) -> tuple[str, str, float, float, float]:
    new, first = names.family(random), one.first.split()[0]
    name = random.choice((f"{first} {new}", f"{first} {one.last} {new}", f"{first} {new} {one.last}", f"{first} {one.last}-{new}"))
    domain = register.domains[one.company - 1] if one.company and random.random() < 0.6 else random.choice(FREE)
    return name, f"{_local(f'{first} {new}', random)}@{domain}", 0.6, 0.5, 0.3


def _shared(one: One, register: Register, names: Names, random: Random) -> tuple[str, str, float, float, float]:
    box = random.choice(("post", "info", "firmapost", "kontor", "bogholderi", "reception", "faktura"))
    name = _as_written(one, random) if random.random() < 0.7 else random.choice(("Kundeservice", "Bogholderi", "Post", "Reception", ""))
    named = name not in ("Kundeservice", "Bogholderi", "Post", "Reception", "")
    return name, f"{box}@{register.domains[max(0, one.company - 1)]}", *((0.4, 0.3, 0.05) if named else (0.5, 0.9, 0.1))


def _namesake(one: One, register: Register, names: Names, random: Random) -> tuple[str, str, float, float, float]:
    return one.name, f"{_local(one.name, random)}@{register.domains[max(0, one.company - 1)]}", 0, 0, 0


def _impostor(one: One, register: Register, names: Names, random: Random) -> tuple[str, str, float, float, float]:
    return one.name, f"{_local(one.name, random)}@{random.choice((*FREE, 'secure-mail-login.com'))}", 0, 0.1, 0.2


def _new(one: One, register: Register, names: Names, random: Random) -> tuple[str, str, float, float, float]:
    name = " ".join(names.draw(random))
    domain = random.choice(FREE) if random.random() < 0.5 else random.choice(register.domains)
    return name, f"{_local(name, random)}@{domain}", 0, 0, 0


#: Kind → of twenty cases so many, how it is made, and whether the register has them.
KINDS: dict[str, tuple[int, Make, bool]] = {
    "private address": (5, _private, True), "new employer": (3, _employer, True), "typo": (2, _typo, True),
    "maiden name": (2, _married, True), "shared mailbox": (2, _shared, True), "namesake at the company": (1, _namesake, False),
    "impostor": (1, _impostor, False), "somebody new": (4, _new, False),
}

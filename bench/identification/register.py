"""A register to recognise people in: companies, persons, their addresses and phones, by the million in minutes.

Rows go in as the database's own driver takes them (COPY on PostgreSQL): nothing is measured of filling.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bench.fill.bulk import Bulk
from bench.identification.names import Names, latin
from contacts.ordering import keys_of_company, keys_of_person
from core.database import Database
from core.fold import fold
from core.search import SUBSTRING
from rules.hearing import keys

TOGETHER = 20_000
AT = "2026-01-02 03:04:05"
FREE = ("gmail.com", "hotmail.com", "outlook.com", "online.no", "telia.com", "mail.dk", "icloud.com", "live.no", "hotmail.se")
TOPS = {"nb": "no", "da": "dk", "sv": "se", "en": "com"}
KEYS = ("sort_name", "order_key")
TABLES: dict[str, tuple[str, ...]] = {
    "companies": ("id", "uid", "name", *KEYS, "version", "created_at"),
    "company_domains": ("domain", "company_id"),
    "persons": ("id", "uid", "first_name", "last_name", *KEYS, "status", "preferred_language", "language_guessed",
                "name_guessed", "private_customer", "block_mass_mail", "to_be_completed", "created_how", "created_why", "version", "created_at"),
    "addresses": ("id", "uid", "kind", "value", "normalised", "name", "health", "suppression", "created_at"),
    "holdings": ("id", "uid", "address_id", "person_id", "is_primary", "label", "origin", "proof", "since"),
    "employments": ("id", "uid", "person_id", "company_id", "status", "is_primary", "guessed", "was_primary"),
    "name_keys": ("key", "person_id"),
}


@dataclass(frozen=True, slots=True)
class One:
    """A person of the register."""

    id: int
    first: str
    last: str
    language: str
    company: int
    emails: tuple[str, ...]
    phone: str

    @property
    def name(self) -> str:
        """As it reads."""
        return f"{self.first} {self.last}"


@dataclass(slots=True)
class Register:
    """Who is in it: every ``keep``-th person, and the domain of each company."""

    persons: int
    keep: int = 1
    kept: list[One] = field(default_factory=list)
    domains: list[str] = field(default_factory=list)


def people(persons: int, emails: int, register: Register, companies: int = 0) -> Iterator[tuple[One, int]]:
    """Persons with their addresses; five in six work somewhere, twelve at a company on average (unless so many ``companies`` are
    asked for), a few companies being large."""
    random, names = Random(5), Names()
    companies = companies or max(2, persons // 12)
    for n in range(companies):
        language = random.choice(("nb", "nb", "da", "sv", "en"))
        register.domains.append(f"{latin(names.family(random), random).lower()}{n}.{TOPS[language]}")
    taken: set[int] = set()
    for n in range(1, persons + 1):
        first, last = names.draw(random)
        company = 0 if random.random() < 1 / 6 else 1 + int(companies * random.random() ** 1.7)
        told, language = _plain(first.split()[0], last, random), random.choice(("nb", "nb", "da", "sv", "en"))
        mails = [f"{told}.{n}@{random.choice(FREE)}" if random.random() < 0.5 or not company else f"{told}@{register.domains[company - 1]}"]
        if hash((mails[0],)) in taken:
            mails[0] = mails[0].replace("@", f"{n}@")
        taken.add(hash((mails[0],)))
        mails += [f"{told}.{n}.{m}@{random.choice(FREE)}" for m in range(2, emails + 1)]
        number = f"4{n:07}"
        phone = f"+47 {number[:2]} {number[2:4]} {number[4:6]} {number[6:]}" if random.random() < 0.6 else ""
        one = One(n, first, last, language, company, tuple(mails), phone)
        if n % register.keep == 0:
            register.kept.append(one)
        yield one, len(mails)


def fill(database: Database, persons: int, emails: int, keep: int = 1, *, companies: int = 0, searched: bool = False) -> Register:
    """Fill an empty database; the same numbers make the same register. Where it is to be ``searched``, its search tables too."""
    register = Register(persons, keep)
    with Bulk(database) as bulk:
        rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in (*TABLES, *SUBSTRING)}
        for one, _n in people(persons, emails, register, companies):
            if not rows["companies"] and one.id == 1:
                for n, domain in enumerate(register.domains, start=1):
                    rows["companies"].append((n, f"c{n:023x}", domain, *keys_of_company(domain).values(), 1, AT))
                    rows["company_domains"].append((domain, n))
            _add(rows, one)
            if searched:
                told = (*one.emails, one.phone, one.phone.replace(" ", ""), register.domains[one.company - 1] if one.company else "")
                rows["person_search"].append((one.id, fold(" ".join((one.first, one.last, *told)))))
            if one.id % TOGETHER == 0:
                _write(bulk, rows)
        if searched:
            rows["company_search"] = [(n, fold(domain)) for n, domain in enumerate(register.domains, start=1)]
        _write(bulk, rows)
    return register


def _add(rows: dict[str, list[tuple[Any, ...]]], one: One) -> None:
    rows["persons"].append((one.id, f"a{one.id:023x}", one.first, one.last, *keys_of_person(one.first, one.last).values(), "active", one.language,
                            False, False, False, False, False, "import", "", 1, AT))
    for kind, value in (*(("email", mail) for mail in one.emails), *((("phone", one.phone),) if one.phone else ())):
        number = one.id * 8 + len(value) % 2 if kind == "phone" else one.id * 8 + 2 + one.emails.index(value)
        rows["addresses"].append((number, f"b{number:023x}", kind, value, value, one.name, "ok", "none", AT))
        rows["holdings"].append((number, f"d{number:023x}", number, one.id, True, "", "import", "none", AT))
    if one.company:
        rows["employments"].append((one.id, f"e{one.id:023x}", one.id, one.company, "active", True, False, False))
    rows["name_keys"] += [(key, one.id) for key in keys(one.name)]


def _write(bulk: Bulk, rows: dict[str, list[tuple[Any, ...]]]) -> None:
    with bulk.connection.begin():
        for table, columns in TABLES.items():
            if rows[table]:
                _into(bulk, table, columns, sorted(rows[table]) if table == "name_keys" else rows[table])
            rows[table] = []
        key = "rowid" if bulk.database.dialect == "sqlite" else "id"
        for table in SUBSTRING:
            if rows[table]:
                _into(bulk, table, (key, "body"), rows[table])
            rows[table] = []


def _into(bulk: Bulk, table: str, columns: Sequence[str], rows: list[tuple[Any, ...]]) -> None:
    named = ", ".join(f'"{name}"' for name in columns)
    if bulk.database.dialect == "sqlite":
        places = ", ".join("?" * len(columns))
        bulk.connection.exec_driver_sql(f'INSERT INTO "{table}" ({named}) VALUES ({places})', rows)
        return
    driver: Any = bulk.connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f'COPY "{table}" ({named}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def _plain(first: str, last: str, random: Random) -> str:
    told = [latin(word, Random(1)).lower().replace("-", "").replace(" ", "") for word in (first, last.split()[-1])]
    told = ["".join(c for c in word if c.isalnum()) for word in told]
    return random.choice((f"{told[0]}.{told[1]}", f"{told[0]}.{told[1]}", f"{told[0][:1]}{told[1]}", told[0], f"{told[0]}{told[1][:1]}"))

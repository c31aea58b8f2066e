"""What persons and companies are found by (``sort_name``) and stand in order by (``order_key``): both are made of the name, and together,
so that none is ever written without the other."""

from __future__ import annotations

from typing import Any

from contacts.company import Company
from contacts.identifying import sort_name
from contacts.person import Person
from core.alphabet import order_key
from core.fold import fold


def keys_of_person(first: str, last: str) -> dict[str, Any]:
    """Of a name; the last name counts first."""
    return {"sort_name": sort_name(first, last), "order_key": order_key(f"{last} {first}")[:250]}


def keys_of_company(name: str) -> dict[str, Any]:
    """Of a name."""
    return {"sort_name": fold(name)[:200], "order_key": order_key(name)[:250]}


def put_in_order(record: Person | Company) -> None:
    """Let a record be found by the name it has now, and stand where that belongs."""
    keys = keys_of_company(record.name) if isinstance(record, Company) else keys_of_person(record.first_name or "", record.last_name or "")
    for name, key in keys.items():
        setattr(record, name, key)

"""Who is in the bin on pages of tickets: sender, recipients and addresses say *Deleted person* (S63-S65).

What a mail says in its own words is its writer's, and stays as it is until the person is erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from contacts.address import normalise_email
from contacts.masking import DELETED, masked
from core.i18n import gettext as _
from desk.tickets.message import Message
from desk.web.requests import db

Pairs = Iterable[Sequence[str]]


def deleted_person() -> str:
    """What is said in place of a name."""
    return _(DELETED)


def parties(messages: Iterable[Message]) -> set[str]:
    """All addresses that these messages name in their heads."""
    return {address for one in messages for address in (one.from_address, one.reply_to, *(address for _name, address in (*one.to, *one.cc))) if address}


def masked_in(messages: Iterable[Message], asker: int | None = None) -> frozenset[str]:
    """Those of them that are masked on the ticket of the ``asker``; one question."""
    return masked(db(), parties(messages), asker=asker)


def is_masked(address: str, hidden: frozenset[str]) -> bool:
    """Whether an address is among those that are masked."""
    return bool(hidden) and normalise_email(address) in hidden


def without(pairs: Pairs, hidden: frozenset[str]) -> list[Sequence[str]]:
    """Names and addresses, of a masked one *Deleted person* and no address."""
    return [(deleted_person(), "") if is_masked(address, hidden) else (name, address) for name, address in pairs]

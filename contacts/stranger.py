"""A stranger as a mail shows them, and what the register knows of those who may be meant."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from contacts.address import domain_of
from rules.display_names import read
from rules.free_mail import is_free_mail
from rules.role_words import is_role


@dataclass(frozen=True, slots=True)
class Trace:
    """Something in the mail that leads to a ticket of somebody we know: ``answers`` where it answers a mail of ours, else it
    names the number; ``asked`` where the person asked there, else they took part."""

    person_id: int
    number: int
    answers: bool
    asked: bool


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody whose address nobody holds, as far as a mail tells of them.

    ``address`` is normalised; ``phones`` are those of the signature in every form they may have; ``mentions`` the
    addresses (normalised) that the text names; ``traces`` what leads to tickets.
    """

    name: str = ""
    address: str = ""
    address_id: int | None = None
    language: str | None = None
    phones: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    traces: tuple[Trace, ...] = ()

    @property
    def called(self) -> str:
        """The name they give; nothing where that is a desk's, a machine's or a company's."""
        return read(self.name).name

    @property
    def local(self) -> str:
        """What stands before the ``@``, without a tag; nothing where many may stand behind it."""
        return _local(self.address)

    @property
    def domain(self) -> str:
        """The domain, where it is not open to everybody."""
        domain = domain_of(self.address)
        return "" if is_free_mail(domain) else domain

    @property
    def supposed(self) -> str:
        """The name to go by: the one they give, else the one their address is made of (``ole.hansen@``)."""
        return self.called or _words(self.local)


@lru_cache(maxsize=256)
def _local(address: str) -> str:
    local = address.rpartition("@")[0].partition("+")[0]
    return "" if is_role(local) else local


@lru_cache(maxsize=256)
def _words(local: str) -> str:
    return " ".join(re.findall(r"[^\W\d_]{2,}", local))


@dataclass(frozen=True, slots=True)
class Known:
    """One person as far as a stranger may resemble them: all addresses they hold or held, and where they work now."""

    id: int
    uid: str
    name: str
    status: str
    language: str | None
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    companies: frozenset[int] = frozenset()
    number: str | None = None


@dataclass(slots=True)
class Surroundings:
    """What is known of all of them together: how many carry a name (by its key; the whole of it, with its other forms),
    the company of the stranger's domain with the number of its people, and how many hold a phone of the signature."""

    carriers: dict[str, int] = field(default_factory=dict)
    same: int = 0
    alike: int = 0
    company_id: int | None = None
    company: str = ""
    people: int = 0
    phone_holders: dict[str, int] = field(default_factory=dict)

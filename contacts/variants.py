"""Different spellings of one mailbox: ``ole+news@`` and ``o.le@`` for ``ole@``, where an admin says that they are one.

Nothing is so by itself: providers differ in what they deliver, and a wrong match shows a person's tickets to somebody else.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, contains_eager

from contacts.address import Address, Holding, domain_of, reduced, without_tag
from contacts.person import Person
from core.batch import MISSING, recall, remember
from core.database import take_turns
from core.domains import as_asked
from core.options import option


def held_alike(db: Session, address: Address) -> list[Holding]:
    """Who holds another spelling of this address now; nobody unless the option says so for its domain."""
    policy = _policy(db, address.normalised)
    if not policy or address.kind != "email":
        return []
    key = key_of(address.normalised)
    known = recall(db, "alike", key)
    found: list[Holding] = _held(db, {key}) if known is MISSING else known
    return [one for one in found if one.address_id != address.id and _same(one.address.normalised, address.normalised, policy)]


def take_turns_at(db: Session, addresses: Iterable[str]) -> None:
    """Let nobody else file a mail from another spelling of these until this transaction ends, so that two spellings of one
    newcomer make one person: each has a row of its own, which tells nothing of the other. In one order, so that no two
    workers wait for each other."""
    for key in sorted({key_of(one) for one in addresses if _policy(db, one)}):
        if recall(db, "turn", key) is not True:
            take_turns(db, f"address {key}")
            remember(db, "turn", key, True)


def look_ahead(db: Session, addresses: Iterable[str]) -> None:
    """Remember for a batch who holds other spellings of these, asked once for all of them."""
    alike: dict[str, list[Holding]] = {key_of(one): [] for one in addresses if _policy(db, one)}
    for holding in _held(db, set(alike)) if alike else ():
        alike[key_of(holding.address.normalised)].append(holding)
    for key, holdings in alike.items():
        remember(db, "alike", key, holdings)


def note(db: Session, address: Address, holding: Holding) -> None:
    """Somebody holds this address from now on: later mails of the same batch know it."""
    if address.kind == "email" and (known := recall(db, "alike", key_of(address.normalised))) is not MISSING:
        known.append(holding)


def key_of(normalised: str) -> str:
    """What all spellings of a mailbox share."""
    return reduced(normalised) or normalised


def mailbox(db: Session, normalised: str) -> str:
    """What of an address names the mailbox: all of it, unless the option says for its domain that tags or dots make no difference."""
    policy = _policy(db, normalised)
    return normalised if not policy else key_of(normalised) if policy == "plus_and_dots" else without_tag(normalised)


def _held(db: Session, keys: set[str]) -> list[Holding]:
    return list(db.scalars(select(Holding).join(Holding.person).join(Holding.address).where(
        Address.kind == "email", or_(Address.normalised.in_(keys), Address.reduced.in_(keys)), Holding.until.is_(None),
        Person.merged_into_id.is_(None)).order_by(Holding.id).options(contains_eager(Holding.person), contains_eager(Holding.address))))


def _policy(db: Session, normalised: str) -> str:
    chosen: dict[str, str] = option(db, "contacts.same_mailbox_variants")
    domain = domain_of(normalised)
    return (chosen.get(domain) or chosen.get(as_asked(domain)) or chosen.get("*") or "") if chosen else ""


def _same(one: str, other: str, policy: str) -> bool:
    return key_of(one) == key_of(other) if policy == "plus_and_dots" else without_tag(one) == without_tag(other)

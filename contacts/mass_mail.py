"""Who of many persons may get a mass mail for a purpose, at which address, and why others may not (W20-W24, REQUIREMENTS 0.15).

What a person said of the purpose comes first: who objected or withdrew gets nothing, neither does an address on the list of those who objected
(:mod:`contacts.suppression`), whoever has it now. For direct marketing a basis must hold, one of those that the option ``mailing.bases`` names.
Mail to one person is another matter: it goes out whatever is said here (W21). Only addresses that stand on the card are looked at, so that what
is kept in a custom field is never mailed (W24), and whoever has no address gets nothing (W23).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload

from contacts.address import Address, Holding, domain_of
from contacts.company import CompanyDomain
from contacts.person import HOLDING, Employment, LegalBasis, Person
from contacts.purpose import Purpose
from contacts.suppression import suppressed
from core.i18n import N_
from core.options import option

#: Why somebody gets no mass mail; the first that holds is said.
WHY = {
    "gone": N_("is deleted or part of another"), "restricted": N_("is restricted"), "blocked": N_("mass e-mails are blocked"), "left": N_("has left"),
    "objected": N_("has objected to this purpose"), "withdrawn": N_("has withdrawn the consent"), "no_basis": N_("has not agreed to this purpose"),
    "no_address": N_("has no e-mail address"), "suppressed": N_("the address is blocked"), "bouncing": N_("mail to the address comes back"),
    "ended_employment": N_("the address belongs to a company that the person has left"),
}
#: Asked about at a time.
LOT = 500


@dataclass(frozen=True, slots=True)
class Standing:
    """A person's: the address that a mass mail goes to, or why none does (:data:`WHY`). ``each``: of every address they hold, by its normalised
    value, why it gets none."""

    person_id: int
    address: Address | None = None
    why: str = ""
    each: Mapping[str, str] = field(default_factory=dict)

    def why_not(self, normalised: str) -> str:
        """Why this address gets none; empty where it may."""
        return "" if self.address and not self.each.get(normalised, "no_address") else self.why or self.each.get(normalised, "no_address")


def standings(db: Session, persons: Iterable[int], purpose: Purpose | None = None) -> Iterator[Standing]:
    """Of each of these persons, by id and in their order: a handful of questions for every few hundred. Who is not there is left out."""
    rest = iter(persons)
    while lot := list(islice(rest, LOT)):
        yield from _lot(db, lot, purpose)


def may_be_mailed(db: Session, persons: Iterable[int], purpose: Purpose | None = None) -> dict[str, int]:
    """How many of these persons may get a mass mail (under ``""``), and how many not, by why."""
    found: dict[str, int] = {"": 0}
    for one in standings(db, persons, purpose):
        found[one.why] = found.get(one.why, 0) + 1
    return found


def _lot(db: Session, ids: Sequence[int], purpose: Purpose | None) -> Iterator[Standing]:
    persons = {row.id: row for row in db.execute(select(
        Person.id, Person.block_mass_mail, Person.status, Person.binned_at, Person.restricted_at, Person.merged_into_id).where(Person.id.in_(ids)))}
    held: dict[int, list[Address]] = {}
    for person_id, address in db.execute(select(Holding.person_id, Address).join(Address, Address.id == Holding.address_id).where(
            Holding.person_id.in_(ids), Holding.until.is_(None), Address.kind == "email").order_by(
            Holding.primary.desc(), Holding.id).options(lazyload(Address.holdings))):
        held.setdefault(person_id, []).append(address)
    left, said = _left_domains(db, ids), _said(db, ids, held, purpose) if purpose else {}
    for one in ids:
        if one in persons:
            yield _standing(persons[one], held.get(one, []), left.get(one, {}), said.get(one, ""))


def _standing(row: Any, addresses: Sequence[Address], left: Mapping[str, bool], said: str) -> Standing:
    """``left``: domains of the companies of the person, and whether they have left all of these; ``said``: why the purpose keeps them out."""
    if row.restricted_at is not None:
        return Standing(row.id, why="restricted")
    if row.binned_at is not None or row.merged_into_id is not None:
        return Standing(row.id, why="gone")
    if row.block_mass_mail:
        return Standing(row.id, why="blocked")
    if row.status == "left":
        return Standing(row.id, why="left")
    if said:
        return Standing(row.id, why=said)
    found = [(address, _why_not(address, left)) for address in addresses]
    good, each = next((address for address, why in found if not why), None), {address.normalised: why for address, why in found}
    return Standing(row.id, good, "" if good else found[0][1] if found else "no_address", each)


def _said(db: Session, ids: Sequence[int], held: Mapping[int, Sequence[Address]], purpose: Purpose) -> dict[int, str]:
    """Person → why the purpose keeps them out, where it does. An address that objected speaks for whoever holds it."""
    stands = {row.person_id: row for row in db.execute(select(LegalBasis.person_id, LegalBasis.event, LegalBasis.basis).where(
        LegalBasis.person_id.in_(ids), LegalBasis.purpose == purpose.key).order_by(LegalBasis.at, LegalBasis.id))}
    listed = suppressed(db, "objected", ((one.kind, one.normalised) for some in held.values() for one in some), purpose.key)
    suffice = option(db, "mailing.bases") if purpose.marketing else None
    found = {one: _kept_out(stands.get(one), suffice) for one in ids}
    return found | {one: "objected" for one, some in held.items() if found[one] in ("", "no_basis") and any(
        (address.kind, address.normalised) in listed for address in some)}


def _kept_out(stands: Any, suffice: Sequence[str] | None) -> str:
    """``suffice``: the bases of which one must hold; None where none has to."""
    if stands is not None and stands.event not in HOLDING:
        return str(stands.event)
    return "no_basis" if suffice is not None and (stands is None or stands.basis not in suffice) else ""


def _why_not(address: Address, left: Mapping[str, bool]) -> str:
    if address.suppression != "none":
        return "suppressed"
    if address.health == "bouncing":
        return "bouncing"
    return "ended_employment" if left.get(domain_of(address.normalised)) else ""


def _left_domains(db: Session, ids: Sequence[int]) -> dict[int, dict[str, bool]]:
    found: dict[int, dict[str, bool]] = {}
    for person_id, domain, ended in db.execute(select(Employment.person_id, CompanyDomain.domain, Employment.ended_on).join(
            CompanyDomain, CompanyDomain.company_id == Employment.company_id).where(Employment.person_id.in_(ids))):
        domains = found.setdefault(person_id, {})
        domains[domain] = domains.get(domain, True) and ended is not None
    return found

"""Who writes: an address, the persons who hold it, and what that proves.

Exact match of the normalised address over all holdings of living persons; never a substring, never a random
pick where two persons share an address.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, contains_eager, lazyload
from sqlalchemy.orm.attributes import set_committed_value

from contacts import variants
from contacts.address import Address, Holding, is_among, normalise_email, reduced
from contacts.agent import Agent, AgentAddress
from contacts.person import Person
from core.batch import MISSING, recall, remember
from core.fold import fold
from core.i18n import N_, sentence
from core.putting import put, savepoint
from rules.display_names import read

MOST_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Identified:
    """Who an address belongs to.

    ``state``: known, several, unknown, binned, agent, own, none. ``evidence`` and ``candidates`` are as in
    API.md; ``person`` is set for *known* alone, and for *binned*, where it stays masked. ``origin_id`` is whose the address was
    before any merge: what comes from it is theirs again when the person is taken apart.
    """

    state: str
    person: Person | None = None
    agent: Agent | None = None
    evidence: list[dict[str, Any]] = field(default_factory=list)
    candidates: list[dict[str, Any]] = field(default_factory=list)
    origin_id: int | None = None




_FOUND = select(Address).where(Address.kind == bindparam("kind"), Address.normalised == bindparam("normalised"))
_LOCKED = _FOUND.with_for_update()
_AGENT = select(Agent).outerjoin(Agent.addresses).where(Agent.active, or_(
    Agent.email == bindparam("normalised"),
    and_(AgentAddress.normalised == bindparam("normalised"), AgentAddress.proven_at.is_not(None)))).limit(1)
_HOLDERS = select(Holding).join(Holding.person).where(
    Holding.address_id == bindparam("address"), Holding.until.is_(None), Person.merged_into_id.is_(None),
).order_by(Holding.id).options(contains_eager(Holding.person), lazyload(Holding.address))


def identify(db: Session, address: Address, *, own: frozenset[str]) -> Identified:
    """Who holds this address now. ``own`` are the addresses of our mailboxes, which are nobody's, with any tag."""
    if is_among(address.normalised, own):
        return Identified("own", evidence=[evidence("own", 0, N_("%(address)s is an address of ours."), address=address.value)])
    held = holders(db, address)
    living = [h for h in held if h.person.living] or [h for h in held if h.person.answered]
    if living:
        return _among(living, address)
    if alike := [h for h in variants.held_alike(db, address) if h.person.answered]:
        return _alike(alike, address)
    binned = next((h for h in held if h.person.binned_at is not None), None)
    if binned is not None:
        return Identified("binned", binned.person, evidence=[
            evidence("binned", 0, N_("The address belongs to a deleted person."))])
    agent = agent_at(db, address.normalised)
    if agent is not None:
        return Identified("agent", agent=agent, evidence=[
            evidence("agent", 0, N_("%(address)s belongs to one of our agents, %(name)s."),
                     address=address.value, name=agent.name)])
    return Identified("unknown", evidence=[
        evidence("address", 0, N_("Nobody we know writes from %(address)s."), address=address.value)])


def address_row(db: Session, value: str, name: str = "", *, kind: str = "email", lock: bool = False) -> Address:
    """The row of an address, made when it is new; locked until the end of the transaction when asked.

    The lock makes two first mails of one stranger wait for each other, so that they make one person; so does a turn where
    spellings of an address are one mailbox.
    """
    normalised = normalise_email(value) if kind == "email" else value.strip()
    if lock and kind == "email":
        variants.take_turns_at(db, [normalised])
    query = _LOCKED if lock and db.get_bind().dialect.name == "postgresql" else _FOUND
    asked = {"kind": kind, "normalised": normalised}
    known = recall(db, "address", (kind, normalised))
    found = db.scalar(query, asked) if known is MISSING else known
    if found is not None:
        address: Address = found
        return address
    alone = db.get_bind().dialect.name != "postgresql"      # nobody else writes at this moment
    try:
        with nullcontext() if alone else savepoint(db):
            made = put(db, Address, value=value.strip()[:320], name=name[:200], reduced=reduced(normalised) if kind == "email" else None,
                       **asked, at_once=not alone)
    except IntegrityError:          # another transaction made it at this moment
        return db.scalars(query, asked).one()
    remember(db, "holders", made.id, [])
    return remember(db, "address", (kind, normalised), made)  # type: ignore[no-any-return]


def agent_at(db: Session, normalised: str) -> Agent | None:
    """The active agent who writes from this address: the one they sign in with, or another of theirs that is
    proven."""
    agents = recall(db, "agents", None)
    return db.scalar(_AGENT, {"normalised": normalised}) if agents is MISSING else agents.get(normalised)


def split_name(display: str) -> tuple[str, str]:
    """A display name as first and last name, both empty where it is nobody's: ``"Hansen, Ole"`` and ``"Ole Hansen (Firma)"`` are
    the same, ``"IT Support"`` is none (:mod:`rules.display_names`)."""
    named = read(display)
    return named.first, named.last


def sort_name(first: str, last: str) -> str:
    """What persons are ordered and found by: last name, first name, folded."""
    return fold(f"{last} {first}")[:250]


def hold(db: Session, address: Address, person: Person, *, origin: str, proof: str = "none", primary: bool = False,
         label: str = "") -> int:
    """Let a person hold an address from now on; return the holding's id."""
    holding = put(db, Holding, address_id=address.id, person_id=person.id, origin_person_id=person.id, primary=primary,
                  label=label, origin=origin, proof=proof)
    set_committed_value(holding, "person", person)
    known = recall(db, "holders", address.id)
    if known is not MISSING:
        known.append(holding)
    set_committed_value(holding, "address", address)
    variants.note(db, address, holding)
    return holding.id


def holders(db: Session, address: Address) -> Sequence[Holding]:
    """Who holds an address now, with their persons: living and binned, none that were merged."""
    known = recall(db, "holders", address.id)
    found: Sequence[Holding] = db.scalars(_HOLDERS, {"address": address.id}).all() if known is MISSING else known
    return found


def origin_of(db: Session, person: Person | None, address_id: int | None) -> int | None:
    """Whose a thing is that came from this address and is the person's: of all who are part of them, the one who holds it."""
    if person is None or address_id is None:
        return person.id if person else None
    return db.scalar(select(Holding.origin_person_id).where(
        Holding.address_id == address_id, Holding.person_id == person.id, Holding.until.is_(None)).order_by(Holding.id).limit(1)) or person.id


def _among(living: list[Holding], address: Address) -> Identified:
    working = [h for h in living if h.person.status == "active"]
    chosen = working if working else living
    if len(chosen) == 1:
        return Identified("known", chosen[0].person, evidence=_proof(chosen[0], address),
                          origin_id=chosen[0].origin_person_id or chosen[0].person_id)
    return Identified(
        "several", evidence=[evidence(
            "shared", 0, N_("%(n)s persons hold %(address)s."), n=len(chosen), address=address.value)],
        candidates=[_candidate(h.person, 1 / len(chosen), evidence("address", 50, N_("Holds %(address)s."),
                                                                           address=address.value))
                    for h in chosen[:MOST_CANDIDATES]])


def _alike(living: list[Holding], address: Address) -> Identified:
    """Those who hold another spelling of the address, each person once."""
    persons = {h.person_id: h for h in living}
    found = _among(list(persons.values()), living[0].address)
    clue = evidence("variant", 0, N_("%(address)s counts as %(other)s: by a setting, tags or dots make no difference there."),
                    address=address.value, other=living[0].address.value)
    return replace(found, evidence=[clue, *found.evidence])


def _proof(holding: Holding, address: Address) -> list[dict[str, Any]]:
    wrote = N_("Wrote from %(address)s, primary address of %(name)s.") if holding.primary else N_(
        "Wrote from %(address)s, alternate address of %(name)s.")
    given = {"address": address.value, "name": holding.person.name}
    proof = [evidence("address", 100, wrote, **given)]
    if holding.person.status == "left":
        proof.append(evidence("left", -10, N_("%(name)s is marked as having left."), name=holding.person.name))
    return proof


def holding_it(living: Sequence[Holding], address: Address) -> list[dict[str, Any]]:
    """Those who hold an address as candidates for what came from it."""
    return [_candidate(h.person, 1 / len(living), *_proof(h, address)) for h in living[:MOST_CANDIDATES]]


def _candidate(person: Person, score: float, *clues: dict[str, Any]) -> dict[str, Any]:
    return {"person_id": person.uid, "name": person.name, "score": round(score, 2), "evidence": list(clues)}


def evidence(clue: str, points: int, message: str, **values: object) -> dict[str, Any]:
    """One clue: its points, and its words both in English and as a sentence to be said in any language."""
    return {"clue": clue, "points": points, "words": message % values if values else message,
            "sentence": sentence(message, **values)}

"""Why we may hold a person for a purpose, as evidence: given, changed, withdrawn, objected to; nothing that was noted is ever changed (S7, S27, S29).

An objection to direct marketing is absolute (GDPR, Article 21): it also goes on the list of those who objected (:mod:`contacts.suppression`),
where it outlives the card, and nothing but the person's own consent takes it off again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, insert, not_, or_, select
from sqlalchemy.orm import Session, aliased

from contacts.address import Address, Holding
from contacts.agent import Agent
from contacts.facts import LegalBasisNoted
from contacts.person import HOLDING, LegalBasis, Person
from contacts.purpose import BASES, USUAL, ConsentWording, Purpose
from contacts.purposes import purpose_under
from contacts.suppression import Value, lift, suppress, suppressed
from core.batch import defer
from core.clock import now
from core.errors import Refused
from core.history import record
from core.i18n import N_

EVENTS = ("given", "changed", "withdrawn", "objected")
#: Kinds of address that can be written to, and so are kept from it.
REACHED = ("email", "phone")
LONGEST_SOURCE = 500
OBJECTED = N_("They have objected to this purpose: nothing but their own consent opens it again.")


def give(
    db: Session, person: Person, key: str, basis: str, *, source: str, by: Agent | None, wording: ConsentWording | None = None, proof: str = "word",
    proof_uid: str | None = None, at: datetime | None = None,
) -> LegalBasis:
    """Hold the person for a purpose by this basis from now on. Consent takes them off the list of those who objected.

    Raises Refused where the person objected to marketing and this is no consent, and for what cannot be.
    """
    _hold(db, person)
    purpose, before = purpose_under(db, key), person.standing_bases.get(key)
    if basis not in BASES:
        raise Refused(N_("There is no such basis."), {"basis": N_("Choose one of the list.")})
    if wording is not None and wording.purpose_id != purpose.id:
        raise Refused(N_("These words are of another purpose."), {"wording": N_("Choose one of the list.")})
    if purpose.marketing and basis != "consent" and ((before is not None and not before.holds) or suppressed(db, "objected", reached(db, person), key)):
        raise Refused(OBJECTED, {"basis": OBJECTED})
    _check(source, at)
    event = "changed" if before is not None and before.holds and before.basis != basis else "given"
    changes = {"legal_basis": (before.basis, basis)} if event == "changed" and before is not None else {}
    row = _note(db, person, purpose, event, basis, source=source, by=by, wording=wording, proof=proof, proof_uid=proof_uid, at=at, changes=changes)
    if purpose.marketing and basis == "consent" and person.standing_bases[key] is row:
        lift(db, "objected", reached(db, person), key)
    return row


def give_new(
    db: Session, person: Person, purpose: Purpose, basis: str, *, source: str, by: Agent | None, proof: str, wording: ConsentWording | None = None,
    proof_uid: str | None = None, objected: Collection[Value] = (),
) -> list[Value]:
    """The same for one of many who are new, of whom nothing was noted yet: those of a batch are written together. ``objected`` are the addresses of
    this person that stand on the list for the purpose; returns those that consent took off it.

    Raises Refused where the person objected to marketing and this is no consent.
    """
    if purpose.marketing and basis != "consent" and objected:
        raise Refused(OBJECTED, {"basis": OBJECTED})
    defer(db, _write, {"person_id": person.id, "purpose": purpose.key, "event": "given", "basis": basis, "source": source, "proof": proof,
                       "proof_uid": proof_uid, "wording_id": wording.id if wording else None, "by_uid": by.uid if by else None})
    if purpose.key != USUAL:            # by which they are held from the first, as everybody who is made: the history tells of that once
        record(db, LegalBasisNoted(person.uid, purpose.key, "given", basis), by=by.uid if by else None)
    return [one for one in objected if lift(db, "objected", [one], purpose.key)] if purpose.marketing else []


def stop(
    db: Session, person: Person, key: str, *, source: str, by: Agent | None, proof: str = "word", proof_uid: str | None = None,
    at: datetime | None = None, reached_at: Collection[Value] = (),
) -> LegalBasis:
    """The person wants no more of it: what they consented to is withdrawn, to anything else they object. Twice is once.

    ``reached_at`` are addresses that go on the list beside those of the card: where the mail went that they answered.
    """
    _hold(db, person)
    purpose, before = purpose_under(db, key), person.standing_bases.get(key)
    if purpose.marketing:
        for kind, normalised in {*reached(db, person), *reached_at}:
            suppress(db, "objected", kind, normalised, key, reason=proof)
    if before is not None and not before.holds:
        return before
    _check(source, at)
    event = "withdrawn" if before is not None and before.basis == "consent" else "objected"
    return _note(db, person, purpose, event, before.basis if before else "", source=source, by=by, proof=proof, proof_uid=proof_uid, at=at)


def reached(db: Session, person: Person) -> set[Value]:
    """The addresses of a person that can be written to, those they hold now."""
    return set(db.execute(select(Address.kind, Address.normalised).join(Holding, Holding.address_id == Address.id).where(
        Holding.person_id == person.id, Holding.until.is_(None), Address.kind.in_(REACHED))).all())


def last_basis_lost(db: Session, person: Person) -> datetime | None:
    """When the last basis for holding the person was lost; None while one holds."""
    db.expire(person, ["legal_bases"])
    standing = person.standing_bases.values()
    if any(one.holds for one in standing):
        return None
    return max((one.at for one in standing), default=person.created_at)


def without_basis() -> ColumnElement[bool]:
    """A condition on Person: whoever is held by nothing any more."""
    later = aliased(LegalBasis)
    overtaken = select(later.id).where(later.person_id == LegalBasis.person_id, later.purpose == LegalBasis.purpose, or_(
        later.at > LegalBasis.at, and_(later.at == LegalBasis.at, later.id > LegalBasis.id))).exists()
    return not_(select(LegalBasis.id).where(LegalBasis.person_id == Person.id, LegalBasis.event.in_(HOLDING), ~overtaken).exists())


def _hold(db: Session, person: Person) -> None:
    """Whoever notes something of this person at the same moment waits: a mail program and its reader may press the button at once."""
    db.flush()
    db.refresh(person, with_for_update={"of": Person})


def _note(db: Session, person: Person, purpose: Purpose, event: str, basis: str, *, by: Agent | None, at: datetime | None, source: str,
          proof: str, proof_uid: str | None, wording: ConsentWording | None = None,
          changes: Mapping[str, tuple[str, str]] | None = None) -> LegalBasis:
    row = LegalBasis(person_id=person.id, purpose=purpose.key, event=event, basis=basis, source=source.strip(), proof=proof, proof_uid=proof_uid,
                     wording=wording, by_uid=by.uid if by else None, at=at or now())
    db.add(row)
    person.raise_version()
    db.flush()
    db.expire(person, ["legal_bases"])
    record(db, LegalBasisNoted(person.uid, purpose.key, event, basis), by=by.uid if by else None, changes=changes)
    return row


def _write(db: Session, rows: list[dict[str, Any]]) -> None:
    db.connection().execute(insert(LegalBasis.__table__), rows)  # type: ignore[arg-type]


def _check(source: str, at: datetime | None) -> None:
    errors = {}
    if not source.strip() or len(source) > LONGEST_SOURCE:
        errors["source"] = N_("Say in a few words where that is from.")
    if at is not None and at > now():
        errors["at"] = N_("This day is yet to come.")
    if errors:
        raise Refused(N_("Some fields cannot be saved like this."), errors)

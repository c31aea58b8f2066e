"""The addresses a person holds: adding, making primary, retiring; one address has one row, whoever holds it."""

from __future__ import annotations

from collections.abc import Callable

from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, is_possible_number, parse
from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import KINDS, Address, Holding, is_among
from contacts.agent import Agent
from contacts.duplicates import await_turn, check
from contacts.facts import AddressAdded, AddressRetired
from contacts.identifying import address_row, hold, holders
from contacts.person import Person
from contacts.suppression import suppressed
from core.clock import now
from core.errors import Conflict, Refused
from core.history import record
from core.i18n import N_
from core.i18n import gettext as _

REGION = "NO"
#: What is said wherever somebody writes down the address of one who was erased.
ERASED = N_("This address belongs to somebody who was erased, and is not held again. Where they have agreed anew, an admin lets it in: "
            "Settings, Erased addresses.")
_OURS: list[Callable[[Session], frozenset[str]]] = []


def add_address(
    db: Session, person: Person, kind: str, value: str, *, label: str = "", primary: bool | None = None,
    by: Agent | None, share: bool = False, origin: str = "agent", proof: str | None = None, checked: bool = True,
) -> Holding:
    """Let a person hold one more address; the first of its kind is primary.

    Raises Refused for what is no address of that kind or one of our own, and Conflict (with ``person_id``) when another living
    person holds it, unless ``share``, or the person becomes a duplicate by the company's own rule; without ``checked`` the caller looks.
    """
    how = "form" if origin == "agent" else "mail"
    await_turn(db, how)
    address = address_row(db, *normal(kind, value), kind=kind)
    _not_ours(db, address)
    _free_for(db, person, address, share)
    if primary is None:
        primary = not any(h.address.kind == kind for h in holdings_of(db, person))
    if primary:
        _none_primary(db, person, kind)
    holding_id = hold(db, address, person, origin=origin, primary=primary, label=label[:40],
                      proof=proof or ("agent" if by else "none"))
    if checked:
        check(db, person, {kind}, how=how)
    record(db, AddressAdded(person.uid, address.uid, origin), by=by.uid if by else None)
    return db.get_one(Holding, holding_id)


def correct_address(db: Session, holding: Holding, value: str, *, by: Agent | None, share: bool = False) -> None:
    """Put right what was written wrong: the person holds this address instead, on the agent's word, whatever proved the other. That
    they held the other is kept where they wrote from it, it was proven, or their e-mails are locked. Raises as :func:`add_address` does."""
    before, kind = holding.address, holding.address.kind
    await_turn(db)
    address = address_row(db, *normal(kind, value), kind=kind)
    if address.id == before.id:
        return
    _not_ours(db, address)
    _free_for(db, holding.person, address, share)
    _keep_past(db, holding)
    holding.address_id, holding.origin, holding.proof = address.id, "agent" if by else holding.origin, "agent" if by else "none"
    holding.since, holding.asked_at = now(), None
    db.flush()
    db.expire(holding, ["address"])
    check(db, holding.person, {kind})
    record(db, AddressRetired(holding.person.uid, before.uid), by=by.uid if by else None)
    record(db, AddressAdded(holding.person.uid, address.uid, holding.origin), by=by.uid if by else None)


def _keep_past(db: Session, holding: Holding) -> None:
    if holding.origin == "wrote" or holding.proof in ("authenticated", "link") or holding.person.mail_locked_at is not None:
        db.add(Holding(address_id=holding.address_id, person_id=holding.person_id, origin_person_id=holding.origin_person_id,
                       primary=False, label=holding.label, origin=holding.origin, proof=holding.proof, since=holding.since, until=now()))


def make_primary(db: Session, holding: Holding) -> None:
    """Let this be the address of its kind that is used first."""
    _none_primary(db, holding.person, holding.address.kind)
    holding.primary = True
    db.flush()


def retire(db: Session, holding: Holding, *, by: Agent | None) -> None:
    """The person holds this address no more; what was written from it stays whose it was."""
    holding.until, holding.primary = now(), False
    record(db, AddressRetired(holding.person.uid, holding.address.uid), by=by.uid if by else None)
    db.flush()


def never_held(db: Session, holding: Holding, *, by: Agent | None) -> None:
    """Take back that the person holds this address at all: it speaks for them no more than for anybody."""
    person = holding.person
    retire(db, holding, by=by)
    db.delete(holding)
    person.raise_version()
    db.flush()


def hold_again(db: Session, holding: Holding, *, by: Agent | None) -> None:
    """Take back that the person holds this address no more: primary again, where no other is by now."""
    others = [one for one in holdings_of(db, holding.person) if one.address.kind == holding.address.kind]
    holding.until, holding.primary = None, not any(one.primary for one in others)
    holding.person.raise_version()
    record(db, AddressAdded(holding.person.uid, holding.address.uid, holding.origin), by=by.uid if by else None)
    db.flush()


def holdings_of(db: Session, person: Person) -> list[Holding]:
    """What a person holds now: primary first, e-mail before phone."""
    found = db.scalars(select(Holding).where(Holding.person_id == person.id, Holding.until.is_(None))).all()
    return sorted(found, key=lambda h: (KINDS.index(h.address.kind), not h.primary, h.id))


def mail_reaches(db: Session, person: Person) -> str:
    """Where we write to a person of our own accord: the mail address used first, of those that are not blocked and that mail does not come back from;
    empty where there is none."""
    return next((one.address.value for one in holdings_of(db, person) if one.address.kind == "email" and one.address.health != "bouncing"
                 and one.address.suppression != "blocked"), "")


def nobody_holds(addresses: Callable[[Session], frozenset[str]]) -> None:
    """Tell which addresses are our own, normalised: with any tag they are never a person's."""
    _OURS.append(addresses)


def is_ours(db: Session, normalised: str) -> bool:
    """Whether an address is one of our own, with or without a tag."""
    return any(is_among(normalised, addresses(db)) for addresses in _OURS)


def _not_ours(db: Session, address: Address) -> None:
    if address.kind == "email" and is_ours(db, address.normalised):
        raise Refused(_("%(address)s is an address of ours. No person can have it.", address=address.value),
                      {"value": _("This is an address of ours.")})


def _free_for(db: Session, person: Person, address: Address, share: bool) -> None:
    if suppressed(db, "erased", [(address.kind, address.normalised)]):
        raise Conflict(ERASED, {"value": N_("It belongs to somebody who was erased.")})
    others = holders(db, address)
    if any(h.person_id == person.id for h in others):
        raise Refused(_("%(name)s has %(address)s already.", name=person.name, address=address.value),
                      {"value": "It is on this card already."})
    if not share and any(h.person.restricted_at is not None for h in others):
        raise Conflict(N_("The address belongs to a restricted person, who keeps it."), {"value": N_("It belongs to a restricted person.")})
    other = next((h.person for h in others if h.person.living), None)
    if other is not None and not share:
        raise Conflict(_("%(name)s already has %(address)s.", name=other.name, address=address.value),
                       {"value": _("%(name)s has this address.", name=other.name)}, person_id=other.uid)


def _none_primary(db: Session, person: Person, kind: str) -> None:
    for other in holdings_of(db, person):
        if other.address.kind == kind and other.primary:
            other.primary = False
    db.flush()


def normal(kind: str, value: str) -> tuple[str]:
    """An address as it is kept, alone in a tuple. Raises Refused for what is none of its kind."""
    value = value.strip()
    if kind not in KINDS:
        raise Refused(_("There is no kind of address called %(kind)s.", kind=kind),
                      {"kind": _("One of %(names)s.", names=", ".join(KINDS))})
    if kind == "email":
        try:
            return (validate_email(value, check_deliverability=False, test_environment=True).normalized,)
        except EmailNotValidError as error:
            raise Refused(_("%(address)s is not a mail address.", address=value or _("An empty line")),
                          {"value": "Write it like nora@company.example."}) from error
    if kind == "phone":
        return (_phone(value),)
    if not value or len(value) > 320:
        raise Refused("An address needs between 1 and 320 characters.", {"value": "Too short or too long."})
    if kind == "link" and not value.lower().startswith(("https://", "http://")):
        raise Refused("A link begins with https://.", {"value": "Write it with https:// in front."})
    return (value,)


def _phone(value: str) -> str:
    try:
        number = parse(value, REGION)
    except NumberParseException as error:
        raise Refused(_("%(number)s is not a phone number.", number=value),
                      {"value": "Write it like +47 55 50 12 77."}) from error
    if not is_possible_number(number):
        raise Refused(_("%(number)s is not a possible phone number.", number=value),
                      {"value": "It has too few or too many digits."})
    return format_number(number, PhoneNumberFormat.INTERNATIONAL)

"""A person's address is proven by a link that was mailed to it: good once and for a week, whoever follows it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts import throttling
from contacts.address import Address, Holding
from contacts.agent import Agent
from contacts.facts import AddressHealth, AddressProven
from core.clock import now
from core.errors import Refused
from core.history import record
from core.i18n import N_
from core.i18n import gettext as _
from core.tokens import sign, signed

GOOD_FOR = timedelta(days=7)
PAUSE = timedelta(minutes=10)
PROVEN = ("authenticated", "link")


def new_signature(db: Session, holding: Holding, *, by: Agent) -> str:
    """What the link to be mailed ends in; earlier links end. Raises Refused where no link may go there, or too many went."""
    address = holding.address
    if address.kind != "email":
        raise Refused(N_("Only a mail address can be confirmed by a link."))
    if holding.until is not None or not holding.person.living:
        raise Refused(N_("Nobody holds this address any more."))
    if holding.proof in PROVEN:
        raise Refused(_("%(address)s is proven already.", address=address.value))
    if address.suppression == "blocked":
        raise Refused(_("%(address)s is blocked. Nothing is written to it.", address=address.value))
    if holding.asked_at is not None and holding.asked_at + PAUSE > now():
        raise Refused(_("A link went to %(address)s a moment ago. Give it ten minutes.", address=address.value))
    if throttling.attempt(db, f"confirm:{by.uid}", f"confirm:{by.uid}"):
        raise Refused(N_("Too many links were sent. Wait a quarter of an hour."))
    holding.asked_at = now()
    db.flush()
    return sign("person-address", _what(holding), length=32)


def asked(db: Session, uid: str, signature: str) -> Holding:
    """The holding whose link this is. Raises Refused for a link that is used, too old, or none of ours: which, it does not say."""
    holding = db.scalar(select(Holding).where(Holding.uid == uid))
    if holding is None or holding.asked_at is None or not signed("person-address", _what(holding), signature):
        raise Refused(N_("This link has been used, or is older than a week."))
    if holding.asked_at + GOOD_FOR < now() or holding.until is not None or not holding.person.living:
        raise Refused(N_("This link has been used, or is older than a week."))
    return holding


def confirm(db: Session, uid: str, signature: str) -> Holding:
    """The link was followed: the address is theirs, and mail to it arrives. Raises as :func:`asked` does."""
    holding = asked(db, uid, signature)
    holding.proof, holding.asked_at = "link", None
    record(db, AddressProven(holding.person.uid, holding.address.uid))
    _arrives(db, holding.address)
    holding.person.raise_version()
    db.flush()
    return holding


def _arrives(db: Session, address: Address) -> None:
    if address.health != "ok":
        address.health, address.health_at = "ok", now()
        record(db, AddressHealth(address.uid, "ok"))


def _what(holding: Holding) -> str:
    whose = holding.origin_person_id or holding.person_id         # a merge on the way changes nothing
    return f"{holding.id} {whose} {holding.address.normalised} {holding.asked_at.timestamp() if holding.asked_at else ''}"

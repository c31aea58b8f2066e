"""Addresses of those who were erased are held again where an admin says that they have agreed anew (PRIVACY 5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.orm import Session

from contacts.address import normalise_email
from contacts.addressing import normal
from contacts.agent import Agent
from contacts.suppression import lift
from core.errors import Refused
from core.history import Fact, record
from core.i18n import N_

SHORTEST = 5


@dataclass(frozen=True, slots=True)
class AddressLetIn(Fact):
    """An address of somebody erased may be held again; ``agent_uid`` says who let it in, and nothing which it is."""

    kind: ClassVar[str] = "address.let_in"
    agent_uid: str


def let_in(db: Session, value: str, reason: str, *, by: Agent) -> None:
    """Let an e-mail address or a telephone number be held again. Raises Refused where it is on no list, or no reason is given."""
    errors = {}
    if len(reason) < SHORTEST:
        errors["reason"] = N_("Say why: when and how they agreed.")
    if not value:
        errors["value"] = N_("Write an address or a telephone number.")
    if errors:
        raise Refused(N_("Some fields cannot be saved like this."), errors)
    kind = "email" if "@" in value else "phone"
    [kept] = normal(kind, value)
    if not lift(db, "erased", [(kind, normalise_email(kept) if kind == "email" else kept)]):
        raise Refused(N_("Some fields cannot be saved like this."), {"value": N_("Nobody of this address was erased.")})
    record(db, AddressLetIn(by.uid), by=by.uid, changes={"reason": (None, reason[:200])})


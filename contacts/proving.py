"""The other addresses of an agent: each counts once they have followed a link that was mailed to it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import Address
from contacts.agent import Agent, AgentAddress
from contacts.facts import AgentChanged
from contacts.identifying import holders
from contacts.staffing import free_address
from core.clock import now
from core.errors import Refused, Unknown
from core.history import record
from core.i18n import N_
from core.tokens import sign, signed

GOOD_FOR = timedelta(hours=24)
MOST = 10


def add_own(db: Session, agent: Agent, address: str) -> AgentAddress:
    """An address that is not proven yet. Raises Refused for one that is none, somebody else's, or the agent's already."""
    address = _nobody_elses(db, agent, address)
    if len(agent.addresses) >= MOST:
        raise Refused(N_("These are enough addresses. Remove one first."))
    if address == agent.email or any(row.normalised == address for row in agent.addresses):
        raise Refused(N_("You have this address already."), {"address": N_("You have this address already.")})
    row = AgentAddress(normalised=address, asked_at=now())
    agent.addresses.append(row)
    record(db, AgentChanged(agent.uid, "address_added"), by=agent.uid)
    db.flush()
    return row


def new_signature(db: Session, row: AgentAddress) -> str:
    """What the link to be mailed ends in; earlier links end."""
    row.asked_at = now()
    db.flush()
    return sign("agent-address", _what(row), length=32)


def asked(agent: Agent, number: int, signature: str) -> AgentAddress:
    """The address whose link this is. Raises Unknown where it is not this agent's, Refused for a link that is used or too old."""
    row = own(agent, number)
    if row.proven_at or not signed("agent-address", _what(row), signature) or row.asked_at + GOOD_FOR < now():
        raise Refused(N_("This link has been used, or is older than a day. The profile sends a new one."))
    return row


def prove(db: Session, agent: Agent, number: int, signature: str) -> AgentAddress:
    """The link was followed: from now on the address counts. Raises as :func:`asked` and :func:`add_own` do."""
    row = asked(agent, number, signature)
    _nobody_elses(db, agent, row.normalised)
    row.proven_at = now()
    record(db, AgentChanged(agent.uid, "address_proven"), by=agent.uid)
    db.flush()
    return row


def remove_own(db: Session, agent: Agent, number: int) -> AgentAddress:
    """It counts no more. Raises Unknown."""
    row = own(agent, number)
    agent.addresses.remove(row)
    record(db, AgentChanged(agent.uid, "address_removed"), by=agent.uid)
    db.flush()
    return row


def own(agent: Agent, number: int) -> AgentAddress:
    """This address of the agent's. Raises Unknown."""
    row = next((row for row in agent.addresses if row.id == number), None)
    if row is None:
        raise Unknown(N_("You have no such address."))
    return row


def _nobody_elses(db: Session, agent: Agent, address: str) -> str:
    address = free_address(db, address, agent, field="address")
    row = db.scalar(select(Address).where(Address.kind == "email", Address.normalised == address))
    if row is not None and any(holding.person.living for holding in holders(db, row)):
        raise Refused(N_("A person has this address: mail from it is theirs."), {"address": N_("A person has this address.")})
    return address


def _what(row: AgentAddress) -> str:
    return f"{row.id} {row.agent_id} {row.normalised} {row.asked_at.timestamp()}"

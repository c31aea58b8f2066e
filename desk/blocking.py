"""Senders and clients we take nothing from. Asked at the door, before a byte of the mail has come."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import Address, domain_of, is_among, normalise_email, reduced
from contacts.agent import Agent
from contacts.identifying import agent_at
from core.batch import MISSING, recall
from core.errors import Refused
from core.i18n import N_
from core.options import option
from desk.mailboxes import own_addresses
from rules.free_mail import is_free_mail


def is_blocked(db: Session, sender: str) -> bool:
    """Whether this address, or ``@`` and its domain, carries the suppression *blocked*."""
    normalised = normalise_email(sender)
    forms = (normalised, f"@{domain_of(normalised)}")
    known = [recall(db, "address", ("email", form)) for form in forms]
    if MISSING not in known:
        return any(address is not None and address.suppression == "blocked" for address in known)
    return db.scalar(select(Address.id).where(
        Address.kind == "email", Address.normalised.in_(forms), Address.suppression == "blocked").limit(1)) is not None


def block(db: Session, sender: str) -> bool:
    """Take nothing from an address, or from a whole domain when it is written ``@domain``, from now on; whether that is new.

    Raises Refused for our own people and mailboxes, and for a domain where everybody can have an address.
    """
    domain = domain_of(normalise_email("x" + sender if sender.startswith("@") else sender))
    if sender.startswith("@") and is_free_mail(domain):
        raise Refused(N_("Anybody can have an address there. Block the address alone."), {"block": N_("This is a free mail provider.")})
    if _is_ours(db, sender, domain):
        raise Refused(N_("Our own people and mailboxes write from there. That cannot be blocked."), {"block": N_("This is ours.")})
    return _suppress(db, sender, "blocked")


def unblock(db: Session, sender: str) -> bool:
    """Take mail from it again; whether it was blocked."""
    return _suppress(db, sender, "none")


def _is_ours(db: Session, sender: str, domain: str) -> bool:
    """Whether it is an address of a mailbox or of an agent, or the domain of one."""
    own = own_addresses(db)
    if not sender.startswith("@"):
        normalised = normalise_email(sender)
        return is_among(normalised, own) or agent_at(db, normalised) is not None
    agents = db.scalars(select(Agent.email).where(Agent.active, Agent.email.endswith(f"@{domain}", autoescape=True)).limit(1))
    return domain in map(domain_of, own) or agents.first() is not None


def is_blocked_client(db: Session, client: str) -> bool:
    """Whether a connecting machine is in one of the networks of ``mail.blocked_clients``."""
    networks = option(db, "mail.blocked_clients")
    if not networks:
        return False
    try:
        address = ip_address(client)
    except ValueError:
        return False
    return any(address in ip_network(network, strict=False) for network in networks)


def _suppress(db: Session, sender: str, suppression: str) -> bool:
    normalised = normalise_email("x" + sender)[1:] if sender.startswith("@") else normalise_email(sender)
    row = db.scalar(select(Address).where(Address.kind == "email", Address.normalised == normalised))
    if row is None:
        row = Address(kind="email", value=sender.strip(), normalised=normalised, reduced=reduced(normalised))
        db.add(row)
    before, row.suppression = row.suppression, suppression
    db.flush()
    return (before or "none") != suppression

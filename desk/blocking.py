"""Senders and clients we take nothing from. Asked at the door, before a byte of the mail has come."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import Address, domain_of, normalise_email, reduced
from core.batch import MISSING, recall
from core.options import option


def is_blocked(db: Session, sender: str) -> bool:
    """Whether this address, or ``@`` and its domain, carries the suppression *blocked*."""
    normalised = normalise_email(sender)
    forms = (normalised, f"@{domain_of(normalised)}")
    known = [recall(db, "address", ("email", form)) for form in forms]
    if MISSING not in known:
        return any(address is not None and address.suppression == "blocked" for address in known)
    return db.scalar(select(Address.id).where(
        Address.kind == "email", Address.normalised.in_(forms), Address.suppression == "blocked").limit(1)) is not None


def block(db: Session, sender: str) -> Address:
    """Take nothing from an address, or from a whole domain when it is written ``@domain``, from now on."""
    return _suppress(db, sender, "blocked")


def unblock(db: Session, sender: str) -> Address:
    """Take mail from it again."""
    return _suppress(db, sender, "none")


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


def _suppress(db: Session, sender: str, suppression: str) -> Address:
    normalised = normalise_email("x" + sender)[1:] if sender.startswith("@") else normalise_email(sender)
    row = db.scalar(select(Address).where(Address.kind == "email", Address.normalised == normalised))
    if row is None:
        row = Address(kind="email", value=sender.strip(), normalised=normalised, reduced=reduced(normalised))
        db.add(row)
    row.suppression = suppression
    db.flush()
    return row

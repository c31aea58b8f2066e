"""Signed addresses of ours: where an answer goes, where a mail that cannot be delivered comes back to.

All are the mailbox's own address with a ``+tag``. The tag names a ticket, a mail, or a ticket and an agent, and
carries a signature, so that nobody can write his way into a ticket by guessing.
"""

from __future__ import annotations

import re
from base64 import b32decode, b32encode
from typing import NamedTuple

from contacts.agent import Agent
from core.tokens import sign, signed
from desk.mailboxes import Mailbox
from desk.outbound import OutboundMail
from desk.tickets.ticket import Ticket

LONGEST_LOCAL = 64           # octets before the @ (RFC 5321 section 4.5.3.1.1)
_TICKET = re.compile(r"t(\d{1,18})\.([a-z2-7]{12,26})")
_RETURN = re.compile(r"b([a-z2-7]{20})([a-z2-7]{12})")     # 96 bits and 60 in base32: short, for the local part has no room
_NOTIFICATION = re.compile(r"n(\d{1,18})\.(\d{1,18})([mn])\.([a-z2-7]{12,26})")


class Notified(NamedTuple):
    """What the return address of a notification names. ``note``: it told of a note, so the answer is one too."""

    number: int
    agent_id: int
    note: bool


def reply_address(ticket: Ticket, mailbox: Mailbox) -> str:
    """``support+t4821.SIGNATURE@company.example``: what is sent there joins the ticket."""
    return _tagged(mailbox, f"t{ticket.number}.{sign('ticket', str(ticket.number))}")


def ticket_number_of(address: str) -> int | None:
    """The ticket that a reply address names; None for any other address or a signature that is not ours."""
    found = _TICKET.fullmatch(_tag(address))
    return int(found[1]) if found and signed("ticket", found[1], found[2]) else None


def bounce_address(outbound: OutboundMail, mailbox: Mailbox) -> str:
    """``support+bUIDSIGNATURE@company.example``: the envelope sender that undeliverable mail returns to. It fits behind
    30 octets before the @."""
    uid = b32encode(bytes.fromhex(outbound.uid)).decode().rstrip("=").lower()
    return _tagged(mailbox, f"b{uid}{sign('bounce', outbound.uid)}")


def outbound_uid_of(address: str) -> str | None:
    """The mail of ours that a return address names; None where the signature is not ours."""
    found = _RETURN.fullmatch(_tag(address))
    uid = b32decode(found[1].upper() + "====").hex() if found else ""
    return uid if found and signed("bounce", uid, found[2]) else None


def notification_address(ticket: Ticket, mailbox: Mailbox, agent: Agent, *, note: bool = False) -> str:
    """Where an agent's answer to a notification goes: names the ticket, the agent, and whether it told of a note."""
    named = f"{ticket.number}.{agent.id}{'n' if note else 'm'}"
    return _tagged(mailbox, f"n{named}.{sign('notification', named)}")


def notification_of(address: str) -> Notified | None:
    """What an answer to a notification names; None if not signed by us."""
    found = _NOTIFICATION.fullmatch(_tag(address))
    if found is None or not signed("notification", f"{found[1]}.{found[2]}{found[3]}", found[4]):
        return None
    return Notified(int(found[1]), int(found[2]), found[3] == "n")


def _tagged(mailbox: Mailbox, tag: str) -> str:
    """The mailbox's address with a tag; the plain address where tags are off or the result would be too long."""
    local, _, domain = mailbox.address.rpartition("@")
    tagged = f"{local}+{tag}"
    if not mailbox.plus_addressing or len(tagged.encode()) > LONGEST_LOCAL:
        return mailbox.address
    return f"{tagged}@{domain}"


def _tag(address: str) -> str:
    """What stands behind the last ``+``; relays may have changed its case."""
    return address.strip().strip("<>").rpartition("@")[0].rpartition("+")[2].lower()

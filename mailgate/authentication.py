"""Our own checks of a sender, where no host of ours made them: DKIM, SPF, and what the domain asks for (DMARC).

They ask name servers, so they run with no transaction open, and take a few seconds at most. What brings no signature,
and came by a relay of ours or from this machine, asks nobody anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address, ip_network

from core.domains import as_asked
from core.i18n import N_
from desk.letter import Letter
from mailgate import dmarc, spf, verifying
from mailgate.dmarc import Record
from mailgate.dns import Asking, Away, Remembering
from rules import trust
from rules.checked import Checked, Finding

SECONDS = 4.0                # for all questions about one mail

#: From here comes what a neighbour of ours passes on: no record on the internet speaks of these.
PRIVATE = tuple(ip_network(one) for one in (
    "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "0.0.0.0/8",
    "::1/128", "fc00::/7", "fe80::/10"))

POLICIES = {
    "": N_("%(domain)s does not say what should become of mail that is not from there (DMARC)."),
    "none": N_("%(domain)s asks for nothing to be done about mail that is not from there (DMARC)."),
    "quarantine": N_("%(domain)s asks for mail that is not from there to be set aside (DMARC)."),
    "reject": N_("%(domain)s asks for mail that is not from there to be refused (DMARC)."),
    "later": N_("What should become of mail that is not from %(domain)s could not be asked (DMARC)."),
}


@dataclass(frozen=True, slots=True)
class Road:
    """How a mail came to us: the SMTP client that brought it (empty where we fetched it), in whose name, and what its
    mailbox says of our own hosts."""

    client: str = ""
    envelope_sender: str | None = None
    receiving_host: str = ""
    relays: str = ""


def wanted(raw: bytes, letter: Letter, road: Road) -> bool:
    """Whether there is anything to check: no host of ours has spoken, and a signature or a client from outside to go by."""
    told = trust.told_by(letter.headers.get("authentication-results", ()), road.receiving_host,
                         brought_by=road.client, relays=road.relays)
    return not told and letter.sender is not None and (_from_outside(road) or verifying.is_signed(raw))


def check(raw: bytes, letter: Letter, road: Road, names: Remembering) -> Checked | None:
    """What can be found out about the domain in From; None where it is none that could be asked about. Never raises."""
    domain = as_asked(letter.sender.address.rpartition("@")[2]) if letter.sender else ""
    if not domain or letter.sender is None:
        return None
    asking = Asking(names, SECONDS)
    record, said = _published(domain, asking)
    signed = verifying.verify(raw, letter.sender.address, domain, partial(dmarc.aligned, domain, strict=record.strict_dkim), asking)
    sent = spf.blind() if signed.result == "pass" else _sent(domain, road, record, asking)
    return Checked(domain, signed, sent, said)


def _published(domain: str, asking: Asking) -> tuple[Record, Finding]:
    try:
        record = dmarc.record_of(domain, asking.texts)
    except Away:
        return dmarc.NOTHING, Finding("later", POLICIES["later"], {"domain": domain})
    return record, Finding(record.policy or "none", POLICIES[record.policy], {"domain": domain})


def _sent(domain: str, road: Road, record: Record, asking: Asking) -> Finding:
    """What SPF says. A mail without a return path is judged as one of its own domain's: else leaving the path out
    would be a way around every check (section 2.4 takes the name in HELO, which we do not keep)."""
    if not _from_outside(road) or road.envelope_sender is None:
        return spf.blind()
    sender = road.envelope_sender or f"postmaster@{domain}"
    envelope = as_asked(sender.rpartition("@")[2])
    if not dmarc.aligned(domain, envelope, strict=record.strict_spf):
        return spf.unaligned(sender, domain)
    return spf.verify(road.client, f"{sender.rpartition('@')[0]}@{envelope}", asking)


def _from_outside(road: Road) -> bool:
    """Whether a stranger's server gave the mail to us itself."""
    if trust.is_our_channel(road.client, road.relays):
        return False
    try:
        address = ip_address(road.client)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return not any(address in network for network in PRIVATE)

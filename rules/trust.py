"""What authentication proves about a sender: *pass*, *none* or *fail*.

Read from ``Authentication-Results`` (RFC 8601) of the configured receiving host alone: anybody can write such
a header. Where it said nothing, our own checks count (:mod:`rules.checked`). Without either the answer is *none*, which
behaves like ordinary mail.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from itertools import dropwhile, takewhile
from typing import Any

from core.domains import as_asked
from core.i18n import N_, sentence
from rules import checked
from rules.checked import Checked

_DMARC = re.compile(r"\s*dmarc\s*(?:/\s*\d+\s*)?=\s*([a-z]+)(?=\s|\Z)", re.IGNORECASE)
_ABOUT = re.compile(r"\sheader\.from\s*=\s*([^\s;]+)", re.IGNORECASE)
_ANYWHERE = re.compile(r"\bdmarc\s*=\s*fail\b", re.IGNORECASE)
HERE = "127.0.0.0/8\n::1"


def judge(
    results: Sequence[str], receiving_host: str, *, brought_by: str = "", relays: str = "", own: Checked | None = None,
    senders: Sequence[str] = (),
) -> dict[str, Any]:
    """``{result, why, sentence}`` from the values of the Authentication-Results headers, topmost first; with ``checks``
    where what we found ourselves (``own``) decides.

    ``senders`` are the addresses in From: the first is whom we take the mail to be of, and nothing said of another's
    domain proves that (RFC 7489 section 6.6.1: whoever writes two may have sent it for the other).

    ``brought_by`` is the SMTP client that handed the mail over, empty where we fetched it ourselves. It is believed
    when it is one of the ``relays`` (see :func:`networks`); where none is named, when it runs on this machine.
    """
    told = told_by(results, receiving_host, brought_by=brought_by, relays=relays)
    if told:
        return _from_dmarc(told[len(list(takewhile(_goes_on, told[:-1])))], receiving_host, senders)
    if own is not None:
        return checked.judge(own)
    if not receiving_host:
        return _said("none", N_("No receiving host is configured for this mailbox, so nothing was checked."), "")
    if not is_our_channel(brought_by, relays):
        return _said("none", N_("%(host)s brought this mail and is none of your own relays, so what the mail says about "
                                "its sender is not believed."), brought_by)
    return _said("none", N_("%(host)s said nothing about this mail."), receiving_host)


def told_by(results: Sequence[str], receiving_host: str, *, brought_by: str = "", relays: str = "") -> list[list[str]]:
    """What the receiving host reports, field by field; empty where it said nothing, or where it is not to be believed.

    The host may write several: one a method (RFC 8601 section 4 allows it). So the field below one with a single method
    is read too, as far as its fields follow each other, until one speaks of DMARC. Below a field with several methods,
    or another's, stands what came with the mail.
    """
    if not receiving_host or not is_our_channel(brought_by, relays):
        return []
    told = dropwhile(lambda methods: methods is None, (_methods_of(value, receiving_host) for value in results))
    return [methods for methods in takewhile(lambda methods: methods is not None, told) if methods is not None]


def by_word_of(name: str) -> dict[str, Any]:
    """What is proven about a mail that an agent of this name passed on: nothing, it is their word."""
    message = N_("%(name)s forwarded this mail, so nothing was checked: that it is from its sender is their word.")
    return {"result": "none", "why": message % {"name": name}, "sentence": sentence(message, name=name)}


def by_word_of_a_form(address: str) -> dict[str, Any]:
    """What is proven about the address that a contact form of ours put into Reply-To: nothing, whatever is about the form."""
    message = N_("A form sent it: that it is from %(address)s is the form's word.")
    return {"result": "none", "why": message % {"address": address}, "sentence": sentence(message, address=address)}


def networks(relays: str) -> list[IPv4Network | IPv6Network]:
    """Addresses and networks, one a line (commas and spaces do too). Raises ValueError for anything else."""
    return [ip_network(one, strict=False) for one in re.split(r"[\s,;]+", relays.strip()) if one]


def is_our_channel(brought_by: str, relays: str) -> bool:
    """Whether what stands in the header was put, or left, there by a host of ours: fetched mail, and what a relay brings."""
    return not brought_by or is_relay(brought_by, relays)


@lru_cache(maxsize=1024)
def is_relay(client: str, relays: str) -> bool:
    """Whether an SMTP client is one of these relays."""
    try:
        address = ip_address(client)
        known = networks(relays) or networks(HERE)
    except ValueError:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return any(address in network for network in known)


def _methods_of(value: str, host: str) -> list[str] | None:
    """What the host reports in a field of its own; None where another wrote it."""
    read = _parts(value)
    name, *methods = read or value.split(";")[:1]
    if host.casefold() not in (name.strip().casefold(), *name.casefold().split()[:1]):
        return None
    return methods if read else _unreadable(value)


def _goes_on(methods: Sequence[str]) -> bool:
    """Whether the host may have written a field more: this one tells of one method alone, which is not DMARC."""
    told = [method for method in methods if "=" in method]
    return len(told) == 1 and not _DMARC.match(told[0])


def _from_dmarc(methods: Sequence[str], host: str, senders: Sequence[str]) -> dict[str, Any]:
    said = {found[1].lower() for method in methods if (found := _DMARC.match(method))}
    if "fail" in said:
        return _said("fail", N_("%(host)s says that this does not come from the domain it claims (DMARC)."), host)
    if said == {"pass"} and not all(_is_about(method, senders) for method in methods if _DMARC.match(method)):
        return _said("none", N_("%(host)s confirms another sender than the one whom this mail names first, which proves nothing "
                                "(DMARC)."), host)
    if said == {"pass"}:
        return _said("pass", N_("%(host)s confirms that the domain of the sender sent this (DMARC)."), host)
    return _said("none", N_("%(host)s could not tell whether the sender is genuine."), host)


def _is_about(method: str, senders: Sequence[str]) -> bool:
    """Whether what is said of a domain is said of the first sender's, or of the domain above; where the host does not say of
    which (RFC 8601 section 2.7.10), whether there is only one it could mean."""
    domains = [as_asked(sender.rpartition("@")[2]) for sender in senders]
    about = _ABOUT.search(method)
    if about is None:
        return len(set(domains)) < 2
    told = as_asked(about[1].rpartition("@")[2])
    return not domains or domains[0] == told or (bool(told) and domains[0].endswith(f".{told}"))


def _parts(value: str) -> list[str]:
    """The header field between its semicolons, without comments and quoted words (RFC 8601 section 2.2).

    A method is named at the beginning of such a part alone: what stands further on, the sender may have chosen.
    Empty where a comment or a quoted word does not end.
    """
    parts, depth, quoted, escaped = [""], 0, False, False
    for character in value:
        if escaped:
            escaped = False
        elif character == "\\" and (depth or quoted):
            escaped = True
        elif character == '"' and not depth:
            quoted = not quoted
            parts[-1] += '"'
        elif quoted:
            pass
        elif character in "()":
            depth = max(0, depth + (1 if character == "(" else -1))
            parts[-1] += " "
        elif character == ";" and not depth:
            parts.append("")
        elif not depth:
            parts[-1] += character
    return [] if depth or quoted else parts


def _unreadable(value: str) -> list[str]:
    """Nothing is proven by a field that cannot be read; one that speaks of a failure is a warning all the same."""
    return ["dmarc=fail"] if _ANYWHERE.search(value) else []


def _said(result: str, message: str, host: str) -> dict[str, Any]:
    values = {"host": host} if host else {}
    return {"result": result, "why": message % values if values else message, "sentence": sentence(message, **values)}

"""Whom an answer goes to, and what an agent should know before it goes there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import Address, domain_of, is_among, normalise_email
from contacts.agent import Agent
from contacts.company import Company, CompanyDomain
from core.i18n import N_, sentence
from desk.tickets.merging import shown_ids
from desk.tickets.message import Message
from desk.tickets.ticket import Participant, Ticket

_PART = re.compile(r'(?:"[^"]*"|[^,;\n"])+')
_NAMED = re.compile(r'"?([^"<]*?)"?\s*<([^<>]+)>')


@dataclass(frozen=True, slots=True)
class Recipient:
    """An address with the name that was written beside it."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something to look at twice before sending: the address, and why.

    ``heed`` is a word or two for a chip, ``sentence`` the whole of it, both for :func:`core.i18n.say`.
    """

    address: str
    heed: dict[str, object]
    sentence: dict[str, object]


def written(text: str) -> list[Recipient]:
    """``"Per Lunde" <per@x.example>, ole@y.example`` as recipients; what is no address stays as it is written."""
    found = []
    for part in _PART.findall(text):
        if bare := part.strip():
            named = _NAMED.fullmatch(bare)
            found.append(Recipient(named[2].strip(), named[1].strip()) if named else Recipient(bare))
    return found


def last_of(db: Session, ticket: Ticket, by: Agent) -> Message | None:
    """The customer's last message: of a person, by mail; also on a ticket merged into this one, as far as the agent sees it."""
    return db.scalar(select(Message).where(
        Message.ticket_id.in_(shown_ids(db, by, ticket)), Message.direction == "in", Message.automatic == "",
        Message.author_id.is_(None), Message.from_address != "").order_by(Message.at.desc(), Message.id.desc()).limit(1))


def answer_to(ticket: Ticket, last: Message | None, *, own: frozenset[str]) -> tuple[list[Recipient], list[Recipient]]:
    """To and Cc of an answer: where the customer's last message wants it, else the requester; all others in copy.

    ``own`` are the addresses of our mailboxes, which no answer goes to: where the message wants its answer there, it
    goes to whom it is from, and where that is one of ours too, to the requester. Where the mail is not from the
    domain it claims, the answer goes to whom it claims to be from, never where the forger wants it.
    """
    asker = ticket.requester_address
    ways = [Recipient(asker.value, ticket.requester_name)] if asker is not None and asker.kind == "email" else []
    if last is None:
        return _usable(ways, own)[:1], []
    wanted = "" if last.trust.get("result") == "fail" else last.reply_to
    to = _usable([Recipient(wanted, last.from_name), Recipient(last.from_address, last.from_name), *ways], own)[:1]
    others = [Recipient(address, name) for name, address in (*last.to, *last.cc)]
    if last.ticket_id != ticket.id:
        others += [Recipient(one.address) for one in ways]      # somebody else's mail was merged in
    return to, _fresh(others, {normalise_email(one.address) for one in to}, own)


def _usable(ways: Sequence[Recipient], own: frozenset[str]) -> list[Recipient]:
    return [one for one in ways if one.address and not is_among(normalise_email(one.address), own)]


def doubts(db: Session, ticket: Ticket | None, recipients: Sequence[Recipient], last: Message | None = None) -> list[Doubt]:
    """What speaks against writing to these: it bounces, the customer's ``last`` mail only claims
    to be from there or came from elsewhere, it is new."""
    wanted = {normalise_email(one.address): one.address for one in recipients}
    if not wanted:
        return []
    rows = {row.normalised: row for row in db.scalars(select(Address).where(
        Address.kind == "email", Address.normalised.in_(wanted)))}
    found = [Doubt(wanted[a], sentence(N_("bounces")), sentence(N_("%(address)s does not take mail: it came back."), address=wanted[a]))
             for a, row in rows.items() if row.health == "bouncing"]
    if ticket is None:
        return found
    known = _known(db, ticket)
    found += _forged(last, wanted)
    found += [doubt for doubt in _elsewhere(last, wanted) if doubt.address not in {d.address for d in found}]
    new = [a for a in wanted if a not in known and a not in {normalise_email(d.address) for d in found}]
    return found + _strangers(db, new, wanted, known)


def led_away(last: Message | None) -> str:
    """Where the customer's last mail asks for its answer, when that is at another domain than it came from; else ""."""
    there = normalise_email(last.reply_to) if last is not None and last.reply_to else ""
    return there if last is not None and there and domain_of(there) != domain_of(normalise_email(last.from_address)) else ""


def _forged(last: Message | None, wanted: dict[str, str]) -> list[Doubt]:
    """The address that the customer's last mail claims to be from, where that is not so."""
    claimed = normalise_email(last.from_address) if last is not None and last.trust.get("result") == "fail" else ""
    if claimed not in wanted:
        return []
    return [Doubt(wanted[claimed], sentence(N_("probably forged")), sentence(
        N_("The last mail is not from %(address)s, although it says so: whoever wrote it may know this ticket. Trust nothing "
           "in it before you have asked the customer in another way."), address=wanted[claimed]))]


def _elsewhere(last: Message | None, wanted: dict[str, str]) -> list[Doubt]:
    there = led_away(last)
    if last is None or there not in wanted:
        return []
    return [Doubt(wanted[there], sentence(N_("other domain than the sender")), sentence(
        N_("%(address)s is at another domain than %(sender)s, who wrote."), address=wanted[there], sender=last.from_address))]


def _strangers(db: Session, new: Sequence[str], wanted: dict[str, str], known: frozenset[str]) -> list[Doubt]:
    """Addresses that take no part yet; those at another company's domain are named so."""
    if not new:
        return []
    ours = {domain_of(a) for a in known}
    companies = dict(db.execute(select(CompanyDomain.domain, Company.name).join(
        Company, Company.id == CompanyDomain.company_id).where(CompanyDomain.domain.in_({domain_of(a) for a in new}))).all())
    found = []
    for address in new:
        company = companies.get(domain_of(address))
        if company and domain_of(address) not in ours:
            found.append(Doubt(wanted[address], sentence(N_("%(company)s"), company=company), sentence(
                N_("%(address)s belongs to another company, %(company)s."), address=wanted[address], company=company)))
        else:
            found.append(Doubt(wanted[address], sentence(N_("new on this ticket")), sentence(
                N_("%(address)s is new on this ticket."), address=wanted[address])))
    return found


def _known(db: Session, ticket: Ticket) -> frozenset[str]:
    return frozenset(db.scalars(select(Address.normalised).join(Participant, Participant.address_id == Address.id).where(
        Participant.ticket_id == ticket.id)))


def name_of(db: Session, address: str) -> str:
    """What whoever holds an address is called; "" when nobody knows."""
    row = db.scalar(select(Address).where(Address.kind == "email", Address.normalised == normalise_email(address)))
    holder = next((h.person for h in row.holdings if h.until is None and h.person.living), None) if row else None
    return holder.name if holder else (row.name if row else "")


def _fresh(recipients: Sequence[Recipient], seen: set[str], own: frozenset[str]) -> list[Recipient]:
    found = []
    for one in recipients:
        normalised = normalise_email(one.address)
        if normalised not in seen and not is_among(normalised, own):
            seen.add(normalised)
            found.append(one)
    return found

"""What an agent should know before a mail goes where it is to go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import Address, domain_of, normalise_email
from contacts.addressing import holdings_of
from contacts.company import Company, CompanyDomain
from core.i18n import N_, sentence
from desk.tickets.message import Message
from desk.tickets.recipients import Recipient
from desk.tickets.taking_part import UNINVITED
from desk.tickets.ticket import Participant, Ticket

#: New addresses that are named one by one; of more there is one sentence.
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something to look at twice before sending: the address, and why.

    ``heed`` is a word or two for a chip, ``sentence`` the whole of it, both for :func:`core.i18n.say`. ``new``: nothing but that
    the address takes no part in the ticket yet.
    """

    address: str
    heed: dict[str, object]
    sentence: dict[str, object]
    new: bool = False


def doubts(db: Session, ticket: Ticket | None, recipients: Sequence[Recipient], last: Message | None = None) -> list[Doubt]:
    """What speaks against writing to these: it bounces, the customer's ``last`` mail only claims
    to be from there or came from elsewhere, it is of somebody who wrote in uninvited or asked before, it is new."""
    wanted = {normalise_email(one.address): one.address for one in recipients}
    if not wanted:
        return []
    rows = {row.normalised: row for row in db.scalars(select(Address).where(
        Address.kind == "email", Address.normalised.in_(wanted)))}
    found = [Doubt(wanted[a], sentence(N_("bounces")), sentence(N_("%(address)s does not take mail: it came back."), address=wanted[a]))
             for a, row in rows.items() if row.health == "bouncing"]
    if ticket is None:
        return found
    roles = _roles(db, ticket)
    known = frozenset(a for a, role in roles.items() if role != UNINVITED)
    found += [Doubt(wanted[a], sentence(N_("wrote in uninvited")), sentence(
        N_("%(address)s wrote into this ticket, but neither the requester nor we had named them."), address=wanted[a]))
        for a in wanted if roles.get(a) == UNINVITED]
    found += _former(db, ticket, roles, wanted)
    found += _forged(last, wanted)
    found += [doubt for doubt in _elsewhere(last, wanted) if doubt.address not in {d.address for d in found}]
    new = [a for a in wanted if a not in known and a not in {normalise_email(d.address) for d in found}]
    return found + _strangers(db, new, wanted, known)


def led_away(last: Message | None) -> str:
    """Where the customer's last mail asks for its answer, when that is at another domain than it came from; else ""."""
    there = normalise_email(last.reply_to) if last is not None and last.reply_to else ""
    return there if last is not None and there and domain_of(there) != domain_of(normalise_email(last.from_address)) else ""


def _former(db: Session, ticket: Ticket, roles: dict[str, str], wanted: dict[str, str]) -> list[Doubt]:
    """Whom the ticket was taken for before an agent said that somebody else asks: also where a draft was begun before that."""
    now_ = ticket.requester_address.normalised if ticket.requester_address else ""
    theirs = {h.address.normalised for h in holdings_of(db, ticket.requester)} if ticket.requester else set()
    return [Doubt(wanted[a], sentence(N_("no longer the requester")), sentence(
        N_("%(address)s is no longer the requester’s: an agent has said that somebody else asks."), address=wanted[a]))
        for a in wanted if roles.get(a) == "requester" and a != now_ and a not in theirs]


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
    found, plain = [], [address for address in new if domain_of(address) in ours or domain_of(address) not in companies]
    many = sentence(N_("%(n)s addresses are new on this ticket: %(first)s and others."), n=len(plain), first=wanted[plain[0]]) if len(
        plain) > MOST_NAMED else None
    for address in new:
        company = companies.get(domain_of(address))
        if company and domain_of(address) not in ours:
            found.append(Doubt(wanted[address], sentence(N_("%(company)s"), company=company), sentence(
                N_("%(address)s belongs to another company, %(company)s."), address=wanted[address], company=company)))
        else:
            found.append(Doubt(wanted[address], sentence(N_("new on this ticket")), many or sentence(
                N_("%(address)s is new on this ticket."), address=wanted[address]), new=True))
    return found


def _roles(db: Session, ticket: Ticket) -> dict[str, str]:
    return dict(db.execute(select(Address.normalised, Participant.role).join(
        Participant, Participant.address_id == Address.id).where(Participant.ticket_id == ticket.id)).all())

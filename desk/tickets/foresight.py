"""Looking ahead: what the letters of a batch will ask of the database, asked once for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, contains_eager, lazyload

from contacts import variants
from contacts.address import Address, Holding, domain_of, normalise_email, reduced
from contacts.agent import Agent
from contacts.company import Company, CompanyDomain
from contacts.person import Person
from contacts.suppression import suppressed
from core.batch import remember
from core.database import new_uid
from core.tokens import message_key
from desk.claiming import pending_under
from desk.letter import Letter, Party
from desk.tickets.message import Message
from desk.tickets.situation import sender_of
from desk.tickets.taking_part import invited
from desk.tickets.threads import Known, keys_of, messages_under
from desk.tickets.ticket import Ticket

#: Of one letter: as many as take part in its ticket. A database takes 32 766 parameters (SQLite) and no more.
MOST_PARTIES = 50


def look_ahead(db: Session, letters: Sequence[Letter], own: frozenset[str]) -> None:
    """Remember addresses with their holders, agents, and messages that these letters are or answer."""
    parties = [s for letter in letters if (s := sender_of(letter, own))]
    parties += [f.sender for letter in letters if (f := letter.forwarded) and f.sender]
    senders = {normalise_email(s.address): s for s in reversed(parties)}
    others = {normalise_email(p.address) for letter in letters for p in (*letter.to, *letter.cc)[:MOST_PARTIES]} - own
    variants.take_turns_at(db, senders)
    _addresses(db, senders, others - senders.keys() | {f"@{domain_of(a)}" for a in senders})
    variants.look_ahead(db, senders)
    erased = suppressed(db, "erased", [("email", one) for one in senders])
    for one in senders:
        remember(db, "erased", one, ("email", one) in erased)
    _agents(db)
    answered = {key for letter in letters for key in keys_of(letter)}
    _messages(db, answered | {message_key(letter.message_id) for letter in letters})
    remember(db, "pending", None, pending_under(db, answered))
    _tickets(db, {known.ticket_id for key in answered for known in messages_under(db, key)})
    _companies(db, {domain_of(a) for a in senders})


def _addresses(db: Session, senders: Mapping[str, Party], others: set[str]) -> None:
    """Senders are locked, in one order, so that no two workers make one stranger twice or wait for each other; of a stranger
    there is nothing to lock before their address has a row."""
    query = select(Address).where(Address.kind == "email").order_by(Address.normalised)
    if db.get_bind().dialect.name == "postgresql":
        locked = query.where(Address.normalised.in_(senders)).with_for_update()
        found = list(db.scalars(locked))
        if strangers := sorted(senders.keys() - {address.normalised for address in found}):
            db.connection().execute(insert(Address).on_conflict_do_nothing(), [{
                "uid": new_uid(), "kind": "email", "value": senders[a].address.strip()[:320], "normalised": a,
                "reduced": reduced(a), "name": senders[a].name[:200]} for a in strangers])
            found = list(db.scalars(locked))
        found += db.scalars(query.where(Address.normalised.in_(others)))
    else:
        found = list(db.scalars(query.where(Address.normalised.in_({*senders, *others}))))
    for normalised in (*senders, *others):
        remember(db, "address", ("email", normalised), None)
    for address in found:
        remember(db, "address", ("email", address.normalised), address)
        if address.normalised in senders:
            remember(db, "holders", address.id, [])     # of the others nobody was looked up
    _holders(db, [a.id for a in found if a.normalised in senders])


def _holders(db: Session, ids: Iterable[int]) -> None:
    found: dict[int, list[Holding]] = {}
    for holding in db.scalars(select(Holding).join(Holding.person).where(
            Holding.address_id.in_(list(ids)), Holding.until.is_(None), Person.merged_into_id.is_(None),
    ).order_by(Holding.id).options(contains_eager(Holding.person), lazyload(Holding.address))):
        found.setdefault(holding.address_id, []).append(holding)
    for address_id, holdings in found.items():
        remember(db, "holders", address_id, holdings)


def _agents(db: Session) -> None:
    agents: dict[str, Agent] = {}
    for agent in db.scalars(select(Agent).where(Agent.active)):
        agents |= dict.fromkeys(agent.writes_from, agent)
    remember(db, "agents", None, agents)


def _tickets(db: Session, ids: set[int]) -> None:
    """The tickets that are answered, locked in one order until the batch is written; who takes part, and their requesters."""
    for ticket in db.scalars(select(Ticket).where(Ticket.id.in_(ids)).order_by(Ticket.id).with_for_update(of=Ticket)):
        remember(db, "locked", ticket.id, ticket)
    for number, named in invited(db, ids).items():
        remember(db, "invited", number, named)
    requesters = select(Person).where(Person.id.in_(select(Ticket.requester_id).where(Ticket.id.in_(ids))))
    remember(db, "requesters", None, db.scalars(requesters).all())      # the session keeps what somebody holds


def _companies(db: Session, domains: set[str]) -> None:
    for domain in domains:
        remember(db, "company", domain, None)
    for domain, company in db.execute(select(CompanyDomain.domain, Company).join(CompanyDomain).where(
            CompanyDomain.domain.in_(domains), Company.binned_at.is_(None))):
        remember(db, "company", domain, company)


def _messages(db: Session, keys: set[str]) -> None:
    for key in keys:
        remember(db, "messages", key, [])
    for row in db.execute(select(Message.message_key, Message.id, Message.ticket_id, Message.content_key).where(
            Message.message_key.in_(keys)).order_by(Message.id)):
        remember(db, "messages", row[0], [*messages_under(db, row[0]), Known(*row[1:])])


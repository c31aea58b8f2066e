"""Where a new ticket goes: the book of rules is asked, then the card; and both say why (S79c).

A rule's agent or the support contact who is away gives way to the deputy; whoever has left or does not see the
mailbox is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from contacts.absence import is_away, who_serves
from contacts.agent import Agent, Team
from contacts.company import Category
from contacts.person import Person
from core.batch import MISSING, defer, recall, remember
from core.history import record
from core.i18n import N_, sentence
from desk.access import may_see_mailbox
from desk.mailboxes import Mailbox
from desk.routing import RoutingRule, book, count
from desk.tickets.facts import TicketAssigned, TicketRouted
from desk.tickets.ticket import Tag, Ticket
from rules import routing

Said = dict[str, object]
WRITTEN_IN = {"en": N_("It is written in English."), "nb": N_("It is written in Norwegian."),
              "da": N_("It is written in Danish."), "sv": N_("It is written in Swedish.")}
TRUSTED = {"pass": N_("It is proven who sent it."), "none": N_("Nothing proves who sent it."),
           "fail": N_("It is not from the domain it claims.")}
BECAUSE = {
    "mailboxes": N_("It came to a mailbox that the rule names."), "persons": N_("The sender is one whom the rule names."),
    "categories": N_("The sender is of a category that the rule names."), "companies": N_("The sender works at %(what)s."),
    "words": N_("It says: %(what)s.")}
EVERYTHING = N_("The rule holds for everything.")
SUPPORT = N_("%(name)s is the sender’s support contact.")
NAMED = N_("The rule names %(name)s.")
AWAY = N_("%(name)s is away, so the deputy is asked.")
CANNOT = N_("%(name)s has left or does not see this mailbox, so is passed over.")
NOBODY = N_("Nobody stands in, so nobody has it yet.")


@dataclass(slots=True)
class Routed:
    """Where a ticket goes: fields of its row, its tags, and what is told about it."""

    fields: dict[str, Any] = field(default_factory=dict)
    tags: Sequence[str] = ()
    rule: routing.Rule | None = None
    assignee: Agent | None = None
    team: Team | None = None
    how: str = ""
    because: list[Said] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        """As the ticket's verdict keeps it; empty where nothing was decided."""
        if not (self.rule or self.because):
            return {}
        row = self.rule.key if self.rule else None
        return {"routing": {"rule": row.uid if row else None, "number": self.rule.number if self.rule else None,
                            "name": row.name if row else "", "how": self.how, "because": self.because,
                            "assignee": self.assignee.uid if self.assignee else None}}


def route(
    db: Session, mailbox: Mailbox, person: Person | None, clues: Callable[[], routing.Clues], *, assigns: bool = True,
) -> Routed:
    """What the book and the card say of a ticket that is about to open. ``clues`` are gathered only where there are rules.

    Without ``assigns`` somebody has it already.
    """
    routed, rules = Routed(), book(db)
    match = routing.first(rules, clues()) if rules else None
    if match is not None:
        _by_rule(db, routed, match, mailbox, assigns)
    if assigns and routed.assignee is None and person is not None:
        by_card(db, routed, mailbox, person)
    return routed


def by_card(db: Session, routed: Routed, mailbox: Mailbox, person: Person) -> None:
    """The support contact gets what the person asks, or whoever stands in."""
    contact = db.get(Agent, person.support_contact_id) if person.support_contact_id is not None else None
    if contact is not None:
        _give(db, routed, contact, mailbox, "support_contact", sentence(SUPPORT, name=contact.name))


def write_down(db: Session, ticket: Ticket, routed: Routed) -> None:
    """The tags of a new ticket, and in its history who got it by which rule; the rule has decided once more."""
    if routed.tags:
        defer(db, _tag, [{"ticket_id": ticket.id, "name": name} for name in routed.tags])
    if routed.rule is not None:
        count(db, routed.rule)
    if routed.rule is not None or routed.assignee is not None:
        row = routed.rule.key if routed.rule else None
        record(db, TicketRouted(ticket.uid, row.uid if row else None, routed.assignee.uid if routed.assignee else None,
                                routed.team.uid if routed.team else None, routed.how or "rule",
                                routed.rule.number if routed.rule else 0), at=ticket.created_at)


def take_over(db: Session, ticket: Ticket, person: Person) -> None:
    """A ticket that nobody has answered is this person's now: their support contact gets it, and hears of it. Unless somebody has
    it otherwise than by the card of another."""
    if ticket.state != "new" or (ticket.assignee is not None and not _by_a_card(ticket, ticket.assignee)):
        return
    routed = Routed()
    by_card(db, routed, ticket.mailbox, person)
    if routed.assignee is None or routed.assignee is ticket.assignee:
        return
    ticket.verdict = ticket.verdict | routed.told()
    ticket.assignee_id = routed.assignee.id
    db.flush()
    db.expire(ticket, ["assignee"])
    record(db, TicketAssigned(ticket.uid, routed.assignee.uid, ticket.team.uid if ticket.team else None, "support_contact"))


def _by_a_card(ticket: Ticket, assignee: Agent) -> bool:
    given = ticket.verdict.get("routing", {})
    return bool(given.get("how") == "support_contact" and given.get("assignee") == assignee.uid)


def companies_of(db: Session, person: Person | None) -> dict[str, str]:
    """Uid → name of where a person works now; asked only where a rule names a company."""
    if person is None or not any(rule.companies for rule in book(db)):
        return {}
    return {job.company.uid: job.company.name for job in person.employments if job.ended_on is None}


def category_of(db: Session, person: Person | None) -> str:
    """The uid of a person's category; the few there are are looked up once a batch."""
    if person is None or person.category_id is None:
        return ""
    known = recall(db, "categories", None)
    uids: Mapping[int, str] = remember(db, "categories", None, dict(
        db.execute(select(Category.id, Category.uid)).all())) if known is MISSING else known
    return uids.get(person.category_id, "")


def _by_rule(db: Session, routed: Routed, match: routing.Match, mailbox: Mailbox, assigns: bool) -> None:
    row: RoutingRule = match.rule.key
    acts = row.acts
    routed.rule, routed.how, routed.tags = match.rule, "rule", list(acts.get("tags", ()))
    routed.because += [_why(name, what) for name, what in match.because] or [sentence(EVERYTHING)]
    if acts.get("priority"):
        routed.fields["priority"] = acts["priority"]
    team = _named(db, Team, acts.get("team"))
    if team is not None:
        routed.team, routed.fields["team_id"] = team, team.id
    agent = _named(db, Agent, acts.get("assignee")) if assigns else None
    if agent is not None:
        _give(db, routed, agent, mailbox, "rule", sentence(NAMED, name=agent.name))


def _give(db: Session, routed: Routed, agent: Agent, mailbox: Mailbox, how: str, why: Said) -> None:
    server, passed = who_serves(db, agent, lambda one: may_see_mailbox(db, one, mailbox))
    routed.because.append(why)
    routed.because += [sentence(AWAY if is_away(one) else CANNOT, name=one.name) for one in passed]
    if server is None:
        routed.because.append(sentence(NOBODY))
        return
    routed.assignee, routed.how, routed.fields["assignee_id"] = server, how, server.id


def _why(name: str, what: str) -> Said:
    if name in ("languages", "trust"):
        return sentence({**WRITTEN_IN, **TRUSTED}.get(what, EVERYTHING))
    return sentence(BECAUSE[name], what=what) if "%(what)s" in BECAUSE[name] else sentence(BECAUSE[name])


def _named(db: Session, kind: type[Any], uid: str | None) -> Any:
    """A team or agent that a rule names, looked up once a batch; None where they are gone."""
    if not uid:
        return None
    known = recall(db, "routed to", uid)
    return remember(db, "routed to", uid, db.scalar(select(kind).where(kind.uid == uid))) if known is MISSING else known


def _tag(db: Session, rows: list[list[dict[str, Any]]]) -> None:
    db.connection().execute(insert(Tag.__table__), [row for some in rows for row in some])  # type: ignore[arg-type]

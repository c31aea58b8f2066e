"""Tickets as the API shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Team
from contacts.person import Person
from core.alphabet import in_order
from desk.mailboxes import Mailbox
from desk.tickets.strangers import candidates_now
from desk.tickets.ticket import Tag, Ticket
from desk.tickets.unseen import as_seen, unseen
from desk.web.api.bearer import me
from desk.web.api.schemas import tickets as shapes
from desk.web.api.shapes.messages import messages_of
from desk.web.requests import db

#: What is said of a ticket that an agent opened: nobody judged a mail.
BY_AGENT = {"act": "open", "rule": "by_agent", "why": "Opened by an agent."}
UNPROVEN = {"result": "none", "why": "No mail was proven or disproven."}


def rows(tickets: Sequence[Ticket]) -> list[shapes.TicketRow]:
    """Tickets as rows of a list: four questions beside the list itself."""
    around = _Around(db(), tickets)
    return [shapes.TicketRow(**_row(ticket, around)) for ticket in tickets]


def whole(ticket: Ticket) -> shapes.Ticket:
    """A ticket with all that was said."""
    db().flush()
    return shapes.Ticket(**_row(ticket, _Around(db(), [ticket], anew=True)), messages=messages_of(db(), me(), ticket))


def verdict_of(verdict: dict[str, Any]) -> shapes.Verdict:
    """A verdict without what only our own pages need; without its words (empty) where these were erased."""
    return shapes.Verdict(**{name: verdict.get(name, "none" if name == "person" else "") for name in ("act", "person", "rule", "why")})


class _Around:
    """What is asked once for all tickets of an answer; ``anew``: who a stranger may be as the register is now."""

    def __init__(self, db: Session, tickets: Sequence[Ticket], *, anew: bool = False) -> None:
        ids = [ticket.id for ticket in tickets]
        self.mailboxes: dict[int, str] = dict(db.execute(select(Mailbox.id, Mailbox.address).where(
            Mailbox.id.in_({t.mailbox_id for t in tickets}))).all())
        self.teams: dict[int, str] = dict(db.execute(select(Team.id, Team.name).where(
            Team.id.in_({t.team_id for t in tickets if t.team_id}))).all())
        self.tags: dict[int, list[str]] = {}
        for ticket_id, name in in_order(db.execute(select(Tag.ticket_id, Tag.name).where(Tag.ticket_id.in_(ids)))):
            self.tags.setdefault(ticket_id, []).append(name)
        found = {t.id: candidates_now(db, t) if anew else t.identification.get("candidates", ()) for t in tickets}
        hidden = unseen(db, me(), [one for some in found.values() for one in some])
        self.candidates = {ticket_id: as_seen(some, hidden) for ticket_id, some in found.items()}
        named = {one["person_id"] for some in self.candidates.values() for one in some}
        self.living = set(db.scalars(select(Person.uid).where(
            Person.uid.in_(named), Person.binned_at.is_(None), Person.merged_into_id.is_(None)))) if named else set()


def _row(ticket: Ticket, around: _Around) -> dict[str, Any]:
    assignee = ticket.assignee
    return {
        "number": ticket.number, "subject": ticket.subject, "state": ticket.state, "channel": ticket.channel,
        "mailbox": around.mailboxes[ticket.mailbox_id], "team": around.teams.get(ticket.team_id or 0),
        "assignee": assignee.email if assignee else None, "priority": ticket.priority,
        "tags": around.tags.get(ticket.id, []), "language": ticket.language, "created_at": ticket.created_at,
        "updated_at": ticket.moved_at, "due_at": ticket.due_at, "version": ticket.version, "held": ticket.held,
        "requester": _requester(ticket), "identification": _identification(ticket, around),
        "verdict": _verdict(ticket), "routing": _routing(ticket), "trust": shapes.Trust(**_some(ticket.trust or UNPROVEN, "result", "why")),
    }


def _requester(ticket: Ticket) -> shapes.Requester:
    """Who asks. A deleted person is masked, with the address that wrote."""
    person, address = ticket.requester, ticket.requester_address
    told = address.value if address else None
    if ticket.of_a_deleted:
        return shapes.Requester(person_id=None, address=None, name="")
    return shapes.Requester(person_id=person.uid if person else None, address=told,
                            name=person.name if person else ticket.requester_name)


def _identification(ticket: Ticket, around: _Around) -> shapes.Identification:
    kept = ticket.identification
    named = ticket.requester is None or ticket.requester.binned_at is None       # a deleted person is named nowhere
    return shapes.Identification(
        how=kept.get("how", "none"), evidence=_clues(kept.get("evidence", ()) if named else ()),
        candidates=[shapes.Candidate(person_id=c["person_id"], name=c["name"], score=c["score"], evidence=_clues(c["evidence"]))
                    for c in around.candidates[ticket.id] if c["person_id"] in around.living])


def _verdict(ticket: Ticket) -> shapes.Verdict:
    if "act" in ticket.verdict:
        return verdict_of(ticket.verdict)
    return verdict_of({**BY_AGENT, "person": "matched" if ticket.requester_id else "none"})


def _routing(ticket: Ticket) -> shapes.Routing | None:
    """Why it went where it went, in English as all reasons here."""
    kept = ticket.verdict.get("routing")
    if not kept:
        return None
    why = " ".join(one["say"] % one["with"] if one.get("with") else one["say"] for one in kept["because"])
    return shapes.Routing(**_some(kept, "how", "rule", "number", "name"), why=why)


def _clues(kept: Iterable[dict[str, Any]]) -> list[shapes.Clue]:
    return [shapes.Clue(**_some(clue, "clue", "words", "points")) for clue in kept]


def _some(kept: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: kept[name] for name in names}

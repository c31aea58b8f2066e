"""Opening tickets: from a letter that came in, and by an agent who writes first or notes down a call."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from contacts.address import Address, domain_of
from contacts.creating import company_at, create_from_mail
from contacts.person import Person
from core.batch import remember
from core.history import record
from core.i18n import N_
from core.putting import put
from desk.mailboxes import Mailbox
from desk.policy import gifts_of, policy
from desk.tickets.facts import RightsRequestSeen, TicketOpened
from desk.tickets.message import Message
from desk.tickets.passing_on import keep_comment
from desk.tickets.promising import USUAL, due_after, level_of
from desk.tickets.routing import Routed, category_of, companies_of, route, write_down
from desk.tickets.situation import Situation
from desk.tickets.taking_part import Invited, add_participant, take_part
from desk.tickets.ticket import SHELVES, Ticket
from desk.tickets.writing import preview_of, write_letter
from rules.intake import Verdict
from rules.policy import Decision, told
from rules.rights_requests import recognise
from rules.routing import Clues
from rules.sla import Asked
from rules.threading import bare

CREATED_WHY = N_("Wrote to %(mailbox)s, which makes a person of everybody who writes.")
RULE_WHY = N_("Wrote to %(mailbox)s, where rule %(number)s of version %(version)s of the policy makes a person of them.")
FORWARDED_WHY = N_("%(agent)s forwarded a mail of theirs to %(mailbox)s, which makes a person of everybody who writes.")


def open_from(db: Session, s: Situation, verdict: Verdict, files: list[str]) -> tuple[Ticket, Message]:
    """A new ticket for a letter, as the verdict says: quiet, held, or simply open."""
    at = s.row.received_at
    person = requester_of(db, s, verdict)
    quiet, state, language = verdict.act == "open_quiet", _state(s, verdict), _language(s, person)
    team = gifts(db, s).get("team") if verdict.person == "created" else None
    routed = where(db, s, verdict, person)
    known = decided(db, s, verdict)
    ticket = new_ticket(
        db, subject=bare(s.letter.subject)[:500], mailbox_id=s.mailbox.id, at=at, person=person, address=s.address, name=_name(s),
        origin_requester_id=s.origin_of(person),
        state=state, unread=not (s.row.archive or state == "closed"), language=language, preview=preview_of(s.letter.visible or s.letter.text),
        held=verdict.act == "open_held", attachments_count=sum(not a.inline for a in s.letter.attachments),
        continues_id=s.ticket.id if s.ticket else None, **known | {"verdict": known["verdict"] | routed.told()},
        **{"team_id": team.id if team else s.mailbox.team_id, **routed.fields})
    message = write_letter(
        db, ticket, s.letter, files, at=at, person_id=person.id if person else None,
        origin_person_id=s.origin_of(person), sender_address_id=s.address.id if s.address else None,
        automatic=s.robot.kind if s.robot else "", **known | {"verdict": known["verdict"] | (asked_right(s) if state != "spam" else {})})
    tell_right(db, ticket, message)
    take_part(db, ticket, (*s.letter.to, *s.letter.cc), "cc", own=s.own)
    write_down(db, ticket, routed)
    keep_comment(db, ticket, s.passed, at=at)
    record(db, TicketOpened(ticket.uid, message.uid, person.uid if person else None, s.letter.channel,
                            quiet=quiet or s.row.archive, held=ticket.held), at=at,
           by=actor(s))
    return ticket, message


def asked_right(s: Situation) -> dict[str, Any]:
    """What a letter of a person asks for by the GDPR, for the verdict of its message; nothing where a machine wrote it or it is old."""
    if s.robot is not None or s.row.archive:
        return {}
    found = recognise(s.letter.subject, s.letter.visible or s.letter.text)
    return {"rights": {"kind": found.kind, "phrase": found.phrase}} if found else {}


def tell_right(db: Session, ticket: Ticket, message: Message) -> None:
    """Whoever makes cases of requests hears of one."""
    if "rights" in message.verdict:
        record(db, RightsRequestSeen(ticket.uid, message.uid, message.verdict["rights"]["kind"]), at=message.at)


def where(db: Session, s: Situation, verdict: Verdict, person: Person | None) -> Routed:
    """To whom a ticket goes that opens from a letter. Spam and mail of an archive go nowhere."""
    if _state(s, verdict) != "new":
        return Routed()
    return route(db, s.mailbox, person, lambda: _clues(db, s, person, _language(s, person)))


def new_ticket(
    db: Session, *, subject: str, mailbox_id: int, at: datetime, person: Person | None, address: Address | None,
    name: str = "", state: str = "new", **fields: Any,
) -> Ticket:
    """The row of a ticket, with its requester taking part and the time its first answer is due."""
    level = level_of(db, person)
    ticket = put(db, Ticket, **{
        "subject": subject, "mailbox_id": mailbox_id, "state": state, "shelf": SHELVES[state],
        "priority": level.priority if level else USUAL, "requester_id": person.id if person else None,
        "origin_requester_id": person.id if person else None, "requester_address_id": address.id if address else None,
        "requester_name": ((person.name if person else "") or name)[:250], "moved_at": at, "created_at": at,
        "due_at": due_after(db, level, Asked(at)) if state == "new" else None,
        "closed_at": at if state == "closed" else None, **fields})
    remember(db, "locked", ticket.id, ticket)
    remember(db, "invited", ticket.id, Invited())
    if address is not None:
        add_participant(db, ticket, address.id, "requester")
    return ticket


def requester_of(db: Session, s: Situation, verdict: Verdict) -> Person | None:
    """The person the verdict settles on: matched, made now, or nobody."""
    if verdict.person == "matched":
        return s.identified.person
    if verdict.person == "created" and s.address is not None and s.sender is not None:
        why = FORWARDED_WHY % {"mailbox": s.mailbox.name, "agent": s.passed.agent.name} if s.passed else (
            created_why(db, s.mailbox, s.clues.decision))
        proof = "authenticated" if s.trust["result"] == "pass" else "agent" if s.passed and s.passed.proven else "none"
        return create_from_mail(db, s.address, s.sender.name, why=why, language=s.letter.language, proof=proof, gifts=gifts(db, s))
    return None


def created_why(db: Session, mailbox: Mailbox, decision: Decision | None) -> str:
    """Why somebody new is recorded (S7): one of the admins' rules, or the choice above them."""
    rule = told(decision, policy(db).version) if decision else None
    return RULE_WHY % {**rule["with"], "mailbox": mailbox.name} if rule else CREATED_WHY % {"mailbox": mailbox.name}


def gifts(db: Session, s: Situation) -> dict[str, Any]:
    """What the policy gives whoever is created from this letter."""
    return gifts_of(db, s.clues.decision.gifts) if s.clues.decision is not None else {}


def actor(s: Situation) -> str | None:
    """The uid of the agent who passed a customer's mail on, where their own mail is proven; None for all others."""
    by = s.passed.by if s.passed else None
    return by.uid if by else None


def decided(db: Session, s: Situation, verdict: Verdict) -> dict[str, Any]:
    """Identification, verdict and trust, as kept on ticket and message."""
    how = {"created": "created", "matched": "address"}.get(verdict.person, "none")
    candidates = s.candidates(db) if verdict.person == "asked" else []
    if verdict.person == "asked" and s.identified.state == "known" and s.identified.person:
        candidates = [{"person_id": s.identified.person.uid, "name": s.identified.person.name, "score": 0.5,
                       "evidence": s.identified.evidence}]
    forwarded = {"forwarded_by": s.passed.agent.uid} if s.passed and s.passed.how == "original" else {}
    return {"identification": {"how": how, "evidence": s.identified.evidence, "candidates": candidates, **forwarded},
            "verdict": verdict.as_dict() | _policy(db, s), "trust": s.trust}


def _policy(db: Session, s: Situation) -> dict[str, Any]:
    """Which rule of which version of the policy decided, where one of the admins' own did."""
    said = told(s.clues.decision, policy(db).version) if s.clues.decision else None
    return {"policy": {"rule": s.clues.decision.rule, "version": policy(db).version, "sentence": said}} if s.clues.decision and said else {}


def _name(s: Situation) -> str:
    """What the sender calls themselves; whoever is deleted stays without a name."""
    return s.sender.name if s.sender is not None and s.identified.state != "binned" else ""


def _clues(db: Session, s: Situation, person: Person | None, language: str | None) -> Clues:
    """What routing rules look at. A sender who is nobody yet belongs to the company whose domain they write from."""
    companies = companies_of(db, person)
    if person is None and s.address is not None and (company := company_at(db, domain_of(s.address.normalised))):
        companies = {company.uid: company.name}
    return Clues(s.mailbox.uid, person.uid if person else "", companies, category_of(db, person), language or "",
                 s.trust["result"], s.letter.subject, s.letter.text)


def _state(s: Situation, verdict: Verdict) -> str:
    if verdict.rule == "is_spam":
        return "spam"
    return "closed" if s.row.archive or verdict.rule == "wants_no_more_mass_mail" else "new"


def _language(s: Situation, person: Person | None) -> str | None:
    return (person.preferred_language if person and not person.language_guessed else None) or s.letter.language or (
        person.preferred_language if person else None)

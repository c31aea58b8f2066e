"""A letter joins a ticket: a customer answers, a robot reports, an agent answers a notification by mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import normalise_email
from contacts.masking import masked
from core.batch import recall, remember
from core.history import record
from core.i18n import N_
from core.rendering import paragraphs
from desk.letter import Letter, Party
from desk.tickets.agents_answer import AgentsAnswer
from desk.tickets.facts import MessageReceived, NoteAdded, StateChanged
from desk.tickets.message import Message
from desk.tickets.opening import actor, asked_right, decided, requester_of, tell_right
from desk.tickets.passing_on import keep_comment
from desk.tickets.promising import asked_again
from desk.tickets.recipients import Recipient, answer_to, last_of, name_of
from desk.tickets.sending import send
from desk.tickets.situation import Situation
from desk.tickets.taking_part import UNINVITED, take_part, takes_part
from desk.tickets.ticket import Ticket
from desk.tickets.unsent import tell_unsent
from desk.tickets.writing import preview_of, touch, write_letter
from rules.intake import Verdict

FOREIGN = N_("Written from an address that is not the agent's: kept as a note, not sent to the customer.")
WITHDRAWN = N_("Written by an agent who may no longer see this ticket: kept as a note, not sent to the customer.")
DELETED = N_("The ticket was deleted when this answer came: kept as a note, not sent to the customer.")
NOBODY = N_("There is nobody to send this answer to: kept as a note.")
PICTURES = N_("An answer by mail with a picture and not a word, which may be a signature alone: kept as a note, not sent to "
              "the customer.")
KEPT_AS_NOTE = {"foreign": FOREIGN, "withdrawn": WITHDRAWN, "deleted": DELETED, "nobody": NOBODY, "pictures": PICTURES}


class Moved(Exception):
    """A ticket was deleted while a letter to it waited: what the letter is has to be judged anew."""


def append(db: Session, s: Situation, verdict: Verdict, files: list[str]) -> tuple[Ticket, Message]:
    """A customer's letter joins its ticket: people reopen it, robots neither reopen nor move it."""
    ticket = _locked(db, s)
    person = requester_of(db, s, verdict)
    automatic = s.robot.kind if s.robot else ""
    known = decided(db, s, verdict)
    message = write_letter(
        db, ticket, s.letter, files, at=s.row.received_at, person_id=person.id if person else None,
        origin_person_id=s.origin_of(person), sender_address_id=s.address.id if s.address else None,
        automatic=automatic, **known | {"verdict": known["verdict"] | asked_right(s)})
    tell_right(db, ticket, message)
    if s.sender is not None and not automatic:
        take_part(db, ticket, (s.sender, *s.letter.to, *s.letter.cc), _role(db, ticket, s), own=s.own)
    reopened = False if automatic or s.row.archive else _wake(db, ticket, s)
    ticket.attachments_count += sum(not a.inline for a in s.letter.attachments)
    keep_comment(db, ticket, s.passed, at=s.row.received_at)
    record(db, MessageReceived(ticket.uid, message.uid, person.uid if person else None, automatic, reopened),
           at=s.row.received_at, by=actor(s))
    return ticket, message


def _role(db: Session, ticket: Ticket, s: Situation) -> str:
    """How the sender takes part, and with them whom they name: a stranger or a forger invites nobody."""
    named = s.passed is not None or (
        s.trust["result"] != "fail" and s.address is not None and takes_part(db, ticket, s.address))
    return "cc" if named else UNINVITED


def append_agents(db: Session, s: Situation, files: list[str]) -> tuple[Ticket, Message]:
    """An agent answered a notification: a reply as if written in the desk, to whom that would go; or a note where it
    may not go there, there is nobody to go to, or the notification told of a note."""
    ticket, answer = _locked(db, s), s.answer
    assert answer is not None
    to, cc = _living(db, *answer_to(ticket, last_of(db, ticket, answer.agent), own=s.own), ticket.requester_id)
    unsent = answer.how if answer.how in KEPT_AS_NOTE else _goes_nowhere(s, answer, to)
    by = None if unsent == "foreign" else answer.agent
    note = bool(unsent) or answer.note
    letter = _as_note(s) if note else _as_reply(db, s, ticket, to, cc)
    oddities = (*letter.oddities, KEPT_AS_NOTE[unsent]) if unsent else letter.oddities
    message = write_letter(
        db, ticket, replace(letter, oddities=oddities), files, at=s.row.received_at, direction="note" if note else "out",
        author_id=by.id if by else None, trust=s.trust)
    ticket.attachments_count += len(letter.attachments)
    if unsent and s.trust["result"] != "fail":
        tell_unsent(db, ticket, answer.agent, unsent)
    if note:
        record(db, NoteAdded(ticket.uid, message.uid), by=by.uid if by else None)
        touch(ticket, at=message.at)
    else:
        send(db, ticket, message, by=answer.agent)
    db.flush()
    return ticket, message


def _living(db: Session, to: Sequence[Recipient], cc: Sequence[Recipient], asker: int | None) -> tuple[list[Recipient], list[Recipient]]:
    """Whom an answer goes to, without who is in the bin."""
    gone = masked(db, (one.address for one in (*to, *cc)), asker=asker)
    living = [[one for one in some if normalise_email(one.address) not in gone] for some in (to, cc)]
    return living[0], living[1]


def _goes_nowhere(s: Situation, answer: AgentsAnswer, to: Sequence[Recipient]) -> str:
    """Why an answer that may go to the customer goes nowhere all the same; else empty."""
    if answer.note:
        return ""
    if not s.words and all(a.inline for a in s.letter.attachments):
        return "pictures"
    return "" if to else "nobody"


def _as_note(s: Situation) -> Letter:
    """The agent's own words. Its pictures are files like others: the text that is left shows them nowhere."""
    files = tuple(replace(a, inline=False) for a in s.letter.attachments)
    return replace(s.letter, text=s.words, visible=s.words, html=str(paragraphs(s.words)), attachments=files)


def _as_reply(db: Session, s: Situation, ticket: Ticket, to: Sequence[Recipient], cc: Sequence[Recipient]) -> Letter:
    """The same as the customer gets it: from the mailbox, to whom the desk would send it, by the names the desk knows."""
    return replace(
        _as_note(s), sender=Party(ticket.mailbox.address, ticket.mailbox.name), reply_to=(), subject=ticket.subject,
        to=tuple(Party(one.address, name_of(db, one.address)) for one in to),
        cc=tuple(Party(one.address, name_of(db, one.address)) for one in cc))


def _wake(db: Session, ticket: Ticket, s: Situation) -> bool:
    """A person wrote: the ticket moves up, and opens again unless it lies among the spam."""
    before = ticket.state
    ticket.unread = True
    touch(ticket, preview=preview_of(s.letter.visible or s.letter.text), at=s.row.received_at)
    if before != "spam":
        asked_again(db, ticket, at=s.row.received_at)
    if before in ("spam", "new", "open"):
        return False
    ticket.enter("open")
    ticket.closed_at = ticket.snoozed_until = None
    record(db, StateChanged(ticket.uid, before, "open"), at=s.row.received_at)
    return before == "closed"


def _locked(db: Session, s: Situation) -> Ticket:
    """The ticket, held; the one it was merged into while we waited for it. Raises Moved where it was deleted then."""
    ticket = s.ticket
    assert ticket is not None
    deleted = ticket.binned_at is not None
    for _ in range(20):
        ticket = _held(db, ticket)
        if ticket.merged_into_id is None:
            break
        ticket = db.get_one(Ticket, ticket.merged_into_id)
    if ticket.binned_at is not None and not deleted:
        raise Moved
    return ticket


def _held(db: Session, ticket: Ticket) -> Ticket:
    locked: bool = recall(db, "locked", ticket.id) is ticket
    if locked:
        return ticket
    db.flush()          # what an earlier letter of the batch did to it is written before it is read anew
    found = db.scalars(select(Ticket).where(Ticket.id == ticket.id).with_for_update(of=Ticket)
                       .execution_options(populate_existing=True)).one()
    return remember(db, "locked", found.id, found)  # type: ignore[no-any-return]

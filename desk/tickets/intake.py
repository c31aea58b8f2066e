"""Filing one letter: gather what is known, judge, do what the verdict says, and write it on the ledger row.

The caller holds the lease and commits (DESIGN.md section 3). Filing twice equals filing once: a row that is
done is not filed again, and the same mail in another copy is one more delivery of the same message.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from contacts.address import is_among, normalise_email
from core.batch import defer
from desk import claiming
from desk.inbound import InboundMail
from desk.letter import Letter
from desk.tickets.bouncing import append_bounce, mark_unreached, note_on
from desk.tickets.brought import tie
from desk.tickets.message import Delivery, Message
from desk.tickets.naming import named
from desk.tickets.opening import open_from
from desk.tickets.replying import append, append_agents
from desk.tickets.situation import Situation, gather
from desk.tickets.ticket import AlsoIn, Ticket
from desk.unsubscribing import note_on_message
from rules.clues import kept
from rules.intake import Verdict, judge, wants_no_more_mass_mail

TOGETHER = timedelta(hours=1)
#: Columns of the ledger that every letter writes, changed or not: rows that write the same ones go to the database together.
WRITTEN = ("policy_rule", "sender", "subject", "message_id", "reason")


def file(db: Session, row: InboundMail, letter: Letter, files: list[str]) -> Verdict:
    """File a letter under its ledger row; ``files`` are the digests of its attachments, in order."""
    situation = gather(db, row, named(letter, row))
    clues = situation.clues
    verdict = judge(clues)
    message = enact(db, situation, verdict, files)
    if message is not None:
        deliver(db, situation, message)
        if situation.copy is None and row.source:
            tie(db, row, message)
    for name in WRITTEN:
        flag_modified(row, name)
    row.verdict = verdict.as_dict()
    row.policy_rule = clues.decision.rule if clues.decision else None
    row.clues = kept(clues, situation.address.id if situation.address else None, situation.writer.company, letter.language)
    row.sender = letter.sender.address[:320] if letter.sender else None
    row.subject = letter.subject[:300]
    row.message_id = message.id if message else None
    claiming.finish(row, "set_aside" if verdict.act == "set_aside" else "done", verdict.because[0])
    return verdict


def enact(db: Session, s: Situation, verdict: Verdict, files: list[str]) -> Message | None:
    """Do what the verdict says; return the message that the mail became or belongs to."""
    if verdict.act == "ignore":
        if verdict.rule in ("is_bounce_of_a_notification", "is_bounce_of_a_mass_mail") and s.returned is not None:
            note_on(s.returned, s)
            mark_unreached(db, s, s.returned)
        return s.copy
    if verdict.act == "set_aside":
        return None
    if verdict.act == "append":
        return _append(db, s, verdict, files)[1]
    ticket, message = open_from(db, s, verdict, files)
    if verdict.rule == wants_no_more_mass_mail.__name__ and s.mass is not None:
        note_on_message(db, s.mass, message, ticket)
    return message


def deliver(db: Session, s: Situation, message: Message) -> None:
    """One more arrival of a message. Another mailbox that got a copy of what opened a ticket shows the ticket too;
    a reply that arrives there does not: whoever knows a Message-ID could open a closed mailbox to others."""
    defer(db, _deliver, {"inbound_id": s.row.id, "message_id": message.id, "mailbox_id": s.mailbox.id})
    ticket = db.get_one(Ticket, message.ticket_id)
    if ticket.mailbox_id != s.mailbox.id and s.copy is not None and _opened(db, ticket, message) and _meant_for(s, message):
        defer(db, _show_too, {"ticket_id": ticket.id, "mailbox_id": s.mailbox.id})


def _opened(db: Session, ticket: Ticket, message: Message) -> bool:
    first = db.scalar(select(func.min(Message.id)).where(Message.ticket_id == ticket.id))
    return message.direction == "in" and message.id == first


def _meant_for(s: Situation, message: Message) -> bool:
    """Whether the sender wrote to this mailbox too: it is named, or (Bcc) both copies came at about the same time.
    Whoever has a mail may send it on to any mailbox, days later, or bring it as a file, whose time is what it says itself."""
    if s.trust["result"] == "fail":
        return False
    here = frozenset({s.mailbox.normalised, *(alias.normalised for alias in s.mailbox.aliases)})
    named = any(is_among(normalise_email(address), here) for _name, address in (*message.to, *message.cc))
    return named or (not s.row.source.startswith("person ") and abs(s.row.received_at - message.at) < TOGETHER)


def _append(db: Session, s: Situation, verdict: Verdict, files: list[str]) -> tuple[Ticket, Message]:
    if verdict.rule == "is_agents_reply":
        return append_agents(db, s, files)
    if verdict.rule == "is_bounce_of_ours":
        return append_bounce(db, s, verdict, files)
    return append(db, s, verdict, files)


def _show_too(db: Session, rows: list[dict[str, int]]) -> None:
    made: Any = insert_postgresql if db.get_bind().dialect.name == "postgresql" else insert_sqlite
    db.execute(made(AlsoIn).on_conflict_do_nothing(index_elements=["ticket_id", "mailbox_id"]), rows)


def _deliver(db: Session, rows: list[dict[str, int]]) -> None:
    db.connection().execute(insert(Delivery.__table__), rows)  # type: ignore[arg-type]

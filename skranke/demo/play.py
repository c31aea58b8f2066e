"""Playing the stories: letters through the real door, answers by agents, in the order in which they happened."""

from __future__ import annotations

import smtplib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from email.parser import BytesHeaderParser

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.enrolling import agent_called
from contacts.identifying import address_row
from core import queue
from core.clock import now
from core.database import database
from core.history import Outbox
from core.settings import address_of, settings
from core.tokens import message_key
from desk.addressing import bounce_address
from desk.mailboxes import Mailbox, mailbox_called
from desk.outbound import OutboundMail
from desk.tickets.answering import begin, note, reply
from desk.tickets.assigning import assign
from desk.tickets.message import Message
from desk.tickets.states import change_state
from desk.tickets.tagging import set_tags
from desk.tickets.ticket import Ticket
from skranke.demo import ageing, figures, mailing
from skranke.demo.people import AGENTS, DOMAIN
from skranke.demo.story import Step, duration, stories

PATIENCE = 60.0


@dataclass
class Play:
    """One story while it is played: what is left, its ticket, the last message, and what is waited for."""

    left: list[Step]
    ticket_id: int = 0
    last_id: str = ""
    last_by: str = ""
    last_text: str = ""
    subject: str = ""
    waits_for: str = ""
    happened: dict[int, timedelta] = field(default_factory=dict)
    facts: dict[int, timedelta] = field(default_factory=dict)
    ago: timedelta | None = None


def play() -> None:
    """Play all stories to their end, then let each event be as old as its story says."""
    plays = [Play(steps) for steps in stories()]
    limit = time.monotonic() + PATIENCE
    while (any(p.left or p.waits_for for p in plays) or _under_way()) and time.monotonic() < limit:
        with smtplib.SMTP(*address_of(settings().smtp), timeout=30) as door:
            for p in plays:
                _advance(p, door)
        queue.ring("fanout")
        queue.ring("outbound")
        time.sleep(0.3)
    with database().write() as db:
        for p in plays:
            ageing.age(db, p.happened, p.facts)
        ageing.settle_bell(db)
        ageing.in_order(db)
        figures.played(db)
    figures.up_to_now()


def _under_way(ticket_id: int = 0) -> bool:
    """Whether mail (of a ticket) is still to be handed over, or, of the whole desk, somebody still to be told."""
    waiting = select(OutboundMail.id).where(OutboundMail.state.in_(("queued", "handing_over"))).limit(1)
    with database().read() as db:
        if ticket_id:
            return db.scalar(waiting.where(OutboundMail.ticket_id == ticket_id)) is not None
        return db.scalar(waiting) is not None or db.scalar(select(Outbox.fact_id).limit(1)) is not None


def _advance(p: Play, door: smtplib.SMTP) -> None:
    """As far as the story can go without waiting for a letter to be filed."""
    if p.waits_for and not _filed(p):
        return
    while p.left and not p.waits_for:
        if p.left[0].kind == "bounce" and _under_way(p.ticket_id):
            return              # a mail comes back after it went out
        step = p.left.pop(0)
        if step.kind in ("mail", "bounce", "raw"):
            _send(p, step, door)
        else:
            with database().write() as db:
                before = ageing.latest_fact(db)
                ACTS[step.kind](db, p, step)
                db.flush()
                p.ago = step.ago or p.ago
                ageing.note_facts(db, before, p.ticket_id, p.facts, p.ago or timedelta(0))


def _send(p: Play, step: Step, door: smtplib.SMTP) -> None:
    recipients = [f"{to}@{DOMAIN}" for to in step.get("to").split(",")]
    if step.kind == "raw":
        p.waits_for, p.ago = step.options["from"], step.ago
        door.sendmail(p.waits_for, recipients, (mailing.FILES / step.options["file"]).read_bytes())
        return
    if step.kind == "bounce":
        with database().read() as db:
            sent = db.scalars(select(OutboundMail).where(OutboundMail.ticket_id == p.ticket_id)).first()
            assert sent is not None
            assert sent.mailbox is not None
            recipients = [bounce_address(sent, sent.mailbox)]
        raw, sender = mailing.bounce(step, to=recipients[0], message_id=p.last_id, subject=p.subject), ""
    else:
        raw = mailing.compose(step, at=now() - (step.ago or timedelta(0)), subject=p.subject, answers=p.last_id,
                              quoted=(p.last_by, p.last_text) if p.last_id and "auto" not in step.options else None)
        sender = "" if step.get("auto") == "away" else mailing.sender_of(step.options["from"])[1]
        p.subject, p.last_text = p.subject or step.subject, step.text
    p.waits_for = BytesHeaderParser().parsebytes(raw)["Message-ID"].strip("<>")
    p.ago = step.ago
    door.sendmail(sender, recipients, raw)


def _filed(p: Play) -> bool:
    """Whether the letter sent last is on its ticket."""
    with database().read() as db:
        message = db.scalar(select(Message).where(
            (Message.message_key == message_key(p.waits_for)) | (Message.from_address == p.waits_for)))
        if message is None:
            return False
        p.ticket_id, p.last_id, p.waits_for = message.ticket_id, p.waits_for, ""
        p.last_by = message.from_name
        _note_age(p, message)
    return True


def _note_age(p: Play, message: Message) -> None:
    if p.ago is not None:
        p.happened[message.id] = p.ago


def _ticket(db: Session, p: Play) -> Ticket:
    return db.get_one(Ticket, p.ticket_id)


def _answer(db: Session, p: Play, step: Step) -> None:
    by = agent_called(db, AGENTS[step.options["by"]].email)
    ticket = _ticket(db, p)
    ticket.unread = False
    message = reply(db, ticket, by=by, text=step.text, close="close" in step.options)
    _said(db, p, step, message, by.name)


def _begin(db: Session, p: Play, step: Step) -> None:
    by, mailbox = agent_called(db, AGENTS[step.options["by"]].email), _mailbox(db, step)
    ticket = begin(db, mailbox, by=by, subject=step.subject, text=step.text, to=[mailing.sender_of(step.options["to"])[1]])
    p.ticket_id, p.subject = ticket.id, step.subject
    _said(db, p, step, db.scalars(select(Message).where(Message.ticket_id == ticket.id)).one(), by.name)


def _call(db: Session, p: Play, step: Step) -> None:
    by, mailbox = agent_called(db, AGENTS[step.options["by"]].email), _mailbox(db, step)
    person = address_row(db, mailing.sender_of(step.options["from"])[1]).holdings[0].person
    ticket = begin(db, mailbox, by=by, subject=step.subject, text=step.text, channel="phone", requester=person)
    p.ticket_id = ticket.id
    p.happened[db.scalars(select(Message.id).where(Message.ticket_id == ticket.id)).one()] = step.ago or timedelta(0)


def _note(db: Session, p: Play, step: Step) -> None:
    message = note(db, _ticket(db, p), by=agent_called(db, AGENTS[step.options["by"]].email), text=step.text)
    p.happened[message.id] = step.ago or timedelta(0)


def _assign(db: Session, p: Play, step: Step) -> None:
    assign(db, _ticket(db, p), by=None, assignee=agent_called(db, AGENTS[step.options["to"]].email))


def _state(db: Session, p: Play, step: Step) -> None:
    until = now() + duration(step.options["until"]) if "until" in step.options else None
    change_state(db, _ticket(db, p), step.options["to"], by=None, until=until)


def _tag(db: Session, p: Play, step: Step) -> None:
    set_tags(db, _ticket(db, p), step.options["names"].split(","), by=None)


def _said(db: Session, p: Play, step: Step, message: Message, by: str) -> None:
    """An agent's mail: what the customer will answer."""
    sent = db.scalars(select(OutboundMail).where(OutboundMail.message_id == message.id)).one()
    p.last_id, p.last_by, p.last_text = sent.rfc_message_id, by, step.text
    p.happened[message.id] = step.ago or timedelta(0)


def _mailbox(db: Session, step: Step) -> Mailbox:
    return mailbox_called(db, f"{step.options['mailbox']}@{DOMAIN}")


ACTS: dict[str, Callable[[Session, Play, Step], None]] = {
    "answer": _answer, "begin": _begin, "call": _call, "note": _note, "assign": _assign, "state": _state, "tag": _tag,
}

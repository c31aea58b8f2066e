"""Everything that is known about one letter before it is judged: gathered once, read by rules and acts alike."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts import resembling
from contacts.address import Address, domain_of, is_among, normalise_email
from contacts.creating import company_at
from contacts.identifying import Identified, address_row, evidence, identify
from contacts.person import Person
from contacts.suppression import suppressed
from core.batch import MISSING, recall
from core.clock import now
from core.i18n import N_
from core.options import option
from core.tokens import message_key
from desk.blocking import is_blocked
from desk.inbound import InboundMail
from desk.letter import Letter, Party
from desk.mailboxes import Mailbox, own_addresses
from desk.outbound import OutboundMail, is_our_message_id
from desk.policy import policy
from desk.tickets.agents_answer import AgentsAnswer, agents_answer
from desk.tickets.agents_words import words_of as agents_words
from desk.tickets.brought import known_by_card
from desk.tickets.message import Message
from desk.tickets.our_own import is_our_own
from desk.tickets.passing_on import PassedOn, passed_on
from desk.tickets.strangers import of_letter
from desk.tickets.threads import messages_under, outbound_by_id, sent_from, signs, survivor
from desk.tickets.ticket import Ticket
from desk.tickets.writing import content_key
from desk.unsubscribing import mass_mail_answered
from rules import automatic, spam, trust
from rules.clues import Clues, with_decision, writer_of
from rules.policy import Writer
from rules.threading import Sign, choose

NOBODY = Identified("none", evidence=[evidence("from", 0, N_("The mail names no usable sender."))])


@dataclass(slots=True)
class Situation:
    """One delivery, its letter, and what the database knows of both. Where an agent passed a customer's mail on
    (``passed``), letter, sender and address are the customer's, and trust is the agent's word."""

    row: InboundMail
    letter: Letter
    mailbox: Mailbox
    own: frozenset[str]
    sender: Party | None
    address: Address | None
    identified: Identified
    trust: dict[str, Any]
    sign: Sign | None
    ticket: Ticket | None
    copy: Message | None
    returned: OutboundMail | None
    answer: AgentsAnswer | None
    words: str                          # an agent's own, of their answer
    robot: automatic.Automatic | None
    passed: PassedOn | None
    mass: OutboundMail | None = None        # the mass mail of ours that it is about
    clues: Clues = field(default_factory=Clues)
    writer: Writer = field(default_factory=Writer)

    def origin_of(self, person: Person | None) -> int | None:
        """Whose the letter is, of all who are part of the person (:mod:`contacts.merging`)."""
        known = person is not None and self.identified.person is person
        return (self.identified.origin_id if known else None) or (person.id if person else None)

    def candidates(self, db: Session) -> list[dict[str, Any]]:
        """Who it might be, where an agent is to say: holders of the address, else persons who resemble the sender."""
        return self.identified.candidates or resembling.candidates(db, of_letter(
            db, self.letter, self.sender, self.address, belongs_to=[self.sign.ticket_id] if self.sign else []))


def gather(db: Session, row: InboundMail, letter: Letter) -> Situation:
    """Look up everything the rules ask about. The sender's address stays locked until the transaction ends."""
    own, told, recipients = own_addresses(db), clues_of(letter, row), _recipients(row, letter)
    ours = is_our_own(db, letter, own)
    writer = _writer(db, row, letter, own)
    proof = writer.trust["result"]
    copy = _copy(db, letter, ours)
    answer = None if copy else agents_answer(db, letter, recipients, writer.address, trust=proof)
    copy = copy or _answered_before(db, letter, answer)
    answer = None if copy else answer
    alone = copy or answer or letter.forwarded is None or automatic.judge(told)
    passed = None if alone else passed_on(db, letter, writer.address, trust=proof, own=own)
    if passed is not None:
        letter, writer = passed.letter, _as_passed_on(db, passed, writer)
    sign = None if copy else choose(signs(db, letter, recipients, writer.address), trust=writer.trust["result"])
    told = replace(told, answers_us=sign is not None)
    robot = automatic.judge(told)
    report = letter.bounce is not None or automatic.is_a_report_in_prose(told)
    returned = _returned(db, letter, recipients) if report else None
    answer = None if returned else answer
    ticket = _ticket(db, sign, returned, answer)
    if ticket is not None and not (returned or answer or robot):
        ticket = _goes_on(db, ticket, row)
    s = Situation(row, letter, row.mailbox, own, writer.sender, writer.address, known_by_card(db, row, _identified(db, writer, passed, own)),
                  writer.trust, sign, ticket, copy, returned, answer, agents_words(db, letter, answer) if answer else "",
                  robot, passed)
    s.mass, stops = mass_mail_answered(db, letter) if not (copy or returned or passed) else (None, False)
    s.clues = replace(_clues(db, s, ours, recipients), mass="" if s.mass is None else "stop" if stops else "answer")
    return s


def _clues(db: Session, s: Situation, ours: bool, recipients: list[str]) -> Clues:
    return _decided(db, s, Clues(
        sender=s.identified.state, thread=s.sign.how if s.sign and s.ticket else "",
        ticket=_state(db, s.ticket, s.row) if s.ticket else "",
        automatic=s.robot.kind if s.robot else "", automatic_why=s.robot.why if s.robot else "",
        bounce_of=_bounce_of(s.returned), own_loop=ours, copy=s.copy is not None,
        blocked=s.address is not None and is_blocked(db, s.address.value),
        spam=_spam(db, s.row, s.letter), trust=s.trust["result"], policy=option(db, "intake.unknown_sender", s.mailbox.uid),
        archive=s.row.archive, agent_reply=s.answer.how if s.answer else _machine_answers_an_agent(db, s.robot, recipients),
        erased=_erased(db, s), silent=_silent(s), forwarded=s.passed.how if s.passed else ""))


def _erased(db: Session, s: Situation) -> bool:
    """Whether a stranger's address is known as that of somebody who was erased."""
    if s.address is None or s.identified.state != "unknown":
        return False
    known = recall(db, "erased", s.address.normalised)
    return bool(suppressed(db, "erased", [(s.address.kind, s.address.normalised)])) if known is MISSING else bool(known)


def _decided(db: Session, s: Situation, clues: Clues) -> Clues:
    """The clues with what the company's own rules say; these are asked of strangers, and of mail that is not ordinary."""
    address = s.address.normalised if s.address else ""
    company = company_at(db, domain_of(address)) if address and clues.sender == "unknown" else None
    s.writer = writer_of(clues, address, s.mailbox.uid, s.letter.language, company.uid if company else "")
    return with_decision(clues, s.writer, policy(db).rules)


def _silent(s: Situation) -> bool:
    """Neither a word nor a file of the sender's own. Of an agent's answer we know what of it we wrote ourselves; a
    picture in it, which may be of a signature, is for a person to look at."""
    if s.answer is not None:
        return not s.words and not s.letter.attachments
    return s.letter.silent and not any(not a.inline for a in s.letter.attachments)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Whose words these are, the row of their address, and how far the mail proves it."""

    sender: Party | None
    address: Address | None
    trust: dict[str, Any]


def _writer(db: Session, row: InboundMail, letter: Letter, own: frozenset[str]) -> _Writer:
    sender = sender_of(letter, own)
    proof = trust.judge(letter.headers.get("authentication-results", ()), row.mailbox.receiving_host,
                        brought_by=_brought_by(row), relays=row.mailbox.trusted_relays, own=letter.checked,
                        senders=[party.address for party in letter.senders or filter(None, [letter.sender])])
    if sender is not None and sender is not letter.sender and proof["result"] == "pass":
        proof = trust.by_word_of_a_form(sender.address)
    return _Writer(sender, _address(db, sender), proof)


def _as_passed_on(db: Session, passed: PassedOn, agent: _Writer) -> _Writer:
    """The customer on the agent's word; the agent where the customer's address is not in the mail."""
    if passed.how != "original":
        return agent
    sender = passed.letter.sender
    return _Writer(sender, _address(db, sender), trust.by_word_of(passed.agent.name))


def _address(db: Session, sender: Party | None) -> Address | None:
    return address_row(db, sender.address, sender.name, lock=True) if sender else None


def _identified(db: Session, writer: _Writer, passed: PassedOn | None, own: frozenset[str]) -> Identified:
    identified = identify(db, writer.address, own=own) if writer.address else NOBODY
    return replace(identified, evidence=[*passed.evidence, *identified.evidence]) if passed else identified


def _ticket(db: Session, sign: Sign | None, returned: OutboundMail | None, answer: AgentsAnswer | None) -> Ticket | None:
    """What it belongs to: of an agent's answer what that says, else of what came back, else of what it answers."""
    if answer is not None:
        return answer.ticket
    if returned is not None and returned.ticket_id:
        return survivor(db, returned.ticket_id)
    return survivor(db, sign.ticket_id) if sign else None


def sender_of(letter: Letter, own: frozenset[str]) -> Party | None:
    """Who wrote: From; Reply-To where From is one of our own addresses (a contact form) and Reply-To is not."""
    if letter.sender is None:
        return None
    if is_among(normalise_email(letter.sender.address), own):
        other = next((p for p in letter.reply_to if not is_among(normalise_email(p.address), own)), None)
        return other or letter.sender
    return letter.sender


def clues_of(letter: Letter, row: InboundMail | None = None, *, answers_us: bool = False) -> automatic.MailClues:
    """What the rules about robots look at."""
    envelope = letter.envelope_sender if letter.envelope_sender is not None or row is None else row.envelope_sender
    return automatic.MailClues(
        headers=letter.headers, envelope_sender=envelope,
        from_address=letter.sender.address if letter.sender else "", subject=letter.subject,
        is_report=letter.bounce is not None, answers_us=answers_us)


def _copy(db: Session, letter: Letter, ours: bool) -> Message | None:
    content = content_key(letter)
    same = [known.id for known in messages_under(db, message_key(letter.message_id)) if known.content_key == content]
    if same:
        return db.get(Message, same[0])
    return _our_copy(db, letter) if ours and is_our_message_id(letter.message_id) else None


def _answered_before(db: Session, letter: Letter, answer: AgentsAnswer | None) -> Message | None:
    """An agent's answer that reached another address of ours too: what was sent on bears a Message-ID of ours."""
    return db.scalar(select(Message).where(
        Message.ticket_id == answer.ticket.id, Message.content_key == content_key(letter),
        Message.author_id == answer.agent.id, Message.direction == "out").limit(1)) if answer else None


def _our_copy(db: Session, letter: Letter) -> Message | None:
    """A reply of ours that reached another mailbox of ours: the same message, one more delivery."""
    mail = outbound_by_id(db, letter.message_id)
    return db.get(Message, mail.message_id) if mail is not None and mail.message_id else None


def _recipients(row: InboundMail, letter: Letter) -> list[str]:
    named = [row.envelope_recipient or "", *letter.delivered_to, *(p.address for p in (*letter.to, *letter.cc))]
    return [address for address in dict.fromkeys(named) if "+" in address]


def _returned(db: Session, letter: Letter, recipients: list[str]) -> OutboundMail | None:
    """The mail of ours that came back: by our signed return address, else by the id of the returned message."""
    sent = sent_from(db, recipients)
    if sent is not None:
        return sent
    ids = (*letter.bounce.original_ids, *letter.references) if letter.bounce else ()
    return next((mail for i in ids[:20] if (mail := outbound_by_id(db, i)) is not None), None)


def _machine_answers_an_agent(db: Session, robot: automatic.Automatic | None, recipients: list[str]) -> str:
    """*foreign* where a machine answers to the return address of a notification: that is for nobody."""
    sent = sent_from(db, recipients) if robot is not None else None
    return "foreign" if sent is not None and sent.kind == "notification" else ""


def _bounce_of(mail: OutboundMail | None) -> str:
    if mail is None:
        return ""
    if mail.mailing_id is not None:
        return "mass"
    return "message" if mail.ticket_id and mail.kind != "notification" else "notification"


def _goes_on(db: Session, ticket: Ticket, row: InboundMail) -> Ticket:
    """The ticket, or the newest that goes on with it where it was closed too long ago or deleted."""
    for _ in range(20):
        if _state(db, ticket, row) not in ("closed_long", "binned"):
            break
        later = db.scalar(select(Ticket).where(
            Ticket.requester_address_id == ticket.requester_address_id, Ticket.continues_id == ticket.id,
            Ticket.binned_at.is_(None), Ticket.held.is_(False)).order_by(Ticket.id.desc()).limit(1))
        if later is None:
            break
        ticket = survivor(db, later.id) or later
    return ticket


def _state(db: Session, ticket: Ticket, row: InboundMail) -> str:
    """Its state as the rules see it. Mail from an archive is as old as its ticket: nothing in it comes late."""
    if ticket.binned_at is not None:
        return "binned"
    if ticket.state == "closed" and ticket.closed_at is not None:
        days = option(db, "desk.reopen_days", row.mailbox.uid)
        return "closed_long" if not row.archive and now() - ticket.closed_at > timedelta(days=days) else "closed"
    return ticket.state


def _spam(db: Session, row: InboundMail, letter: Letter) -> bool:
    """What a filter before us said, as far as one of our own hosts brought it: a sender may mark mail as well."""
    return trust.is_our_channel(_brought_by(row), row.mailbox.trusted_relays) and spam.judge(
        letter.headers, limit=option(db, "intake.spam_score", row.mailbox.uid))


def _brought_by(row: InboundMail) -> str:
    """The client at our door; empty where we fetched the mail ourselves."""
    return row.client if row.transport == "smtp" else ""

"""Explaining a mail: every step from bytes to verdict, in lines to read; whatever was written is undone.

The file is read in a child of its own: one that hangs or eats memory ends that child and nothing else.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from core.database import Database
from core.errors import Refused
from core.i18n import say
from desk.inbound import Delivery, accept
from desk.letter import Letter
from desk.mailboxes import Mailbox, all_mailboxes, mailbox_at, mailbox_called
from desk.policy import policy
from desk.tickets.opening import requester_of, where
from desk.tickets.situation import Situation, gather
from jobs.checking import PATIENCE, begin, end, road_of
from mailgate.parsing_child import ParseFailed, Parser
from rules.intake import judge
from rules.policy import ELSE, trace


def explain(database: Database, raw: bytes, address: str = "") -> list[str]:
    """Lines that tell what would happen to this mail, and why.

    Raises Refused where there is no mailbox, and for a mail that cannot be read.
    """
    letter = _read(raw)
    with database.read() as db:
        road = road_of(db, _mailbox(db, letter, address), letter.envelope_sender)
    if (checks := begin(raw, letter, road)) is not None:
        letter = replace(letter, checked=end(checks, time.monotonic() + PATIENCE))
    with database.writer() as db:
        mailbox = _mailbox(db, letter, address)
        row = accept(db, Delivery(mailbox.id, "explain", secrets.token_hex(16), raw,
                                  envelope_sender=letter.envelope_sender))
        assert row is not None  # the key is new
        situation = gather(db, row, letter)
        lines = [*_letter(letter), *_known(mailbox, situation), *_candidates(db, situation), *_rules(db, situation), *_verdict(situation),
                 *_routing(db, situation)]
        db.rollback()
    return lines


def _read(raw: bytes) -> Letter:
    try:
        with Parser() as parser:
            return parser.parse(raw)
    except ParseFailed as failed:
        raise Refused(str(failed)) from failed


def _mailbox(db: Session, letter: Letter, address: str) -> Mailbox:
    return mailbox_called(db, address) if address else _addressed(db, letter)


def _addressed(db: Session, letter: Letter) -> Mailbox:
    """The first mailbox of ours that the mail names, else the first there is."""
    named = (*letter.delivered_to, *(party.address for party in (*letter.to, *letter.cc)))
    for address in named:
        if (mailbox := mailbox_at(db, address)) is not None:
            return mailbox
    for mailbox in all_mailboxes(db):
        return mailbox
    raise Refused("There is no mailbox yet. Add one: skranke mailbox add ADDRESS --name NAME")


def _letter(letter: Letter) -> Iterator[str]:
    yield "1. The letter"
    yield _row("From", ", ".join(f"{p.name} <{p.address}>".strip() for p in letter.senders) or "nobody usable")
    yield _row("Reply-To", ", ".join(p.address for p in letter.reply_to))
    yield _row("To, Cc", ", ".join(p.address for p in (*letter.to, *letter.cc)))
    yield _row("Subject", letter.subject)
    yield _row("Message-ID", letter.message_id + ("" if letter.message_id_given else " (made by us)"))
    yield _row("Answers", ", ".join(letter.references[:3]))
    yield _row("Sent", letter.sent_at.isoformat() if letter.sent_at else "no usable date")
    yield _row("Language", letter.language or "not sure")
    yield _row("Text", f"{len(letter.text)} characters, {len(letter.visible)} without quotes")
    yield _row("HTML", f"{len(letter.html)} characters, sanitised" if letter.html else "none")
    for attachment in letter.attachments:
        yield _row("Attachment", f"{attachment.name}, {attachment.type}, {len(attachment.content)} bytes"
                                 f"{', shown in the text' if attachment.inline else ''}")
    if letter.bounce is not None:
        for failure in letter.bounce.failures:
            yield _row("Bounce", f"{failure.address} {failure.status} {'for good' if failure.hard else 'for now'}")
    for oddity in letter.oddities:
        yield _row("Rescued", oddity)


def _known(mailbox: Mailbox, s: Situation) -> Iterator[str]:
    yield "2. What is known"
    yield _row("Mailbox", f"{mailbox.name} <{mailbox.address}>")
    yield _row("Sender", f"{s.sender.address if s.sender else 'none'}: {s.identified.state}")
    if s.identified.person is not None and s.identified.person.living:
        yield _row("Person", s.identified.person.name)
    for clue in s.identified.evidence:
        yield _row("Evidence", f"{clue.get('words', '')} ({clue.get('points', 0)})")
    yield _row("Trust", f"{s.trust['result']}: {s.trust.get('why', '')}")
    for check in s.trust.get("checks", ()):
        yield _row(check["method"], f"{check['result']}: {check['why']}")
    yield _row("Thread", f"ticket {s.ticket.number} by {s.clues.thread or 'what came back'}" if s.ticket else "none")
    yield _row("Robot", f"{s.robot.kind}: {s.robot.why}" if s.robot else "no, a person")
    yield _row("Policy", f"unknown senders: {s.clues.policy}")


def _rules(db: Session, s: Situation) -> Iterator[str]:
    """The policy's rules, one by one until one matches; none where the sender is known and the mail ordinary."""
    mailboxes = {mailbox.uid: mailbox.address for mailbox in all_mailboxes(db)}
    for number, rule, matches in trace(policy(db).rules, s.writer) if s.clues.decision is not None else ():
        asked = ", ".join(name if value is True else f"{name} {_listed(value, mailboxes)}" for name, value in rule.when.items())
        yield _row("Rule", f"{number} {'matches' if matches else 'does not match'} ({asked}): {rule.act}")
    if s.clues.decision is not None and s.clues.decision.rule == ELSE:
        yield _row("Rule", f"none matches: {s.clues.decision.act}")


def _listed(value: object, mailboxes: Mapping[str, str]) -> str:
    return " ".join(mailboxes.get(one, str(one)) for one in value) if isinstance(value, list) else str(value)


def _candidates(db: Session, s: Situation) -> Iterator[str]:
    """Who it may be, where the sender is not settled: each with what speaks for it and against."""
    if s.identified.state not in ("unknown", "several", "binned"):
        return
    for one in s.candidates(db):
        yield _row("Candidate", f"{one['name']} ({one['score']})")
        for clue in one["evidence"]:
            yield _row("", f"{clue['points']:+} {clue['words']}")


def _verdict(s: Situation) -> Iterator[str]:
    verdict = judge(s.clues)
    yield "3. The verdict"
    yield _row("Act", f"{verdict.act} (rule {verdict.rule})")
    yield _row("Person", verdict.person)
    for reason in verdict.because:
        yield _row("Because", reason)


def _routing(db: Session, s: Situation) -> Iterator[str]:
    """Whom a ticket that opens is given to, by which rule and why; the person is made for that, and undone with all else."""
    verdict = judge(s.clues)
    if not verdict.act.startswith("open"):
        return
    person = requester_of(db, s, verdict)
    routed = where(db, s, verdict, person)
    yield "4. Where it goes"
    job = person.employment if person is not None else None
    told = {"New person": f"{person.name}{f', {job.company.name}' if job else ''}" if person and verdict.person == "created" else "",
            "Routing": f"{routed.rule.number} {routed.rule.key.name}".strip() if routed.rule else "none matches",
            "Agent": routed.assignee.name if routed.assignee else "", "Team": routed.team.name if routed.team else "",
            "Priority": str(routed.fields.get("priority", "")), "Tags": ", ".join(routed.tags)}
    yield from (_row(name, value) for name, value in told.items() if value)
    for reason in routed.because:
        yield _row("Because", say(reason))


def _row(name: str, value: str) -> str:
    return f"   {name:<11} {value}" if value else f"   {name:<11} -"

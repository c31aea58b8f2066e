"""Trying a policy before it is in force: the mails of the last days, judged again by what was known then.

Nothing is changed. Both the policy in force and the one to be tried are played through from the beginning of the days, so that a
person whom one of them would not have made is a stranger to it still when they write again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contacts.address import Address
from contacts.agent import Agent
from contacts.person import Person
from core.clock import now
from core.database import database
from core.errors import Refused
from core.i18n import N_
from core.operations import Operation, OperationItem, prolong, start
from core.options import OPTIONS, OptionRow, option
from desk.inbound import InboundMail
from desk.mailboxes import all_mailboxes
from desk.policy import checked, checked_gifts, policy
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket
from rules.clues import as_known, with_decision, writer_of
from rules.intake import judge
from rules.policy import Rule, rule_of

KIND = "intake.simulation"
#: A change of an admin's that is not in force yet, tried in the same way.
DRAFT = "intake.change"
OPTION = "intake.unknown_sender"
#: What becomes of a mail; mail that the policy has no say in is none of these.
OUTCOMES = ("created", "asked", "none", "spam", "set_aside")
CHUNK = 1000
MOST_DAYS = 400


def simulate(db: Session, wanted: Mapping[str, Any], *, by: Agent) -> Operation:
    """Ask for a trial: ``{days, rules, gifts, unknown_sender, mailboxes}``, each as it is in force where it is not given.

    Raises Refused for what could not be saved either.
    """
    return start(db, KIND, proposal(db, wanted), by=by.uid, total=0)


def proposal(db: Session, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What is to be tried, complete. Raises Refused."""
    days, in_force = wanted.get("days") or 30, policy(db)
    if not 1 <= days <= MOST_DAYS:
        raise Refused(N_("Try between 1 and 400 days."), {"days": N_("Try between 1 and 400 days.")})
    rules = wanted.get("rules")
    gifts = wanted.get("gifts")
    choices = {"": wanted.get("unknown_sender") or option(db, OPTION), **(
        wanted["mailboxes"] if wanted.get("mailboxes") is not None else own_choices(db))}
    if not all(OPTIONS[OPTION].fits(choice) for choice in choices.values()):
        raise Refused(N_("Choose what happens to unknown senders."), {"unknown_sender": N_("Choose one of those offered.")})
    return {"days": days, "base": in_force.version, "choices": choices,
            "rules": checked(db, rules) if rules is not None else [rule.as_dict() for rule in in_force.rules],
            "gifts": checked_gifts(db, gifts) if gifts is not None else dict(in_force.gifts)}


def run(db: Session, operation: Operation) -> None:
    """The trial, a thousand mails at a time; ``result``: counts by outcome, before and after, and who would not exist."""
    given = operation.given
    in_force = _World(policy(db).rules, {"": option(db, OPTION), **own_choices(db)})
    trial = _Trial(in_force, _World([rule_of(one) for one in given["rules"]], given["choices"]))
    db.commit()
    with database().read() as reading:
        span = _span(reading, now() - timedelta(days=given["days"]))
    operation.total = span.mails
    db.commit()
    for rows in _chunks(span):
        db.add_all([OperationItem(operation_id=operation.id, kind=after or "other", subject_uid=uid,
                                  data={"before": before, "after": after, "rule": rule})
                    for uid, before, after, rule in trial.judge(rows)])
        operation.done += len(rows)
        prolong(operation)
        db.commit()
    with database().read() as reading:
        lost = _answered(reading, trial.unmade())
    db.add_all([OperationItem(operation_id=operation.id, kind="person", subject_uid=uid, data={"mails": mails}) for uid, mails in lost])
    operation.result = {"mails": operation.done, "judged": trial.judged, "changed": trial.changed, "answered": len(lost), "days": given["days"],
                        "outcomes": {name: {"before": trial.counts[0][name], "after": trial.counts[1][name]} for name in OUTCOMES},
                        "tried_at": now().isoformat()}


class Row(NamedTuple):
    """A delivery as a trial needs it."""

    id: int
    uid: str
    mailbox: str
    clues: dict[str, Any]
    person: str                         # what the verdict of then said about a person
    message_id: int | None
    address: str


@dataclass(slots=True)
class _World:
    """A policy, and whom it would have made so far: ids of addresses."""

    rules: Sequence[Rule]
    choices: Mapping[str, str]
    made: set[int] = field(default_factory=set)

    def outcome(self, row: Row, stranger: bool) -> tuple[str, str]:
        """What becomes of a mail, and by which rule; ``stranger``: whoever is known now was made by the policy of then."""
        known, who = as_known(row.clues), row.clues.get("who")
        sender = "unknown" if stranger else known.sender
        if sender == "unknown" and who in self.made:
            sender = "known"
        clues = replace(known, sender=sender, policy=self.choices.get(row.mailbox, self.choices[""]))
        clues = with_decision(clues, writer_of(clues, row.address, row.mailbox, row.clues.get("language"), row.clues.get("company", "")),
                              self.rules)
        verdict = judge(clues)
        if verdict.person == "created" and who is not None:
            self.made.add(who)
        rule = clues.decision.rule if clues.decision else ""
        if verdict.act == "set_aside":
            return "set_aside", rule
        if verdict.rule == "is_spam":
            return "spam", rule
        if clues.decision is None or verdict.act == "ignore":
            return "", rule
        return {"created": "created", "asked": "asked", "none": "none"}.get(verdict.person, ""), rule


@dataclass(slots=True)
class _Trial:
    """Two worlds side by side."""

    before: _World
    after: _World
    counts: tuple[Counter[str], Counter[str]] = field(default_factory=lambda: (Counter(), Counter()))
    really: dict[int, int | None] = field(default_factory=dict)        # address → the message it was made by
    mails: Counter[int] = field(default_factory=Counter)
    judged: int = 0
    changed: int = 0

    def judge(self, rows: Sequence[Row]) -> list[tuple[str, str, str, str]]:
        """What would change: delivery, outcome before and after, the rule that decides then."""
        found = []
        for row in rows:
            who = row.clues.get("who")
            stranger = who in self.really and row.clues.get("sender") == "known"
            before, _rule = self.before.outcome(row, stranger)
            after, rule = self.after.outcome(row, stranger)
            if row.person == "created" and who is not None:
                self.really.setdefault(who, row.message_id)
            if who in self.really:
                self.mails[who] += 1
            self.judged += bool(before or after)
            self.counts[0][before] += 1
            self.counts[1][after] += 1
            if before != after:
                self.changed += 1
                found.append((row.uid, before, after, rule))
        return found

    def unmade(self) -> list[tuple[int, int]]:
        """Of whom was made then and would not be: the message they were made by, and how many mails they have written."""
        return [(message, self.mails[who]) for who, message in self.really.items() if message is not None and who not in self.after.made]


class _Span(NamedTuple):
    first: int
    last: int
    mails: int


def _span(db: Session, since: datetime) -> _Span:
    """The ledger rows since a moment: ids follow time, so that the first is found by halving."""
    low, high = 0, db.scalar(select(func.max(InboundMail.id))) or 0
    last = high
    while low < high:
        middle = (low + high) // 2
        at = db.scalar(select(InboundMail.received_at).where(InboundMail.id > middle).order_by(InboundMail.id).limit(1))
        if at is not None and at < since:
            low = middle + 1
        else:
            high = middle
    count = db.scalar(select(func.count()).select_from(InboundMail).where(InboundMail.id > low, InboundMail.id <= last)) or 0
    return _Span(low, last, count)


def _chunks(span: _Span) -> Iterator[list[Row]]:
    after = span.first
    names = _names()
    while True:
        with database().read() as db:
            rows = _rows(db, after, span.last, names)
        if not rows:
            return
        after = rows[-1].id
        yield rows


def _names() -> Callable[[int], str]:
    with database().read() as db:
        uids = {mailbox.id: mailbox.uid for mailbox in all_mailboxes(db)}
    return lambda mailbox_id: uids.get(mailbox_id, "")


def _rows(db: Session, after: int, last: int, mailbox: Callable[[int], str]) -> list[Row]:
    found = db.execute(select(
        InboundMail.id, InboundMail.uid, InboundMail.mailbox_id, InboundMail.clues, InboundMail.verdict, InboundMail.message_id,
    ).where(InboundMail.id > after, InboundMail.id <= last).order_by(InboundMail.id).limit(CHUNK)).all()
    who = {one.clues["who"] for one in found if one.clues and "who" in one.clues}
    addresses: dict[int, str] = dict(db.execute(select(Address.id, Address.normalised).where(Address.id.in_(who))).all())
    return [Row(one.id, one.uid, mailbox(one.mailbox_id), one.clues or {"copy": True}, (one.verdict or {}).get("person", ""),
                one.message_id, addresses.get((one.clues or {}).get("who", 0), "")) for one in found]


def _answered(db: Session, made_by: Sequence[tuple[int, int]]) -> list[tuple[str, int]]:
    """Persons, by uid, who were answered since, with how many mails they wrote."""
    found: list[tuple[str, int]] = []
    for start_ in range(0, len(made_by), CHUNK):
        mails = dict(made_by[start_:start_ + CHUNK])
        answered = select(Ticket.id).where(Ticket.requester_id == Person.id, Ticket.answered_at.is_not(None)).exists()
        found += [(uid, mails[message]) for message, uid in db.execute(select(Message.id, Person.uid).join(
            Person, Person.id == Message.person_id).where(Message.id.in_(mails), Person.binned_at.is_(None), answered))]
    return found


def own_choices(db: Session) -> dict[str, str]:
    """What mailboxes have chosen for themselves, by uid."""
    return dict(db.execute(select(OptionRow.mailbox_uid, OptionRow.value).where(
        OptionRow.name == OPTION, OptionRow.mailbox_uid != "")).all())

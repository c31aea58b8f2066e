"""What intake makes of a letter, as rows: person, ticket, message, ledger, facts, search.

One method a noun, in the order in which :mod:`desk.tickets.intake` works. Everything that does not depend
on the letter (verdicts, trust) is asked from the rules themselves.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from bench.corpus import DESK
from bench.fill.aftermath import Aftermath, House
from bench.fill.files import Shelf
from bench.fill.folding import folded
from bench.fill.tray import Tray
from bench.mime import html_of, plain_of
from bench.people import Human
from bench.stories import RECENT, Story
from contacts.address import reduced
from contacts.facts import AddressAdded, PersonCreated
from contacts.identifying import evidence, split_name
from contacts.ordering import keys_of_person
from core.fold import fold
from core.history import Fact
from core.tokens import message_key
from desk.tickets.facts import MessageReceived, TicketOpened
from desk.tickets.opening import CREATED_WHY
from desk.tickets.writing import preview_of
from rules import trust
from rules.clues import Clues, kept
from rules.hearing import keys
from rules.intake import judge
from rules.threading import bare

TO = [["Support", DESK]]
REMEMBERED = 50 * RECENT
"""Tickets that letters may still answer, with much to spare."""
FILED = timedelta(seconds=1)
"""From the door to the ticket."""


@dataclass(slots=True)
class Known:
    """A person that was made: id, uid, name."""

    id: int
    uid: str
    name: str


@dataclass(slots=True)
class Opened:
    """A ticket that was made: id, uid, and its row as it is now."""

    id: int
    uid: str
    row: dict[str, Any]


class Clerk:
    """Files stories; remembers which addresses, persons and tickets there are."""

    def __init__(self, house: House, tray: Tray, end: datetime) -> None:
        self.mailbox, self.tray, self.aftermath = house.mailbox, tray, Aftermath(house, tray, end)
        self.trust = trust.judge((), "")
        self.why = CREATED_WHY % {"mailbox": house.name}
        self.addresses: dict[int, int] = {}
        self.persons: dict[int, Known] = {}
        self.tickets: dict[int, Opened] = {}
        self.shelf = Shelf()

    def file(self, story: Story, *, at: datetime) -> None:
        """All rows of one letter that arrived at this moment."""
        address = self._address(story.sender, at)
        person, decided = self._person(story, address, at)
        opens = story.parent is None
        if opens:
            self._ticket(story, person, address, decided, at)
        ticket = self.tickets[story.root]
        message, uid = self._message(story, ticket.id, person, address, decided, at)
        files = self._attachments(story, message, at)
        if opens:
            cc = self._address(story.cc, at)
            self.tray.add("participants", ticket_id=ticket.id, address_id=address, role="requester")
            self.tray.add("participants", ticket_id=ticket.id, address_id=cc, role="cc")
            fact = self._fact(TicketOpened(ticket.uid, uid, person.uid, "mail"), at)
            self.aftermath.acknowledge(story, ticket.id, ticket.row["subject"], at)
        else:
            fact = self._fact(MessageReceived(ticket.uid, uid, person.uid), at)
        self.aftermath.tell(ticket.id, fact, "new" if opens else "answered", at)
        self._count_in(ticket, story, at, files)
        self._ledger(story, message, address, decided["verdict"], at)

    def _address(self, human: Human, at: datetime) -> int:
        """The address's id."""
        if human.number in self.addresses:
            return self.addresses[human.number]
        made = self.tray.add(
            "addresses", uid=self.tray.uid(), kind="email", value=human.address, normalised=human.address.casefold(),
            reduced=reduced(human.address.casefold()), name=human.name, health="ok", suppression="none", created_at=at,
        )  # fmt: skip
        self.addresses[human.number] = made
        return made

    def _person(self, story: Story, address: int, at: datetime) -> tuple[Known, dict[str, Any]]:
        """The sender, made where nobody knows them, and what was decided."""
        human, opens = story.sender, story.parent is None
        known = self.persons.get(human.number)
        if known is not None:
            return known, self._decided("address", "known", opens, _wrote(human, known))
        first, last = split_name(human.name)
        person = Known(self.tray.next_id("persons"), self.tray.uid(), human.name)
        self.persons[human.number] = person
        self.tray.add(
            "persons", id=person.id, uid=person.uid, first_name=first, last_name=last, **keys_of_person(first, last),
            preferred_language=story.language, language_guessed=True, name_guessed=True, to_be_completed=True,
            created_how="mail", created_why=self.why, created_at=at, version=1,
        )  # fmt: skip
        self._holding(human, person, address, at)
        return person, self._decided("created", "unknown", opens, _unknown(human))

    def _holding(self, human: Human, person: Known, address: int, at: datetime) -> None:
        uid = self.tray.uid()
        self.tray.add(
            "holdings", uid=uid, address_id=address, person_id=person.id, origin_person_id=person.id, is_primary=True,
            label="", origin="wrote", proof="none", since=at,
        )  # fmt: skip
        self.tray.add(
            "legal_bases", uid=self.tray.uid(), person_id=person.id, purpose="service", basis="legitimate_interest",
            source="wrote to us", at=at,
        )  # fmt: skip
        self.tray.add("person_search", id=person.id, body=fold(f"{human.name} {human.address}"))
        for key in keys(human.name):
            self.tray.add_keyless("name_keys", key=key, person_id=person.id)
        self._fact(PersonCreated(person.uid, "mail"), at)
        self._fact(AddressAdded(person.uid, uid, "wrote"), at)

    def _decided(self, how: str, sender: str, opens: bool, clue: dict[str, Any]) -> dict[str, Any]:
        return {
            "identification": {"how": how, "evidence": [clue], "candidates": []},
            "verdict": _verdict(sender, opens),
            "trust": self.trust,
        }

    def _ticket(self, story: Story, person: Known, address: int, decided: dict[str, Any], at: datetime) -> None:
        row = {
            "id": self.tray.next_id("tickets"), "uid": self.tray.uid(), "subject": bare(story.subject),
            "mailbox_id": self.mailbox, "state": "new", "shelf": "active", "channel": "mail", "priority": 3,
            "language": story.language, "held": False, "unread": True, "requester_id": person.id,
            "origin_requester_id": person.id, "requester_address_id": address, "requester_name": person.name,
            "preview": "", "attachments_count": 0, "moved_at": at, "version": 1, "created_at": at, **decided,
        }  # fmt: skip
        self.tray.add("tickets", **row)
        self.tickets[story.root] = Opened(row["id"], row["uid"], self.tray.waiting["tickets"][-1])
        if len(self.tickets) > REMEMBERED:
            del self.tickets[next(iter(self.tickets))]

    def _message(
        self, story: Story, ticket: int, person: Known, address: int, decided: dict[str, Any], at: datetime
    ) -> tuple[int, str]:
        uid, text = self.tray.uid(), plain_of(story).strip()
        made = self.tray.add(
            "messages", uid=uid, ticket_id=ticket, direction="in", channel="mail", at=at, written_at=at - FILED,
            person_id=person.id, origin_person_id=person.id, sender_address_id=address,
            from_address=story.sender.address, from_name=story.sender.name, reply_to="", to=TO,
            cc=[[story.cc.name, story.cc.address]], subject=story.subject, text=text,
            visible=_visible(story), html=html_of(story) if story.html else "",
            rfc_message_id=story.message_id, references=" ".join(reversed(story.references)),
            message_key=message_key(story.message_id), content_key=self.tray.key(),
            automatic="", oddities=[], **decided,
        )  # fmt: skip
        body = folded([story.subject, story.sender.name, story.sender.address, text])
        self.tray.add("message_search", id=made, body=body, ticket=ticket)
        return made, uid

    def _attachments(self, story: Story, message: int, at: datetime) -> int:
        if not story.files:
            return 0
        for name, kind, size, digest in self.shelf.some(story.number):
            self.tray.add(
                "attachments", uid=self.tray.uid(), message_id=message, name=name, type=kind, size=size, digest=digest,
                content_id="", inline=False, created_at=at,
            )  # fmt: skip
        return 1

    def _count_in(self, ticket: Opened, story: Story, at: datetime, files: int) -> None:
        """The ticket moves up."""
        ticket.row.update(preview=preview_of(_visible(story)), moved_at=at)
        ticket.row["attachments_count"] += files
        if story.parent is not None:
            ticket.row["version"] += 1
            self.tray.change("tickets", ticket.row, "preview", "moved_at", "attachments_count", "version")

    def _ledger(self, story: Story, message: int, address: int, verdict: dict[str, Any], at: datetime) -> None:
        raw, made = _raw(story), verdict["person"] == "created"
        clues = _clues("unknown" if made else "known", story.parent is None)
        row = self.tray.add(
            "inbound_mails", uid=self.tray.uid(), mailbox_id=self.mailbox, transport="smtp",
            transport_key=self.tray.key(), message_key=message_key(story.message_id),
            digest=self.tray.key(), size=len(raw), envelope_sender=story.sender.address, envelope_recipient=DESK,
            client="127.0.0.1", received_at=at, archive=False, state="done", due_at=at, attempts=1, lease="",
            reason=verdict["because"][0], verdict=verdict, sender=story.sender.address, subject=story.subject,
            message_id=message, done_at=at + FILED, clues=kept(clues, address, "", story.language), policy_rule="else" if made else None,
        )  # fmt: skip
        self.tray.add_keyless("inbound_raws", inbound_id=row, deflated=True, content=zlib.compress(raw, 1))
        self.tray.add_keyless("deliveries", inbound_id=row, message_id=message, mailbox_id=self.mailbox)

    def _fact(self, fact: Fact, at: datetime) -> int:
        """The fact and whom it speaks of; its consumers have done their part long ago."""
        names, subjects = _fields(type(fact))
        made = self.tray.add("facts", uid=self.tray.uid(), at=at, kind=fact.kind, data={n: getattr(fact, n) for n in names})
        for name in subjects:
            if uid := getattr(fact, name):
                self.tray.add_keyless("fact_subjects", fact_id=made, subject_uid=uid)
        return made


@lru_cache
def _fields(kind: type[Fact]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    names = tuple(field.name for field in fields(kind))  # type: ignore[arg-type]
    return names, tuple(name for name in names if name.endswith("_uid"))


@lru_cache
def _verdict(sender: str, opens: bool) -> dict[str, Any]:
    return judge(_clues(sender, opens)).as_dict()


def _clues(sender: str, opens: bool) -> Clues:
    return Clues(sender=sender, thread="" if opens else "in_reply_to", ticket="" if opens else "new")


def _unknown(human: Human) -> dict[str, Any]:
    return evidence("address", 0, "Nobody we know writes from %(address)s.", address=human.address)


def _wrote(human: Human, known: Known) -> dict[str, Any]:
    said = "Wrote from %(address)s, primary address of %(name)s."
    return evidence("address", 100, said, address=human.address, name=known.name)


def _visible(story: Story) -> str:
    """The text without quote and signature, which the gateway folds away."""
    return story.text.rpartition("\n\n")[0]


def _raw(story: Story) -> bytes:
    """Bytes that such a letter may have had: one part, eight bits."""
    head = (
        f"From: {story.sender.name} <{story.sender.address}>\r\nTo: Support <{DESK}>\r\nSubject: {story.subject}\r\n"
        f"Cc: {story.cc.name} <{story.cc.address}>\r\nMessage-ID: <{story.message_id}>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    return (head + plain_of(story).replace("\n", "\r\n")).encode()

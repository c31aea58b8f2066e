"""The conversations of a desk as plain records: who wrote what, and in answer to which letter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from bench import words
from bench.people import NEWCOMERS, Human, colleague_of, human

NEW, REPLY, HTML, FILES = 6, 4, 3, 1
"""Of ten letters in a row: so many open a ticket, answer one, carry HTML, carry attachments."""

RECENT = 400
"""A reply answers one of so many conversations that were active last."""

KNOWN = 20_000
"""Seven of ten who write in the corpus are persons below this number; the rest are newcomers."""

PRIME = 7_368_787
"""Larger than any fill, so that multiples of it visit all persons, and not in the order of their numbers."""

START = datetime(2025, 3, 3, 7, 0, tzinfo=UTC)


@dataclass(slots=True)
class Story:
    """One letter before it is made into MIME. ``parent`` and ``root`` are numbers of earlier stories."""

    number: int
    parent: int | None
    root: int
    sender: Human
    cc: Human
    subject: str
    text: str
    quoted: str
    language: str
    sent_at: datetime
    message_id: str
    references: tuple[str, ...]
    html: bool
    files: bool


Who = Callable[[Random, int], int]
"""Which person opens the ticket with this number, counted from nought."""


def known_and_new(random: Random, _ticket: int) -> int:
    """Who writes in the corpus: mostly persons that a filled desk knows."""
    return random.randrange(KNOWN) if random.random() < 0.7 else NEWCOMERS + random.randrange(KNOWN)


def each_once(people: int) -> Who:
    """Who writes in a fill of as many tickets as there are people."""
    return lambda _random, ticket: ticket * PRIME % people


def filling(tickets: int, who: Who | None = None, seed: int = 77) -> Iterator[Story]:
    """The letters that make this many tickets, whose senders are as many persons, or those of ``who``."""
    opened, source = 0, stories(seed, who=who or each_once(tickets), prose=words.Pool(seed)) if tickets else iter(())
    for story in source:
        opened += story.parent is None
        yield story
        if opened == tickets:
            return


def stories(seed: int, *, who: Who = known_and_new, prose: words.Prose | None = None) -> Iterator[Story]:
    """Letters without end, in blocks of ten of which exactly six are new (the first always is).

    >>> [story.parent is None for story, _ in zip(stories(1), range(10))].count(True)
    6
    """
    writer = _Writer(Random(seed), seed, who, prose or words.Prose())
    number = 0
    while True:
        for kind in _block(writer.random, first=number == 0):
            yield writer.reply(number, kind) if kind.reply else writer.opening(number, kind)
            number += 1


@dataclass(frozen=True, slots=True)
class _Kind:
    reply: bool
    html: bool
    files: bool


def _block(random: Random, *, first: bool) -> list[_Kind]:
    """Ten kinds in random order; whether a letter has HTML or files does not depend on its being a reply."""
    replies = [False] * NEW + [True] * REPLY
    html = [True] * HTML + [False] * (10 - HTML)
    files = [True] * FILES + [False] * (10 - FILES)
    for flags in (replies, html, files):
        random.shuffle(flags)
    if first and replies[0]:
        opening = replies.index(False)
        replies[0], replies[opening] = False, True
    return [_Kind(*flags) for flags in zip(replies, html, files, strict=True)]


class _Writer:
    """Writes one story after the other and remembers which conversations are going on."""

    def __init__(self, random: Random, seed: int, who: Who, prose: words.Prose) -> None:
        self.random, self.seed, self.who, self.prose = random, seed, who, prose
        self.recent: list[Story] = []
        self.opened = 0

    def opening(self, number: int, kind: _Kind) -> Story:
        """A new request; it takes the place of some conversation that goes on no longer."""
        who = self.who(self.random, self.opened)
        sender, cc = human(who), human(colleague_of(who, self.random))
        story = Story(
            number=number, parent=None, root=number, sender=sender, cc=cc,
            subject=self.prose.subject(self.random, sender.language),
            text=self._body(sender, sender.language, self.random.randint(1, 5)), quoted="", language=sender.language,
            sent_at=_moment(number), message_id=self._message_id(number, sender), references=(),
            html=kind.html, files=kind.files,
        )  # fmt: skip
        self.opened += 1
        if len(self.recent) < RECENT:
            self.recent.append(story)
        else:
            self.recent[self.random.randrange(RECENT)] = story
        return story

    def reply(self, number: int, kind: _Kind) -> Story:
        """An answer by the sender or, one time in three, by the colleague who got the letter as a copy."""
        place = self.random.randrange(len(self.recent))
        parent = self.recent[place]
        swapped = self.random.random() < 1 / 3
        sender, cc = (parent.cc, parent.sender) if swapped else (parent.sender, parent.cc)
        prefix = words.REPLY_PREFIX[parent.language]
        story = Story(
            number=number, parent=parent.number, root=parent.root, sender=sender, cc=cc,
            subject=prefix + parent.subject.removeprefix(prefix),
            text=self._body(sender, parent.language, self.random.randint(1, 3)), quoted=_quoted(parent),
            language=parent.language, sent_at=_moment(number), message_id=self._message_id(number, sender),
            references=(*parent.references, parent.message_id)[-20:], html=kind.html, files=kind.files,
        )  # fmt: skip
        self.recent[place] = story
        return story

    def _body(self, sender: Human, language: str, count: int) -> str:
        greeting, closing = words.GREETINGS[language], words.CLOSINGS[language]
        told = self.prose.paragraphs(self.random, language, count)
        return "\n\n".join([f"{greeting},", *told, f"{closing}\n{sender.name}"])

    def _message_id(self, number: int, sender: Human) -> str:
        """Unique within the seed and the number; without angle brackets."""
        return f"{self.random.getrandbits(64):016x}.{self.seed}.{number}@{sender.company}.example"


def _quoted(parent: Story) -> str:
    """The parent's text as mail programs quote it, two levels deep at most."""
    head = words.WROTE[parent.language].format(
        day=f"{parent.sent_at:%d.%m.%Y %H:%M}", who=f"{parent.sender.name} <{parent.sender.address}>"
    )
    inner = parent.text + ("\n\n" + parent.quoted if parent.quoted and ">> " not in parent.quoted else "")
    return "\n".join([head, *(f"> {line}" if not line.startswith(">") else f">{line}" for line in inner.splitlines())])


def _moment(number: int) -> datetime:
    return START + timedelta(seconds=37 * number)

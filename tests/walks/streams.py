"""Streams of letters into a desk that keeps being killed, and the count afterwards."""

from __future__ import annotations

import imaplib
import random
import smtplib
import threading
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import func, select

from core.database import Database
from core.tokens import message_key
from desk.inbound import InboundMail
from desk.tickets.message import Delivery, Message

MAILBOXES = ("support", "sales", "workshop", "accounts")


@dataclass
class Letter:
    """One letter: its id, the one it answers, and how sending it went."""

    id: str
    answers: str
    mailbox: str
    taken: int = 0          # 250 to its DATA
    unknown: int = 0        # the line broke after DATA had begun: it may be in, it may not

    @property
    def raw(self) -> bytes:
        thread = f"In-Reply-To: <{self.answers}>\r\n" if self.answers else ""
        return (f"From: Sender {self.id} <s{self.id.split('.')[0]}@kunde.example>\r\nTo: {self.mailbox}@desk.example\r\n"
                f"Subject: Letter {self.id}\r\nMessage-ID: <{self.id}>\r\n{thread}"
                f"Date: Mon, 02 Mar 2026 10:00:00 +0100\r\n\r\nThis is letter {self.id}, æøå.\r\n").encode()


@dataclass
class Stream(threading.Thread):
    """A client with letters to send, in order; how it does is its ``run``."""

    number: int
    count: int
    letters: list[Letter] = field(default_factory=list)
    stopped: bool = False

    def __post_init__(self) -> None:
        super().__init__(name=f"stream-{self.number}", daemon=True)
        choose = random.Random(self.number)
        for n in range(self.count):
            parent = choose.choice(self.letters) if self.letters and choose.random() < 0.4 else None
            box = parent.mailbox if parent else MAILBOXES[choose.randrange(len(MAILBOXES))]
            self.letters.append(Letter(f"{self.number}.{n}@kunde.example", parent.id if parent else "", box))

    __hash__ = threading.Thread.__hash__

    @property
    def taken(self) -> int:
        return sum(letter.taken for letter in self.letters)


class SmtpStream(Stream):
    """Through the door, over one line while it holds; each again and again until it is taken, as mail servers do."""

    port = 0
    line: smtplib.SMTP | None = None

    def run(self) -> None:
        for letter in self.letters:
            while not letter.taken and not self.stopped:
                self.send(letter)
        self.hang_up()

    def send(self, letter: Letter) -> None:
        begun = False
        try:
            if self.line is None:
                self.line = smtplib.SMTP("127.0.0.1", self.port, timeout=60)
            self.line.ehlo_or_helo_if_needed()
            code, answer = self.line.mail("s@kunde.example")
            assert code in (250, 421, 451), (code, answer)
            if code == 421:         # the line ends (RFC 5321 section 3.8)
                self.hang_up()
                return
            if self.line.rcpt(f"{letter.mailbox}@desk.example")[0] != 250:
                self.line.rset()
                return
            begun = True
            code, answer = self.line.data(letter.raw)
            assert code in (250, 451), answer
            letter.taken += code == 250
        except (OSError, smtplib.SMTPException):
            letter.unknown += begun
            self.hang_up()
            threading.Event().wait(0.05)  # a mail server in a hurry

    def hang_up(self) -> None:
        if self.line is not None:
            with suppress(OSError):
                self.line.close()
        self.line = None


class ImapStream(Stream):
    """Into a box that the desk reads."""

    port = 0
    sign_in = ("", "")

    def run(self) -> None:
        with imaplib.IMAP4("127.0.0.1", self.port) as box:
            box.login(*self.sign_in)
            for letter in self.letters:
                if self.stopped:
                    return
                answer = box.append("INBOX", "", None, letter.raw.replace(letter.mailbox.encode(), b"support"))  # type: ignore[arg-type]
                assert answer[0] == "OK"
                letter.taken += 1


def doubts(database: Database, streams: list[Stream]) -> list[str]:
    """What is lost or doubled, in words; empty when nothing is."""
    letters = [letter for stream in streams for letter in stream.letters]
    with database.read() as db:
        counted = db.execute(select(InboundMail.message_key, func.count()).group_by(InboundMail.message_key))
        ledger = {row[0]: row[1] for row in counted}
        rows = db.execute(select(Message.message_key, Message.id, Message.ticket_id).where(Message.direction == "in")).all()
        undone = db.execute(select(InboundMail.state, InboundMail.reason).where(InboundMail.state != "done")).all()
        deliveries = db.scalar(select(func.count()).select_from(Delivery))
        accepted = db.scalar(select(func.count()).select_from(InboundMail))
    on: dict[str, list[int]] = {}
    for key, _, ticket_id in rows:
        on.setdefault(key, []).append(ticket_id)
    found = [f"not filed: {state} {reason}" for state, reason in undone]
    for letter in letters:
        key = message_key(letter.id)
        if not 1 <= ledger.get(key, 0) <= letter.taken + letter.unknown:
            found.append(f"{letter.id}: taken {letter.taken}, in doubt {letter.unknown}, in the ledger {ledger.get(key, 0)}")
        if len(on.get(key, ())) != 1:
            found.append(f"{letter.id}: on tickets {on.get(key)}")
        elif letter.answers and on[key] != on.get(message_key(letter.answers)):
            found.append(f"{letter.id} answers {letter.answers} on another ticket")
    if len(rows) != len(letters) or deliveries != accepted:
        found.append(f"{len(letters)} letters, {len(rows)} messages; {accepted} deliveries, {deliveries} on messages")
    return found

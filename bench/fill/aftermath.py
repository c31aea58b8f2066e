"""What the fan-out makes of a letter: the acknowledgement, sent long ago, and the bell of each agent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.fill.tray import Tray
from bench.stories import Story
from contacts.agent import Agent
from core.options import LANGUAGES
from core.tokens import message_key, sign
from desk.mailboxes import Mailbox
from desk.wording import render

SENT = timedelta(seconds=2)
BELLS = timedelta(days=90)
"""Older notifications have been cleaned away."""


@dataclass(frozen=True, slots=True)
class House:
    """What there is before the fill: the mailbox, who works here, the words of the acknowledgement by language."""

    mailbox: int
    name: str
    domain: str
    agents: tuple[int, ...]
    words: dict[str, tuple[str, str, str]]


def house(db: Session, mailbox: Mailbox) -> House:
    """The house as it is."""
    words = {}
    for language in LANGUAGES:
        places = {"name": "{name}", "number": "#{number}", "subject": "{subject}", "mailbox": mailbox.name}
        mail = render(db, "acknowledgement", language, mailbox, **places)
        words[language] = (mail.subject, mail.text, mail.html)
    agents = tuple(db.scalars(select(Agent.id).order_by(Agent.id)))
    return House(mailbox.id, mailbox.name, mailbox.address.rpartition("@")[2], agents, words)


class Aftermath:
    """Puts on the tray what follows a letter."""

    def __init__(self, house: House, tray: Tray, end: datetime) -> None:
        self.house, self.tray, self.oldest = house, tray, end - BELLS

    def acknowledge(self, story: Story, ticket: int, subject: str, at: datetime) -> None:
        """The mail that tells the sender the ticket's number."""
        uid = self.tray.uid()
        told, text, html = (_filled(words, story, ticket, subject) for words in self.house.words[story.language])
        rfc = f"{uid}.{sign('message-id', uid)}@{self.house.domain}"
        self.tray.add(
            "outbound_mails", uid=uid, kind="acknowledgement", mailbox_id=self.house.mailbox, ticket_id=ticket,
            recipients=[story.sender.address], subject=told, text=text, html=html, headers={},
            outcomes={story.sender.address: ["accepted", "250 OK"]}, rfc_message_id=rfc, message_key=message_key(rfc),
            language=story.language, state="sent", due_at=at, attempts=1, lease="", created_at=at,
            first_tried_at=at + SENT, sent_at=at + SENT,
        )  # fmt: skip

    def tell(self, ticket: int, fact: int, event: str, at: datetime) -> None:
        """The bell of everybody who works here."""
        if at < self.oldest:
            return
        for agent in self.house.agents:
            uid = self.tray.uid()
            self.tray.add("notifications", uid=uid, agent_id=agent, ticket_id=ticket, fact_id=fact, event=event, at=at)


def _filled(words: str, story: Story, ticket: int, subject: str) -> str:
    told = words.replace("{name}", story.sender.name).replace("{number}", str(ticket))
    return told.replace("{subject}", subject)

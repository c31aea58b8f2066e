"""What an agent wrote into the answer to a notification: without what of the notification is quoted in it.

Between its lines stand links into the desk and signed addresses that are no customer's affair, and where a mail
program quotes without any mark, only knowing what we wrote tells the answer from the quote.
"""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.html import to_text
from desk.addressing import notification_of
from desk.letter import Letter
from desk.outbound import OutboundMail
from desk.tickets.agents_answer import AgentsAnswer
from desk.tickets.message import Message

MOST = 20
FEW = 3                      # words: fewer may stand in our text by chance
_MARKED = re.compile(r"^\s{0,3}>+ ?")
_ADDRESS = re.compile(r"[^\s<>()\[\]\"':;,]+@[^\s<>()\[\]\"':;,]+")


def words_of(db: Session, letter: Letter, answer: AgentsAnswer) -> str:
    """The agent's own words; empty where there are none.

    Of what is quoted between them, the customer's words stay: they are what is answered.
    """
    told = db.scalars(select(OutboundMail).where(
        OutboundMail.kind == "notification", OutboundMail.agent_id == answer.agent.id,
        OutboundMail.ticket_id == answer.ticket.id).order_by(OutboundMail.id.desc()).limit(MOST)).all()
    written = [text for mail in told for text in (mail.text, to_text(mail.html)) if text]
    ours = [_flat(text) for text in written]
    if letter.silent:
        return _unquoted(letter.below, ours, {_flat(line) for text in written for line in text.split("\n")}) if ours else ""
    theirs = [_flat(text) for text in db.scalars(select(Message.text).where(Message.id.in_([m.message_id for m in told])))]
    return _without(letter.visible or letter.text, ours, theirs)


def _without(text: str, ours: list[str], theirs: list[str]) -> str:
    kept = [line for line in text.split("\n") if not _signed(line) and not (
        _MARKED.match(line) and _stands_in(line, ours) and not _stands_in(line, theirs))]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _unquoted(text: str, ours: list[str], lines: set[str]) -> str:
    """What stands below an unmarked quote of ours: what we did not write. Of few words, whole lines alone are ours."""
    kept = [line for line in text.split("\n") if not _signed(line) and not (
        _stands_in(line, ours) and (len(line.split()) >= FEW or _flat(line) in lines))]
    return "\n".join(kept).strip()


def _stands_in(line: str, texts: list[str]) -> bool:
    words = _flat(_MARKED.sub("", line))
    return bool(words) and any(f" {words} " in f" {text} " for text in texts)


def _signed(line: str) -> bool:
    """Whether the line holds the address that answers to a notification go to."""
    return any(notification_of(address) is not None for address in _ADDRESS.findall(line))


def _flat(text: str) -> str:
    return " ".join(re.sub(r"[*_<>]", " ", text).split())

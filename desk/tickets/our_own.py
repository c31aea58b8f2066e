"""Whether a mail that came in is one of ours that came back. A valid mark of ours says so, not our address in From."""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy.orm import Session

from contacts.address import normalise_email
from desk.letter import Letter
from desk.loops import bears_our_mark, carries_our_mark, words_of
from desk.mailboxes import without_tag
from desk.outbound import OutboundMail, is_our_message_id
from desk.tickets.message import Message
from desk.tickets.threads import outbound_by_id


def is_our_own(db: Session, letter: Letter, own: frozenset[str]) -> bool:
    """Whether this very mail left us. What carries our Message-ID or header but says something else did not.

    A gateway that puts its banner around our words, or takes the Message-ID from an automatic mail, is seen through
    where the mail still comes from an address of ours.
    """
    marks = letter.headers.get("x-skranke-loop", ())
    if not marks and not is_our_message_id(letter.message_id):
        return False
    files = (sha256(a.content).hexdigest() for a in letter.attachments if not a.inline)
    if carries_our_mark(marks, letter.text, files):
        return True
    if letter.bounce is not None or letter.sender is None or without_tag(normalise_email(letter.sender.address)) not in own:
        return False
    mail = outbound_by_id(db, letter.message_id)
    if mail is not None:
        return words_of(_text(db, mail)) in words_of(letter.text)
    return bears_our_mark(marks) and "auto-submitted" in letter.headers


def _text(db: Session, mail: OutboundMail) -> str:
    message = db.get(Message, mail.message_id) if mail.message_id and mail.kind in ("reply", "forward") else None
    return message.text if message else mail.text

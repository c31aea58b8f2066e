"""Whoever got a mass mail wants no more of it: by its link, by the button of their mail program, by a mail that says so (GDPR, Articles 7(3) and 21).

The link names the mail and is signed, so that it works for ever and for whoever reads that mail, without a sign-in. What it does is what an
agent would note on the card, with the mail as proof; where the card is gone, the address goes on the list of those who objected all the same.
"""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import normalise_email
from contacts.merged import survivor_of
from contacts.purpose import Purpose
from contacts.purposes import purpose_under
from contacts.suppression import suppress
from core.errors import Refused
from core.history import record
from core.i18n import N_
from core.tokens import signed
from desk.letter import Letter
from desk.mailing import Mailing
from desk.outbound import OutboundMail
from desk.rights.objecting import stop_and_decide
from desk.tickets.facts import MassMailStopped
from desk.tickets.message import Message
from desk.tickets.threads import outbound_by_id
from desk.tickets.ticket import Ticket
from rules.stopping import asks_to_stop

#: What the proof is → where it is said to be from.
SOURCES = {"link": N_("The link in a mass mail."), "one_click": N_("The button that their mail program shows for a mass mail."),
           "message": N_("Their answer to a mass mail.")}
_TOKEN = re.compile(r"\bunsubscribe ([0-9a-f]{24})\.([a-z2-7]{32})\b", re.IGNORECASE)
MOST_IDS = 20


def asked(db: Session, uid: str, signature: str) -> OutboundMail:
    """The mail whose link this is. Raises Refused for one that is none of ours: why, it does not say."""
    mail = db.scalar(select(OutboundMail).where(OutboundMail.uid == uid)) if signed("no-more", uid, signature) and len(signature) == 32 else None
    if mail is None:
        raise Refused(N_("This link does not work. Answer the mail that it stands in: people read that."))
    return mail


def purpose_of(db: Session, mail: OutboundMail) -> Purpose | None:
    """What the mail was about; None of a test that an agent sent to themselves."""
    mailing = db.get(Mailing, mail.mailing_id) if mail.mailing_id else None
    return purpose_under(db, mailing.purpose) if mailing is not None else None


def unsubscribe(db: Session, mail: OutboundMail, proof: str, proof_uid: str | None = None) -> None:
    """No more of this purpose to whoever got this mail. Twice is once; of a test nothing follows."""
    purpose = purpose_of(db, mail)
    if purpose is None:
        return
    reached = [("email", normalise_email(str(one))) for one in mail.recipients]
    person = survivor_of(db, mail.person_uid or "")
    if person is not None:
        stop_and_decide(db, person, purpose.key, source=SOURCES[proof], by=None, proof=proof, proof_uid=proof_uid or mail.uid, reached_at=reached)
    elif purpose.marketing:
        for kind, normalised in reached:
            suppress(db, "objected", kind, normalised, purpose.key, reason=proof)


def mass_mail_answered(db: Session, letter: Letter) -> tuple[OutboundMail | None, bool]:
    """The mass mail of ours that a letter is about, and whether it says that they want no more: by the words that the mail's own header put
    in its subject, or by an answer from where it went that says nothing else."""
    found = _TOKEN.search(letter.subject)
    if found and signed("no-more", found[1].lower(), found[2]):
        mail = db.scalar(select(OutboundMail).where(OutboundMail.uid == found[1].lower(), OutboundMail.mailing_id.is_not(None)))
        if mail is not None:
            return mail, True
    mail = next((one for i in letter.references[:MOST_IDS] if (one := outbound_by_id(db, i)) is not None and one.mailing_id), None)
    return mail, mail is not None and _from_where_it_went(mail, letter) and not letter.attachments and asks_to_stop(letter.visible or letter.text)


def note_on_message(db: Session, mail: OutboundMail, message: Message, ticket: Ticket) -> None:
    """The letter that said so became this message, which is the proof; the ticket says what was noted."""
    db.flush()
    unsubscribe(db, mail, "message", message.uid)
    record(db, MassMailStopped(ticket.uid, mail.uid), at=message.at)


def _from_where_it_went(mail: OutboundMail, letter: Letter) -> bool:
    """Somebody it was passed on to speaks for nobody but themselves."""
    sender = letter.sender.address if letter.sender else ""
    return normalise_email(sender) in {normalise_email(str(one)) for one in mail.recipients}

"""Lifting a restriction (Art. 18(3) GDPR): the person is told first, by a mail in the same transaction, else as the admin says they were."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from contacts.addressing import mail_reaches
from contacts.agent import Agent
from contacts.editing import check_version
from contacts.person import Person
from contacts.restricting import LONGEST, end, standing, take_back
from contacts.restriction import Restriction
from core.errors import Refused
from core.i18n import N_, day, speaking
from core.options import option
from desk.access import needs_admin
from desk.confirming import mailbox_for
from desk.erasing import asking
from desk.language import language_of
from desk.legal_holds import WAITING
from desk.mailboxes import Mailbox
from desk.outbound import enqueue
from desk.wording import Rendered, render


@dataclass(frozen=True, slots=True)
class Notice:
    """The mail that tells the person: to which address (empty: there is none), in which language, from which mailbox."""

    address: str
    language: str
    mailbox: Mailbox | None
    mail: Rendered


def undo(db: Session, person: Person, *, by: Agent, version: int | None = None) -> None:
    """A restriction that was a slip. Raises Refused while the person waits to be erased, Stale where anything has happened to them since."""
    _may_end(db, person)
    take_back(db, person, by=by, version=version)


def why_not(db: Session, person: Person) -> str:
    """Why the restriction stays, whatever it is for: whoever is to be erased when a legal hold lifts is not used until then. Empty where it may end."""
    erasing = asking.standing(db, person.uid)
    waits = erasing is not None and erasing.phase == WAITING
    return N_("This person is erased when the legal hold lifts, and stays restricted until then.") if waits else ""


def _may_end(db: Session, person: Person) -> None:
    if why := why_not(db, person):
        raise Refused(why)


def notice(db: Session, person: Person, *, by: Agent) -> Notice:
    """What the person would be told now. Raises Refused where they are not restricted."""
    row, mailbox = standing(db, person), mailbox_for(db, person, by)
    language, address = language_of(db, person, mailbox), mail_reaches(db, person)
    with speaking(language):
        since = day(row.at)
    return Notice(address, language, mailbox, render(
        db, "restriction_lifted", language, mailbox, name=person.name or address, since=since, mailbox=mailbox.name if mailbox else option(db, "desk.name")))


def lift(db: Session, person: Person, *, by: Agent, how: str = "", version: int | None = None) -> Restriction:
    """Tell the person, and use what we hold again. Without an address ``how`` says by which other way they were told.

    Raises Refused without either, and while the person waits to be erased; Stale where the person has changed.
    """
    needs_admin(by)
    check_version(person, version)
    _may_end(db, person)
    told, how = notice(db, person, by=by), how.strip()
    if not told.address:
        if not 0 < len(how) <= LONGEST:
            raise Refused(N_("The person has to be told before the restriction is lifted."), {"how": N_("Say how and when the person was told.")})
        return end(db, person, by=by, told="word", told_how=how)
    mail = enqueue(db, kind="system", mailbox=told.mailbox, recipients=[told.address], subject=told.mail.subject, text=told.mail.text, html=told.mail.html,
                   agent_id=by.id, language=told.language)
    return end(db, person, by=by, told="mail", mail_uid=mail.uid)

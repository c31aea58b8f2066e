"""In which language we write to somebody, and how we know."""

from __future__ import annotations

from sqlalchemy.orm import Session

from contacts.person import Person
from core.i18n import N_
from core.options import LANGUAGES, option
from desk.mailboxes import Mailbox
from desk.tickets.ticket import Ticket

PREFERRED = N_("the person's preferred language")
DETECTED = N_("the language of their mail")
COMPANYS = N_("the language of their company")
MAILBOXES = N_("the language of the mailbox")


def language_for(ticket: Ticket) -> tuple[str, str]:
    """The language of mails to the requester, and why (a message for gettext).

    The person's preferred language, else the one detected, else their company's, else the mailbox's
    (DESIGN.md section 4). A preference that was only guessed from an earlier mail gives way to what this
    ticket is written in.
    """
    person = ticket.requester
    preferred = person.preferred_language if person and person.answered else None
    company = person.employment.company.language if person and person.answered and person.employment else None
    chosen = None if person is None or person.language_guessed else preferred
    for code, why in ((chosen, PREFERRED), (ticket.language, DETECTED), (preferred, DETECTED), (company, COMPANYS)):
        if code in LANGUAGES:
            return str(code), why
    return ticket.mailbox.language, MAILBOXES


def language_of(db: Session, person: Person | None, mailbox: Mailbox | None) -> str:
    """The language in which we write to a person of our own accord: theirs, else their company's, the mailbox's, the desk's."""
    company = person.employment.company.language if person and person.employment else None
    for code in (person.preferred_language if person else None, company, mailbox.language if mailbox else None):
        if code in LANGUAGES:
            return str(code)
    return str(option(db, "desk.language"))

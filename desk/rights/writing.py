"""The mails of a case, in the person's language, in our words or an admin's (``settings``, *Wording*)."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from contacts.addressing import mail_reaches
from core.i18n import dated, speaking
from core.i18n import gettext as _
from core.options import option
from desk.confirming import mailbox_for
from desk.language import language_for, language_of
from desk.mailboxes import Mailbox
from desk.outbound import OutboundMail, enqueue
from desk.rights.case import KINDS, RightsCase
from desk.wording import Rendered, render


def write(db: Session, case: RightsCase, name: str, *, reasons: str = "", link: str = "", until: date | None = None, to: str = "") -> OutboundMail | None:
    """Write one to whoever asked (``to``: to this address instead); None where there is nowhere to write to."""
    address = to or answered_at(db, case)
    if not address:
        return None
    mailbox = mailbox_of(db, case)
    spoken = language_for(case.ticket)[0] if case.ticket else language_of(db, case.person, mailbox)
    mail = worded(db, case, name, spoken, mailbox, reasons=reasons, link=link, until=until)
    return enqueue(db, kind="system", mailbox=mailbox, recipients=[address], subject=mail.subject, text=mail.text, html=mail.html, language=spoken,
                   ticket_id=None if to else case.ticket_id)


def worded(
    db: Session, case: RightsCase, name: str, spoken: str, mailbox: Mailbox | None, *, reasons: str = "", link: str = "", until: date | None = None,
) -> Rendered:
    """Its words. They name the right and the days, and nobody: somebody else may read them."""
    with speaking(spoken, option(db, "desk.timezone")):
        values = {"right": _(KINDS[case.kind][0]), "day": dated(case.received, year=True), "due": dated(case.due, year=True),
                  "until": dated(until, year=True) if until else ""}
    return render(db, name, spoken, mailbox, number=str(case.id), reasons=reasons, link=link, authority=option(db, "rights.authority"),
                  mailbox=mailbox.name if mailbox else option(db, "desk.name"), **values)


def answered_at(db: Session, case: RightsCase) -> str:
    """Where an answer goes: where the request came from, unless that is blocked; else where mail reaches the person."""
    if case.ticket is not None:
        asker = case.ticket.requester_address
        return asker.value if asker is not None and asker.suppression != "blocked" else ""
    return mail_reaches(db, case.person) if case.person is not None else ""


def mailbox_of(db: Session, case: RightsCase) -> Mailbox | None:
    """Whom the mails of a case are from: the mailbox it came to, else where the person wrote last, else the first."""
    return case.ticket.mailbox if case.ticket is not None else mailbox_for(db, case.person, None)

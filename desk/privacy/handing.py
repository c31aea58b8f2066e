"""Handing a report to the person (S59): by mail as a PDF, or by a link that ends; and releasing what is held back."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from contacts.address import Address, Holding
from contacts.agent import Agent
from contacts.person import Person
from core.clock import now
from core.errors import Refused
from core.history import record
from core.i18n import N_, day, speaking
from core.operations import Operation
from core.options import option
from core.settings import settings
from core.tokens import digest
from desk.access import needs_admin
from desk.confirming import mailbox_for
from desk.outbound import OutboundMail, enqueue
from desk.privacy.asking import KIND, needs_right
from desk.privacy.document import document
from desk.privacy.facts import PrivacyReportOpened, PrivacyReportReleased, PrivacyReportSent
from desk.privacy.following import may_leave, tell_case
from desk.privacy.kept import PrivacyReport, persons_in
from desk.privacy.printing import is_cut, pdf_of
from desk.wording import render

WAYS = ("pdf", "link")
OVER = N_("This link has ended. Ask us for a new one.")
NO_FILE = N_("The file of this mail is no longer kept.")


@dataclass(frozen=True, slots=True)
class Printed:
    """A file for a mail."""

    name: str
    pdf: bytes


def addresses_for(db: Session, report: PrivacyReport) -> Sequence[Holding]:
    """Mail addresses on the cards of those it is of, that can be written to; those that are used first in front."""
    persons = select(Person.id).where(Person.uid.in_(persons_in(db, report)), or_(Person.binned_at.is_(None), Person.restricted_at.is_not(None)))
    return db.scalars(select(Holding).join(Address, Address.id == Holding.address_id).where(
        Holding.person_id.in_(persons), Holding.until.is_(None), Address.kind == "email", Address.suppression != "blocked").order_by(
        Holding.primary.desc(), Holding.id)).all()


def release(db: Session, report: PrivacyReport, *, by: Agent) -> None:
    """An admin lets the private notes and locked mails that are in it go to the person, and reads them from here on. Twice is once."""
    needs_admin(by)
    _made(report)
    if report.held_back and report.released_at is None:
        report.released_at, report.released_by_uid = now(), by.uid
        record(db, PrivacyReportReleased(tuple(persons_in(db, report))), by=by.uid)
        db.flush()


def send(db: Session, report: PrivacyReport, holding_uid: str, way: str, *, by: Agent) -> OutboundMail:
    """Write it to an address on the card. Raises Forbidden without the right, Refused for an address that is not theirs (any more), before the
    report is made, while something of it is held back, and while its case does not say that it was they who asked."""
    needs_right(by)
    _made(report)
    if not report.complete:
        raise Refused(N_("Private notes or locked mails are in it: an admin has to release it first."))
    may_leave(db, report)
    if way == "pdf" and is_cut(report.summary.get("counts", {})):
        raise Refused(N_("It is too long for one file: send the link, under which all of it is."), {"way": N_("Send the link.")})
    if way not in WAYS or (way == "pdf" and report.form != "report"):
        raise Refused(N_("It cannot be sent like this."), {"way": N_("Choose one of those offered.")})
    holding = next((one for one in addresses_for(db, report) if one.uid == holding_uid), None)
    if holding is None:
        raise Refused(N_("It goes to an address on the card alone."), {"address": N_("Choose one of those offered.")})
    name = "privacy_report" if way == "pdf" else "privacy_link"
    mailbox, desk = mailbox_for(db, holding.person, by), option(db, "desk.name")
    link, until = new_link(db, report) if way == "link" else ("", "")
    words = {"name": holding.person.name or holding.address.value, "mailbox": mailbox.name if mailbox else desk} | (
        {"link": link, "until": until} if way == "link" else {})
    mail = render(db, name, report.language, mailbox, **words)
    report.sent_at = now()
    record(db, PrivacyReportSent(holding.person.uid, holding.address.uid, way), by=by.uid)
    tell_case(db, report, "report_sent", by=by)
    return enqueue(db, kind="system", mailbox=mailbox, recipients=[holding.address.value], subject=mail.subject, text=mail.text, html=mail.html,
                   agent_id=by.id, language=report.language, person_uid=holding.person.uid,
                   operation_uid=report.operation_uid if way == "pdf" else None)


def new_link(db: Session, report: PrivacyReport) -> tuple[str, str]:
    """An address that shows the report for some days to whoever has it, and the last of these days; an earlier one ends. Its key is kept as a
    digest alone."""
    token = secrets.token_urlsafe(32)
    report.link_digest, report.opened_at = digest("privacy-link", token), None
    report.link_until = min(now() + timedelta(days=option(db, "privacy.link_days")), report.until)
    db.flush()
    with speaking(report.language, option(db, "desk.timezone")):
        return f"{settings().url}/your-report/{token}", day(report.link_until)


def opened(db: Session, token: str) -> PrivacyReport:
    """The report behind a link. Raises Refused for one that has ended, whose person is deleted or erased, or that never was: which, it does not say."""
    report = db.scalar(select(PrivacyReport).where(PrivacyReport.link_digest == digest("privacy-link", token)))
    if report is None or report.link_until is None or min(report.link_until, report.until) <= now() or not report.complete:
        raise Refused(OVER)
    if db.scalar(select(Person.id).where(Person.uid.in_(persons_in(db, report)), Person.binned_at.is_not(None), Person.restricted_at.is_(None)).limit(1)) is not None:
        raise Refused(OVER)
    return report


def note_opened(db: Session, token: str) -> None:
    """Somebody has taken the file: the first time is noted."""
    report = opened(db, token)
    if report.opened_at is None:
        report.opened_at = now()
        record(db, PrivacyReportOpened(tuple(persons_in(db, report))))
        db.flush()


def printed(db: Session, report: PrivacyReport, *, complete: bool) -> bytes:
    """The PDF; printed anew where a word has been taken out since, and where something is held back from the reader."""
    _made(report)
    if complete and report.pdf is not None:
        return report.pdf
    with speaking(report.language, option(db, "desk.timezone")):
        return pdf_of(document(db, report, complete=complete), desk=option(db, "desk.name"))


def printed_for(db: Session, operation_uid: str) -> Printed | None:
    """What goes along with a mail that names the operation of a report; None where that is another's. Raises Refused once the report is gone."""
    report = db.scalar(select(PrivacyReport).where(PrivacyReport.operation_uid == operation_uid))
    if report is None:
        if db.scalar(select(Operation.id).where(Operation.uid == operation_uid, Operation.kind == KIND)) is not None:
            raise Refused(NO_FILE)
        return None
    return Printed(f"{report.form}-{(report.made_at or report.created_at).date().isoformat()}.pdf", printed(db, report, complete=report.complete))


def _made(report: PrivacyReport) -> None:
    if report.made_at is None:
        raise Refused(N_("This report is not made yet."))

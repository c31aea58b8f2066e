"""Telling those who got data of a person that it was corrected, restricted or erased (Art. 19 GDPR): a mail and a row for each, and what came of it.

Of an erasing the mails are made when it ends (:func:`tell_erased`), from what the operation kept sealed, and mail and address go when it has been sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Index, String, or_, select
from sqlalchemy.orm import Mapped, Session

from contacts.address import Address, Holding, normalise_email
from contacts.agent import Agent
from contacts.person import Person
from core.clock import now
from core.database import Base, Row, personal, plain
from core.errors import Refused
from core.i18n import N_, speaking
from core.i18n import gettext as _
from core.operations import Operation
from core.options import LANGUAGES, option
from core.tokens import seal, unseal
from desk.access import needs_admin
from desk.confirming import mailbox_for
from desk.disclosures import recipients
from desk.language import language_of
from desk.mailboxes import Mailbox
from desk.outbound import OutboundMail, enqueue
from desk.wording import Rendered, render

#: What has become of the data → what a recipient is told; no more of the person than the name.
ABOUT = {
    "rectified": N_("What we told you about %(person)s was not right, and has been corrected. Please do not use what you have got from us any more without asking us."),
    "restricted": N_("The use of what we hold about %(person)s is restricted for the time being. Please do not use what you have got from us until we write again."),
    "erased": N_("We have erased what we held about %(person)s. Please erase what you have got from us, unless you have a reason of your own to keep it."),
}
MOST = 500
#: A mail may come back so long after it was sent.
LATE = timedelta(days=7)


class Telling(Row, Base):
    """One recipient who was told. ``outcome``: "" while the mail is under way (``mail_uid``), else told, bounced, or impossible. Of an erasing
    ``subject_uid`` names the operation, and the address goes with the mail."""

    __tablename__ = "tellings"
    subject_uid: Mapped[str] = plain(String(24))
    about: Mapped[str] = plain(String(10))
    address: Mapped[str] = personal(String(320), report=False)
    mail_uid: Mapped[str | None] = plain(String(24))
    at: Mapped[datetime] = plain(default=now)
    by_uid: Mapped[str | None] = plain(String(24))
    outcome: Mapped[str] = plain(String(10), default="")
    __table_args__ = (Index("ix_tellings_subject", "subject_uid", "id"), Index("ix_tellings_mail", "mail_uid"))


def tell(db: Session, person: Person, about: str, addresses: Iterable[str], *, by: Agent) -> list[Telling]:
    """Write to these of the person's recipients. Raises Refused for nobody, and for anybody who got nothing."""
    needs_admin(by)
    chosen = _chosen(db, person, about, addresses)
    if about == "erased":
        raise Refused(N_("Recipients are told of an erasing when it is done."))
    return _send(db, person.uid, person.name, about, chosen, mailbox_for(db, person, by), by.uid)


def tell_when_erased(db: Session, operation: Operation, person: Person, addresses: Iterable[str], *, by: Agent) -> int:
    """Keep, sealed in an erasing that waits for a word, who is told when it is done; returns how many."""
    needs_admin(by)
    chosen, mailbox = _chosen(db, person, "erased", addresses), mailbox_for(db, person, by)
    kept = json.dumps({"name": person.name, "to": chosen, "mailbox": mailbox.id if mailbox else None, "by": by.uid})
    operation.given = operation.given | {"tell": seal(kept)}
    db.flush()
    return len(chosen)


def tell_erased(db: Session, operation: Operation) -> None:
    """At the end of an erasing: whoever was to be told is; how many are written to stands in its result under ``told``. What was sealed for it goes in
    the same commit."""
    if "tell" not in operation.given:
        operation.result = {"told": 0} | operation.result
        return
    kept = json.loads(unseal(operation.given["tell"]))
    rows = _send(db, operation.uid, kept["name"], "erased", kept["to"], db.get(Mailbox, kept["mailbox"]) if kept["mailbox"] else None, kept["by"])
    operation.given = {name: value for name, value in operation.given.items() if name != "tell"}
    operation.result = operation.result | {"told": sum(one.outcome != "impossible" for one in rows)}


def preview(db: Session, person: Person, about: str, *, by: Agent) -> Rendered:
    """The mail in the language of the mailbox that it goes from."""
    mailbox = mailbox_for(db, person, by)
    return _mail(db, person.name, about, mailbox, language_of(db, None, mailbox))


def tellings(db: Session, subject_uid: str) -> list[tuple[Telling, str]]:
    """Who was told, the latest first, with what came of it so far."""
    rows = db.scalars(select(Telling).where(Telling.subject_uid == subject_uid).order_by(Telling.id.desc()).limit(MOST)).all()
    mails = _mails(db, rows)
    return [(row, _outcome(row, mails)) for row in rows]


def settle_all(db: Session) -> None:
    """Note what came of mails that were sent; of erasings mail and address go then, so that nothing names anybody any more."""
    rows = db.scalars(select(Telling).where(Telling.mail_uid.is_not(None), or_(
        Telling.outcome == "", Telling.about == "erased", Telling.at > now() - LATE)).order_by(Telling.id).limit(MOST)).all()
    mails = _mails(db, rows)
    for row in rows:
        row.outcome = _outcome(row, mails)
        if row.mail_uid is None or row.outcome == "":
            continue
        if row.about == "erased":
            if row.mail_uid in mails:
                db.delete(mails[row.mail_uid])
            row.address = ""
        if row.about == "erased" or row.mail_uid not in mails:
            row.mail_uid = None


def _mails(db: Session, rows: Sequence[Telling]) -> dict[str, OutboundMail]:
    return {one.uid: one for one in db.scalars(select(OutboundMail).where(OutboundMail.uid.in_([row.mail_uid for row in rows if row.mail_uid])))}


def _outcome(row: Telling, mails: Mapping[str, OutboundMail]) -> str:
    """As the ledger has it now, for a mail may come back later; what was noted, where the ledger knows the mail no more."""
    mail = mails.get(row.mail_uid or "")
    if mail is None:
        return row.outcome or "bounced"
    if mail.state in ("failed", "withheld") or any(said[0] in ("returned", "refused") for said in mail.outcomes.values()):
        return "bounced"
    return "told" if mail.state == "sent" else ""


def _chosen(db: Session, person: Person, about: str, addresses: Iterable[str]) -> list[str]:
    got = {one.address for one in recipients(db, [person.id])}
    chosen = [one for one in dict.fromkeys(addresses) if one in got][:MOST]
    if about not in ABOUT or not chosen:
        raise Refused(N_("Choose who is to be told."), {"to": N_("Choose at least one.")})
    return chosen


def _send(db: Session, subject: str, name: str, about: str, addresses: Sequence[str], mailbox: Mailbox | None, by: str | None) -> list[Telling]:
    speak = {normalised: (language, health) for normalised, health, language in db.execute(select(
        Address.normalised, Address.health, Person.preferred_language).outerjoin(Holding, (Holding.address_id == Address.id) & Holding.until.is_(None)).outerjoin(
        Person, (Person.id == Holding.person_id) & Person.binned_at.is_(None)).where(Address.kind == "email", Address.normalised.in_(addresses)))}
    rows = []
    for address in addresses:
        language, health = speak.get(normalise_email(address), (None, "ok"))
        row = Telling(subject_uid=subject, about=about, address=address if about != "erased" or health != "bouncing" else "", by_uid=by)
        if health == "bouncing":
            row.outcome = "impossible"
        else:
            spoken = language if language in LANGUAGES else language_of(db, None, mailbox)
            mail = _mail(db, name, about, mailbox, spoken)
            row.mail_uid = enqueue(db, kind="system", mailbox=mailbox, recipients=[address], subject=mail.subject, text=mail.text, html=mail.html, language=spoken).uid
        db.add(row)
        rows.append(row)
    db.flush()
    return rows


def _mail(db: Session, name: str, about: str, mailbox: Mailbox | None, language: str) -> Rendered:
    with speaking(language):
        what = _(ABOUT[about], person=name)
    return render(db, "recipient_told", language, mailbox, person=name, what=what, mailbox=mailbox.name if mailbox else option(db, "desk.name"))

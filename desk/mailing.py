"""A mail to many persons: for which purpose, to whom, in which words of which languages; planned, it is an operation (:mod:`desk.mass_mailing`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, relationship

from contacts.agent import Agent
from contacts.mass_update import lay_chosen
from contacts.purposes import purpose_under
from contacts.selected import selection_called, who_selected
from contacts.selection import Selection
from core.bulk import ask
from core.database import Base, Guarded, Json, Row, personal, plain
from core.errors import Conflict, Forbidden, Refused, Unknown
from core.i18n import N_
from core.i18n import gettext as _
from core.operations import Operation
from core.options import LANGUAGES, option
from desk.access import visible_mailboxes
from desk.mailboxes import Mailbox
from desk.outbound import OutboundMail
from desk.placeholders import unknown_words

KIND = "persons.mail"
LONGEST_SUBJECT, LONGEST_TEXT = 200, 50_000
NAMES = {"en": N_("English"), "nb": N_("Norwegian"), "da": N_("Danish"), "sv": N_("Swedish")}
#: States of an operation that may still write to somebody.
ALIVE = ("planned", "approved", "running", "paused")


class Mailing(Row, Guarded, Base):
    """One mailing. ``texts`` maps a language to ``{subject, text}``; whoever reads none of them gets the one in ``language``. ``name`` is what
    its selection was called."""

    __tablename__ = "mailings"
    purpose: Mapped[str] = plain(String(40))
    mailbox_id: Mapped[int] = plain(ForeignKey("mailboxes.id"))
    selection_uid: Mapped[str] = plain(String(24))
    name: Mapped[str] = plain(String(120))
    language: Mapped[str] = plain(String(2))
    texts: Mapped[dict[str, Any]] = personal(Json, default=dict, erase="rewrite", report=False)
    by_uid: Mapped[str] = plain(String(24))
    operation_id: Mapped[int | None] = plain(ForeignKey("operations.id", ondelete="SET NULL"))
    mailbox: Mapped[Mailbox] = relationship()
    operation: Mapped[Operation | None] = relationship()
    __table_args__ = (Index("ix_mailings_selection", "selection_uid", "id"),)


def needs_mailing(db: Session, agent: Agent) -> None:
    """Raises Forbidden for whoever may not send mass mail, by the option ``mailing.by``."""
    if not may_mail(db, agent):
        raise Forbidden(N_("Only an admin can send mass mail."))


def may_mail(db: Session, agent: Agent) -> bool:
    """Whether the agent may send mass mail."""
    return agent.admin or option(db, "mailing.by") == "agents"


def mailing_called(db: Session, uid: str, agent: Agent, *, lock: bool = False) -> Mailing:
    """The mailing with this uid, if the agent began it; admins see all. Raises Unknown, and Forbidden."""
    needs_mailing(db, agent)
    query = select(Mailing).where(Mailing.uid == uid)
    found = db.scalar(query.with_for_update(of=Mailing) if lock else query)
    if found is None or (found.by_uid != agent.uid and not agent.admin):
        raise Unknown(N_("There is no such mailing."))
    return found


def mailings_of(db: Session, selection: Selection, agent: Agent, *, most: int = 20) -> Sequence[Mailing]:
    """The latest to a selection, of the agent's own; of everybody's for an admin."""
    own = [] if agent.admin else [Mailing.by_uid == agent.uid]
    return db.scalars(select(Mailing).where(Mailing.selection_uid == selection.uid, *own).order_by(Mailing.id.desc()).limit(most)).all()


def begin(db: Session, selection: Selection, purpose: str, mailbox_uid: str, *, by: Agent, language: str = "") -> Mailing:
    """A mailing to the persons of a selection, without words yet. Raises Refused, and Forbidden."""
    needs_mailing(db, by)
    mailbox = next((one for one in visible_mailboxes(db, by) if one.uid == mailbox_uid and one.active), None)
    wrong = {} if mailbox else {"mailbox": N_("Choose one of the list.")}
    kept = purpose_under(db, purpose)
    if kept.retired_at is not None:
        wrong["purpose"] = N_("Choose one of the list.")
    if selection.of != "persons":
        wrong["selection"] = N_("Only persons can be mailed.")
    if wrong or mailbox is None:
        raise Refused(N_("Some fields cannot be saved like this."), wrong)
    made = Mailing(purpose=kept.key, mailbox_id=mailbox.id, selection_uid=selection.uid, name=selection.name[:120],
                   language=language if language in LANGUAGES else mailbox.language, by_uid=by.uid)
    db.add(made)
    db.flush()
    return made


def word(db: Session, mailing: Mailing, language: str, subject: str, text: str, *, version: int | None = None) -> None:
    """Save the words in one language; without any it is not written in that. Raises Conflict, and Refused with ``subject`` and ``text``."""
    if version is not None and mailing.version != version:
        raise Conflict(N_("A colleague has changed this in the meantime. Look at what holds now, then repeat your change."))
    if not open_to_change(db, mailing):
        raise Refused(N_("This mailing is under way: its words stay as they are."))
    subject, text = " ".join(subject.split()), text.replace("\r\n", "\n").strip()
    errors = wrong_words(subject, text) if subject or text else {}
    if language not in LANGUAGES:
        errors["language"] = N_("One of en, nb, da, sv.")
    if errors:
        raise Refused(N_("Some fields cannot be saved like this."), errors)
    rest = {code: kept for code, kept in mailing.texts.items() if code != language}
    mailing.texts = rest | ({language: {"subject": subject, "text": text}} if subject else {})
    db.flush()


def wrong_words(subject: str, text: str) -> dict[str, str]:
    """What is wrong with the words, by field."""
    found = {}
    for name, value, most in (("subject", subject, LONGEST_SUBJECT), ("text", text, LONGEST_TEXT)):
        said = N_("Fill this in.") if not value else _("At most %(most)s characters.", most=most) if len(value) > most else unknown_words(value)
        if said:
            found[name] = said
    return found


def plan(db: Session, mailing: Mailing, *, by: Agent) -> Operation:
    """Let a worker lay out who would get it and who not; approved, it is sent. The caller rings ``operations``. Raises Refused."""
    needs_mailing(db, by)
    if mailing.language not in mailing.texts:
        raise Refused(_("Write the mail in %(language)s in any case: that is what whoever reads no other language gets.", language=_(NAMES[mailing.language])))
    if mailing.operation is not None and mailing.operation.state in ALIVE:
        raise Refused(N_("This mailing is under way already."))
    if mailing.mailbox not in visible_mailboxes(db, by):
        raise Refused(N_("You do not see the mailbox that this mailing is from."))
    selection = selection_called(db, mailing.selection_uid, by, of="persons")
    operation = ask(db, KIND, {"mailing": mailing.uid}, by=by.uid, phase="plan")
    lay_chosen(db, operation, who_selected(db, selection, by))
    mailing.operation = operation
    db.flush()
    return operation


def delete_mailing(db: Session, mailing: Mailing) -> None:
    """Throw it away. Raises Refused once a mail of it stands in the ledger, or while it is under way."""
    if not open_to_change(db, mailing):
        raise Refused(N_("A mailing that is under way or has gone stays."))
    db.delete(mailing)
    db.flush()


def open_to_change(db: Session, mailing: Mailing) -> bool:
    """Whether its words may be changed: nobody has got it, and nobody is about to."""
    alive = mailing.operation is not None and mailing.operation.state in ALIVE
    return not alive and db.scalar(select(OutboundMail.id).where(OutboundMail.mailing_id == mailing.id).limit(1)) is None

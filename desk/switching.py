"""Switching an option: the value, and in the history what it was before."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.facts import OptionChanged
from core.errors import Conflict
from core.history import FactRow, FactSubject, record
from core.i18n import N_
from core.options import OptionRow, clear_option, option, set_option
from desk.mailboxes import Mailbox


def switch(db: Session, name: str, value: Any, mailbox_uid: str = "", *, by: Agent) -> bool:
    """Choose a value for the desk or a mailbox; None takes the mailbox's (or desk's) own choice back.

    Whether anything changed. Raises Refused for a value that does not fit, Unknown for a name nobody declared.
    """
    before = own_choice(db, name, mailbox_uid)
    if value == before or (before is None and not mailbox_uid and value == option(db, name)):
        return False
    shown = option(db, name) if before is None and not mailbox_uid else before
    if value is None:
        clear_option(db, name, mailbox_uid)
    else:
        set_option(db, name, value, mailbox_uid)
    if mailbox_uid:
        mailbox = db.scalar(select(Mailbox).where(Mailbox.uid == mailbox_uid))
        if mailbox is not None:
            mailbox.raise_version()         # its form shows this choice too
    record(db, OptionChanged(name, mailbox_uid or None, subject_of(name)), by=by.uid, changes={name: (shown, value)})
    return True


def own_choice(db: Session, name: str, mailbox_uid: str = "") -> Any:
    """What was chosen right here; None where nothing was."""
    row = chosen_row(db, name, mailbox_uid)
    return row.value if row is not None else None


def version_of(db: Session, name: str) -> int:
    """How often the desk's value was changed; 0 for never."""
    row = chosen_row(db, name, "")
    return row.version if row is not None else 0


def check_version(db: Session, name: str, version: int | None) -> None:
    """Raises Conflict when a colleague has changed the desk's value since the page was opened."""
    if version is not None and version != version_of(db, name):
        raise Conflict(N_("A colleague has changed this in the meantime. Look at what holds now, then repeat your change."))


def last_change(db: Session, name: str) -> FactRow | None:
    """When it was switched last, and by whom."""
    return db.scalar(select(FactRow).join(FactSubject, FactSubject.fact_id == FactRow.id).where(
        FactSubject.subject_uid == subject_of(name)).order_by(FactSubject.fact_id.desc()).limit(1))


def subject_of(name: str) -> str:
    """What the history of an option is found by."""
    return name[:24]


def chosen_row(db: Session, name: str, mailbox_uid: str = "") -> OptionRow | None:
    """The row of a choice made right here."""
    return db.scalar(select(OptionRow).where(OptionRow.name == name, OptionRow.mailbox_uid == mailbox_uid))

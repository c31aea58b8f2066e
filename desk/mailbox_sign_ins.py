"""Signing a mailbox in at its provider: begun by an admin, come back from there, taken up by a worker.

Good once, for ten minutes, and in the browser that began it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, Text, delete, select
from sqlalchemy.orm import Mapped, Session

from contacts.agent import Agent
from core import operations
from core.clock import now
from core.database import Base, Row, plain
from core.errors import Refused
from core.i18n import N_
from core.operations import Operation
from core.tokens import digest, seal, unseal
from desk.authorizing import NAMES, application, page_of
from desk.mailboxes import Mailbox

KIND = "mailbox.sign_in"
GOOD_FOR = timedelta(minutes=10)
#: What a provider answers with (RFC 6749 sections 4.1.2 and 4.1.2.1), and how long each may be.
ANSWER = {"code": 8000, "error": 100, "error_description": 300}


class MailboxSignIn(Row, Base):
    """An admin at the provider's page. ``state``, ``browser`` and ``application`` are keyed digests.

    ``verifier`` and ``answer`` (with the code in it) are sealed, and emptied when a worker takes them.
    """

    __tablename__ = "mailbox_sign_ins"
    mailbox_id: Mapped[int] = plain(ForeignKey("mailboxes.id", ondelete="CASCADE"), index=True)
    agent_id: Mapped[int] = plain(ForeignKey("agents.id", ondelete="CASCADE"))
    state: Mapped[str] = plain(String(32), unique=True)
    browser: Mapped[str] = plain(String(32))
    application: Mapped[str] = plain(String(32))
    verifier: Mapped[str] = plain(Text, kept="session")
    answer: Mapped[str] = plain(Text, default="", kept="session")
    answered_at: Mapped[datetime | None] = plain(kept="session")
    until: Mapped[datetime] = plain(kept="session")


@dataclass(frozen=True, slots=True)
class Answered:
    """What a worker needs: the mailbox, what the provider answered, and the verifier that proves who asked.

    ``asked`` is the :func:`desk.authorizing.application` that asked; the mailbox may have been given another since.
    """

    mailbox: Mailbox
    asked: str
    verifier: str = field(repr=False)
    code: str = field(repr=False)
    error: str = ""
    error_description: str = ""


def begin(db: Session, mailbox: Mailbox, browser: str, *, by: Agent) -> str:
    """The address of the provider's page. Raises Refused where something is missing; an earlier attempt is over."""
    _may_begin(mailbox)
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    db.execute(delete(MailboxSignIn).where(
        MailboxSignIn.mailbox_id == mailbox.id, MailboxSignIn.agent_id == by.id, MailboxSignIn.answered_at.is_(None)))
    db.add(MailboxSignIn(mailbox_id=mailbox.id, agent_id=by.id, state=digest("oauth-state", state),
                         browser=digest("oauth-browser", browser), application=application(mailbox),
                         verifier=seal(verifier), until=now() + GOOD_FOR))
    db.flush()
    return page_of(mailbox, state, verifier)


def come_back(db: Session, state: str, browser: str, answer: Mapping[str, str], *, by: Agent) -> Operation:
    """The browser is back with a code or an error: keep it for a worker, who tells what came of it.

    Raises Refused; where the mailbox is known, its uid is with it (``more["mailbox"]``). The caller commits and rings.
    """
    row = db.scalar(select(MailboxSignIn).where(MailboxSignIn.state == digest("oauth-state", state)).with_for_update())
    if row is None or row.agent_id != by.id or row.browser != digest("oauth-browser", browser):
        raise Refused(N_("This sign-in was not begun in this browser, or is no longer known. Nothing was changed. "
                         "Open the mailbox and sign in from there."))
    uid = db.get_one(Mailbox, row.mailbox_id).uid
    if row.answered_at is not None:
        raise Refused(N_("This sign-in has been used already, and a code is good once. Sign in again."), mailbox=uid)
    if row.until < now():
        raise Refused(N_("The sign-in took longer than ten minutes, so it no longer counts. Sign in again."), mailbox=uid)
    row.answered_at = now()
    row.answer = seal(json.dumps({name: answer.get(name, "")[:most] for name, most in ANSWER.items()}))
    return operations.start(db, KIND, {"mailbox": uid, "sign_in": row.uid}, by=by.uid)


def take(db: Session, uid: str) -> Answered:
    """What came back, once: code and verifier are gone from the database when the caller commits. Raises Refused."""
    row = db.scalar(select(MailboxSignIn).where(MailboxSignIn.uid == uid).with_for_update())
    if row is None or not row.answer or row.until < now():
        raise Refused(N_("The sign-in was interrupted before the code could be redeemed. Sign in again."))
    answer, verifier = json.loads(unseal(row.answer)), unseal(row.verifier)
    row.answer = row.verifier = ""
    return Answered(db.get_one(Mailbox, row.mailbox_id), row.application, verifier, **answer)


def _may_begin(mailbox: Mailbox) -> None:
    if mailbox.oauth_provider not in NAMES:
        raise Refused(N_("There is nothing to sign in for."), {"auth": N_(
            "Choose Microsoft 365 or Google here, and above that mail is fetched by IMAP or leaves from an account of its own.")})
    if "://" in mailbox.oauth_tenant and not mailbox.oauth_tenant.startswith(("https://", "http://")):
        raise Refused(N_("This is no address of a provider."), {"oauth_tenant": N_("Give the directory’s id or name.")})
    if mailbox.oauth_provider == "google" and not mailbox.oauth_secret:
        raise Refused(N_("Google asks the application for its secret."),
                      {"oauth_secret": N_("Give the client secret that Google made for the application.")})

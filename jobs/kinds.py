"""Kinds of operations: what a worker does when one is asked for."""

from __future__ import annotations

from sqlalchemy.orm import Session

from contacts import duplicate_scan
from core.database import database
from core.errors import Refused
from core.i18n import N_
from core.operations import KINDS, Operation
from desk import bulk_acts, mailbox_sign_ins, simulating
from desk.erasing import asking, running, upstream
from desk.mailboxes import mailbox_called
from desk.privacy import asking as privacy
from desk.privacy import running as reporting
from desk.reports import keeping, making
from desk.retention import running as retention
from jobs.explaining import explain
from mailgate import imap_erasing
from mailgate.connection import test_reading
from mailgate.connection_sending import test_sending
from mailgate.oauth_codes import keep, redeem


def register() -> None:
    """Let the worker know every kind."""
    bulk_acts.register()
    upstream.PROVIDERS["imap"] = imap_erasing.remove
    KINDS.update({"mailbox.test": test_mailbox, mailbox_sign_ins.KIND: sign_in_mailbox, "mail.explain": explain_mail,
                  simulating.KIND: simulating.run, simulating.DRAFT: simulating.run, duplicate_scan.KIND: duplicate_scan.run,
                  keeping.KIND: making.run, asking.KIND: running.run, asking.PURGE: running.run,
                  retention.KIND: retention.run, privacy.KIND: reporting.run})


def test_mailbox(db: Session, operation: Operation) -> None:
    """Try how a mailbox is read and how it sends. ``given``: ``{mailbox: ADDRESS}``.

    ``result``: ``{reading: {ok, sentence}, sending: {ok, sentence}}``; no transaction is open meanwhile.
    """
    mailbox = mailbox_called(db, operation.given["mailbox"])
    db.commit()
    operation.result = {"reading": test_reading(mailbox), "sending": test_sending(mailbox)}


def sign_in_mailbox(db: Session, operation: Operation) -> None:
    """Redeem the code that came back from a mailbox's provider. ``given``: ``{mailbox: UID, sign_in: UID}``.

    ``result``: ``{account: ADDRESS}``. Code and verifier are gone before the provider is asked, however it answers.
    """
    answered = mailbox_sign_ins.take(db, operation.given["sign_in"])
    db.commit()
    signed_in = redeem(answered)
    keep(db, answered.mailbox, signed_in, by=operation.by_uid)
    operation.result = {"account": signed_in.account}


def explain_mail(db: Session, operation: Operation) -> None:
    """Tell what would become of a mail. ``given``: ``{mailbox: ADDRESS or ""}``; ``file``: its bytes, let go of afterwards.

    ``result``: ``{lines: [...]}`` as ``skranke mail explain`` prints them.
    """
    raw, address = operation.file, operation.given["mailbox"]
    db.commit()
    if not raw:
        raise Refused(N_("There is nothing to explain."))
    operation.result = {"lines": explain(database(), raw, address)}
    operation.file = None

"""Access tokens for mailboxes that sign in by OAuth (XOAUTH2), one for all processes that read or send.

Kept sealed in the database until shortly before they end. One process renews while the others wait; a grant
that the provider took back is not asked for again until somebody enters a new one, so that nothing is
locked out, and it raises one alert.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from core.clock import now
from core.database import database
from core.errors import Refused
from core.i18n import gettext as _
from core.leases import hold, holder, release
from core.tokens import digest, seal, unseal
from desk.alerts import end_alert, raise_alert
from desk.mailboxes import Mailbox, MailboxToken
from mailgate.oauth_providers import PROVIDERS, Grant, Granted, Revoked, Unavailable

__all__ = ["Revoked", "Unavailable", "access_token", "forget_token", "keep_access"]

MARGIN = timedelta(minutes=3)
LEASE = 60.0
PATIENCE = 45.0


def access_token(mailbox: Mailbox | int) -> str:
    """A token for this mailbox (or the mailbox of this id) that is good for some minutes at least.

    Call it with no transaction open: it may ask the network. Raises Revoked (a Refused: somebody must sign in again) or Unavailable (a ConnectionError: try later).
    """
    mailbox_id = mailbox if isinstance(mailbox, int) else mailbox.id
    who, end = holder(), time.monotonic() + PATIENCE
    while True:
        if token := _kept(mailbox_id):
            return token
        grant = _taken_up(mailbox_id, who)
        if isinstance(grant, str):
            return grant
        if grant is not None:
            return _renewed(mailbox_id, grant, who)
        if time.monotonic() > end:
            raise Unavailable(_("Another process has been renewing the access token for too long."))
        time.sleep(0.1)


def forget_token(mailbox: Mailbox | int, token: str) -> None:
    """The server did not take this token although its time was not over: ask for another next time."""
    mailbox_id = mailbox if isinstance(mailbox, int) else mailbox.id
    with database().write() as db:
        row = db.get(MailboxToken, mailbox_id)
        if row is not None and row.expires_at is not None and unseal(row.access) == token:
            row.expires_at = None


def keep_access(db: Session, mailbox: Mailbox, granted: Granted) -> None:
    """A token for this mailbox was granted: it is good from now on, and whatever stood against the grant is over."""
    row = _row(db, mailbox.id)
    row.access, row.refused = seal(granted.access), ""
    row.expires_at = now() + timedelta(seconds=granted.seconds)
    end_alert(db, mailbox.address, "token")


def _kept(mailbox_id: int) -> str:
    """The token in the database while it lasts, or nothing."""
    with database().read() as db:
        return _good(db.get(MailboxToken, mailbox_id), now())


def _good(row: MailboxToken | None, at: datetime) -> str:
    if row is None or row.expires_at is None or row.expires_at - MARGIN < at:
        return ""
    return unseal(row.access)


def _taken_up(mailbox_id: int, who: str) -> Grant | str | None:
    """Take the lease for renewing: the grant, or a token another has just fetched, or None while another does.

    The lease comes first: what is read under it nobody changes.
    """
    with database().write() as db:
        if not hold(db, _lease(mailbox_id), who, LEASE):
            return None
        mailbox = db.get_one(Mailbox, mailbox_id)
        row = db.get(MailboxToken, mailbox_id)
        if token := _good(row, now()):
            release(db, _lease(mailbox_id), who)
            return token
        grant = _grant_of(mailbox)
        if row is not None and row.refused == _mark(grant):
            raise Revoked(_("%(address)s must be signed in again: its provider no longer accepts the "
                            "desk's authorisation. Do so in Settings, Mailboxes.", address=mailbox.address))
        return grant


def _renewed(mailbox_id: int, grant: Grant, who: str) -> str:
    """Ask the provider, with no transaction open; then keep the answer and let go of the lease."""
    try:
        granted = PROVIDERS[grant.provider](grant)
    except Revoked as error:
        with database().write() as db:
            _keep_refusal(db, mailbox_id, grant, error)
            release(db, _lease(mailbox_id), who)
        raise
    except BaseException:
        with database().write() as db:
            release(db, _lease(mailbox_id), who)
        raise
    with database().write() as db:
        _keep(db, mailbox_id, grant, granted)
        release(db, _lease(mailbox_id), who)
    return granted.access


def _keep(db: Session, mailbox_id: int, grant: Grant, granted: Granted) -> None:
    mailbox = db.get_one(Mailbox, mailbox_id)
    if mailbox.oauth_refresh != grant.sealed_refresh:
        return      # somebody has signed in anew meanwhile: this token is perhaps of another account
    keep_access(db, mailbox, granted)
    if granted.refresh and granted.refresh != grant.refresh:
        # not through the record: nobody edited the mailbox, so its version stays
        db.execute(update(Mailbox).where(Mailbox.id == mailbox_id).values(
            oauth_refresh=seal(granted.refresh)).execution_options(synchronize_session=False))


def _keep_refusal(db: Session, mailbox_id: int, grant: Grant, error: Revoked) -> None:
    mailbox = db.get_one(Mailbox, mailbox_id)
    if mailbox.oauth_refresh != grant.sealed_refresh:
        return
    row = _row(db, mailbox_id)
    row.access, row.expires_at, row.refused = "", None, _mark(grant)
    raise_alert(db, mailbox.address, "token", error.sentence)


def _row(db: Session, mailbox_id: int) -> MailboxToken:
    row = db.get(MailboxToken, mailbox_id)
    if row is None:
        row = MailboxToken(mailbox_id=mailbox_id)
        db.add(row)
    return row


def _grant_of(mailbox: Mailbox) -> Grant:
    if mailbox.oauth_provider not in PROVIDERS:
        raise Refused(_("%(provider)s is not a provider the desk can sign in with; it knows %(names)s.",
                        provider=mailbox.oauth_provider or _("An empty line"), names=", ".join(PROVIDERS)))
    return Grant(mailbox.oauth_provider, mailbox.oauth_tenant, mailbox.oauth_client, unseal(mailbox.oauth_secret),
                 unseal(mailbox.oauth_refresh), mailbox.oauth_refresh)


def _mark(grant: Grant) -> str:
    return digest("oauth-grant", "\0".join((grant.provider, grant.tenant, grant.client, grant.secret, grant.refresh)))


def _lease(mailbox_id: int) -> str:
    return f"oauth:{mailbox_id}"

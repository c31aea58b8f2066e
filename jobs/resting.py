"""After a refused sign-in nothing more is tried there for a while, whatever waits: providers lock out who insists.

A lease in the name of the credentials is the rest, and its holder is what the relay said; with a new password there is none.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.clock import now
from core.leases import Lease, hold
from core.tokens import digest
from desk.handing_over import pause
from desk.mailboxes import Mailbox
from desk.outbound import OutboundMail
from mailgate.relay import Relay, SignInRefused


def rest(db: Session, relay: Relay, mailbox: Mailbox, refused: SignInRefused) -> None:
    """Rest for as long as a mail waits that was tried as often as any here."""
    tried = db.scalar(select(func.max(OutboundMail.attempts)).where(
        OutboundMail.mailbox_id.is_not_distinct_from(mailbox.id), OutboundMail.state == "deferred"))
    hold(db, _lease(relay, mailbox), refused.answer[:80], pause(tried or 1).total_seconds())


def resting(db: Session, relay: Relay, mailbox: Mailbox) -> SignInRefused | None:
    """The refusal after which we still rest."""
    answer = db.scalar(select(Lease.holder).where(Lease.name == _lease(relay, mailbox), Lease.until > now()))
    return SignInRefused(relay, answer) if answer else None


def _lease(relay: Relay, mailbox: Mailbox) -> str:
    """Another user, password or, where tokens are used, another sign-in by hand (a new version) is another lease."""
    grant = mailbox.version if relay.mailbox_id else ""
    return "relay:" + digest("relay", "\0".join(map(str, (relay.host, relay.port, relay.user, relay.password, grant))))

"""What the doctor looks at on the way of the mail: certificate, relays, mailboxes, ledgers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from sqlalchemy import func, select

from core.clock import now
from core.database import database
from core.errors import Refused
from core.settings import settings
from desk import holding_mail
from desk.inbound import InboundMail
from desk.mailboxes import Alert, Mailbox, all_mailboxes
from desk.outbound import OutboundMail
from mailgate.connection import test_reading
from mailgate.connection_sending import test_sending
from mailgate.smtp import tls_of
from skranke.examining import Finding

SOON = timedelta(days=14)
LATE = timedelta(minutes=10)


def certificate() -> Iterator[Finding]:
    """The certificate of the SMTP door can be read, its key fits, and it is not about to expire."""
    path = settings().smtp_certificate
    if not path:
        return
    try:
        tls_of(settings())
        expires = x509.load_pem_x509_certificates(Path(path).read_bytes())[0].not_valid_after_utc
    except Refused as refused:
        yield Finding(False, refused.sentence, "Without it the gate does not start.")
        return
    except (OSError, ValueError) as error:
        yield Finding(False, f"The certificate {path} cannot be read: {error}", "Mend SKRANKE_SMTP_CERTIFICATE.")
        return
    left = expires - now()
    mend = "Renew it and start the gate again." if left < SOON else ""
    yield Finding(left > SOON if left < timedelta(0) or left > SOON else None,
                  f"The certificate of the SMTP door {'expired' if left < timedelta(0) else 'expires'} "
                  f"on {expires:%Y-%m-%d}.", mend)


def relay() -> Iterator[Finding]:
    """There is a way out for every mailbox."""
    with database().read() as db:
        without = [m.address for m in all_mailboxes(db) if m.active and not m.relay_url]
    if without and not settings().relay_url and not settings().demo:
        yield Finding(False, f"Nothing can be sent from {', '.join(without)}: no relay.",
                      "Give the mailbox a sending account (Settings, Mailboxes), or set SKRANKE_RELAY_URL.")


def mailboxes() -> Iterator[Finding]:
    """Each mailbox can be read and sent from."""
    with database().read() as db:
        all_ = [m for m in all_mailboxes(db) if m.active]
    if not all_:
        yield Finding(False, "There is no mailbox, so no mail can come in.",
                      "Add one: skranke mailbox add ADDRESS --name NAME")
    for mailbox in all_:
        if mailbox.imap_url:
            yield _tried(mailbox, "read", test_reading(mailbox))
        if mailbox.relay_url or settings().relay_url:
            yield _tried(mailbox, "sent from", test_sending(mailbox))


def ledgers() -> Iterator[Finding]:
    """Nothing failed, nothing waits for too long, no alert stands."""
    with database().read() as db:
        failed = db.scalar(select(func.count()).select_from(InboundMail).where(InboundMail.state == "failed")) or 0
        unsent = db.scalar(select(func.count()).select_from(OutboundMail).where(OutboundMail.state == "failed")) or 0
        late = db.scalar(select(func.count()).select_from(InboundMail).where(
            InboundMail.state == "pending", InboundMail.received_at < now() - LATE)) or 0
        held = holding_mail.held(db)
        alerts = db.scalars(select(Alert).where(Alert.ended_at.is_(None)).limit(20)).all()
    if late:
        yield Finding(False, f"{late} mails have waited more than ten minutes to be filed.",
                      "Is a worker running? Start one: skranke worker")
    if failed:
        yield Finding(None, f"{failed} mails could not be filed.", "See Settings, Mail; each says why and can be tried again.")
    if unsent:
        yield Finding(None, f"{unsent} mails could not be sent.", "See Settings, Mail, Out; each says why.")
    if held:
        yield Finding(None, f"{held} of them are held since the desk was restored from a backup.",
                      "Send those that have not gone out: Settings, Mail, Out; or all of them: skranke mail release")
    for alert in alerts:
        yield Finding(False, f"{alert.kind}: {alert.about}. {alert.detail}", "The alert ends by itself when it is over.")
    if not late and not failed and not unsent:
        yield Finding(True, "Every mail was filed, every answer sent or on its way.")


def _tried(mailbox: Mailbox, what: str, answer: Mapping[str, object]) -> Finding:
    fine = bool(answer["ok"])
    return Finding(fine, f"{mailbox.address} {'can' if fine else 'cannot'} be {what}: {answer['sentence']}",
                   "" if fine else "Mend it in Settings, Mailboxes; the page can test the connection too.")

"""Who sent a mail, checked beside reading it: several at a time, for name servers keep one waiting."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate

import structlog
from sqlalchemy.orm import Session

from core.once import Once
from core.options import option
from desk.letter import Letter
from desk.mailboxes import Mailbox
from mailgate import dns
from mailgate.authentication import Road, check, wanted
from rules.checked import Checked

log = structlog.get_logger(__name__)

AT_ONCE = 8
PATIENCE = 8.0               # seconds that a batch waits for the checks of its mails


def road_of(db: Session, mailbox: Mailbox, envelope_sender: str | None, client: str = "") -> Road | None:
    """The way a mail came to this mailbox; None where that is not to check anything by itself."""
    if not option(db, "mail.check_senders", mailbox.uid):
        return None
    return Road(client, envelope_sender, mailbox.receiving_host, mailbox.trusted_relays)


def begin(raw: bytes, letter: Letter, road: Road | None) -> Future[Checked | None] | None:
    """Have it checked; None where there is nothing to check."""
    return _checkers().submit(check, raw, letter, road, dns.names()) if road and wanted(raw, letter, road) else None


def end(found: Future[Checked | None], until: float) -> Checked | None:
    """What was found; None where that is not known by this moment (of the monotonic clock), or checking broke."""
    try:
        return found.result(max(0.0, until - time.monotonic()))
    except TooLate:
        found.cancel()
    except Exception:  # whatever it was, the mail is filed: nothing is proven about it
        log.exception("inbound.checking")
    return None


@Once
def _checkers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE, "checking")

"""Sending what is due: one lane for each mailbox, so that a slow relay blocks no other.

Claim, commit; compose; commit *handing over* with the bytes; speak SMTP with no transaction open; commit what
came of it (DESIGN.md section 3). Rows that a dead worker held are taken up when their lease ends.
"""

from __future__ import annotations

import smtplib
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

import structlog
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session, undefer

from core.clock import now
from core.database import database
from core.errors import Refused
from core.i18n import N_
from core.i18n import gettext as _
from core.leases import holder
from core.outage import is_outage
from core.settings import settings
from desk.alerts import end_alert, raise_alert, standing_alerts
from desk.handing_over import Outcome, begin, claim, copied, lanes, let_go, put_off, recipients_left, settle
from desk.mailboxes import Mailbox
from desk.outbound import OutboundMail
from jobs.ending import ending
from jobs.resting import rest, resting
from mailgate.compose import compose
from mailgate.copying import copy_to_sent, wants_copy
from mailgate.dkim import NotYet
from mailgate.outgoing import Outgoing, gather, sending_mailbox
from mailgate.relay import AccessRevoked, Relay, SignInRefused, Unreachable, line_to, relay_of
from mailgate.send import hand_over

log = structlog.get_logger(__name__)

MOST_LANES = 12              # relays spoken to at the same time
LOOK_AGAIN = 0.5             # seconds: while one lane is slow, others are looked after
NO_RELAY = N_("There is no account to send from. Set one for this mailbox (Settings, Mailboxes, Sending), or "
              "SKRANKE_RELAY_URL for the whole desk.")
NO_RELAY_PAUSE = 120.0
ALERT_AFTER = 3              # attempts of one mail without reaching the relay
ASK_AGAIN = (0.2, 1, 3, 6, 10, 20, 30, 30)       # seconds: a database that is started anew takes no longer
CAUGHT = N_("Caught at /outbox: this is a demo, so nothing is sent.")


def run(seconds: float = 300) -> int:
    """Send everything that is due; return how many mails were settled. No new ones are taken after ``seconds``."""
    who, until, settled = holder(), time.monotonic() + seconds, 0
    busy: dict[Future[int], int | None] = {}
    with ThreadPoolExecutor(MOST_LANES, thread_name_prefix="lane") as threads:
        while True:
            if time.monotonic() < until:
                for lane in _waiting(list(busy.values()))[:MOST_LANES - len(busy)]:
                    busy[threads.submit(_serve, lane, who, until)] = lane
            if not busy:
                return settled
            for future in wait(busy, timeout=LOOK_AGAIN, return_when=FIRST_COMPLETED).done:
                lane, failure = busy.pop(future), future.exception()
                if failure is None:
                    settled += future.result()
                else:                # its rows are taken up when their lease ends, at the latest; the other lanes go on
                    log.error("outbound.lane", mailbox=lane, exc_info=failure)


def _waiting(busy: Sequence[int | None]) -> list[int | None]:
    with database().read() as db:
        return lanes(db, busy)


def _serve(lane: int | None, who: str, until: float) -> int:
    """Send one mailbox's mails, one after the other over one line."""
    with database().write() as db:
        ids = claim(db, who, lane)
    try:
        return _serve_all(ids, who, until) if ids else 0
    except DBAPIError as error:
        if is_outage(error):
            _let_go(ids, who)
        raise


def _let_go(ids: Sequence[int], who: str) -> None:
    """As soon as the database is back: what a lane had in hand need not wait for its lease to end."""
    while not ending.is_set():
        try:
            with database().write() as db:
                let_go(db, ids, who)
            return
        except SQLAlchemyError:
            ending.wait(0.5)


def _serve_all(ids: Sequence[int], who: str, until: float) -> int:
    with database().read() as db:
        mailbox = sending_mailbox(db, db.get_one(OutboundMail, ids[0]))
    if settings().demo:
        return sum(_catch(outbound_id, who, mailbox) for outbound_id in ids)
    try:
        relay = relay_of(mailbox)
    except Refused as refused:
        return _put_off(ids, who, refused.sentence, mailbox)
    if relay is None:
        return _put_off(ids, who, NO_RELAY, mailbox)
    with database().read() as db:
        refusal = resting(db, relay, mailbox)
    if refusal:
        return _all_postponed(ids, who, refusal, mailbox)
    return _send_all(ids, who, relay, mailbox, until)


def _send_all(ids: Sequence[int], who: str, relay: Relay, mailbox: Mailbox, until: float) -> int:
    settled = 0
    left = list(ids)
    while left and time.monotonic() < until:
        try:
            with line_to(relay) as line:
                while left and line.sock is not None and time.monotonic() < until:
                    settled += _send(left.pop(0), who, line, relay, mailbox)
        except Unreachable as unreachable:
            settled += _all_postponed(left, who, unreachable, mailbox)
            if isinstance(unreachable, SignInRefused):
                with database().write() as db:
                    rest(db, relay, mailbox, unreachable)
            return settled
    if left:                         # a slow relay, and our time is over: the next job goes on at once
        with database().write() as db:
            let_go(db, left, who)
    return settled


def _all_postponed(ids: Sequence[int], who: str, unreachable: Unreachable, mailbox: Mailbox) -> int:
    why, enough = unreachable.sentence, 1 if isinstance(unreachable, SignInRefused) else ALERT_AFTER
    told = isinstance(unreachable, AccessRevoked)
    for outbound_id in ids:
        with database().write() as db:
            row = db.get_one(OutboundMail, outbound_id)
            settle(db, outbound_id, who, Outcome(postponed=dict.fromkeys(recipients_left(row), why), reason=why))
            if not told and row.attempts >= enough:
                _alarm(db, outbound_id, why, mailbox)
    return len(ids)


def _sends_again(mailbox: Mailbox) -> None:
    """There is a line, and a mail that can be put together: nothing that an alert told stands in the way."""
    with database().read() as db:
        stands = any(alert.about == mailbox.address and alert.kind == "sending" for alert in standing_alerts(db))
    if stands:
        with database().write() as db:
            end_alert(db, mailbox.address, "sending")


def _send(outbound_id: int, who: str, line: smtplib.SMTP, relay: Relay, mailbox: Mailbox) -> int:
    """One mail, from its row to what came of it."""
    made = _composed(outbound_id, who, mailbox)
    if made is None:
        return 1
    _sends_again(mailbox)
    mail, raw, recipients = made
    with database().write() as db:
        if not begin(db, outbound_id, who, raw):
            return 0
    outcome = hand_over(line, relay, mail.envelope_sender, recipients, raw) if recipients else Outcome()
    if _settle(outbound_id, who, outcome) == "sent" and mail.copied and wants_copy(mailbox):
        why_not = copy_to_sent(mailbox, raw, now())
        with database().write() as db:
            copied(db, outbound_id, why_not)
    return 1


def _catch(outbound_id: int, who: str, mailbox: Mailbox) -> int:
    """The demo's end of the way: composed, kept, shown at /outbox."""
    made = _composed(outbound_id, who, mailbox)
    if made is not None:
        with database().write() as db:
            if begin(db, outbound_id, who, made[1]):
                settle(db, outbound_id, who, Outcome(dict.fromkeys(made[2], ""), reason=CAUGHT))
    return 1


def _composed(outbound_id: int, who: str, mailbox: Mailbox) -> tuple[Outgoing, bytes, list[str]] | None:
    """What is sent, its bytes, to whom it still must go. The same bytes again where some were tried before.

    None where the mail cannot be put together: its row then tells why.
    """
    try:
        with database().read() as db:
            row = db.get_one(OutboundMail, outbound_id, options=[undefer(OutboundMail.composed)])
            recipients, tried = recipients_left(row), row.composed if row.state != "queued" else None
            mail = gather(db, row)
        return mail, tried or compose(mail), recipients
    except NotYet as not_yet:
        _put_off([outbound_id], who, not_yet.sentence, mailbox)
    except Refused as refused:
        _fail(outbound_id, who, refused.sentence)
    except Exception as error:
        if is_outage(error):
            raise
        log.exception("outbound.compose", outbound=outbound_id)
        _fail(outbound_id, who, _("This mail could not be put together (%(error)s).", error=type(error).__name__))
    return None


def _fail(outbound_id: int, who: str, why: str) -> None:
    with database().write() as db:
        left = recipients_left(db.get_one(OutboundMail, outbound_id))
        settle(db, outbound_id, who, Outcome(refused=dict.fromkeys(left, why), reason=why))


def _put_off(ids: Sequence[int], who: str, why: str, mailbox: Mailbox) -> int:
    """Nothing can be tried until somebody puts it right, so an admin is told at once."""
    with database().write() as db:
        put_off(db, ids, who, why, NO_RELAY_PAUSE)
        _alarm(db, ids[0], why, mailbox)
    return len(ids)


def _alarm(db: Session, outbound_id: int, why: str, mailbox: Mailbox) -> None:
    """Not by mail about the desk's own mail, which would go the way that fails."""
    own = db.get_one(OutboundMail, outbound_id).mailbox_id is None
    raise_alert(db, mailbox.address, "sending", why, tell=not own)


def _settle(outbound_id: int, who: str, outcome: Outcome) -> str:
    """Commit what came of it. The relay may have the mail by now, so a database that is busy or away is asked again."""
    for seconds in ASK_AGAIN:
        try:
            with database().write() as db:
                return settle(db, outbound_id, who, outcome)
        except DBAPIError as error:
            if not is_outage(error):
                raise
            log.warning("outbound.settle", outbound=outbound_id, why=str(error.orig))
            time.sleep(seconds)
    with database().write() as db:
        return settle(db, outbound_id, who, outcome)

"""Alerts about mails that could not be filed: one a mailbox, from the first such mail until none is left."""

from __future__ import annotations

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core.i18n import gettext as _
from desk.alerts import end_alert, raise_alert, standing_alerts
from desk.inbound import InboundMail
from desk.mailboxes import Mailbox

KIND = "filing"


def could_not_file(db: Session, mailbox: Mailbox, why: str) -> None:
    """A mail was set to failed; what the database said of its contents (behind the first line) is not passed on."""
    raise_alert(db, mailbox.address, KIND, _(
        "A mail could not be filed. It is kept under “Mail that came in”, where it can be tried again. %(why)s",
        why=why.partition("\n")[0][:300]).strip())


def cannot_file_now(db: Session, mailbox: Mailbox, why: str) -> None:
    """What is in the way is not the mail's fault: it is filed as soon as this is over."""
    raise_alert(db, mailbox.address, KIND, why)


def end_where_all_is_filed(db: Session) -> None:
    """Asks the table of alerts only, unless such an alert stands."""
    for alert in standing_alerts(db):
        if alert.kind == KIND and not _left(db, alert.about):
            end_alert(db, alert.about, KIND)


def _left(db: Session, about: str) -> bool:
    """Whether a mail of this mailbox failed, is tried again or waits with a reason. What could not be fetched has an
    alert of its own."""
    tried = (InboundMail.state == "pending") & ((InboundMail.attempts > 0) | InboundMail.reason.is_not(None))
    return db.scalar(select(InboundMail.id).join(InboundMail.mailbox).where(
        InboundMail.state.in_(("failed", "pending")), func.substr(Mailbox.address, 1, 120) == about,
        or_(tried, (InboundMail.state == "failed") & (InboundMail.size > 0)),
    ).limit(1)) is not None

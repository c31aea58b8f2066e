"""Whether a mass mail may go to its person at the moment at which it is to go, whatever was planned (W20-W24).

Asked by the sender in the transaction that hands the mail over: who objected, withdrew, was blocked, left, was deleted or has another address
since then gets nothing. Mail to one person is never asked about (W21).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from contacts.address import normalise_email
from contacts.mass_mail import WHY, standings
from contacts.merged import survivor_of
from contacts.purposes import purpose_under
from core.i18n import N_
from desk.mailing import Mailing
from desk.outbound import OutboundMail

CANCELLED = N_("The mailing was cancelled.")
#: Until a mail of a mailing that is paused is looked at again.
PAUSED = timedelta(seconds=30)


def withheld(db: Session, row: OutboundMail, at: datetime) -> bool:
    """Whether it does not go now. It ends with the reason; one whose mailing is paused waits."""
    mailing = db.get_one(Mailing, row.mailing_id)
    state = mailing.operation.state if mailing.operation is not None else ""
    if state == "paused":
        row.due_at, row.lease, row.lease_until = at + PAUSED, "", None
        db.flush()
        return True
    why = CANCELLED if state == "cancelled" else why_not(db, mailing, row)
    if why:
        row.state, row.reason, row.lease, row.lease_until = "withheld", why, "", None
        db.flush()
    return bool(why)


def why_not(db: Session, mailing: Mailing, row: OutboundMail) -> str:
    """Why the mail may not go to its person; empty where it may."""
    person = survivor_of(db, row.person_uid or "")
    standing = next(standings(db, [person.id], purpose_under(db, mailing.purpose)), None) if person else None
    why = standing.why_not(normalise_email(str(row.recipients[0]))) if standing else "gone"
    return WHY[why] if why else ""

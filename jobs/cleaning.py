"""Cleaning up: what has had its time is removed, a batch at a time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from contacts import lookup
from contacts.activity import Activity, ActivityParticipant
from contacts.agent import EndedSession, PasswordReset, RecentlySeen, SignInFailure
from contacts.file import File
from contacts.legal_hold import LegalHold
from contacts.legal_holds import held_persons, standing
from contacts.matter_kinds import KINDS
from contacts.merge import Merge
from contacts.note import Note
from contacts.person import Person
from core import files
from core.clock import now
from core.database import database
from core.leases import Lease
from core.operations import Operation
from core.options import option
from desk import idempotency
from desk.mailbox_sign_ins import MailboxSignIn
from desk.mailboxes import Alert
from desk.privacy import kept
from desk.rights.case import RightsCase
from desk.routing import COUNTED_DAYS, RoutingMatch
from desk.telling import settle_all
from desk.tickets.attaching import pictures_in
from desk.tickets.drafting import forget_begun
from desk.tickets.message import Attachment, AutomaticSent, Draft, Notification

BATCH = 500
#: Where contents of :mod:`core.files` are named; photos that an unmerge would bring back stand in ``merges`` besides.
NAMED_IN = (Attachment.digest, File.digest, Person.photo_digest)
UNSENT = timedelta(days=2)


def seen() -> None:
    """Forget who looked at which ticket more than ten minutes ago."""
    with database().write() as db:
        db.execute(delete(RecentlySeen).where(RecentlySeen.at < now() - timedelta(minutes=10)))


def sign_ins() -> None:
    """Forget failed sign-ins of more than a day ago, expired links for a new password, sessions whose cookie is too old by
    itself, and mailboxes' sign-ins that are over."""
    with database().write() as db:
        db.execute(delete(EndedSession).where(EndedSession.until < now()))
        db.execute(delete(SignInFailure).where(SignInFailure.at < now() - timedelta(days=1)))
        db.execute(delete(PasswordReset).where(PasswordReset.until < now()))
        db.execute(delete(MailboxSignIn).where(MailboxSignIn.until < now()))


def uploads() -> None:
    """Remove files that were uploaded two days ago or more and never sent, and are in no draft.

    Bytes go too that nothing came to use: their upload was refused, or their mail could not be filed.
    """
    while _drop_orphans():
        pass
    before = now() - UNSENT
    for digests in files.older(before):
        files.remove(unused(digests), unless_since=before)


def counts() -> None:
    """Forget automatic mails older than a week (the loop budget looks back three hours), dead leases, and what is older than the
    thirty days of which routing rules tell how often they decided."""
    with database().write() as db:
        db.execute(delete(RoutingMatch).where(RoutingMatch.day < now().date() - timedelta(days=2 * COUNTED_DAYS)))
        db.execute(delete(AutomaticSent).where(AutomaticSent.at < now() - timedelta(days=7)))
        db.execute(delete(Lease).where(Lease.until < now() - timedelta(days=7)))


def lookups() -> None:
    """Forget who was looked up longer ago than the option ``privacy.lookup_days`` says."""
    with database().write() as db:
        lookup.forget_old(db)


def tellings() -> None:
    """Note what came of mails to those who got data of a person; of erasings, mail and address go then."""
    with database().write() as db:
        settle_all(db)


def answers() -> None:
    """Forget what was answered more than a day ago under an ``Idempotency-Key``."""
    with database().write() as db:
        idempotency.forget_old(db)


def operations() -> None:
    """Remove operations that ended 30 days ago, with their results and files, and bulk acts that wait for a word since then, or for
    somebody to say what the columns of their file are."""
    with database().write() as db:
        before = now() - timedelta(days=30)
        db.execute(delete(Operation).where(Operation.ended_at < before))
        waiting = Operation.state == "planned", Operation.phase == "run", Operation.created_at < before
        db.execute(update(RightsCase).where(RightsCase.operation_uid.in_(select(Operation.uid).where(*waiting))).values(operation_uid=None))
        db.execute(delete(Operation).where(*waiting))
        db.execute(delete(Operation).where(Operation.state == "paused", Operation.phase == "lay", Operation.created_at < before))


def privacy_reports() -> None:
    """Let go of privacy reports whose days are over, with their files and links."""
    with database().write() as db:
        kept.forget_old(db)


def notifications() -> None:
    """Remove notifications after 90 days and alerts a year after they ended."""
    with database().write() as db:
        db.execute(delete(Notification).where(Notification.at < now() - timedelta(days=90)))
        db.execute(delete(Alert).where(Alert.ended_at < now() - timedelta(days=365)))


def drafts() -> None:
    """Forget drafts of new tickets that were not touched for 90 days."""
    with database().write() as db:
        forget_begun(db)


def records() -> None:
    """Remove activities, notes, sales, campaigns, projects, orders and files that were deleted longer ago than the bin keeps them."""
    with database().write() as db:
        before = now() - timedelta(days=option(db, "contacts.bin_days"))
        for row in (Activity, Note, File, *(kind.row for kind in KINDS.values())):
            db.execute(delete(row).where(row.binned_at < before, *_free(row)))


def _free(row: Any) -> list[ColumnElement[bool]]:
    """Conditions: what is on nobody and no company under legal hold."""
    held, companies = held_persons(), select(LegalHold.record_id).where(standing("company"))
    if row is Activity:
        with_them = select(ActivityParticipant.activity_id).where(ActivityParticipant.person_id.in_(held))
        return [Activity.id.not_in(with_them), func.coalesce(Activity.company_id, 0).not_in(companies)]
    return [func.coalesce(getattr(row, name), 0).not_in(kept) for name, kept in (("person_id", held), ("company_id", companies)) if hasattr(row, name)]


def _drop_orphans() -> bool:
    """Take a batch of orphaned attachments away; whether there were any. Their bytes may be those of a mail that is being
    read, and have just been kept again: they go by their own age."""
    with database().write() as db:
        drafted = {uid for listed in db.scalars(select(Draft.files)) for uid in _uids(listed)}
        drafted |= {uid for html in db.scalars(select(Draft.html).where(Draft.html.contains("/attachments/"))) for uid in pictures_in(html)}
        rows = db.scalars(select(Attachment).where(
            Attachment.message_id.is_(None), Attachment.created_at < now() - UNSENT,
            Attachment.uid.not_in(drafted)).limit(BATCH)).all()
        for row in rows:
            db.delete(row)
        return bool(rows)


def unused(digests: list[str]) -> list[str]:
    """Those of these contents that no attachment, file or photo names."""
    found: list[str] = []
    for start in range(0, len(digests), BATCH):
        with database().read() as db:
            found += _unused_now(db, digests[start:start + BATCH])
    return found


def named(db: Session) -> set[str]:
    """All contents that something names."""
    return _overwritten_photos(db).union(*({digest for digest in db.scalars(select(column).distinct()) if digest} for column in NAMED_IN))


def _unused_now(db: Session, digests: Collection[str]) -> list[str]:
    used: set[str] = set()
    for column in NAMED_IN:
        used |= {digest for digest in db.scalars(select(column).where(column.in_(digests))) if digest}
    if not used.issuperset(digests):
        used |= _overwritten_photos(db)
    return [digest for digest in digests if digest not in used]


def _overwritten_photos(db: Session) -> set[str]:
    """Photos that an unmerge would bring back."""
    was = Merge.before["into"]["photo_digest"].as_string()
    return {digest for digest in db.scalars(select(was).where(Merge.undone_at.is_(None), was.is_not(None))) if digest}


def _uids(listed: list[object]) -> list[str]:
    """Uids in a draft's list of files, whether plain or as records."""
    return [str(item.get("uid") or item.get("id")) if isinstance(item, dict) else str(item) for item in listed]

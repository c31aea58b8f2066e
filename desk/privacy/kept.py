"""Reports that were made, for as long as they are kept: what stands in one lies in parts, a lot of records each."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, delete, select, text, update
from sqlalchemy.orm import Mapped, Session

from core.clock import now
from core.database import Base, Json, Row, personal, plain
from core.errors import Unknown
from core.i18n import N_
from core.options import option

FORMS = ("report", "portable")
_LINKED = text("link_digest IS NOT NULL")


class PrivacyReport(Row, Base):
    """One report (``form``: report, or portable), in one language, of the persons in :class:`ReportPerson`; ``made_at`` is empty until it is done.

    ``held_back``: how many private notes and locked mails are in it; who has not the right to these sees only that many, and it goes to nobody
    until an admin has released it (REQUIREMENTS 0.14). ``summary``: counts by section, what is other than in the report before, and the case it follows. ``pdf`` is
    complete. A link that was sent is known by a keyed digest, until ``link_until``. Everything goes at ``until``.
    """

    __tablename__ = "privacy_reports"
    form: Mapped[str] = plain(String(10), default="report")
    language: Mapped[str] = plain(String(2))
    by_uid: Mapped[str | None] = plain(String(24))
    operation_uid: Mapped[str | None] = plain(String(24))
    created_at: Mapped[datetime] = plain(default=now)
    made_at: Mapped[datetime | None] = plain()
    until: Mapped[datetime] = plain(index=True)
    held_back: Mapped[int] = plain(default=0)
    released_at: Mapped[datetime | None] = plain()
    released_by_uid: Mapped[str | None] = plain(String(24))
    summary: Mapped[dict[str, Any]] = personal(Json, default=dict, erase="delete_row", report=False)
    pdf: Mapped[bytes | None] = personal(LargeBinary, deferred=True, erase="delete_row", report=False)
    link_digest: Mapped[str | None] = plain(String(32))
    link_until: Mapped[datetime | None] = plain()
    sent_at: Mapped[datetime | None] = plain()
    opened_at: Mapped[datetime | None] = plain()
    __table_args__ = (Index("ix_privacy_reports_link", "link_digest", unique=True, sqlite_where=_LINKED, postgresql_where=_LINKED),
                      Index("ix_privacy_reports_operation", "operation_uid"))

    @property
    def complete(self) -> bool:
        """Whether nothing of it is held back, or an admin has released it."""
        return not self.held_back or self.released_at is not None


class ReportPerson(Base):
    """Whom a report is of, by uid, so that a merge leaves it alone: the person it was asked for, and duplicates that were included."""

    __tablename__ = "privacy_report_persons"
    report_id: Mapped[int] = plain(ForeignKey("privacy_reports.id", ondelete="CASCADE"), primary_key=True)
    person_uid: Mapped[str] = plain(String(24), primary_key=True)
    __table_args__ = (Index("ix_privacy_report_persons_person", "person_uid", "report_id"),)


class ReportPart(Base):
    """A lot of records of one section, in their order."""

    __tablename__ = "privacy_report_parts"
    id: Mapped[int] = plain(primary_key=True)
    report_id: Mapped[int] = plain(ForeignKey("privacy_reports.id", ondelete="CASCADE"))
    section: Mapped[str] = plain(String(20))
    entries: Mapped[list[Any]] = personal(Json, default=list, erase="delete_row", report=False)
    __table_args__ = (Index("ix_privacy_report_parts_report", "report_id", "section", "id"),)


def keep_new(db: Session, form: str, language: str, uids: Collection[str], *, by: str | None) -> PrivacyReport:
    """A report that is still to be made of these persons."""
    report = PrivacyReport(form=form, language=language, by_uid=by, until=now() + timedelta(days=option(db, "privacy.report_days")))
    db.add(report)
    db.flush()
    db.add_all([ReportPerson(report_id=report.id, person_uid=uid) for uid in sorted(set(uids))])
    db.flush()
    return report


def report_with(db: Session, uid: str, *, lock: bool = False) -> PrivacyReport:
    """The report, while it is kept. Raises Unknown."""
    query = select(PrivacyReport).where(PrivacyReport.uid == uid, PrivacyReport.until > now())
    found = db.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise Unknown(N_("There is no such report, or it is no longer kept."))
    return found


def reports_of(db: Session, uids: Collection[str], *, most: int = 20) -> list[PrivacyReport]:
    """Those of these persons that are kept, the latest first."""
    return list(db.scalars(select(PrivacyReport).where(PrivacyReport.until > now(), PrivacyReport.id.in_(
        select(ReportPerson.report_id).where(ReportPerson.person_uid.in_(uids)))).order_by(PrivacyReport.id.desc()).limit(most)))


def persons_in(db: Session, report: PrivacyReport) -> list[str]:
    """Uids of whom it is of."""
    return list(db.scalars(select(ReportPerson.person_uid).where(ReportPerson.report_id == report.id).order_by(ReportPerson.person_uid)))


def drop_reports(db: Session, uids: Collection[str]) -> None:
    """Let go of every report in which one of these persons is: they are being erased."""
    db.execute(delete(PrivacyReport).where(PrivacyReport.id.in_(select(ReportPerson.report_id).where(ReportPerson.person_uid.in_(uids)))))
    db.execute(delete(ReportPerson).where(ReportPerson.person_uid.in_(uids)))


def drop_printed(db: Session, parts: Collection[int]) -> None:
    """Words were taken out of these parts: what was printed before is let go of, and printed anew when it is asked for."""
    db.execute(update(PrivacyReport).where(PrivacyReport.id.in_(
        select(ReportPart.report_id).where(ReportPart.id.in_(parts)))).values(pdf=None))


def forget_old(db: Session) -> None:
    """Let go of reports whose days are over."""
    db.execute(delete(PrivacyReport).where(PrivacyReport.until <= now()))

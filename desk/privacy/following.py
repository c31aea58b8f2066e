"""The case of the rights desk that a report follows: it is asked before anything leaves, and hears what becomes of the report."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.merged import tree_of
from contacts.person import Person
from core.errors import Refused
from core.i18n import N_
from desk.privacy.kept import PrivacyReport, persons_in, reports_of
from desk.rights.case import RightsCase
from desk.rights.casework import acting_is_grounded
from desk.rights.opening import changed

ANOTHERS = N_("This case is decided, or somebody else’s.")


def follow(db: Session, report: PrivacyReport, person: Person, case: RightsCase) -> None:
    """A report that is asked for because of a case, which is in work from here on. Raises Refused for one that is decided or another's."""
    if case.closed or case.person_id != person.id:
        raise Refused(ANOTHERS)
    report.summary, case.state = {"case": case.uid}, "in_work"
    db.flush()


def case_of(db: Session, report: PrivacyReport) -> RightsCase | None:
    """The case that a report follows."""
    uid = report.summary.get("case")
    return db.scalar(select(RightsCase).where(RightsCase.uid == uid)) if uid else None


def made_for(db: Session, case: RightsCase) -> Sequence[PrivacyReport]:
    """The reports that were made for a case and are kept, the latest first."""
    if case.person is None:
        return []
    uids = db.scalars(select(Person.uid).where(Person.id.in_(tree_of(db, case.person)))).all()
    return [one for one in reports_of(db, uids) if one.summary.get("case") == case.uid]


def may_leave(db: Session, report: PrivacyReport) -> None:
    """Raises Refused where the case does not say yet that it was they who asked, and where it is about somebody else by now."""
    case = case_of(db, report)
    if case is None:
        return
    if case.person is None or case.person.uid not in persons_in(db, report):
        raise Refused(ANOTHERS)
    acting_is_grounded(case)


def tell_case(db: Session, report: PrivacyReport, what: str, *, by: Agent | None) -> None:
    """Note in the history of its case what was done with it (*report_made*, *report_sent*)."""
    case = case_of(db, report)
    if case is not None:
        changed(db, case, what, by=by)

"""The clock of cases: admins hear at half time, a week before the end, and when it is over; that it is over is an alert too."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.i18n import N_
from core.i18n import gettext as _
from desk.alerts import raise_alert
from desk.rights.case import RightsCase
from desk.rights.opening import tell_admins, today
from rules.statutory import STAGES, stage

ALERT = "rights"
MOST = 200
OVERDUE = N_("The time to answer ended on %(day)s. The person may complain to the supervisory authority.")


def tell_of_stages(db: Session, *, day: date | None = None) -> int:
    """Tell of every open case that has come further than was told; how many. Twice equals once."""
    day, told, last = day or today(db), 0, 0
    while cases := db.scalars(select(RightsCase).where(RightsCase.closed.is_(False), RightsCase.told != STAGES[-1], RightsCase.id > last).order_by(
            RightsCase.id).limit(MOST).with_for_update(skip_locked=True, of=RightsCase)).all():
        for case in cases:
            reached = stage(case.received, case.due, day)
            if STAGES.index(reached) > STAGES.index(case.told):
                case.told, told = reached, told + 1
                tell_admins(db, case, f"rights_{reached}")
                if reached == "over":
                    raise_alert(db, about(case), ALERT, OVERDUE % {"day": case.due.isoformat()})
        last = cases[-1].id
    db.flush()
    return told


def about(case: RightsCase) -> str:
    """What the alert calls a case."""
    return _("Rights case %(number)s", number=case.id)

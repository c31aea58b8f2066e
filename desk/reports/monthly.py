"""The figures of the month before, by mail to whom an admin has named: asked for once, on the first days of a month."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contacts.address import normalise_email
from contacts.agent import Agent
from core.clock import now
from core.database import take_turns
from core.i18n import language, speaking
from core.operations import Operation
from core.options import option
from core.settings import settings
from desk.mailboxes import own_addresses
from desk.outbound import enqueue
from desk.reports.figure import FoldMark
from desk.reports.keeping import ask_for_desk, period_asked
from desk.reports.periods import offered
from desk.reports.wording import totals
from desk.wording import render

#: From which hour on, and up to which day of a month it is made up for.
HOUR, LATEST = 6, 7


def ask_due(db: Session, *, at: datetime | None = None) -> int:
    """Ask for the reports where it is time, one a language; how many. Twice in a month equals once."""
    zone = option(db, "desk.timezone")
    there = (at or now()).astimezone(ZoneInfo(zone))
    if there.day == 1 and there.hour < HOUR:
        return 0
    take_turns(db, "monthly report")
    mark = db.scalar(select(FoldMark).where(FoldMark.name == "month").with_for_update())
    month = there.year * 100 + there.month
    if mark is not None and mark.number >= month:
        return 0
    if mark is None:
        mark = FoldMark(name="month")
        db.add(mark)
    mark.number, mark.at = month, now()
    if there.day > LATEST:
        return 0
    period, languages = offered(there.date())["last_month"], _languages(db)
    for spoken, addresses in sorted(languages.items()):
        ask_for_desk(db, period, addresses, spoken, zone)
    db.flush()
    return len(languages)


def mail(db: Session, operation: Operation) -> None:
    """Write to those it was made for, each by themselves, with the printed report."""
    given, desk = operation.given, option(db, "desk.name")
    names = _names(db, given["to"])
    period = period_asked(operation)
    link = f"{settings().url}/reports?from={period.first.isoformat()}&to={period.last.isoformat()}"
    with speaking(given["language"], given["zone"]):
        month = month_said(period.first)
        figures = "\n".join(f"{one['name']}: {one['value']}" + (f" · {one['before']}" if one["before"] else "") for one in totals(operation.result))
    ours = own_addresses(db)
    for address in given["to"]:
        if normalise_email(address) in ours:
            continue                # a mail to ourselves would become a ticket
        written = render(db, "monthly_report", given["language"], None, name=names.get(address.casefold(), address), month=month, figures=figures, desk=desk,
                         link=link)
        enqueue(db, kind="system", mailbox=None, recipients=[address], subject=written.subject, text=written.text, html=written.html,
                language=given["language"], operation_uid=operation.uid)


def month_said(day: date) -> str:
    """``October 2026`` in the language in force."""
    return str(format_date(day, "LLLL y", locale=language()))


def _languages(db: Session) -> dict[str, list[str]]:
    """Language → addresses: an agent's own, else the desk's."""
    wanted: list[str] = option(db, "reports.monthly_to")
    spoken: dict[str, str] = dict(db.execute(select(func.lower(Agent.email), Agent.language).where(
        Agent.active, func.lower(Agent.email).in_([one.lower() for one in wanted]))).all())
    found: dict[str, list[str]] = defaultdict(list)
    for address in wanted:
        found[spoken.get(address.lower(), option(db, "desk.language"))].append(address)
    return found


def _names(db: Session, addresses: list[str]) -> dict[str, str]:
    return {email.casefold(): name for email, name in db.execute(select(Agent.email, Agent.name).where(
        func.lower(Agent.email).in_([one.lower() for one in addresses])))}

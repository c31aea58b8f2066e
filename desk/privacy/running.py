"""Making a report, as an operation: place by place, each lot committed together with where it stands, so that a worker may die at any moment."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.person import Person
from core.clock import now
from core.errors import Refused
from core.history import record
from core.i18n import N_, speaking
from core.operations import Operation, Unfinished, prolong
from core.options import option
from desk.erasing.reading import Reader
from desk.erasing.subject import others_of, subject_of
from desk.privacy import around, portable
from desk.privacy.differing import differences
from desk.privacy.document import document, entries_of
from desk.privacy.facts import PrivacyReportMade
from desk.privacy.following import tell_case
from desk.privacy.gathering import Entry, Gatherer
from desk.privacy.kept import PrivacyReport, ReportPart, ReportPerson, persons_in
from desk.privacy.places import CORRECTED, Place, places
from desk.privacy.printing import pdf_of

#: Seconds at a time, so that notifications do not wait.
SLICE = 4.0
#: A name, its section, and what reads a lot: it takes where to go on after, gives where that is next (None at the end) and the entries.
Step = tuple[str, str, Callable[[int], tuple[int | None, list[Entry]]]]
#: Reports of before that are looked at for one to compare with.
EARLIER = 10
GONE = N_("This person is deleted, or the report is no longer kept.")


def run(db: Session, operation: Operation) -> str | None:
    """A slice of it. ``result``: ``{report: UID, at: [STEP, AFTER]}``. Raises Unfinished where more is left, Refused where the person is gone."""
    until = time.monotonic() + SLICE
    report = db.scalar(select(PrivacyReport).where(PrivacyReport.uid == operation.given["report"]))
    persons = db.scalars(select(Person).where(Person.uid.in_(persons_in(db, report))).order_by(Person.id)).all() if report is not None else []
    if report is None or not persons or any(one.in_bin for one in persons):
        raise Refused(GONE)
    with speaking(report.language, option(db, "desk.timezone")):
        gatherer = Gatherer(db, subject_of(db, persons))
        _through(db, operation, report, list(_steps(db, gatherer, report, persons)), until)
        _finish(db, report, gatherer, persons)
    record(db, PrivacyReportMade(tuple(one.uid for one in persons), report.form), by=report.by_uid)
    tell_case(db, report, "report_made", by=db.scalar(select(Agent).where(Agent.uid == report.by_uid)))
    operation.result = {"report": report.uid}
    return None


def _steps(db: Session, gatherer: Gatherer, report: PrivacyReport, persons: Sequence[Person]) -> Iterator[Step]:
    if report.form == "portable":
        for place in portable.given_places(persons):
            yield place.table, place.section, lambda after, place=place: _given(gatherer, place, after)  # type: ignore[misc]
        return
    for place in places():
        yield place.table, place.section, lambda after, place=place: gatherer.lot(place, after)  # type: ignore[misc]
    yield "origin", "origin", lambda after: (None, around.origins(db, gatherer))
    yield "recipients", "recipients", lambda after: (None, around.got_by(db, gatherer))
    reader = Reader(gatherer.subject.aliases, others_of(db, gatherer.subject))
    for name in around.NAMED_IN:
        yield f"named in {name}", "mentions", lambda after, name=name: around.named_elsewhere(db, gatherer, reader, name, after)  # type: ignore[misc]
    yield "look-ups", "history", lambda after: (None, around.look_ups(db, gatherer.subject))


def _given(gatherer: Gatherer, place: Place, after: int) -> tuple[int | None, list[Entry]]:
    further, entries = gatherer.lot(place, after)
    return further, [portable.given(one) for one in entries]


def _through(db: Session, operation: Operation, report: PrivacyReport, steps: Sequence[Step], until: float) -> None:
    names = [name for name, _section, _read in steps]
    at, after = operation.result.get("at") or [names[0], 0]
    operation.total = len(steps)
    for number in range(names.index(at) if at in names else len(steps), len(steps)):
        name, section, read = steps[number]
        operation.done = number
        further: int | None = after
        while further is not None:
            further, entries = read(further)
            if entries:
                db.add(ReportPart(report_id=report.id, section=section, entries=entries))
                report.held_back += sum("held_back" in one for one in entries)
            following = [name, further] if further is not None else [names[number + 1] if number + 1 < len(steps) else "end", 0]
            operation.result = {"report": report.uid, "at": following}
            prolong(operation)
            db.commit()
            if time.monotonic() > until:
                raise Unfinished
        after = 0


def _finish(db: Session, report: PrivacyReport, gatherer: Gatherer, persons: Sequence[Person]) -> None:
    """Count, compare with the report before, print."""
    counts = Counter[str]()
    for section, entries in db.execute(select(ReportPart.section, ReportPart.entries).where(ReportPart.report_id == report.id)):
        counts[section] += len(entries)
    report.made_at = now()
    summary: dict[str, Any] = report.summary | {"name": next((one.name for one in persons if one.name), ""), "counts": dict(counts)}
    if report.form == "portable":
        report.summary = summary | ({"vcard": portable.cards(db, persons)} if counts["card"] else {})
        return
    before = _before(db, report)
    if before is not None and before.made_at is not None:
        summary |= {"before": before.made_at.isoformat(), "corrected": differences(entries_of(db, before, CORRECTED), entries_of(db, report, CORRECTED))}
    report.summary = summary | {"planned_deletion": around.planned_deletion(db, persons)}
    report.pdf = pdf_of(document(db, report, complete=True), desk=option(db, "desk.name"))
    db.flush()


def _before(db: Session, report: PrivacyReport) -> PrivacyReport | None:
    """The latest earlier report of exactly these persons: others would look like a correction."""
    of = persons_in(db, report)
    earlier = db.scalars(select(PrivacyReport).where(
        PrivacyReport.id.in_(select(ReportPerson.report_id).where(ReportPerson.person_uid.in_(of))), PrivacyReport.id < report.id,
        PrivacyReport.form == "report", PrivacyReport.made_at.is_not(None)).order_by(PrivacyReport.id.desc()).limit(EARLIER))
    return next((one for one in earlier if persons_in(db, one) == of), None)

"""The employments of a person, now and past, and the card as it was on a day (C13-C16, C19)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from flask import request, url_for
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from contacts.person import Employment, Person, main_on
from core.i18n import dated, local, today
from core.i18n import gettext as _
from desk.tickets.message import Message
from desk.web.day_field import read_day
from desk.web.presenting.links import company_url
from desk.web.requests import db

DAY = timedelta(days=1)


def with_companies(person: Person) -> Person:
    """The person with employments and their companies read at once, however many."""
    db().scalars(select(Person).where(Person.id == person.id).options(selectinload(Person.employments).joinedload(Employment.company))).all()
    return person


def jobs_of(person: Person) -> Select[int]:
    """What the tab counts."""
    return select(Employment.id).where(Employment.person_id == person.id)


def lines(person: Person) -> list[dict[str, Any]]:
    """Every employment: what holds now, the primary first; then what is over, the latest first."""
    jobs = sorted(person.employments, key=lambda job: (
        job.ended_on is not None, not job.primary, -(job.ended_on or job.started_on or date.min).toordinal(), -job.id))
    return [_line(person, job) for job in jobs]


def period(job: Employment) -> str:
    """``1 Mar 2022 – 31 Oct 2026``, as far as it is known."""
    began, ended = (dated(on, year=True) if on else "" for on in (job.started_on, job.ended_on))
    return f"{began} – {ended}".strip() if began or ended else ""


def asked_day(name: str = "as_of") -> date | None:
    """The day that the address of the page asks for."""
    try:
        return read_day(request.args.get(name, "")[:10])
    except ValueError:
        return None


def card_then(person: Person) -> dict[str, Any]:
    """What differs on the card of an earlier day, and the ways to the versions before and after it."""
    on = asked_day()
    if on is None or on >= today():
        begun = _begun(_turns(person), today())
        known = begun is not None and person.employment_on(begun - DAY) is not None
        return {"as_of": None, "before_url": _version(person, begun) if known else ""}
    job, turns = person.employment_on(on), _turns(person)
    later = next((turn for turn in turns if turn > on), None)
    return {
        "title": (job.position if job else "") or "", "company": job.company.called if job else "",
        "company_url": company_url(job.company) if job else "", "company_note": "", "since": period(job) if job else "",
        "before_url": _version(person, _begun(turns, on)),
        "as_of": {"text": _said(job, on), "today_url": url_for("persons.show", uid=person.uid),
                  "later_url": url_for("persons.show", uid=person.uid, as_of=later if later < today() else None) if later and later <= today() else ""}}


def employers_then(messages: Iterable[Message], requester: Person | None) -> dict[int, str]:
    """Message → where its sender worked when they wrote it, where that is not where they work today. At most one question more than
    the page asks anyway: none where only the requester wrote, who has never left a company."""
    theirs = [message for message in messages if message.direction == "in" and message.person_id is not None]
    known: dict[int, list[Employment]] = {}
    if requester is not None and "employments" in requester.__dict__:
        known[requester.id] = requester.employments
    others = {message.person_id for message in theirs} - known.keys()
    for job in db().scalars(select(Employment).where(Employment.person_id.in_(others)).options(joinedload(Employment.company))) if others else ():
        known.setdefault(job.person_id, []).append(job)
    return {message.id: said for message in theirs if (said := _employer_then(known.get(message.person_id or 0, []), local(message.at).date()))}


def _employer_then(jobs: Sequence[Employment], on: date) -> str:
    if not any(job.ended_on for job in jobs):
        return ""
    then, now = (main_on(jobs, day) for day in (on, today()))
    return then.company.called if then is not None and (now is None or then.company_id != now.company_id) else ""


def _line(person: Person, job: Employment) -> dict[str, Any]:
    ended = job.ended_on is not None
    return {"company": job.company.called, "company_url": company_url(job.company), "position": job.position or "", "period": period(job),
            "ended": ended, "primary": job.primary and not ended, "guessed": job.guessed,
            "then_url": url_for("persons.show", uid=person.uid, as_of=job.ended_on) if job.ended_on is not None and job.ended_on < today() else "",
            "edit_url": url_for("person_companies.edit", uid=person.uid, eid=job.uid),
            "primary_url": "" if ended or job.primary else url_for("person_companies.lead", uid=person.uid, eid=job.uid),
            "end_url": "" if ended else f"{url_for('person_moves.new', uid=person.uid, where='none')}&from={job.uid}"}


def _turns(person: Person) -> list[date]:
    """The days on which another version of the card begins."""
    return sorted({job.started_on for job in person.employments if job.started_on} | {job.ended_on + DAY for job in person.employments if job.ended_on})


def _begun(turns: Sequence[date], on: date) -> date | None:
    """Since when the version of a day holds."""
    return next((turn for turn in reversed(turns) if turn <= on), None)


def _version(person: Person, begun: date | None) -> str:
    """The version before the one that began then: its last day."""
    return url_for("persons.show", uid=person.uid, as_of=begun - DAY) if begun else ""


def _said(job: Employment | None, on: date) -> str:
    day = dated(on, year=True)
    if job is None:
        return _("The card as of %(day)s: no company is known.", day=day)
    if job.position:
        return _("The card as of %(day)s: %(position)s at %(company)s.", day=day, position=job.position, company=job.company.called)
    return _("The card as of %(day)s: at %(company)s.", day=day, company=job.company.called)

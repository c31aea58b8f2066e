"""What the form of an activity posted: days and times as moments, a company by its name, persons by address or name."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from sqlalchemy import select

from contacts.activity_fields import FIELDS
from contacts.agent import Agent
from contacts.editing import person_called
from contacts.person import Person
from core.errors import Refusals, Refused
from core.i18n import N_
from desk.web.chosen import chosen_id
from desk.web.company_field import begun_company
from desk.web.day_field import read_day
from desk.web.forms import posted
from desk.web.person_field import typed_person
from desk.web.requests import db
from desk.web.signing_in import me


def posted_fields() -> tuple[dict[str, Any], list[Person]]:
    """The fields of the activity, and the persons it is with. Raises Refused with what is wrong with each."""
    wrong = Refusals()
    at, ends_at, whole_day = wrong(_times) or (None, None, False)
    company, persons = wrong(begun_company, posted("company"), posted("company_uid")), wrong(_persons) or []
    owner_id = wrong(chosen_id, Agent, "owner")
    wrong.settle()
    fields = {"kind": posted("kind"), "title": posted("title"), "text": posted("text"), "at": at, "ends_at": ends_at, "whole_day": whole_day,
              "owner_id": owner_id, "company_id": company.id if company else None}
    return {name: fields[name] for name in FIELDS}, persons


def _times() -> tuple[datetime | None, datetime | None, bool]:
    """Beginning and end as moments. Without a time it is for the whole day. Raises Refused."""
    errors: dict[str, str] = {}
    days = {name: _parsed(read_day, posted(name), name, N_("Choose a day."), errors) for name in ("day", "last_day")}
    times = {name: _parsed(time.fromisoformat, posted(name), name, N_("Write a time like 09:30."), errors) for name in ("begin", "end")}
    day, begin, end = days["day"], times["begin"], times["end"]
    if day is None and (begin or end or days["last_day"]) and "day" not in errors:
        errors["day"] = N_("Choose a day.")
    if end and not begin and "begin" not in errors:
        errors["begin"] = N_("Say when it begins.")
    if errors:
        raise Refused(N_("Some fields cannot be saved like this."), errors)
    if day is None:
        return None, None, False
    last = days["last_day"] or day
    if begin is None:
        return _noon(day), _noon(last) if last != day else None, True
    ends = end or (begin if last != day else None)
    return _moment(day, begin), _moment(last, ends) if ends else None, False


def _parsed(read: Any, text: str, name: str, sentence: str, errors: dict[str, str]) -> Any:
    try:
        return read(text) if text else None
    except ValueError:
        errors[name] = sentence
        return None


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at.replace(tzinfo=None), ZoneInfo(me().timezone)).astimezone(UTC)


def _persons() -> list[Person]:
    """Those that are ticked, and the one whose address or name was typed. Raises Refused where that is nobody, or several."""
    ticked = [person_called(db(), uid) for uid in dict.fromkeys(request.form.getlist("person"))]
    one_more = typed_person(posted("who"))
    return list(dict.fromkeys([*ticked, *([one_more] if one_more else [])]))



def posted_agents() -> list[Agent]:
    """The colleagues who are ticked."""
    return list(db().scalars(select(Agent).where(Agent.uid.in_(request.form.getlist("agent")[:100]))))

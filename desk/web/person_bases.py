"""The tab of legal bases on a person's card: what holds, noting another, and what they withdraw or object to."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from flask import Blueprint, url_for
from flask_login import login_required

from contacts.bases import give, last_basis_lost
from contacts.editing import person_called
from contacts.person import Person
from contacts.purposes import wording_called
from core.errors import Refused
from core.i18n import gettext as _
from core.i18n import today
from desk.rights.objecting import stop_and_decide
from desk.web.day_field import typed_day
from desk.web.following import followed
from desk.web.forms import errors_of, in_turn, mark, posted, typed, unmoved
from desk.web.pages import page, see_other
from desk.web.presenting.bases import evidence, form_choices, standing_lines
from desk.web.presenting.person_frame import framed
from desk.web.presenting.rights import case_line
from desk.web.presenting.times import near
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("person_bases", __name__, url_prefix="/persons/<uid>/legal-bases")
FIELDS = ("purpose", "basis", "wording", "source", "day")


@bp.get("")
@login_required
def index(uid: str) -> Any:
    """What holds, and all that was noted."""
    return _show(person_called(db(), uid), {})


@bp.post("")
@login_required
def create(uid: str) -> Any:
    """Note a basis."""
    person = person_called(db(), uid)
    try:
        with in_turn(f"bases:{person.uid}"):
            unmoved(_mark(person))
            words = wording_called(db(), posted("wording")) if posted("wording") else None
            give(db(), person, posted("purpose"), posted("basis"), source=posted("source"), by=me(), wording=words, at=_moment())
    except Refused as refused:
        errors = errors_of(refused, {"at": "day"})
        return _show(person_called(db(), uid), errors), refused.status
    return see_other(url_for("person_bases.index", uid=uid), said=_("The basis was noted."))


@bp.post("/<key>/end")
@login_required
def destroy(uid: str, key: str) -> Any:
    """They want no more of it: withdrawn where they had consented, an objection to anything else."""
    person = person_called(db(), uid)
    try:
        with in_turn(f"bases:{person.uid}"):
            row, case = stop_and_decide(db(), person, key, source=posted("source"), by=me())
    except Refused as refused:
        errors = errors_of(refused)
        return _show(person_called(db(), uid), {"": errors[""], f"end-{key}": errors.get("source", errors[""])}), refused.status
    said = _("The withdrawal was noted.") if row.event == "withdrawn" else _("The objection was noted.")
    if case is not None:
        said += " " + _("It is case %(number)s of the rights desk, for an admin to decide.", number=case.id)
    return see_other(url_for("person_bases.index", uid=uid), said=said)


def _show(person: Person, errors: dict[str, str]) -> str:
    lost = last_basis_lost(db(), person)
    ends = {name.removeprefix("end-"): said for name, said in errors.items() if name.startswith("end-")}
    again = errors and not ends
    values = typed(FIELDS) if again else {"purpose": "", "basis": "consent", "day": str(today())}
    return page("web/persons/bases.html", current="persons", following=case_line(followed(person)), person=framed(person, "bases"), standing=standing_lines(person), evidence=evidence(person),
                lost=_("Since %(day)s nothing allows us to hold this person any more.", day=near(lost)) if lost else "",
                form=form_choices() | {"values": values, "mark": _mark(person)}, errors=errors if again else {}, ends=ends)


def _mark(person: Person) -> str:
    return mark([one.uid for one in person.legal_bases])


def _moment() -> datetime | None:
    """The day they said it, as noon UTC; now where that is today, or nothing is said."""
    day = typed_day(posted("day"), "day")
    return datetime.combine(day, time(12), UTC) if day and day != today() else None

"""Fields that stand open on a tab of a card: all of the tab are saved by one button (W30d, W46, W56)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, request
from flask_login import login_required

from contacts.companies import company_called, edit_company
from contacts.company import Company
from contacts.custom_fields import custom_fields
from contacts.custom_kinds import read
from contacts.doors import through
from contacts.editing import edit_person, person_called
from contacts.person import Person
from core.errors import Conflict, Refusals, Refused
from core.i18n import N_
from core.i18n import gettext as _
from desk.web.card_tabs import company_tab, person_tab
from desk.web.chosen import chosen_id
from desk.web.coming_back import back
from desk.web.forms import errors_of, in_turn, posted, ticked, version, whole
from desk.web.pages import see_other
from desk.web.person_form import values_of
from desk.web.presenting.card_fields import KNOWN, WHOSE, Field, of_own, shown, value_of
from desk.web.presenting.links import company_url, person_url
from desk.web.presenting.own_fields import held_by, of, own_values
from desk.web.requests import db
from desk.web.required import filled_in, own_filled_in
from desk.web.signing_in import me

bp = Blueprint("card_fields", __name__)


@bp.post("/<any(persons, companies):of>/<uid>/fields")
@login_required
def update(of: str, uid: str) -> Any:
    """Save them, if nobody was faster."""
    whose = person_called(db(), uid) if of == "persons" else company_called(db(), uid)
    fields = _open()
    typed = {field.key: _typed(field) for field in fields}
    try:
        with in_turn():
            _save(whose, fields)
            db().flush()
    except Refused as refused:
        errors, again = errors_of(refused), bool(refused.more.get("nevertheless"))
        if unseen := [errors[field.key] for field in fields if field.own and field.own.retired_at and field.key in errors]:
            errors[""] = " ".join(unseen)       # the tab has these no longer: said above it
        show: Callable[..., str] = person_tab if isinstance(whose, Person) else company_tab
        return show(whose, posted("tab"), typed=typed, errors=errors, again=again), refused.status
    home = person_url(whose) if isinstance(whose, Person) else company_url(whose)
    return see_other(back(home), said=_("%(name)s was saved.", name=whose.name))


def _open() -> list[Field]:
    """The fields that the tab had. One of the organisation's own that an admin has retired since is among them, so that nobody's words are
    lost without a word."""
    there = {**KNOWN, **{one.key: one for whose in WHOSE for one in map(of_own, custom_fields(db(), whose, retired=True))}}
    fields = [there[key] for key in dict.fromkeys(request.form.getlist("open")) if key in there]
    return [field for field in fields if field.kind != "seen"]


def _save(whose: Person | Company, fields: Sequence[Field]) -> None:
    company = whose if isinstance(whose, Company) else whose.employment.company if whose.employment else None
    parts: list[tuple[Any, list[Field]]] = [(record, [one for one in fields if one.whose == name]) for name, record in (
        ("person", whose if isinstance(whose, Person) else None), ("company", company))]
    _unmoved(whose, company, parts)
    wrong = Refusals()
    for record, theirs in parts:
        if record is not None and theirs:
            wrong(_edit, record, theirs)
    wrong.settle()


def _edit(record: Person | Company, fields: Sequence[Field]) -> None:
    """Save the fields of one record; what is wrong is said of the fields as the tab calls them."""
    unknown = Refusals()
    values = {field.column or _column(field): unknown(_value, field) for field in fields if not field.own}
    unknown.settle()
    custom = {field.own.key: _typed(field) for field in fields if field.own and _still(field, record)}
    before, own_before = values_of(record) if isinstance(record, Person) else {}, own_values(record)
    try:
        if isinstance(record, Person):
            with through(db(), "form", nevertheless=ticked("nevertheless")):
                edit_person(db(), record, values, by=me(), custom=custom)
            filled_in({**before, "email": True, "phone": True, **{field.asked: _typed(field) for field in fields if field.asked}}, before)
        else:
            edit_company(db(), record, values, by=me(), custom=custom)
        own_filled_in(of(record), custom, own_before)
    except Refused as refused:
        called = {name: field.key for field in fields for name in (field.name, field.column, field.asked, _column(field)) if name}
        raise type(refused)(refused.sentence, {called.get(name, name): said for name, said in refused.errors.items()}, **refused.more) from refused


def _unmoved(whose: Person | Company, company: Company | None, parts: Sequence[tuple[Any, list[Field]]]) -> None:
    """Raises Conflict where a record has moved on, or the person has another company by now."""
    moved = version() not in (None, whose.version)
    if isinstance(whose, Person) and any(field.whose == "company" for _record, theirs in parts for field in theirs):
        moved = moved or posted("company_uid") != (company.uid if company else "")
        moved = moved or (company is not None and whole(posted("company_version")) not in (None, company.version))
    if moved:
        raise Conflict(N_("A colleague has changed this in the meantime. Nothing of yours is lost: where the two of you differ, theirs stands below the "
                          "field. Save again to keep yours."),
                       {field.key: _("It is now: %(value)s", value=shown(field, record) or _("empty")) for record, theirs in parts if record
                        for field in theirs if _differs(field, record)})


def _typed(field: Field) -> Any:
    if field.own and field.own.kind == "choices":
        return request.form.getlist(field.key)
    return ticked(field.key) if field.kind == "flag" else posted(field.key).replace("\r\n", "\n")


def _still(field: Field, record: Person | Company) -> bool:
    """One that is no longer used is left alone unless something else was typed, which is refused."""
    return field.own is not None and (field.own.retired_at is None or _differs(field, record))


def _differs(field: Field, record: Person | Company) -> bool:
    """Whether something else was typed than stands there, however it is written."""
    if not field.own:
        return bool(_typed(field) != value_of(field, record))
    held = held_by(record).get(field.own.key)
    try:
        return read(field.own, _typed(field), held=held) != held
    except Refused:
        return True


def _value(field: Field) -> Any:
    """What is kept: the id of what was chosen, else what was typed. Raises Refused for what nobody could choose."""
    if field.kind != "record":
        return _typed(field)
    return chosen_id(field.of, field.key)


def _column(field: Field) -> str:
    return f"{field.name}_id" if field.kind == "record" else field.name

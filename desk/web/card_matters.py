"""The sales, campaigns, projects and orders of a person or a company: tabs of their cards (C11, C12)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required

from contacts.company import Company
from contacts.editing import person_called
from contacts.matter_kinds import KINDS
from contacts.matter_lists import matters, of_company, of_person
from contacts.matters import matter_called
from contacts.membership import add_members
from contacts.person import Person
from core.i18n import gettext as _
from desk.web.forms import posted, whole
from desk.web.pages import page, see_other
from desk.web.presenting.activities import here
from desk.web.presenting.company_frame import framed as company_framed
from desk.web.presenting.matters import STATES, WORDS, begun_at, lines
from desk.web.presenting.person_frame import framed as person_framed
from desk.web.relations import card
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("card_matters", __name__)
OFFERED = 50


@login_required
def index(of: str, uid: str, key: str) -> Any:
    """A page of them, the latest first, in some states or all."""
    whose, kind, words = card(of, uid), KINDS[key], WORDS[key]
    person = whose if isinstance(whose, Person) else None
    states = [name for name in request.args.getlist("state") if name in kind.states]
    cursor = whole(request.args.get("cursor", ""))
    found = matters(db(), kind, of_person(kind, whose) if isinstance(whose, Person) else of_company(kind, whose), states=states, before=cursor)

    def at(**more: Any) -> str:
        asked: dict[str, Any] = {"state": states, **more}
        return url_for(f"card_matters.{key}", of=of, uid=whose.uid, **{name: value for name, value in asked.items() if value})

    return page("web/matters/tab.html", current=of, key=key, label=_(words.many), none_text=_(words.none), matters=lines(found.rows, person),
                narrowed=bool(states), states=[(name, _(STATES[name]), name in states) for name in kind.states], new_text=_(words.new),
                new_url=url_for("matters.new", key=key, back=here(), **begun_at(whose)), choices=_choices(key, person),
                join_url=url_for("card_matters.join", uid=whose.uid, key=key) if person and kind.members else "", find_url=url_for(f"card_matters.{key}", of=of, uid=whose.uid),
                newer=at() if cursor else None, older=at(cursor=found.next) if found.next else None, **_frame(whose, key))


@bp.post("/persons/<uid>/<any(sales, campaigns, projects):key>")
@login_required
def join(uid: str, key: str) -> Any:
    """Let the person take part in one there is already."""
    person, matter = person_called(db(), uid), matter_called(db(), key, posted("matter"))
    add_members(db(), matter, [person.uid], by=me())
    return see_other(url_for(f"card_matters.{key}", of="persons", uid=person.uid), said=_("%(name)s takes part in “%(title)s”.", name=person.name, title=matter.called))


def _choices(key: str, person: Person | None) -> list[tuple[str, str]]:
    """The latest that go on and in which the person does not take part."""
    kind = KINDS[key]
    if person is None or kind.members is None:
        return []
    return [(one.uid, one.called) for one in matters(db(), kind, ~of_person(kind, person), states=kind.open, limit=OFFERED).rows]


def _frame(whose: Person | Company, key: str) -> dict[str, Any]:
    if isinstance(whose, Person):
        return {"frame": "web/persons/_frame.html", "person": person_framed(whose, key)}
    return {"frame": "web/companies/_frame.html", "company": company_framed(whose, key)}


for name in KINDS:
    bp.add_url_rule(f"/<any(persons, companies):of>/<uid>/{name}", name, index, defaults={"key": name})
del name

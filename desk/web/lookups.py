"""How often a person was looked up, for what and by whom. For admins."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Blueprint, url_for

from contacts.editing import person_called
from contacts.lookup import PURPOSES, lookups
from core.i18n import gettext as _
from core.options import option
from desk.web.pages import page
from desk.web.requests import db
from desk.web.signing_in import admins_only

bp = Blueprint("lookups", __name__, url_prefix="/persons/<uid>/lookups")


@bp.get("")
@admins_only
def index(uid: str) -> Any:
    """By month and purpose, and by agent."""
    person = person_called(db(), uid)
    found = lookups(db(), [person.id])
    months: dict[str, Counter[str]] = {}
    agents: Counter[str] = Counter()
    for one in found:
        months.setdefault(one.month, Counter())[one.purpose] += one.count
        agents[one.agent] += one.count
    used = [purpose for purpose in PURPOSES if any(purpose in month for month in months.values())]
    return page("web/lookups/index.html", current="persons", person={"name": person.name or _("(no name)")}, back_url=url_for("persons.show", uid=uid),
                purposes=[_(PURPOSES[one]) for one in used], months=[(month, [counts[one] for one in used]) for month, counts in months.items()],
                agents=agents.most_common(), days=option(db(), "privacy.lookup_days"))

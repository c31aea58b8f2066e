"""What the form of a routing rule posted, as the book keeps it: names and addresses become uids."""

from __future__ import annotations

import re
from typing import Any

from flask import request
from sqlalchemy import select

from contacts.address import Address, Holding, normalise_email
from contacts.company import Company
from contacts.person import Person
from core.errors import Refused
from core.fold import fold
from core.i18n import N_
from core.i18n import gettext as _
from desk.web.forms import posted, ticked, whole
from desk.web.requests import db

MOST = 200


def conditions() -> dict[str, Any]:
    """When the rule holds. Raises Refused for a person or company there is not."""
    return {**{name: request.form.getlist(name) for name in ("mailboxes", "categories", "languages", "trust")},
            "persons": _each("persons", _person, N_("Nobody has the address %(name)s.")),
            "companies": _each("companies", _company, N_("There is no company called “%(name)s”.")),
            "words": lines_of("words"), "all_words": ticked("all_words")}


def acts() -> dict[str, Any]:
    """What happens then."""
    return {"team": posted("team"), "assignee": posted("assignee"), "priority": whole(posted("priority")),
            "tags": [tag for tag in re.split(r"[,\n]", request.form.get("tags", "")) if tag.strip()]}


def lines_of(name: str) -> list[str]:
    """The lines of a field that say something."""
    return [line.strip() for line in request.form.get(name, "").splitlines() if line.strip()]


def _each(name: str, find: Any, missing: str) -> list[str]:
    found = []
    for line in lines_of(name)[:MOST]:
        uid = find(line)
        if uid is None:
            raise Refused(N_("Some fields cannot be saved like this."), {name: _(missing, name=line)})
        found.append(uid)
    return found


def _person(address: str) -> str | None:
    return db().scalar(select(Person.uid).join(Holding, Holding.person_id == Person.id).join(
        Address, Address.id == Holding.address_id).where(
        Address.kind == "email", Address.normalised == normalise_email(address), Holding.until.is_(None),
        Person.binned_at.is_(None), Person.merged_into_id.is_(None)).order_by(Holding.id).limit(1))


def _company(name: str) -> str | None:
    return db().scalar(select(Company.uid).where(
        Company.sort_name == fold(name)[:200], Company.binned_at.is_(None)).order_by(Company.id).limit(1))

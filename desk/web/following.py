"""The case of the rights desk that somebody works on: the pages that do the work carry it in their address (``case``), name it, and lead back to it."""

from __future__ import annotations

from typing import Any

from flask import has_request_context, request, url_for

from contacts.person import Person
from desk.rights.case import RightsCase
from desk.rights.opening import case_called
from desk.web.requests import db
from desk.web.signing_in import me

#: Pages that do what a case asks for, and what is posted there.
CARRIERS = frozenset({
    "privacy_reports.index", "privacy_reports.create", "disclosures.index", "disclosures.create", "restrictions.show", "restrictions.create",
    "restrictions.destroy", "restrictions.undo", "erasures.new", "erasures.create", "person_bases.index", "person_bases.create", "person_bases.destroy",
    "persons.edit", "persons.update"})


def carry(endpoint: str, values: dict[str, Any]) -> None:
    """Let addresses of these pages name the case that the present one does."""
    if has_request_context() and endpoint in CARRIERS and request.args.get("case"):
        values.setdefault("case", request.args["case"])


def followed(person: Person) -> RightsCase | None:
    """The case of this person that the address names, for admins. Raises Unknown for one that there is not."""
    if not me().admin or not request.args.get("case"):
        return None
    case = case_called(db(), request.args["case"], me())
    return case if case.person_id == person.id else None


def back_to(person: Person, otherwise: str) -> str:
    """Where to go on when the work is done: the case, where there is one."""
    case = followed(person)
    return url_for("rights.show", uid=case.uid) if case else otherwise

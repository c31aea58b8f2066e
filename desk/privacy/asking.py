"""Asking for a privacy report: who may, of whom, and which likely duplicates are included (S54-S57)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts import duplicates
from contacts.address import Address, Holding
from contacts.agent import Agent
from contacts.duplicate_review import open_pairs
from contacts.editing import person_called, sees_restricted
from contacts.merged import tree_of
from contacts.person import Person
from contacts.resembling import candidates
from contacts.stranger import Stranger
from core.database import UID_LENGTH
from core.errors import Forbidden, Refused
from core.i18n import LANGUAGES, N_
from core.i18n import gettext as _
from core.operations import Operation, start
from desk.language import language_of
from desk.privacy.following import follow
from desk.privacy.kept import FORMS, PrivacyReport, keep_new, persons_in, report_with, reports_of
from desk.rights.case import RightsCase

KIND = "person.privacy"
WITHOUT_RIGHT = N_("You have no right to make privacy reports. An admin can give it to you.")
#: Likely duplicates that are shown, and addresses by which they are looked for.
MOST, ADDRESSES = 20, 3


@dataclass(frozen=True, slots=True)
class Likely:
    """Somebody who may be the same human, and what speaks for it: sentences as they are kept."""

    person: Person
    evidence: list[dict[str, Any]]


def may_report(agent: Agent) -> bool:
    """Whether an agent has the right: admins do, others where an admin gave it to them (S55)."""
    return agent.admin or bool(agent.privacy_reports)


def needs_right(agent: Agent) -> None:
    """Raises Forbidden without the right."""
    if not may_report(agent):
        raise Forbidden(WITHOUT_RIGHT)


def likely(db: Session, person: Person) -> list[Likely]:
    """Living persons who may be this one (S57): pairs of the scan, by the organisation's own rule, and by what resembles them now. Those whom an
    agent has found to be others are left out."""
    found: dict[int, Likely] = {}
    for pair in open_pairs(db, person=person, limit=MOST).pairs:
        other = pair.other if pair.person_id == person.id else pair.person
        found.setdefault(other.id, Likely(other, list(pair.evidence)))
    for match in duplicates.matches(db, person):
        found.setdefault(match.person.id, Likely(match.person, [{"words": _("The same %(fields)s", fields=duplicates.fields_said(db, match.fields))}]))
    for told in _resembling(db, person):
        other = db.scalars(select(Person).where(Person.uid == told["person_id"])).one()
        found.setdefault(other.id, Likely(other, told["evidence"]))
    apart = duplicates.told_apart(db, [person.id], list(found)).get(person.id, set())
    tree = set(tree_of(db, person))
    return [one for number, one in found.items() if number not in apart | tree and one.person.living][:MOST]


def ask(db: Session, person: Person, *, form: str = "report", language: str = "", include: Sequence[str] = (),
        case: RightsCase | None = None, by: Agent) -> Operation:
    """Ask for a report of a person and of these others (by uid) who are the same; a worker makes it. Ring *operations*.

    ``case``: the request it follows. Raises Forbidden without the right, Refused for a form or language there is not and for a case that is decided or
    another's, Unknown for somebody who is not there.
    """
    needs_right(by)
    errors = {name: N_("Choose one of those offered.") for name, value, offered in (("form", form, FORMS), ("language", language, ("", *LANGUAGES)))
              if value not in offered}
    if errors:
        raise Refused(N_("This cannot be done as it was asked."), errors)
    others = [person_called(db, uid) for uid in dict.fromkeys(include) if len(uid) == UID_LENGTH]
    if len(others) > MOST:
        raise Refused(N_("So many persons are no duplicates of one."))
    report = keep_new(db, form, language or language_of(db, person, None), [person.uid, *(one.uid for one in others)], by=by.uid)
    if case is not None:
        follow(db, report, person, case)
    operation = start(db, KIND, {"report": report.uid, "persons": persons_in(db, report), "form": form}, by=by.uid, total=0)
    report.operation_uid = operation.uid
    db.flush()
    return operation


def made_of(db: Session, person: Person) -> list[PrivacyReport]:
    """The reports that are kept of a person and of who is part of them."""
    return reports_of(db, list(db.scalars(select(Person.uid).where(Person.id.in_(tree_of(db, person))))))


def report_for(db: Session, agent: Agent, uid: str, *, lock: bool = False) -> PrivacyReport:
    """A report, for whoever has the right. Raises Forbidden, Unknown; Gone where nobody it is of is there any more."""
    needs_right(agent)
    report = report_with(db, uid, lock=lock)
    whose(db, report)
    return report


def whose(db: Session, report: PrivacyReport) -> Person:
    """The person that a report is of: of several the one it was asked for goes on. Raises Unknown where one of them is in the bin or gone, and where one
    is restricted, unless an admin reads."""
    uids = persons_in(db, report)
    found = db.scalars(select(Person).where(Person.uid.in_(uids)).order_by(Person.id)).all()
    hidden = next((one for one in found if one.binned_at is not None and not (one.answered and sees_restricted(db))), None)
    living = next((one for one in found if one.answered), None)
    return living if living is not None and hidden is None else person_called(db, hidden.uid if hidden else uids[0] if uids else "")


def _resembling(db: Session, person: Person) -> list[dict[str, Any]]:
    """Who is like them by name, address or telephone, as for a stranger who writes."""
    held = db.execute(select(Address.kind, Address.normalised).join(Holding, Holding.address_id == Address.id).where(
        Holding.person_id == person.id, Holding.until.is_(None)).order_by(Holding.primary.desc(), Holding.id)).all()
    phones = tuple(row.normalised for row in held if row.kind == "phone")
    strangers = [Stranger(person.name, row.normalised, None, person.preferred_language, phones) for row in held if row.kind == "email"][:ADDRESSES]
    found: dict[str, dict[str, Any]] = {}
    for stranger in strangers or [Stranger(person.name, phones=phones)]:
        for one in candidates(db, stranger):
            found.setdefault(one["person_id"], one)
    found.pop(person.uid, None)
    return list(found.values())

"""Legal holds in words: lines of the settings, and the mark on what is held."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy import or_, select

from contacts.company import Company
from contacts.legal_hold import BASES, LegalHold
from contacts.legal_holds import standing
from contacts.masking import DELETED
from contacts.person import Employment, Person
from core.i18n import N_, dated, today
from core.i18n import gettext as _
from desk.tickets.ticket import Ticket
from desk.web.presenting.links import company_url, person_url
from desk.web.presenting.times import stamp
from desk.web.requests import db
from desk.web.signing_in import me

OF = {"person": N_("Person"), "company": N_("Company"), "ticket": N_("Ticket")}


def bases() -> list[tuple[str, str]]:
    """What a hold can go by."""
    return [(name, _(label)) for name, label in BASES.items()]


def lines(holds: Sequence[LegalHold]) -> list[dict[str, Any]]:
    """As rows of a list."""
    names = called(holds)
    return [_line(one, *names.get((one.of, one.record_id), (_("(gone)"), None))) for one in holds]


def called(holds: Sequence[LegalHold]) -> dict[tuple[str, int], tuple[str, str | None]]:
    """(Scope, id) → what the record is called and its page; masked in the bin."""
    found: dict[tuple[str, int], tuple[str, str | None]] = {}
    kinds: tuple[tuple[Any, str], ...] = ((Person, "person"), (Company, "company"), (Ticket, "ticket"))
    for kind, of in kinds:
        ids = {one.record_id for one in holds if one.of == of}
        for row in db().scalars(select(kind).where(kind.id.in_(ids))) if ids else ():
            found[of, row.id] = _record(row)
    return found


def mark_of_person(person: Person) -> dict[str, Any] | None:
    """That a person is held, by themselves or with a company; nothing of why."""
    jobs = select(Employment.company_id).where(Employment.person_id == person.id)
    return _mark(db().scalar(select(LegalHold).where(or_(
        standing("person") & (LegalHold.record_id == person.id), standing("company") & LegalHold.record_id.in_(jobs))).order_by(LegalHold.id).limit(1)))


def mark_of(of: str, record_id: int) -> dict[str, Any] | None:
    """That a company or a ticket is held itself."""
    return _mark(db().scalar(select(LegalHold).where(standing(of), LegalHold.record_id == record_id).order_by(LegalHold.id).limit(1)))


def _mark(hold: LegalHold | None) -> dict[str, Any] | None:
    if hold is None:
        return None
    text = _("Under legal hold, and restricted: to be erased when the hold is lifted.") if hold.restricted_at else _(
        "Under legal hold: neither deleted nor merged until it is lifted.")
    return {"text": text, "kind": "heed", "url": url_for("legal_holds.edit", uid=hold.uid) if me().admin else None}


def _record(row: Any) -> tuple[str, str | None]:
    if isinstance(row, Ticket):
        return f"{row.number} {row.subject or _('(no subject)')}", url_for("tickets.show", number=row.number)
    if isinstance(row, Company):
        return row.called, company_url(row) if row.binned_at is None else None
    return (row.name or _("(no name)"), person_url(row)) if row.living else (_(DELETED), None)


def _line(hold: LegalHold, name: str, url: str | None) -> dict[str, Any]:
    return {"url": url_for("legal_holds.edit", uid=hold.uid), "of": _(OF[hold.of]), "name": name, "record_url": url, "reason": hold.reason,
            "basis": _(BASES[hold.basis]), "owner": hold.owner.name if hold.owner else "", "review": _day(hold.review_on),
            "late": hold.standing and hold.review_on <= today(), "restricted": hold.restricted_at is not None,
            "set": stamp(hold.created_at), "by": hold.set_by.name if hold.set_by else "", "lifted": stamp(hold.lifted_at) if hold.lifted_at else "",
            "lifted_by": hold.lifted_by.name if hold.lifted_by else "", "lifted_why": hold.lifted_why}


def _day(day: date) -> str:
    return dated(day, year=True)

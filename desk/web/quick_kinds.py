"""What can be made in one go: each kind says so in one line of the registry, with the fields it asks for and what makes it (W17, W18)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.activities import add_activity
from contacts.activity import Activity
from contacts.companies import new_company
from contacts.company import Company
from contacts.doors import through
from contacts.editing import create_person
from contacts.person import Person
from core.errors import Refusals, Refused
from core.i18n import N_
from core.i18n import gettext as _
from desk.access import visible_mailboxes
from desk.tickets.answering import begin
from desk.tickets.ticket import Ticket
from desk.web.company_field import typed_company
from desk.web.forms import posted, ticked
from desk.web.presenting.links import company_url, person_url
from desk.web.requests import db
from desk.web.required import filled_in
from desk.web.signing_in import me


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record: what it is called, its picture, its fields (name, label, type), what makes one of what was posted, and how what
    was made is found again, named and opened. ``employs``: persons made later may work there."""

    label: str
    icon: str
    fields: tuple[tuple[str, str, str], ...]
    make: Callable[[], Any]
    table: Any
    url: Callable[[Any], str]
    named: Callable[[Any], str] = lambda one: str(one.name)
    whole: str = ""
    employs: bool = False


def _company() -> Company:
    return new_company(db(), {name: posted(name) or None for name in ("name", "phone", "website")}, by=me())


def _person() -> Person:
    """Through the door of its own (W80); addresses come with it, so that the rule about duplicates sees all at once."""
    wrong = Refusals()
    company = wrong(typed_company, posted("company"))
    addresses = [{"kind": kind, "value": posted(kind)} for kind in ("email", "phone") if posted(kind)]
    with through(db(), "quick", nevertheless=ticked("nevertheless")):
        made = wrong(create_person, db(), {"first_name": posted("first_name"), "last_name": posted("last_name"), "title": posted("title") or None},
                     by=me(), addresses=addresses, employments=[{"company": company}] if company else [], exempt=bool(wrong.found))
    wrong(filled_in, {name: posted(name) for name in ("first_name", "last_name", "title", "email", "phone")}, None)
    wrong.settle()
    assert made is not None
    return made


def _activity() -> Activity:
    company = typed_company(posted("company"))
    return add_activity(db(), {"kind": "task", "title": posted("title"), "text": posted("text"), "company_id": company.id if company else None}, by=me())


def _ticket() -> Ticket:
    """A call noted down; a mail has the composer."""
    mailbox = next((one for one in visible_mailboxes(db(), me()) if one.active), None)
    if mailbox is None:
        raise Refused(N_("You see no mailbox to write from. An admin can open one to you."))
    if not posted("who"):
        raise Refused(N_("Say who called."), {"who": N_("A name or an address.")})
    known = "@" in posted("who")
    return begin(db(), mailbox, by=me(), subject=posted("subject"), text=posted("text"), channel="phone",
                 to=[posted("who")] if known else [], caller="" if known else posted("who"))


KINDS: dict[str, Kind] = {
    "person": Kind(N_("Person"), "user", (("first_name", N_("First name"), "text"), ("last_name", N_("Last name"), "text"),
                   ("company", N_("Company"), "company"), ("title", N_("Title"), "text"), ("email", N_("E-mail"), "email"), ("phone", N_("Telephone"), "tel")),
                   _person, Person, person_url, whole="persons.new"),
    "company": Kind(N_("Company"), "building", (("name", N_("Name"), "text"), ("phone", N_("Telephone"), "tel"), ("website", N_("Website"), "text")),
                    _company, Company, company_url, whole="companies.new", employs=True),
    "ticket": Kind(N_("Ticket"), "inbox", (("who", N_("Who called?"), "text"), ("subject", N_("Subject"), "text"), ("text", N_("What was said"), "textarea")),
                   _ticket, Ticket, lambda one: url_for("tickets.show", number=one.number), lambda one: one.subject or _("(no subject)"), whole="tickets.new"),
    "activity": Kind(N_("Task"), "checkbox", (("title", N_("What"), "text"), ("company", N_("Company"), "company"), ("text", N_("Text"), "textarea")),
                     _activity, Activity, lambda one: url_for("activities.edit", uid=one.uid), lambda one: one.title, whole="activities.new"),
}


def found(session: Session, made: list[list[str]]) -> list[dict[str, Any]]:
    """What has been made, the latest first, as far as it is still there: a question for each kind."""
    records = {}
    for kind in {kind for kind, _uid in made}:
        table = KINDS[kind].table
        for one in session.scalars(select(table).where(table.uid.in_([uid for of, uid in made if of == kind]), table.binned_at.is_(None))):
            records[kind, one.uid] = one
    return [{"kind": kind, "icon": KINDS[kind].icon, "label": _(KINDS[kind].label), "name": KINDS[kind].named(one), "url": KINDS[kind].url(one),
             "employ_url": url_for("quick.new", kind="person", company=one.name) if KINDS[kind].employs else ""}
            for kind, uid in reversed(made) if (one := records.get((kind, uid))) is not None]

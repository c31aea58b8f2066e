"""What a search found, of each kind, as the page of hits and the box over all pages show it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from contacts.address import Holding
from contacts.at_hand import latest, starred
from contacts.company import Company, CompanyDomain
from contacts.person import Employment, Person
from contacts.phones import dialled, together
from contacts.searching import search_companies, search_persons
from contacts.selected import seen_by, selections
from contacts.selection import Selection
from core.fold import fold
from core.i18n import N_
from core.i18n import gettext as _
from desk.access import seen_tickets
from desk.tickets.searching import glimpse
from desk.tickets.ticket import Ticket
from desk.web.presenting.faces import person_face
from desk.web.presenting.links import company_url, person_url, ticket_url
from desk.web.presenting.marking import marked
from desk.web.presenting.rows import shown_state, who
from desk.web.presenting.selections import OFS, icon_of, selection_url
from desk.web.presenting.words import state
from desk.web.requests import db
from desk.web.signing_in import me

Hit = dict[str, Any]


def persons(found: Sequence[Person], query: str = "") -> list[Hit]:
    """Persons, each with where they work and the address that fits best: two questions, however many."""
    ids = [person.id for person in found]
    jobs = {job.person_id: job.company.called for job in db().scalars(select(Employment).where(
        Employment.person_id.in_(ids), Employment.primary, Employment.ended_on.is_(None)).options(selectinload(Employment.company)))}
    held: dict[int, list[Holding]] = {}
    for one in db().scalars(select(Holding).where(Holding.person_id.in_(ids), Holding.until.is_(None)).order_by(Holding.primary.desc(), Holding.id)):
        held.setdefault(one.person_id, []).append(one)
    return [_person(p, jobs.get(p.id, ""), _fitting(held.get(p.id, ()), query), query) for p in found]


def companies(found: Sequence[Company], query: str = "") -> list[Hit]:
    """Companies, each with a mail domain."""
    domains = {row.company_id: row.domain for row in db().scalars(select(CompanyDomain).where(
        CompanyDomain.company_id.in_([company.id for company in found])))}
    return [{"uid": c.uid, "url": company_url(c), "name": marked(c.name, query), "face": {"kind": "firm"}, "domain": marked(domains.get(c.id, ""), query),
             "also": marked(domains.get(c.id, ""), query)} for c in found]


def tickets(found: Sequence[Ticket], query: str = "") -> list[Hit]:
    """Tickets, each with whose it is."""
    return [{"uid": t.uid, "url": ticket_url(t), "name": marked(t.subject or _("(no subject)"), query), "state": shown_state(t),
             "state_label": state(shown_state(t)), "also": marked(f"#{t.number} · {who(t)}", query)} for t in found]


class Kind(NamedTuple):
    """A kind of record that the box finds: its name here and in ``at_hand``, what people call it, what fits (``limit`` at most), and
    those with some uids."""

    name: str
    kept: str
    label: str
    find: Callable[[str, int], list[Hit]]
    called: Callable[[Sequence[str]], list[Hit]]


def _persons_called(uids: Sequence[str]) -> list[Hit]:
    return persons(db().scalars(select(Person).where(Person.uid.in_(uids), Person.binned_at.is_(None), Person.merged_into_id.is_(None))).all())


def _companies_called(uids: Sequence[str]) -> list[Hit]:
    return companies(db().scalars(select(Company).where(Company.uid.in_(uids), Company.binned_at.is_(None))).all())


def _tickets_called(uids: Sequence[str]) -> list[Hit]:
    return tickets(db().scalars(select(Ticket).where(Ticket.uid.in_(uids), Ticket.binned_at.is_(None), *seen_tickets(db(), me())).options(
        selectinload(Ticket.requester), selectinload(Ticket.requester_address))).all())


def _selections(found: Sequence[Selection], query: str = "") -> list[Hit]:
    return [{"uid": one.uid, "url": selection_url(one), "name": marked(one.name, query), "icon": icon_of(one), "also": _(OFS[one.of])} for one in found]


def _selections_called(uids: Sequence[str]) -> list[Hit]:
    return _selections(db().scalars(select(Selection).where(Selection.uid.in_(uids), seen_by(db(), me()))).all())


#: What the box finds, in the order of its groups: one line a kind.
KINDS = (
    Kind("persons", "person", N_("Persons"), lambda query, most: persons(search_persons(db(), query, restricted=None if me().admin else False, limit=most).rows, query), _persons_called),
    Kind("companies", "company", N_("Companies"), lambda query, most: companies(search_companies(db(), query, limit=most).rows, query),
         _companies_called),
    Kind("tickets", "ticket", N_("Tickets"), lambda query, most: tickets(glimpse(db(), me(), query, limit=most), query), _tickets_called),
    Kind("selections", "selection", N_("Selections"), lambda query, most: _selections(selections(db(), me(), query=fold(query), limit=most), query),
         _selections_called),
)


def groups(query: str, kind: str = "", *, few: int = 6, many: int = 20) -> list[dict[str, Any]]:
    """Some of each kind that fit, or more of one; with nothing typed favourites and what was opened last."""
    if not query:
        return _at_hand(kind)
    chosen = [one for one in KINDS if kind in ("", one.name)]
    found = [{"label": _(one.label), "hits": one.find(query, many if kind else few)} for one in chosen]
    return [group for group in found if group["hits"]]


def _at_hand(kind: str) -> list[dict[str, Any]]:
    rows = {_("Favourites"): starred(db(), me()), _("Recently opened"): latest(db(), me())}
    found: dict[str, Hit] = {}
    for one in KINDS:
        uids = {row.subject_uid for kept in rows.values() for row in kept if row.kind == one.kept and kind in ("", one.name)}
        found |= {hit["uid"]: hit for hit in one.called(sorted(uids))} if uids else {}
    groups = [{"label": label, "hits": [found[row.subject_uid] for row in kept if row.subject_uid in found]} for label, kept in rows.items()]
    return [group for group in groups if group["hits"]]


def _person(person: Person, company: str, address: str, query: str) -> Hit:
    email = marked(address, query)
    return {"uid": person.uid, "url": person_url(person), "name": marked(person.name, query) or email or _("(no name)"),
            "face": person_face(person.name, person), "title": person.title or "", "company": marked(company, query), "email": email,
            "also": email if not company else marked(company, query) + (" · " if address else "") + email}


def _fitting(held: Sequence[Holding], query: str) -> str:
    """Of the addresses of a person the one that was searched for, else the e-mail address that is used first."""
    number, word = dialled(query), fold(query)
    for one in held if word else ():
        value = one.address.value
        if (number and number in (together(value) or value)) or word in fold(value):
            return value
    return next((one.address.value for one in held if one.address.kind == "email"), "")

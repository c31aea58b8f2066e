"""Figures (KPI) of a card: one line a figure, each a bounded question."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select

from contacts.activity import OPEN as UNDONE
from contacts.activity import Activity
from contacts.agenda import count, of_company, of_person, overdue
from contacts.company import Company
from contacts.matter_kinds import SALES
from contacts.matter_lists import of_company as matters_of_company
from contacts.matter_lists import of_person as matters_of_person
from contacts.person import Person
from contacts.sale import Sale
from contacts.workforce import count_workforce
from core import money
from core.clock import now
from core.i18n import N_, ngettext
from core.i18n import gettext as _
from desk.access import visible_mailbox_ids
from desk.tickets.dialogue import at_company
from desk.tickets.listing import OPEN, of_each
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket
from desk.web.requests import db
from desk.web.signing_in import me

Whose = Person | Company
MOST = 1000


class Figure(NamedTuple):
    """One figure, and the cards it is of."""

    key: str
    label: str
    found: Callable[[Any], str]
    of: tuple[str, ...] = ("person", "company")


def tickets_of(whose: Whose) -> ColumnElement[bool]:
    """The tickets of a card."""
    return Ticket.requester_id == whose.id if isinstance(whose, Person) else at_company(whose)


def activities_of(whose: Whose) -> ColumnElement[bool]:
    """The activities of a card."""
    return of_person(whose) if isinstance(whose, Person) else of_company(whose)


def _open_tickets(whose: Whose) -> str:
    return _upto(db().scalar(select(func.count()).select_from(select(Ticket.id).where(
        tickets_of(whose), of_each(Ticket.mailbox_id.in_(visible_mailbox_ids(db(), me())), Ticket.shelf.in_(OPEN))).limit(MOST).subquery())) or 0)


def _open_activities(whose: Whose) -> str:
    return _upto(count(db(), activities_of(whose), Activity.state.in_(UNDONE), most=MOST))


def _overdue(whose: Whose) -> str:
    return _upto(count(db(), activities_of(whose), overdue(now()), most=MOST))


def _last_contact(whose: Whose) -> str:
    """Days since the last message on the tickets of the card that moved last."""
    latest = select(Ticket.id).where(tickets_of(whose), of_each(Ticket.mailbox_id.in_(visible_mailbox_ids(db(), me())))).order_by(
        Ticket.id.desc()).limit(20)
    at = db().scalar(select(func.max(Message.at)).where(Message.ticket_id.in_(latest.scalar_subquery()), Message.direction.in_(("in", "out"))))
    if at is None:
        return "–"
    days = (now() - at).days
    return _("today") if days < 1 else ngettext("%(n)s day", "%(n)s days", days)


def _open_sales(whose: Whose) -> str:
    """What their open sales come to, each currency by itself."""
    return _amounts(whose, SALES.open)


def _sold(whose: Whose) -> str:
    return _amounts(whose, ("sold",))


def _amounts(whose: Whose, states: Collection[str]) -> str:
    theirs = matters_of_person(SALES, whose) if isinstance(whose, Person) else matters_of_company(SALES, whose)
    found = db().execute(select(Sale.currency, func.sum(Sale.amount)).where(
        theirs, Sale.binned_at.is_(None), Sale.state.in_(states), Sale.amount.is_not(None)).group_by(Sale.currency).order_by(Sale.currency)).all()
    return " + ".join(money.shown(int(amount or 0), currency) for currency, amount in found) or "–"


def _people(company: Company) -> str:
    return _upto(count_workforce(db(), company, most=MOST))


def _upto(found: int) -> str:
    return f"{found}+" if found == MOST else str(found)


FIGURES: tuple[Figure, ...] = (
    Figure("open_tickets", N_("Open tickets"), _open_tickets),
    Figure("last_contact", N_("Since the last message"), _last_contact),
    Figure("open_activities", N_("Open activities"), _open_activities),
    Figure("overdue", N_("Overdue activities"), _overdue),
    Figure("open_sales", N_("Open sales"), _open_sales),
    Figure("sold", N_("Sold"), _sold),
    Figure("people", N_("Persons"), _people, of=("company",)),
)


def figures(entity: str, keys: list[str], whose: Whose) -> list[dict[str, str]]:
    """Those that were chosen, with what they say."""
    return [{"name": _(one.label), "value": one.found(whose)} for one in FIGURES if one.key in keys and entity in one.of]

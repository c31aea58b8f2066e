"""The list at hand: which view, in which order, with which filter; read from the address and written into links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import g, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import lazyload

from contacts.agent import Agent
from contacts.editing import person_called
from core.errors import Unknown
from core.i18n import N_
from core.i18n import gettext as _
from desk.access import may_see_mailbox, needs_admin
from desk.mailboxes import Mailbox, own_addresses
from desk.tickets.listing import SORTS, VIEWS, Wanted
from desk.tickets.ticket import STATES, Ticket
from desk.web.requests import db
from desk.web.signing_in import me

TITLES = {"mine": N_("Mine"), "unassigned": N_("Unassigned"), "waiting": N_("Waiting"), "held": N_("Unknown senders"),
          "all": N_("All"), "closed": N_("Closed"), "spam": N_("Spam"), "bin": N_("Deleted")}
#: What leaves out some of a list.
NARROWING = ("state", "assignee", "box", "tag", "unread")
OPEN = ("new", "open", "waiting", "snoozed")
DUE_FIRST = ("mine", "unassigned")


@dataclass(frozen=True, slots=True)
class Place:
    """A list as its address says it; ``state`` empty means the open ones where the view does not say otherwise.

    ``assignee`` is "me", "nobody" or an agent's uid; ``box`` narrows a view to a mailbox, while ``mailbox`` is a
    list of its own.
    """

    view: str = ""
    mailbox: str = ""
    sort: str = ""
    state: str = ""
    assignee: str = ""
    box: str = ""
    tag: str = ""
    unread: str = ""
    person: str = ""
    cursor: str = ""

    @property
    def current(self) -> str:
        """The rail's name of it."""
        if self.mailbox:
            return f"mailbox:{self.mailbox}"
        return "all" if self.view in ("closed", "bin") else self.view

    @property
    def order(self) -> str:
        """How it is sorted: what is to be done by somebody begins with what is overdue."""
        return self.sort or ("due" if self.view in DUE_FIRST else "moved")

    @property
    def given(self) -> bool:
        """Whether the address named a list at all."""
        return bool(self.view or self.mailbox or self.person)

    @property
    def filtered(self) -> bool:
        """Whether something is left out that the view would show."""
        return any(getattr(self, name) for name in NARROWING)

    def widened(self) -> str:
        """The address of the same list with nothing left out."""
        return self.url(**dict.fromkeys(NARROWING, ""))

    def title(self) -> str:
        """What the list is called."""
        if self.mailbox:
            return mailbox_of(self).name
        return person_called(db(), self.person).name if self.person else _(TITLES[self.view or "all"])

    def wanted(self) -> Wanted:
        """The same for :mod:`desk.tickets.listing`. Raises Unknown for a mailbox the agent does not see."""
        if self.view == "bin":
            needs_admin(me())
        whole = bool(self.mailbox) or self.view == "all"
        states: tuple[str, ...] = (self.state,) if self.state else OPEN if whole else ()
        if self.person:
            return Wanted("all", requester_id=person_called(db(), self.person).id, sort=self.sort or "moved")
        return Wanted("all" if whole else self.view, mailbox_of(self).id if self.mailbox or self.box else None, states,
                      self._assignee(), self.assignee == "nobody", tag=self.tag, sort=self.order,
                      unread=bool(self.unread) and not {*states, self.view} & {"closed", "spam", "bin"})

    def _assignee(self) -> int | None:
        if self.assignee in ("", "nobody"):
            return None
        return me().id if self.assignee == "me" else agent_called(self.assignee).id

    def url(self, **changes: str) -> str:
        """The address of this list, changed in some of its parts; the cursor goes unless it is given."""
        return url_for("tickets.index", **_given(replace(self, **{"cursor": "", **changes})))

    def beside(self, url: str) -> str:
        """An address that remembers this list."""
        return f"{url}?{urlencode(_given(self))}" if self.given and "?" not in url else url

    def ticket_url(self, number: int, **more: Any) -> str:
        """The address of a ticket beside this list."""
        return url_for("tickets.show", number=number, **_given(self), **more)


def here() -> Place:
    """The list this request's address names."""
    return _read(request.args)


def before() -> Place:
    """The list beside which the form that was posted stood: as its address says, else the page it was on."""
    if {"view", "mailbox"} & request.args.keys():
        return here()
    return _read(dict(parse_qsl(urlsplit(request.referrer or "").query)))


def place_of(ticket: Ticket) -> Place:
    """Where a ticket is found, when it was not opened from a list."""
    if here().given:
        return here()
    if ticket.binned_at is not None:
        return Place("bin")
    if ticket.assignee_id == me().id and ticket.open:
        return Place("mine")
    if ticket.held and ticket.open:
        return Place("held")
    return Place({"spam": "spam", "closed": "closed"}.get(ticket.state, "all"))


def ours() -> frozenset[str]:
    """The addresses of our mailboxes, asked once a request."""
    if "own" not in g:
        g.own = own_addresses(db())
    own: frozenset[str] = g.own
    return own


def mailbox_of(place: Place) -> Mailbox:
    """The mailbox whose list this is, or that it is narrowed to."""
    mailbox = db().scalar(select(Mailbox).where(Mailbox.uid == (place.mailbox or place.box)))
    if mailbox is None or not may_see_mailbox(db(), me(), mailbox):
        raise Unknown(N_("There is no such mailbox, or you do not see it."))
    return mailbox


def agent_called(uid: str) -> Agent:
    """The agent whose tickets a list is narrowed to. Raises Unknown."""
    found = db().scalar(select(Agent).where(Agent.uid == uid).options(lazyload(Agent.addresses)))
    if found is None:
        raise Unknown(N_("There is no such agent."))
    return found


def _read(values: Mapping[str, str]) -> Place:
    view, mailbox, person = (values.get(name, "")[:24] for name in ("view", "mailbox", "person"))
    return Place(view if view in VIEWS and not (mailbox or person) else "", mailbox,
                 values.get("sort", "") if values.get("sort") in SORTS else "",
                 values.get("state", "") if values.get("state") in STATES else "",
                 values.get("assignee", "")[:24], "" if mailbox or person else values.get("box", "")[:24],
                 values.get("tag", "").strip()[:60], "1" if values.get("unread") else "", person, values.get("cursor", "")[:200])


def _given(place: Place) -> dict[str, Any]:
    return {name: value for name in PARTS if (value := getattr(place, name))}


PARTS = tuple(part.name for part in fields(Place))

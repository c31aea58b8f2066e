"""The list column: the rows of a place, how they can be ordered and filtered, and what may be done to many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import g, url_for
from sqlalchemy import select
from sqlalchemy.orm import lazyload, load_only

from contacts.address import domain_of
from contacts.agent import Agent
from core.alphabet import in_order
from core.i18n import N_
from core.i18n import gettext as _
from desk.tickets.listing import Page, how_many, list_tickets
from desk.tickets.ticket import Ticket
from desk.web.pages import counted, seen_mailboxes, suggested_tags
from desk.web.presenting.faces import agent_entry
from desk.web.presenting.likely import likely
from desk.web.presenting.places import NARROWING, OPEN, Place, agent_called, mailbox_of
from desk.web.presenting.rows import rows
from desk.web.presenting.words import state
from desk.web.requests import db
from desk.web.signing_in import me
from rules.free_mail import is_free_mail

SORTS = {"moved": N_("Last touched"), "longest": N_("Waited longest"), "due": N_("Due"), "created": N_("Opened last")}
#: Views of tickets that are somebody's, or nobody's, by definition.
OF_SOMEBODY = ("mine", "unassigned")


def page_of(place: Place, limit: int = 50) -> Page:
    """The tickets of a place."""
    return list_tickets(db(), me(), place.wanted(), cursor=place.cursor, limit=limit, brief=True)


def column(place: Place, found: Page, current: Ticket | None = None) -> dict[str, Any]:
    """What web/tickets/_list.html wants: ``view``, ``rows``, ``agents``."""
    shown = rows(found.tickets, lambda ticket: place.ticket_url(ticket.number), current.id if current else None,
                 likely(found.tickets) if place.view == "held" else None)
    return {"view": _view(place, found, shown), "rows": shown, "agents": [agent_entry(a) for a in active_agents()]}


def active_agents() -> Sequence[Agent]:
    """Everybody a ticket can be given to, by name."""
    if "agents" not in g:
        g.agents = in_order(db().scalars(select(Agent).where(Agent.active).options(
            lazyload(Agent.addresses), load_only(Agent.uid, Agent.name))))
    found: Sequence[Agent] = g.agents
    return found


def neighbours(place: Place, found: Page, ticket: Ticket) -> tuple[str | None, str | None]:
    """The addresses of the tickets before and after this one."""
    numbers = [one.number for one in found.tickets]
    if ticket.number not in numbers:
        return None, place.ticket_url(numbers[0]) if numbers else None
    at = numbers.index(ticket.number)
    return (place.ticket_url(numbers[at - 1]) if at else None,
            place.ticket_url(numbers[at + 1]) if at + 1 < len(numbers) else None)


def _view(place: Place, found: Page, shown: list[dict[str, Any]]) -> dict[str, Any]:
    sort = place.order
    newest = max((ticket.moved_at for ticket in found.tickets), default=None)
    since: dict[str, Any] = {"since": newest.isoformat()} if newest else {}
    return {
        "key": place.view, "title": place.title(), "count": _count(place), "url": place.url(),
        "sort_label": _(SORTS[sort]),
        "sorts": [] if place.view == "held" else [{"label": _(word), "url": place.url(sort=name), "current": name == sort} for name, word in SORTS.items()],
        "filters": _filters(place), "filtered": place.filtered, "all_url": place.widened(),
        "narrowed": _narrowed(place), "narrow": _narrow(place),
        "live_url": "" if place.cursor else url_for("live.index", **_asked(place), **since),
        "newer": place.url() if place.cursor else None, "older": place.url(cursor=found.next) if found.next else None,
        "many_url": url_for("bulk.create", **_asked(place)), "groups": _by_domain(found, shown, place),
    }


def _asked(place: Place) -> dict[str, Any]:
    """The place as arguments, without its cursor."""
    return {name: value for name in ("view", "mailbox", "person", "sort", *NARROWING) if (value := getattr(place, name))}


def _count(place: Place) -> int | None:
    if place.person:
        return None
    if place.filtered:
        return how_many(db(), me(), place.wanted())
    return counted().get(f"mailbox-{mailbox_of(place).id}" if place.mailbox else place.view)


def _filters(place: Place) -> list[dict[str, Any]]:
    """The states a view can be narrowed to, or widened to where it shows the open ones."""
    offered = {"mine": OPEN, "waiting": ("waiting", "snoozed"), "unassigned": ("new", "open")}
    states = offered.get(place.view, (*OPEN, "closed") if place.mailbox or place.view in ("all", "closed") else ())
    if not states:
        return []
    if place.view == "closed":
        place = replace(place, view="all", state="closed")
    found = [{"label": _("All open") if "closed" in states else _("All"), "url": place.url(state=""),
              "current": not place.state}]
    found += [{"label": state(name), "url": place.url(state=name), "current": place.state == name} for name in states]
    if place.view == "all" and me().admin:
        found.append({"label": _("Deleted"), "url": Place("bin").url(), "current": False})
    return found


def _narrow(place: Place) -> dict[str, Any] | None:
    """What else a list can be narrowed by: fields for a form, with what is chosen."""
    if place.person or place.view in ("spam", "bin"):
        return None
    boxes = [] if place.mailbox else [(one.uid, one.name) for one in seen_mailboxes()]
    kept = {name: value for name in ("view", "mailbox", "sort", "state") if (value := getattr(place, name))}
    return {"kept": kept, "assignee": place.assignee, "box": place.box, "tag": place.tag, "unread": bool(place.unread),
            "assignees": [] if place.view in OF_SOMEBODY else [("me", _("Me")), ("nobody", _("Nobody")), *(
                (a.uid, a.name) for a in active_agents() if a.id != me().id)],
            "boxes": boxes if len(boxes) > 1 else [], "known_tags": suggested_tags()}


def _narrowed(place: Place) -> list[dict[str, str]]:
    """What a list is narrowed by, each with the address without it."""
    assignee = {"": "", "me": _("Mine"), "nobody": _("Nobody's")}.get(place.assignee)
    labels = {
        "state": state(place.state) if place.state else "",
        "assignee": agent_called(place.assignee).name if assignee is None else assignee,
        "box": mailbox_of(place).name if place.box else "", "tag": place.tag, "unread": _("Unread") if place.unread else ""}
    return [{"label": label, "url": place.url(**{name: ""}), "icon": "tag" if name == "tag" else ""}
            for name, label in labels.items() if label]


def _by_domain(found: Page, shown: list[dict[str, Any]], place: Place) -> list[dict[str, Any]] | None:
    """Unknown senders lie together by the domain they write from."""
    if place.view != "held" or not shown:
        return None
    groups: dict[str, list[dict[str, Any]]] = {}
    for ticket, row in zip(found.tickets, shown, strict=True):
        groups.setdefault(domain_of(ticket.requester_address.normalised) if ticket.requester_address else "", []).append(row)
    return [{"name": f"@{domain}" if domain else _("No address"), "count": len(group), "rows": group,
             "note": _("private provider") if is_free_mail(domain) else "", "decide": _together(domain) if len(group) > 1 else []}
            for domain, group in groups.items()]


def _together(domain: str) -> list[tuple[str, str]]:
    """What can be done about everybody of a domain at once."""
    def url(**what: Any) -> str:
        return url_for("requesters.update_domain", domain=domain, **what)

    if not domain:
        return []
    return [(_("Create a person for each"), url(act="create")), (_("Create, and always from now on"), url(act="create", always=1)),
            (_("Keep no record of them"), url(act="none")), (_("No record, and always from now on"), url(act="none", always=1)),
            (_("All of it is spam"), url(act="spam")), (_("Block the domain"), url(act="block"))]

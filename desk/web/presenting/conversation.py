"""The conversation column: head, bar, letters and deeds in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, lazyload, load_only, selectinload

from contacts.agent import Agent
from contacts.person import Person
from core.i18n import gettext as _
from desk.locked_mail import is_sealed
from desk.rights.case import KINDS
from desk.rights.recognising import offered
from desk.tickets.merging import shown_ids
from desk.tickets.message import MOST_SHOWN, Message
from desk.tickets.presence import readers
from desk.tickets.tagging import tags_of
from desk.tickets.ticket import Ticket
from desk.web.pages import suggested_tags
from desk.web.presenting.around import Around, arrivals, mails_of
from desk.web.presenting.bar import assignable, due_line, notices_of, states_of, teams_of
from desk.web.presenting.employments import employers_then
from desk.web.presenting.faces import agent_entry, agent_face
from desk.web.presenting.history import deeds
from desk.web.presenting.letters import letter
from desk.web.presenting.masking import masked_in
from desk.web.presenting.places import Place, ours
from desk.web.presenting.times import snoozes
from desk.web.presenting.why import Arrival, held_text, held_why, why
from desk.web.presenting.words import state
from desk.web.requests import db
from desk.web.signing_in import me

SHOWN = 50


def conversation(ticket: Ticket, place: Place, neighbours: tuple[str | None, str | None]) -> dict[str, Any]:
    """The ticket as web/tickets/_conversation.html wants it."""
    url = place.ticket_url(ticket.number)
    messages, earlier = _messages(ticket)
    around = _around(ticket, messages, url)
    return {
        "number": ticket.number, "subject": ticket.subject or _("(no subject)"), "url": url, "state": ticket.state,
        "state_label": state(ticket.state), "states": states_of(ticket), "snoozes": snoozes(),
        "held": ticket.held and ticket.open, "held_text": held_text(ticket.verdict),
        "held_why": held_why(ticket.identification, ticket.verdict, ticket.trust, _came(ticket, messages, around)),
        "assignee": agent_entry(ticket.assignee) if ticket.assignee else None,
        "agents": [agent_entry(agent) for agent in assignable(ticket)],
        "teams": teams_of(ticket),
        **due_line(ticket),
        "readers": readers_of(ticket), "version": ticket.version,
        "live_url": url_for("live.show", number=ticket.number, last=max((message.id for message in messages), default=0)),
        "tags": [{"name": name, "url": url_for("tickets.index", view="all", tag=name), "remove_url": url_for("tags.update", number=ticket.number, remove=name)}
                 for name in tags_of(db(), ticket)],
        "known_tags": suggested_tags(), "mailbox": ticket.mailbox.name, "back_url": place.url(),
        "previous_url": neighbours[0], "next_url": neighbours[1], "can_delete": me().admin and ticket.binned_at is None,
        "hold_url": url_for("legal_holds.new", of="ticket", record=ticket.number) if me().admin and ticket.merged_into_id is None else None,
        "shut": ticket.binned_at is not None or ticket.merged_into_id is not None,
        "can_restore": me().admin and ticket.binned_at is not None, "notices": notices_of(ticket),
        "asks": _asks(ticket, messages),
        "sealed": is_sealed(db(), ticket.id), "open_url": url_for("mail_openings.create", number=ticket.number) if me().admin else "",
        "entries": [*_earlier(url, earlier), *_entries(ticket, messages, around)],
    }


def _asks(ticket: Ticket, messages: Sequence[Message]) -> dict[str, Any] | None:
    """The request for a right that the latest of them makes, until somebody has said whether it is one. Of locked mail nothing is told."""
    deleted = ticket.requester is not None and not ticket.requester.answered
    hidden = deleted or ticket.binned_at is not None or ticket.merged_into_id is not None or is_sealed(db(), ticket.id)
    message = None if hidden else offered(messages)
    if message is None:
        return None
    asked = message.verdict["rights"]
    return {"text": _("This looks like a request (%(kind)s):", kind=_(KINDS[asked["kind"]][0])), "phrase": asked["phrase"],
            "open_url": url_for("rights_requests.create", number=ticket.number, uid=message.uid),
            "dismiss_url": url_for("rights_requests.destroy", number=ticket.number, uid=message.uid)}


def readers_of(ticket: Ticket) -> list[dict[str, Any]]:
    """The colleagues at this ticket, with what they do."""
    return [{"face": agent_face(reader.agent), "initials": reader.agent.initials,
             "text": (_("%(name)s is writing", name=_first(reader.agent.name)) if reader.writing
                      else _("%(name)s is reading", name=_first(reader.agent.name)))}
            for reader in readers(db(), ticket.id, beside=me())]


def _messages(ticket: Ticket) -> tuple[Sequence[Message], int]:
    """The latest messages, oldest first, and how many there are before them."""
    most = max(1, min(request.args.get("messages", SHOWN, type=int) or SHOWN, MOST_SHOWN))
    ids = shown_ids(db(), me(), ticket)
    order = (Message.at.desc(), Message.id.desc()) if len(ids) > 1 else (Message.id.desc(),)
    found = db().scalars(select(Message).where(Message.ticket_id.in_(ids)).order_by(*order).limit(most)
                         .options(joinedload(Message.author).options(lazyload(Agent.addresses), load_only(Agent.uid, Agent.name)), selectinload(Message.attachments))).all()[::-1]
    if len(found) < most:
        return found, 0
    total = db().scalar(select(func.count()).select_from(Message).where(Message.ticket_id.in_(ids))) or 0
    return found, total - len(found)


def _around(ticket: Ticket, messages: Sequence[Message], url: str) -> Around:
    ids = [message.id for message in messages]
    return Around(arrivals(ids), mails_of(ids), ours(), url, frozenset(request.args.getlist("images")),
                  frozenset(request.args.getlist("plain")), _persons(ticket, messages), employers_then(messages, ticket.requester),
                  masked_in(messages, ticket.requester_id), ticket.number)


def _persons(ticket: Ticket, messages: Sequence[Message]) -> dict[int, str]:
    """The names of those who wrote. Of the requester it is known already, and mostly nobody else did."""
    asked = ticket.requester
    others = {message.person_id for message in messages} - {None, ticket.requester_id}
    found = {p.id: p.name for p in db().scalars(select(Person).where(Person.id.in_(others), Person.binned_at.is_(None)))} if others else {}
    return found | ({asked.id: asked.name} if asked is not None and asked.answered else {})


def _entries(ticket: Ticket, messages: Sequence[Message], around: Around) -> list[dict[str, Any]]:
    """Letters and deeds by time; letters before the customer's last word are folded."""
    folded = _folded(messages)
    first = _first_of(ticket, messages)
    entries = []
    for message in messages:
        one = letter(message, around, folded=message.id in folded)
        one["shows_signature"] = ticket.held and one["signed"]
        if one["delivery"] and one["delivery"]["state"] in ("failed", "deferred"):
            one["folded"] = False       # why, and how it is sent again, is read without opening anything
        if one["verdict"]:
            one["folded"] = False       # nobody reads over a warning
        if message.direction == "in" and message.author_id is None and not (ticket.held and message is first):
            acts = [{"label": _("It is another person"), "url": url_for("requesters.edit", number=ticket.number, message=message.uid)}] if message.ticket_id == ticket.id else []
            trace = [{"label": _("Whole trace"), "url": one["trace_url"]}] if one["trace_url"] else []
            one["why"] = why(message, around.persons.get(message.person_id or 0, ""),
                             around.arrivals.get(message.id, []), acts + trace)
        entries.append((message.at, 0, one))
    since = messages[0].at if messages and len(messages) >= SHOWN else None
    entries += [(deed["when"], 1, deed) for deed in deeds(ticket) if since is None or deed["when"] >= since]
    return [entry for _at, _order, entry in sorted(entries, key=lambda e: e[:2])]


def _came(ticket: Ticket, messages: Sequence[Message], around: Around) -> list[Arrival]:
    first = _first_of(ticket, messages)
    return around.arrivals.get(first.id, []) if first else []


def _first_of(ticket: Ticket, messages: Sequence[Message]) -> Message | None:
    """The first of the ticket's own: not of one that was merged into it."""
    return next((message for message in messages if message.ticket_id == ticket.id), None)


def _folded(messages: Sequence[Message]) -> set[int]:
    if len(messages) <= 2:
        return set()
    last = next((n for n in range(len(messages) - 1, -1, -1)
                 if messages[n].direction == "in" and not messages[n].automatic), len(messages) - 1)
    return {message.id for message in messages[:last]}


def _earlier(url: str, count: int) -> list[dict[str, Any]]:
    if not count:
        return []
    more = f"{url}{'&' if '?' in url else '?'}messages={min(count + SHOWN, MOST_SHOWN)}"
    return [{"kind": "earlier", "url": more, "count": count}]


def _first(name: str) -> str:
    return name.split()[0] if name.split() else name



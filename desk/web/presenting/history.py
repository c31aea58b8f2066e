"""What the desk and its agents did on a ticket, as one-line sentences between the letters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from sqlalchemy import select

from contacts.address import Address
from contacts.agent import Agent, Team
from contacts.person import Person
from core.history import FactRow, FactSubject
from core.i18n import gettext as _
from core.operations import Operation
from desk.tickets.ticket import Ticket
from desk.web.presenting.times import stamp
from desk.web.presenting.why import why_routed
from desk.web.presenting.words import state
from desk.web.requests import db

MOST = 200
#: Facts that are seen as letters, or that say nothing a reader needs.
UNSAID = ("message.received", "reply.sent", "note.added", "ticket.tags")


def deeds(ticket: Ticket) -> list[dict[str, Any]]:
    """The latest facts of a ticket as entries of its conversation, oldest first, each with its moment in ``when``."""
    facts = db().scalars(select(FactRow).join(FactSubject, FactSubject.fact_id == FactRow.id).where(
        FactSubject.subject_uid == ticket.uid).order_by(FactRow.id.desc()).limit(MOST)).all()[::-1]
    names, undo = _names(facts), _undo(ticket, facts)
    found = []
    for before, fact in zip([None, *facts], facts, strict=False):
        text, icon = _merged(ticket, fact, names) if fact.kind == "ticket.merged" else _say(fact, before, names)
        if text:
            why = why_routed(ticket) if fact.kind == "ticket.routed" or fact.data.get("how") == "support_contact" else None
            found.append({"kind": "deed", "text": f"{text} · {stamp(fact.at)}", "icon": icon, "why": why, "open": False,
                          "undo_url": undo.get(fact.id), "when": fact.at})
    return found


def _undo(ticket: Ticket, facts: Sequence[FactRow]) -> dict[int, str]:
    """The last word about who the sender is can be taken back here, long after the toast is gone: its fact and the URL."""
    last = next((fact for fact in reversed(facts) if fact.kind == "ticket.requester"), None)
    uid = ticket.identification.get("undo")
    if last is None or not last.by_uid or not uid or ticket.merged_into_id is not None or ticket.binned_at is not None:
        return {}
    done = db().scalar(select(Operation.id).where(Operation.uid == uid, Operation.state == "done"))
    return {last.id: url_for("requesters.undo", number=ticket.number, uid=uid)} if done else {}


def _say(fact: FactRow, before: FactRow | None, names: dict[str, str]) -> tuple[str, str]:
    by = names.get(fact.by_uid or "", "")
    data = fact.data
    if fact.kind in UNSAID:
        return "", ""
    if fact.kind == "ticket.state":
        return _state(by, data, before)
    if fact.kind == "ticket.assigned":
        return _assigned(by, names.get(data.get("assignee_uid") or "", ""), names.get(data.get("team_uid") or "", "")), "user-check"
    if fact.kind == "ticket.routed":
        return _routed(data, names), "route"
    if fact.kind == "ticket.opened":
        return (_("%(name)s began this ticket", name=by), "") if by else ("", "")
    if fact.kind == "ticket.requester":
        if data.get("previous_uid") and not data.get("address_uid"):
            return _("%(name)s took back who the sender is", name=by), "arrow-back-up"
        return _requester(by, data.get("person_uid") or "", names), "user-check"
    if fact.kind == "ticket.binned":
        text = _("%(name)s restored the ticket", name=by) if data.get("restored") else _("%(name)s deleted the ticket", name=by)
        return text, "trash"
    if fact.kind == "ticket.mass_mail_stopped":
        return _("They get no more of this mass mail: noted on their card, with this message as proof"), "ban"
    if fact.kind == "ticket.locked_mail_read":
        return _("%(name)s read the locked mails", name=by), "lock"
    return _mail(fact.kind, data, names)


def _state(by: str, data: dict[str, Any], before: FactRow | None) -> tuple[str, str]:
    """Turns that an answer brings by itself are seen in the answer; only reopening is worth a line."""
    after = data["after"]
    answered = before is not None and before.kind == "reply.sent"
    if answered and after == "waiting":
        return "", ""
    if not by:
        return _by_itself(data["before"], after)
    said = {"closed": _("%(name)s closed the ticket", name=by), "spam": _("%(name)s marked it as spam", name=by),
            "snoozed": _("%(name)s snoozed the ticket", name=by)}
    if after == "open" and data["before"] in ("closed", "spam", "snoozed"):
        return _("%(name)s reopened the ticket", name=by), "state-open"
    text = said.get(after) or _("%(name)s: %(state)s", name=by, state=state(after))
    return text, f"state-{after}"


def _by_itself(was: str, after: str) -> tuple[str, str]:
    if after != "open" or was not in ("closed", "snoozed"):
        return "", ""
    return (_("Reopened by the answer") if was == "closed" else _("Came back")), "state-open"


def _routed(data: dict[str, Any], names: dict[str, str]) -> str:
    to = " · ".join(filter(None, (names.get(data.get("assignee_uid") or ""), names.get(data.get("team_uid") or ""))))
    if not data.get("rule_uid"):
        return _("Given to %(to)s", to=to)
    return (_("Rule %(number)s gave the ticket to %(to)s", number=data["number"], to=to) if to
            else _("Sorted by rule %(number)s", number=data["number"]))


def _assigned(by: str, assignee: str, team: str) -> str:
    to = " · ".join(filter(None, (assignee, team)))
    if not to:
        return _("%(name)s gave the ticket to nobody", name=by) if by else _("Given to nobody")
    if by and by == to:
        return _("%(name)s took the ticket", name=by)
    return _("%(name)s gave the ticket to %(to)s", name=by, to=to) if by else _("Given to %(to)s", to=to)


def _requester(by: str, uid: str, names: dict[str, str]) -> str:
    person = names.get(uid, "")
    if not uid:
        return _("%(name)s keeps no record of the sender", name=by)
    if not person:          # of a deleted person nothing is said
        return _("%(name)s said who the sender is", name=by) if by else ""
    return _("%(name)s says that it is %(person)s", name=by, person=person) if by else _("It is %(person)s", person=person)


def _merged(ticket: Ticket, fact: FactRow, names: dict[str, str]) -> tuple[str, str]:
    """Only where the ticket goes on: the other one leads here while it is merged."""
    by, number = names.get(fact.by_uid or "", ""), names.get(fact.data["ticket_uid"], "")
    if fact.data["into_uid"] != ticket.uid or not number:
        return "", ""
    if fact.data.get("undone"):
        return _("%(name)s took ticket %(number)s out again", name=by, number=number), "arrow-back-up"
    return _("%(name)s merged ticket %(number)s into this one", name=by, number=number), "git-merge"


def _mail(kind: str, data: dict[str, Any], names: dict[str, str]) -> tuple[str, str]:
    if kind == "mail.bounced":
        address = names.get(data["address_uid"], "")
        if data["hard"]:
            return _("The mail to %(address)s came back: the address does not take mail", address=address), "mail-off"
        return _("The mail to %(address)s came back for now", address=address), "mail-off"
    if kind == "mail.failed":
        return _("A mail could not be sent"), "mail-off"
    if kind == "mail.breaker":
        return (_("The loop breaker stopped automatic mail on this ticket") if data["scope"] == "ticket"
                else _("The loop breaker stopped automatic answers to this correspondent")), "shield-x"
    return "", ""


def _names(facts: Sequence[FactRow]) -> dict[str, str]:
    """Names of everybody the facts speak of: at most one question a kind."""
    def uids(*fields: str) -> set[str]:
        return {uid for fact in facts for field in fields if (uid := fact.data.get(field))}

    agents = uids("assignee_uid") | {fact.by_uid for fact in facts if fact.by_uid}
    asked: list[tuple[Any, Any, set[str]]] = [
        (Agent, Agent.name, agents), (Team, Team.name, uids("team_uid")), (Address, Address.value, uids("address_uid"))]
    found = {uid: name for kind, name, wanted in asked if wanted
             for uid, name in db().execute(select(kind.uid, name).where(kind.uid.in_(wanted)))}
    merged = {fact.data["ticket_uid"] for fact in facts if fact.kind == "ticket.merged"}
    if merged:
        found |= {uid: str(number) for uid, number in db().execute(select(Ticket.uid, Ticket.id).where(Ticket.uid.in_(merged)))}
    persons = uids("person_uid")
    if persons:
        found |= {p.uid: p.name for p in db().scalars(select(Person).where(Person.uid.in_(persons), Person.binned_at.is_(None)))}
    return found

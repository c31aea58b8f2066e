"""Finding what a request names: records by id, agents by address, teams and short lists by name.

What the path names and the agent may not know of is 404; what the body names is 422 with the field.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn, TypeVar

from flask import abort, jsonify, request
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from contacts import stages
from contacts.address import normalise_email
from contacts.agent import Agent, Team
from contacts.company import Business, Category, Company, ServiceLevel
from contacts.editing import person_called
from contacts.erased import nobody
from contacts.person import Person
from contacts.sale import SaleStage
from contacts.selected import selected, selection_called
from core.alphabet import in_order
from core.database import LARGEST_ID
from core.errors import Refused, Unknown
from core.i18n import N_
from core.i18n import gettext as _
from desk.access import may_see_mailbox, ticket_for
from desk.mailboxes import Mailbox, mailbox_at
from desk.tickets.threads import survivor
from desk.tickets.ticket import Ticket
from desk.web.api.bearer import me
from desk.web.requests import db

Listed = TypeVar("Listed", Category, Business, ServiceLevel)


def the_ticket(number: int, *, merged: bool = False, lock: bool = True) -> Ticket:
    """The ticket a path names, held while it is changed. One that was merged leads to its survivor by 308, unless it itself is meant.

    Without ``lock`` the service holds it: those who need several take them in the same order.
    """
    if number > LARGEST_ID:
        raise Unknown(N_("There is no such ticket."))
    ticket = ticket_for(db(), me(), number, lock=lock and request.method not in ("GET", "HEAD"))
    if ticket.merged_into_id is not None and not merged:
        remaining = survivor(db(), ticket.id)
        _lead(f"/tickets/{number}", f"/tickets/{remaining.number if remaining else ticket.merged_into_id}")
    return ticket


def the_person(uid: str, *, binned: bool = False) -> Person:
    """The person a path names. One that was merged leads to the survivor by 308."""
    person = first = db().scalar(select(Person).where(Person.uid == uid))
    while person is not None and person.merged_into_id is not None:
        person = db().get(Person, person.merged_into_id)
    if person is None or (person.binned_at is not None and not binned and not (person.restricted_at is not None and me().admin)):
        raise nobody(db(), uid)
    if person is not first:
        _lead(f"/persons/{uid}", f"/persons/{person.uid}")
    return person


def lead_on(path: str, names: dict[str, Any]) -> None:
    """308 where what the path of a route names was merged: its Idempotency-Key is for the survivor, not taken here."""
    if path.startswith("/tickets/"):
        the_ticket(names["number"])
    else:
        the_person(names["uid"], binned=True)


def visible_mailbox(address: str, field: str) -> Mailbox:
    """A mailbox that the body names."""
    mailbox = mailbox_at(db(), address)
    if mailbox is None or not may_see_mailbox(db(), me(), mailbox):
        raise Refused(_("There is no mailbox %(address)s.", address=address), {field: _("There is no such mailbox.")})
    return mailbox


def agent_named(named: str, field: str) -> Agent:
    """An agent by address, by id, or as ``me``."""
    if named == "me":
        return me()
    agent = db().scalar(select(Agent).where(Agent.email == normalise_email(named))) or db().scalar(
        select(Agent).where(Agent.uid == named))
    if agent is None:
        raise Refused(_("There is no agent %(name)s.", name=named), {field: _("There is no such agent.")})
    return agent


def agents_named(named: Sequence[str], field: str) -> list[Agent]:
    """Several agents, each once, in one question."""
    wanted = {name: normalise_email(name) for name in named}
    found = db().scalars(select(Agent).where(Agent.email.in_(wanted.values()) | Agent.uid.in_(wanted))).all()
    known = {agent.email for agent in found} | {agent.uid for agent in found}
    for name, email in wanted.items():
        if email not in known and name not in known:
            raise Refused(_("There is no agent %(name)s.", name=name), {field: _("There is no such agent.")})
    return list(found)


def team_named(named: str, field: str) -> Team:
    """A team by name or id."""
    team = db().scalar(select(Team).where(Team.name == named)) or db().scalar(select(Team).where(Team.uid == named))
    if team is None:
        raise Refused(_("There is no team %(name)s.", name=named), {field: _("There is no such team.")})
    return team


def stage_named(named: str, field: str) -> SaleStage:
    """A stage of sales by name or id."""
    stage = stages.stage_named(db(), named)
    if stage is None:
        known = ", ".join(_(one.name) for one in stages.stages(db()))
        raise Refused(_("There is no stage %(name)s.", name=named), {field: _("One of: %(names)s", names=known)})
    return stage


def company_named(uid: str, field: str) -> Company:
    """A company by id, none from the bin."""
    company = db().scalar(select(Company).where(Company.uid == uid, Company.binned_at.is_(None)))
    if company is None:
        raise Refused(N_("There is no such company."), {field: _("There is no such company.")})
    return company


def person_named(uid: str, field: str) -> Person:
    """A living person by id; a merged one is its survivor."""
    try:
        return person_called(db(), uid)
    except Unknown as error:
        raise Refused(error.sentence, {field: _("There is no such person.")}) from error


def in_selection(uid: str | None, of: str) -> list[ColumnElement[bool]]:
    """A condition: those of a selection. Raises Unknown for one of something else, or that the caller does not see."""
    return [selected(db(), selection_called(db(), uid, me(), of=of), me())] if uid else []


def fields_of(given: dict[str, Any]) -> dict[str, Any]:
    """Fields as the API has them → as the services take them: names become ids."""
    kinds: dict[str, Any] = {"category": Category, "business": Business, "service_level": ServiceLevel}
    agents = ("support_contact", "our_contact")
    fields = {name: value for name, value in given.items() if name not in kinds and name not in agents}
    for name in agents:
        if name in given:
            fields[f"{name}_id"] = agent_named(given[name], name).id if given[name] else None
    for name, kind in kinds.items():
        if name in given:
            fields[f"{name}_id"] = _listed(db(), kind, given[name].strip(), name) if given[name] else None
    return fields


def _listed(db: Session, kind: type[Listed], name: str, field: str) -> int:
    """The entry of a short list with this name; an admin's request adds one that is missing."""
    row = db.scalar(select(kind).where(kind.name == name))
    if row is None and me().admin and 0 < len(name) <= 80:
        row = kind(name=name)
        db.add(row)
        db.flush()
    if row is None:
        known = ", ".join(in_order(db.scalars(select(kind.name)), str)[:20])
        raise Refused(_("There is no “%(name)s” to choose. An admin can add it.", name=name),
                      {field: _("One of: %(names)s", names=known)})
    return row.id


def _lead(path: str, to: str) -> NoReturn:
    """308 to the same place of the survivor (RFC 9110 section 15.4.9): method and body stay."""
    target = request.full_path.rstrip("?").replace(path, to, 1)
    sentence = _("This was merged into another record.")
    response = jsonify(type="about:blank", title=sentence, status=308, detail=sentence, errors={})
    response.status_code, response.content_type = 308, "application/problem+json"
    response.headers["Location"] = target
    abort(response)

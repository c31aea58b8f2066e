"""Requests for rights in mail: seen when it is filed, offered on the ticket, or made a case by the option ``rights.from_mail``.

What was seen lies in the message's verdict under ``rights``: ``kind``, ``phrase``, and when somebody has said so ``state`` (*opened*, *no*) and ``case``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from contacts.agent import Agent
from core.errors import Refused
from core.history import Fact, FactRow
from core.i18n import N_
from core.options import option
from desk.arrivals import from_archive, message_of, ticket_of
from desk.loops import within_budget
from desk.rights.case import RightsCase
from desk.rights.opening import open_case
from desk.tickets.facts import RightsRequestSeen
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket


def offered(messages: Sequence[Message]) -> Message | None:
    """The latest of these messages that asks for a right and of which nobody has said anything yet."""
    return next((one for one in reversed(messages) if one.verdict.get("rights") and not one.verdict["rights"].get("state")), None)


def open_from(db: Session, message: Message, ticket: Ticket, *, by: Agent | None, acknowledge: bool = True) -> RightsCase:
    """A case of what a message asks for. Raises Refused where it asks for nothing."""
    asked = message.verdict.get("rights")
    if not asked:
        raise Refused(N_("This mail was not recognised as a request."))
    case = open_case(db, asked["kind"], person=ticket.requester if ticket.requester and ticket.requester.answered else None, ticket=ticket, message=message,
                     phrase=asked["phrase"], origin="mail", by=by, acknowledge=acknowledge)
    _say(message, state="opened", case=case.uid)
    return case


def dismiss(message: Message) -> None:
    """It asks for nothing of the kind. Raises Refused where a case of it is open: that is decided, not wished away."""
    asked = message.verdict.get("rights")
    if asked and asked.get("state") == "opened":
        raise Refused(N_("A colleague has made a case of this already."))
    if asked:
        _say(message, state="no")


def open_by_itself(db: Session, fact: Fact, row: FactRow) -> None:
    """Consumer ``rights``: open the case where the option says so; never of an archive or of a forged mail."""
    if not isinstance(fact, RightsRequestSeen) or not option(db, "rights.from_mail"):
        return
    ticket, message = ticket_of(db, fact.ticket_uid), message_of(db, fact.message_uid)
    if ticket is None or message is None or ticket.state == "spam" or not ticket.living or message.trust.get("result") == "fail" or from_archive(db, message):
        return
    address = ticket.requester_address.value if ticket.requester_address else ""
    open_from(db, message, ticket, by=None, acknowledge=bool(address) and within_budget(db, ticket, address))


def _say(message: Message, **said: Any) -> None:
    message.verdict = message.verdict | {"rights": message.verdict["rights"] | said}

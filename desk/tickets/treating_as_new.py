"""A deleted person wrote, and an agent says that whoever writes is somebody new (section 0.18): the address is the deleted person's no
more, and the policy says of its tickets what it says of any stranger's."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.addressing import retire
from contacts.agent import Agent
from contacts.identifying import holders
from core.errors import Refused
from core.i18n import N_, sentence
from core.operations import Operation
from desk.locked_mail import needs_reading
from desk.tickets import undeciding
from desk.tickets.later_mail import belongs
from desk.tickets.message import Message
from desk.tickets.senders import came_from
from desk.tickets.states import change_state
from desk.tickets.ticket import Ticket
from rules.intake import is_unknown_and_asked

MOST = 200
SAID = N_("%(agent)s said that it is somebody new, not the deleted person.")


def treat_as_new(db: Session, ticket: Ticket, by: Agent) -> Operation:
    """Take the address from the deleted person and judge all that waits from it anew; what was before is kept, and undone by the operation's
    uid. Restoring the person later asks whose the address is. Raises Refused where the ticket waits for nothing of the kind, Forbidden
    where its mails are kept from the agent."""
    needs_reading(db, ticket.id)
    address = came_from(db, ticket)
    if not ticket.waits_for_a_deleted or address is None or ticket.binned_at is not None or ticket.merged_into_id is not None:
        raise Refused(N_("Somebody has decided anew about this sender since. Look at the ticket again."))
    before = undeciding.Before(db, ticket)
    for holding in holders(db, address):
        if holding.person.binned_at is not None:
            retire(db, holding, by=by)
    waiting = db.scalars(select(Ticket).where(
        Ticket.requester_address_id == address.id, Ticket.held, Ticket.requester_id.is_(None), Ticket.id != ticket.id, Ticket.binned_at.is_(None),
        Ticket.merged_into_id.is_(None)).order_by(Ticket.id).limit(MOST).with_for_update(of=Ticket))
    settled = [ticket, *(one for one in waiting if one.waits_for_a_deleted)]
    for one in settled:
        first = db.scalar(select(Message).where(Message.ticket_id == one.id, Message.direction == "in").order_by(Message.id).limit(1))
        one.requester_name = (first.from_name if first else "")[:250]
        spam = belongs(db, one, by, said=SAID)
        one.verdict = {**one.verdict, "rule": is_unknown_and_asked.__name__, "why": SAID % {"agent": by.name}, "because": [sentence(SAID, agent=by.name)]}
        if spam:
            change_state(db, one, "spam", by=by)
    db.flush()
    return undeciding.remember(db, before, settled, by=by)

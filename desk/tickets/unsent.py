"""An agent answers by mail, and the answer went to nobody: the agent is told so, and why."""

from __future__ import annotations

from sqlalchemy.orm import Session

from contacts.address import normalise_email
from contacts.agent import Agent
from core.i18n import N_, gettext, speaking
from desk.loops import within_budget
from desk.mailboxes import own_addresses
from desk.outbound import enqueue
from desk.tickets.ticket import Ticket
from desk.wording import render

#: Why an answer to a notification was not sent on (desk.tickets.replying) → how the agent is told.
REASONS = {
    "foreign": N_("It came from an address that is none of yours."),
    "withdrawn": N_("You may no longer see the ticket."),
    "deleted": N_("The ticket was deleted when it came."),
    "nobody": N_("There is nobody to send it to."),
    "pictures": N_("It was a picture without a word, which may be a signature alone."),
}


def tell_unsent(db: Session, ticket: Ticket, agent: Agent, why: str) -> None:
    """Write to the agent, at their own address and within the budget of automatic mail. Nothing of the ticket but its
    number is told."""
    if not agent.active or normalise_email(agent.email) in own_addresses(db):
        return
    if not within_budget(db, ticket, agent.email, agent=True):
        return
    with speaking(agent.language):
        reason = gettext(REASONS[why])
    mail = render(db, "notify_unsent", agent.language, ticket.mailbox, name=agent.name, number=f"#{ticket.number}",
                  mailbox=ticket.mailbox.name, reason=reason)
    enqueue(db, kind="notification", mailbox=ticket.mailbox, recipients=[agent.email], ticket_id=ticket.id, agent_id=agent.id,
            subject=mail.subject, text=mail.text, html=mail.html, language=agent.language)

"""The mail with the link by which a person confirms an address, in their language, from a mailbox they know."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import Holding
from contacts.agent import Agent
from contacts.confirming import new_signature
from contacts.person import Person
from core.options import option
from core.settings import settings
from desk.access import visible_mailbox_ids
from desk.language import language_of
from desk.mailboxes import Mailbox
from desk.outbound import OutboundMail, enqueue
from desk.tickets.ticket import Ticket
from desk.wording import render


def send_link(db: Session, holding: Holding, *, by: Agent) -> OutboundMail:
    """Write it into the outbound ledger. It names nobody, for somebody else may read it. Raises Refused."""
    link = f"{settings().url}/address/{holding.uid}/{new_signature(db, holding, by=by)}"
    person, mailbox = holding.person, mailbox_for(db, holding.person, by)
    language, address = language_of(db, person, mailbox), holding.address.value
    mail = render(db, "confirmation", language, mailbox, name=address, address=address, link=link,
                  mailbox=mailbox.name if mailbox else option(db, "desk.name"))
    return enqueue(db, kind="system", mailbox=mailbox, recipients=[address], subject=mail.subject, text=mail.text, html=mail.html,
                   agent_id=by.id, language=language)


def mailbox_for(db: Session, person: Person | None, by: Agent | None) -> Mailbox | None:
    """Where they wrote last, of those that the agent sees (of all where the desk itself writes); else the first of these."""
    seen = visible_mailbox_ids(db, by) if by is not None else select(Mailbox.id)
    last = db.scalar(select(Ticket.mailbox_id).where(
        Ticket.requester_id == person.id, Ticket.mailbox_id.in_(seen)).order_by(Ticket.id.desc()).limit(1)) if person is not None else None
    return db.get(Mailbox, last) if last else db.scalar(select(Mailbox).where(
        Mailbox.id.in_(seen), Mailbox.active).order_by(Mailbox.id).limit(1))

"""A new ticket out of its form: a mail to somebody, or a call noted down."""

from __future__ import annotations

from flask import request
from sqlalchemy import select

from contacts.agent import Agent
from contacts.editing import person_called
from contacts.identifying import sort_name, split_name
from contacts.person import Person
from core.errors import Refused
from core.i18n import N_, say
from core.i18n import gettext as _
from desk.access import visible_mailboxes
from desk.mailboxes import Mailbox
from desk.tickets.answering import begin
from desk.tickets.assigning import assign
from desk.tickets.doubting import doubts
from desk.tickets.recipients import written
from desk.tickets.ticket import Ticket
from desk.web.files import posted_files
from desk.web.forms import posted
from desk.web.requests import db
from desk.web.signing_in import me


def begin_mail() -> Ticket:
    """A mail to somebody, as the composer posted it. Raises Refused."""
    files = posted_files()
    return begin(db(), _mailbox("from"), by=me(), subject=posted("subject"), html=request.form.get("html", ""),
                 text=request.form.get("text", ""), to=_addresses("to"), cc=_addresses("cc"), files=files)


def minded_of_new() -> list[str]:
    """What to look at twice before the mail leaves: nobody takes part yet, so that is whether mail arrives there."""
    recipients = [*written(request.form.get("to", "")), *written(request.form.get("cc", ""))]
    return [say(doubt.sentence) for doubt in doubts(db(), None, recipients)]


def begin_call() -> Ticket:
    """A call: who called is a person we know, an address, or just a name."""
    if not posted("who"):
        raise Refused(N_("Say who called."), {"who": N_("A name or an address.")})
    person, address = _caller(posted("who"))
    ticket = begin(db(), _mailbox("mailbox"), by=me(), subject=posted("subject"), text=_noted(), channel="phone",
                   to=[address] if address else [], requester=person, caller="" if address else posted("who"))
    agent = db().scalar(select(Agent).where(Agent.uid == request.form.get("agent", ""), Agent.active))
    if agent is None:
        ticket.assignee_id = None       # nobody had it before, so nothing is told of it
    else:
        assign(db(), ticket, by=me(), assignee=agent, team=ticket.team)
    return ticket


def _caller(who: str) -> tuple[Person | None, str]:
    """The person a call is from, or an address to write to, as far as what was typed names one."""
    given = written(who)[0] if written(who) else None
    if given is not None and "@" in given.address:
        return None, given.address
    if request.form.get("person"):
        return person_called(db(), request.form["person"]), ""
    same = db().scalars(select(Person).where(
        Person.sort_name == sort_name(*split_name(who)), Person.binned_at.is_(None),
        Person.merged_into_id.is_(None)).limit(2)).all()
    return (same[0] if len(same) == 1 else None), ""


def _noted() -> str:
    phone = posted("phone")
    return "\n\n".join(filter(None, (request.form.get("text", "").strip(), _("Number: %(phone)s", phone=phone) if phone else "")))


def _mailbox(field: str) -> Mailbox:
    """The mailbox chosen, of those the agent sees; without a choice the first."""
    seen = [m for m in visible_mailboxes(db(), me()) if m.active]
    if not seen:
        raise Refused(N_("You see no mailbox to write from. An admin can open one to you."))
    return next((m for m in seen if m.uid == request.form.get(field)), seen[0])


def _addresses(field: str) -> list[str]:
    return [one.address for one in written(request.form.get(field, ""))]

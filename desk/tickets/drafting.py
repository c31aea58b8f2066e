"""Drafts: what an agent is writing, kept by the server at every pause.

One composer writes replies and notes, so an agent has one draft of these on a ticket, and one of a forward. Of
tickets that are not there yet an agent has as many as they began: each page that begins one has a uid of its own
for its draft, so that a mail to one person never becomes part of a mail to another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from core.clock import now
from core.database import UID_LENGTH
from core.errors import Conflict, Refused, Unknown
from core.html import sanitise_own, to_text
from core.i18n import N_
from core.i18n import gettext as _
from core.options import LANGUAGES
from desk.language import language_for
from desk.tickets.message import Draft
from desk.tickets.ticket import Ticket

#: Kinds that are written in the same composer: its draft is of the kind last chosen.
TOGETHER = {"reply": ("reply", "note"), "note": ("reply", "note"), "forward": ("forward",)}
#: Kinds of a ticket that is not there yet: a mail that leaves, a call that is noted down.
BEGINNINGS = ("mail", "phone")
#: Drafts of new tickets that are offered at once.
MOST = 50
#: A draft of a new ticket that nobody touches is kept so long; one on a ticket goes with its ticket.
KEPT = timedelta(days=90)
#: Characters of HTML in which there may be no word.
LITTLE = 2000
UID = re.compile(f"[0-9a-f]{{{UID_LENGTH}}}")


@dataclass(frozen=True, slots=True)
class Content:
    """What stands in the form; ``mailbox`` and ``assignee`` are uids, as ``original`` and ``files``."""

    html: str = ""
    to: str = ""
    cc: str = ""
    subject: str = ""
    files: Sequence[str] = ()
    language: str = ""
    original: str = ""
    text: str = ""
    phone: str = ""
    mailbox: str = ""
    assignee: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing is written that somebody would miss."""
        return not (self.files or len(self.html) > LITTLE or "<img" in self.html or to_text(self.html).strip()
                    or any(one.strip() for one in (self.to, self.cc, self.subject, self.text, self.phone)))


def draft_of(db: Session, ticket: Ticket, agent: Agent, kind: str) -> Draft | None:
    """What the agent was writing here, in the composer of this kind."""
    return db.scalar(select(Draft).where(
        Draft.ticket_id == ticket.id, Draft.agent_id == agent.id, Draft.kind.in_(TOGETHER[kind])).execution_options(
        populate_existing=True))


def begun_of(db: Session, agent: Agent, *, beside: str = "") -> Sequence[Draft]:
    """Tickets that the agent has begun and not sent, the latest first; not the one ``beside`` which they are asked for."""
    return db.scalars(select(Draft).where(Draft.ticket_id.is_(None), Draft.agent_id == agent.id, Draft.uid != beside)
                      .order_by(Draft.updated_at.desc(), Draft.id.desc()).limit(MOST)).all()


def begun_uids(db: Session, agent: Agent) -> Sequence[str]:
    """The uids of all that the agent has begun."""
    return db.scalars(select(Draft.uid).where(Draft.ticket_id.is_(None), Draft.agent_id == agent.id).limit(MOST)).all()


def begun_called(db: Session, agent: Agent, uid: str) -> Draft | None:
    """The draft of a new ticket under this uid; None where nothing is kept. Raises Unknown for somebody else's."""
    draft = db.scalar(select(Draft).where(Draft.uid == uid).execution_options(populate_existing=True))
    if draft is not None and (draft.agent_id != agent.id or draft.ticket_id is not None):
        raise Unknown(N_("There is no such draft."))
    return draft


def save_draft(db: Session, ticket: Ticket, agent: Agent, kind: str, content: Content, *, version: int) -> Draft:
    """Keep what is written so far; ``version`` is the one the page last saw (0: none yet).

    Raises Conflict when another page of the same agent has saved in between; both texts then still exist.
    """
    if kind not in TOGETHER:
        raise Refused(_("There are no drafts of kind %(kind)s.", kind=kind))
    _one_window_at_a_time(db, agent)
    draft = _unmoved(draft_of(db, ticket, agent, kind), agent, version) or Draft(
        ticket_id=ticket.id, agent_id=agent.id, version=0, requester_address_id=ticket.requester_address_id)
    usual = content.language == language_for(ticket)[0]
    return _write(db, draft, kind, replace(content, language="") if usual else content)


def save_begun(db: Session, agent: Agent, uid: str, kind: str, content: Content, *, version: int) -> Draft | None:
    """The same for a ticket that is not there yet; where nothing is written any more there is no draft, and None."""
    if kind not in BEGINNINGS or not UID.fullmatch(uid):
        raise Refused(_("There are no drafts of kind %(kind)s.", kind=kind))
    _one_window_at_a_time(db, agent)
    draft = _unmoved(begun_called(db, agent, uid), agent, version)
    if not content.empty:
        return _write(db, draft or Draft(uid=uid, agent_id=agent.id, version=0), kind, content)
    if draft is not None:
        db.delete(draft)
        db.flush()
    return None


def drop_draft(db: Session, ticket: Ticket, agent: Agent, kind: str) -> None:
    """Forget a draft: it was sent, or thrown away."""
    db.execute(delete(Draft).where(Draft.ticket_id == ticket.id, Draft.agent_id == agent.id, Draft.kind.in_(TOGETHER[kind])))


def drop_begun(db: Session, agent: Agent, uid: str) -> None:
    """Forget the draft of a new ticket: the ticket is there, or it was thrown away."""
    db.execute(delete(Draft).where(Draft.uid == uid, Draft.agent_id == agent.id, Draft.ticket_id.is_(None)))


def forget_begun(db: Session) -> None:
    """Forget the new tickets that were begun and not touched for long."""
    db.execute(delete(Draft).where(Draft.ticket_id.is_(None), Draft.updated_at < now() - KEPT))


def _unmoved(draft: Draft | None, agent: Agent, version: int) -> Draft | None:
    kept = draft.version if draft else 0
    if kept != version:
        raise Conflict("This draft was changed in another window. Reload to see it; your text is kept here.",
                       version=kept, by=agent.name, **_words(draft))
    return draft


def _words(draft: Draft | None) -> dict[str, Any]:
    """What another window has written, under the names of the form, where it has the field."""
    if draft is None:
        return {"html": ""}
    if draft.kind == "phone":
        return {"who": draft.to, "phone": draft.phone, "subject": draft.subject, "text": draft.text}
    return {"html": draft.html, "to": draft.to, "cc": draft.cc, "subject": draft.subject, "attachments": draft.files}


def _write(db: Session, draft: Draft, kind: str, content: Content) -> Draft:
    draft.kind, draft.html, draft.text = kind, sanitise_own(content.html), content.text
    draft.to, draft.cc, draft.subject = content.to[:8000], content.cc[:8000], content.subject[:500]
    draft.phone, draft.mailbox_uid, draft.assignee_uid = content.phone[:80], content.mailbox[:24], content.assignee[:24]
    draft.language = content.language if content.language in LANGUAGES else ""
    draft.original, draft.files = content.original[:24], list(content.files)[:50]
    draft.version, draft.updated_at = draft.version + 1, now()
    db.add(draft)
    db.flush()
    return draft


def _one_window_at_a_time(db: Session, agent: Agent) -> None:
    """Two windows that save at once do so one after the other, also the first time; nobody else waits for it."""
    db.execute(select(Agent.id).where(Agent.id == agent.id).with_for_update(key_share=True))

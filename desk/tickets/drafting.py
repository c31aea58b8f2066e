"""Drafts: what an agent is writing, kept by the server at every pause.

One composer writes replies and notes, so an agent has one draft of these on a ticket, and one of a forward.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from contacts.agent import Agent
from core.clock import now
from core.errors import Conflict, Refused
from core.html import sanitise_own
from core.i18n import gettext as _
from core.options import LANGUAGES
from desk.language import language_for
from desk.tickets.message import Draft
from desk.tickets.ticket import Ticket

KINDS = ("reply", "note", "forward")
#: Kinds that are written in the same composer: its draft is of the kind last chosen.
TOGETHER = {"reply": ("reply", "note"), "note": ("reply", "note"), "forward": ("forward",)}


def draft_of(db: Session, ticket: Ticket, agent: Agent, kind: str) -> Draft | None:
    """What the agent was writing here, in the composer of this kind."""
    return db.scalar(select(Draft).where(
        Draft.ticket_id == ticket.id, Draft.agent_id == agent.id, Draft.kind.in_(TOGETHER[kind])).execution_options(
        populate_existing=True))


def drafts_of(db: Session, ticket: Ticket, agent: Agent) -> Sequence[Draft]:
    """All of the agent's drafts on a ticket, the latest first."""
    return db.scalars(select(Draft).where(Draft.ticket_id == ticket.id, Draft.agent_id == agent.id)
                      .order_by(Draft.updated_at.desc())).all()


def save_draft(
    db: Session, ticket: Ticket, agent: Agent, kind: str, *, version: int, html: str, to: str = "", cc: str = "",
    subject: str = "", files: Sequence[str] = (), language: str = "", original: str = "",
) -> Draft:
    """Keep what is written so far; ``version`` is the one the page last saw (0: none yet).

    Raises Conflict when another page of the same agent has saved in between; both texts then still exist.
    """
    if kind not in KINDS:
        raise Refused(_("There are no drafts of kind %(kind)s.", kind=kind))
    _one_window_at_a_time(db, agent)
    draft = draft_of(db, ticket, agent, kind)
    if (draft.version if draft else 0) != version:
        raise Conflict("This draft was changed in another window. Reload to see it; your text is kept here.",
                       version=draft.version if draft else 0, html=draft.html if draft else "", by=agent.name)
    if draft is None:
        draft = Draft(ticket_id=ticket.id, agent_id=agent.id, kind=kind, version=0,
                      requester_address_id=ticket.requester_address_id)
        db.add(draft)
    draft.kind, draft.html, draft.to, draft.cc, draft.subject = kind, sanitise_own(html), to[:8000], cc[:8000], subject[:500]
    draft.files, draft.version, draft.updated_at = list(files)[:50], draft.version + 1, now()
    draft.language = language if language in LANGUAGES and language != language_for(ticket)[0] else ""
    draft.original = original[:24]
    db.flush()
    return draft


def drop_draft(db: Session, ticket: Ticket, agent: Agent, kind: str) -> None:
    """Forget a draft: it was sent, or thrown away."""
    db.execute(delete(Draft).where(Draft.ticket_id == ticket.id, Draft.agent_id == agent.id, Draft.kind.in_(TOGETHER[kind])))


def _one_window_at_a_time(db: Session, agent: Agent) -> None:
    """Two windows that save at once do so one after the other, also the first time; nobody else waits for it."""
    db.execute(select(Agent.id).where(Agent.id == agent.id).with_for_update(key_share=True))

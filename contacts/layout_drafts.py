"""What an agent is changing of a layout: kept until it is saved or given up, in force for nobody (W55)."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from sqlalchemy.orm import Session

from contacts.agent import Agent
from contacts.layout import LayoutDraft
from contacts.layouts import in_force, numbers


def draft_of(db: Session, entity: str, agent: Agent) -> LayoutDraft | None:
    """What the agent has changed and not saved."""
    return db.get(LayoutDraft, (agent.id, entity))


def drafted(db: Session, entity: str, agent: Agent) -> dict[str, Any]:
    """The content as the agent has changed it, or as it is in force for them; a copy to change."""
    draft = draft_of(db, entity, agent)
    return deepcopy(dict(draft.content if draft else in_force(db, entity, agent).content))


def keep_draft(db: Session, entity: str, agent: Agent, content: Mapping[str, Any]) -> None:
    """Keep what was changed, with the versions that it was begun from."""
    draft = draft_of(db, entity, agent)
    if draft is None:
        db.add(LayoutDraft(agent_id=agent.id, entity=entity, content=dict(content), base=numbers(db, entity, agent)))
    else:
        draft.content = dict(content)
    db.flush()


def give_up(db: Session, entity: str, agent: Agent) -> None:
    """Forget what was changed."""
    draft = draft_of(db, entity, agent)
    if draft is not None:
        db.delete(draft)
        db.flush()

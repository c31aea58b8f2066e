"""Faces: two letters in a circle for persons, in a square for our own people."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_login import current_user

from contacts.agent import Agent
from contacts.person import Person

FIRM: dict[str, Any] = {"kind": "firm", "initials": "", "name": ""}
UNKNOWN: dict[str, Any] = {"kind": "unknown", "initials": "", "name": ""}


def agent_face(agent: Agent) -> dict[str, Any]:
    """An agent's face; one's own is tinted."""
    mine = current_user.is_authenticated and current_user.agent.id == agent.id
    return {"kind": "me" if mine else "agent", "initials": agent.initials, "name": agent.name}


def agent_entry(agent: Agent) -> dict[str, Any]:
    """An agent with name and face, as menus and cards show one."""
    return {"uid": agent.uid, "name": agent.name, "face": agent_face(agent)}


def person_face(name: str, of: Person | None = None) -> dict[str, Any]:
    """A customer's face: the photo of whom it is of, where there is one (C9); else letters, an address gives its first."""
    drawn = _letters(name)
    if of is not None and of.photo_digest and of.living:
        drawn |= {"kind": "person", "photo_url": url_for("photos.show", uid=of.uid, of=of.photo_digest[:8])}
    return drawn


def _letters(name: str) -> dict[str, Any]:
    words = [word for word in name.replace("@", " ").split() if word[0].isalnum()]
    if not words:
        return {**UNKNOWN, "name": name}
    chosen = words[:1] if "@" in name or len(words) == 1 else [words[0], words[-1]]
    return {"kind": "person", "initials": "".join(word[0] for word in chosen).upper(), "name": name}

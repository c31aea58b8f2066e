"""Noting who was looked up, when the answer has been sent: a page neither waits for it nor fails with it."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import g, request

from contacts.lookup import counts, looked_at
from desk.web.requests import db, later


def note_lookup(uids: Iterable[str], purpose: str, agent_id: int) -> None:
    """Count one look of an agent at each of these persons, once a request however much of a person it draws."""
    noted: set[str] = g.setdefault("looked_up", set())
    fresh = [uid for uid in uids if uid not in noted]
    noted.update(fresh)
    if fresh and counts(db()):
        later(lambda session: looked_at(session, fresh, purpose, agent_id))


def purpose_of_page() -> str:
    """Whether the card was opened from a search."""
    return "search" if urlsplit(request.referrer or "").path.startswith("/search") else "page"

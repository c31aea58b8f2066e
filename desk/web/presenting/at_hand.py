"""How an agent keeps the card that is open: favourite and bell, and that it was opened (S8, S9, W28, W29)."""

from __future__ import annotations

from typing import Any, Literal

from flask import url_for

from contacts.at_hand import kept, opened
from desk.subscribing import seen
from desk.web.requests import db, later
from desk.web.signing_in import me


def kept_at_hand(kind: Literal["person", "company"], uid: str, *, first: bool) -> dict[str, Any]:
    """``favourite`` and ``bell``, each {on, url to change it}; with ``first`` it is noted that the card was opened."""
    hand, agent_id = kept(db(), me(), uid), me().id
    if first:
        later(lambda session: opened(session, agent_id, kind, uid))
        if hand is not None and hand.subscribed:
            later(lambda session: seen(session, agent_id, uid))
    liked, told = hand is not None and hand.favourite, hand is not None and hand.subscribed
    return {"favourite": {"on": liked, "url": url_for(f"at_hand.{'drop' if liked else 'add'}_{kind}", uid=uid)},
            "bell": {"on": told, "url": url_for(f"at_hand.{'leave' if told else 'follow'}_{kind}", uid=uid)}}

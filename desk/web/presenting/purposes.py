"""Purposes as people read them."""

from __future__ import annotations

from flask import g

from contacts.purposes import purposes
from desk.web.requests import db


def purpose_labels() -> dict[str, str]:
    """Key → what the purpose is called, of all there are; asked for once a request."""
    found: dict[str, str] = g.get("purpose_labels") or {one.key: one.label for one in purposes(db(), retired=True)}
    g.purpose_labels = found
    return found


def purpose_label(key: str) -> str:
    """What a purpose is called; its key where there is none under it."""
    return purpose_labels().get(key, key)

"""Restoring from the bin on pages: until when it can be done, and what is asked first (S71)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request, url_for

from contacts.bin import kept
from contacts.giving_back import clashes
from contacts.person import Person
from core.clock import now
from core.errors import Conflict
from core.i18n import day
from core.retelling import retell
from desk.web.pages import page
from desk.web.presenting.bin import question
from desk.web.requests import db


def until() -> str:
    """The last day on which what is deleted now can be restored."""
    return day(now() + kept(db()))


def answers() -> dict[str, str]:
    """Whose everything is that two would have, as it was said in the form."""
    return {name.removeprefix("answer-"): value for name, value in request.form.items() if name.startswith("answer-")}


def ask_whose(persons: Sequence[Person], refused: Conflict, action: str, title: str) -> tuple[Any, int]:
    """The page that asks whose something is which somebody else has got meanwhile. What is a conflict of another sort is raised on."""
    asked = clashes(db(), persons) if "conflicts" in refused.more else []
    if not asked:
        raise refused
    errors = {f"answer-{name}": retell(said) for name, said in refused.errors.items()} if answers() else {}
    return page("web/bin/question.html", current="bin", title=title, back_url=url_for("bin.index"), action=action, errors=errors,
                questions=question(asked)), refused.status

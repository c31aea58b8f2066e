"""Mailing to a selection, and what persons said of being held."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from desk.mailing import LONGEST_SUBJECT, LONGEST_TEXT
from desk.web.api.schemas.common import ONE_LINE, Asked, Moment, Shape, Uid, Word
from desk.web.api.schemas.persons import Label, Language

Basis = Literal["legitimate_interest", "contract", "consent", "legal_obligation"]


class Text(Asked):
    """The words in one language; `{first_name}`, `{last_name}`, `{name}` and `{company}` are the person's, `{first_name|friend}` where none is known."""

    subject: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_SUBJECT, pattern=ONE_LINE)]
    text: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT)]


class NewMailing(Asked):
    """A mail to a selection: for which purpose (its key), from which mailbox, in which words; who reads none of the languages gets `language`."""

    purpose: Label = "marketing"
    mailbox: Word
    language: Language
    texts: Annotated[dict[Language, Text], Field(min_length=1)]


class Purpose(Shape):
    """What persons may be held for. `wordings` maps a language to the id of the words that hold in it."""

    key: str
    name: str
    marketing: bool
    wordings: dict[str, str]


class BasisNoted(Asked):
    """What a person said: *given* by a basis, or *ended*, which is a withdrawal of their consent or an objection to anything else."""

    purpose: Label
    event: Literal["given", "ended"] = "given"
    basis: Basis = "consent"
    source: Annotated[str, StringConstraints(min_length=1, max_length=500)]
    wording: Uid | None = None
    at: Moment | None = None

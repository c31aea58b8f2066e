"""Access to the e-mails of a person, as the API shows it."""

from __future__ import annotations

from pydantic import Field

from desk.web.api.schemas.common import Asked, Line, Shape


class MailLock(Shape):
    """Whether admins alone read the mails tied to a person."""

    locked: bool


class NewOpening(Asked):
    """Why an admin reads locked mails."""

    reason: Line = Field(min_length=1, max_length=500)

"""What hangs on the cards of persons and companies: infotags and files."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import StringConstraints

from desk.web.api.schemas.common import ONE_LINE, Asked, Changes, Shape

Name = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=ONE_LINE)]
Heading = Annotated[str, StringConstraints(max_length=40, pattern=ONE_LINE)]


class Infotag(Shape):
    """An infotag of the list; `kind` is the heading it stands under."""

    id: str
    name: str
    kind: str
    retired: bool
    version: int


class NewInfotag(Asked):
    """An infotag for the list."""

    name: Name
    kind: Heading = ""


class InfotagChange(Changes):
    """What to change of an infotag; `retired` takes it out of what can be put on, or puts it back."""

    name: Name = ""
    kind: Heading = ""
    retired: bool = False


class CardFile(Shape):
    """A file of a person or a company."""

    id: str
    name: str
    type: str
    size: int
    sha256: str
    source: Literal["upload", "mail"]
    by: str
    at: datetime
    person_id: str | None
    company_id: str | None

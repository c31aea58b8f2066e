"""User-defined fields."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from desk.web.api.paging import Page
from desk.web.api.schemas.common import ONE_LINE, Asked, Changes, Shape
from desk.web.api.schemas.persons import Language

Of = Literal["person", "company"]
Kind = Literal["text", "long", "number", "date", "flag", "choice", "choices", "link", "email"]
Label = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=ONE_LINE)]
Named = Annotated[str, StringConstraints(max_length=80, pattern=ONE_LINE)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Choice = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=ONE_LINE)]


class CustomField(Shape):
    """A field of persons or companies. `key` is what `custom` has it under; `names` says what it is called in a language where that is not
    `name`. What stands in a `personal` one goes when the person is erased. To an `email` nothing is ever sent."""

    id: str
    of: Of
    key: str
    name: str
    names: dict[str, str]
    kind: Kind
    choices: list[str]
    required: bool
    personal: bool
    retired: bool
    version: int


class CustomFieldsAsked(Page):
    """Whose fields."""

    of: Of = "person"


class NewCustomField(Asked):
    """A field, the last in its order. Without a `key` it is made of the name."""

    of: Of = "person"
    key: Key | None = None
    name: Label
    names: dict[Language, Named] = {}
    kind: Kind = "text"
    choices: list[Choice] = Field(default=[], max_length=200)
    required: bool = False
    personal: bool = True


class CustomFieldChange(Changes):
    """What to change of a field; its kind while nothing stands in it. `retired` takes it out of use, or puts it back."""

    name: Label = ""
    names: dict[Language, Named] = {}
    kind: Kind = "text"
    choices: list[Choice] = Field(default=[], max_length=200)
    required: bool = False
    personal: bool = True
    retired: bool = False

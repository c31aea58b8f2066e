"""Importing files, and saving the register as files."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from desk.web.api.schemas.common import ONE_LINE, Asked, Changes, Given, Line, Shape, Uid, Word
from desk.web.api.schemas.desk import Operation
from desk.web.api.schemas.mailings import Basis
from desk.web.api.schemas.persons import Label

Of = Literal["persons", "companies"]
Existing = Literal["update", "fill", "skip"]
Source = Annotated[str, StringConstraints(max_length=500, pattern=ONE_LINE)]
Preset = Literal["SuperOffice", "webCRM", "24SevenOffice", "ChannelCRM"]


class ImportAsked(Asked):
    """What the file holds (an address book holds persons), and what becomes of who is in the register already.

    The rows are looked through by columns as they are guessed, unless `wait` lets it wait for those that are chosen.
    """

    of: Of = "persons"
    preset: Preset | None = Field(None, description="The system it is an export of; else that is recognised by its columns.")
    existing: Existing = Field("update", description="`update` changes them to what the file says, `fill` fills in what is empty, `skip` leaves them.")
    nevertheless: Literal["true", "false"] = Field("false", description="Also create persons whom the rule takes for duplicates, where it only warns.")
    purpose: Label | None = Field(None, description="What new persons are held for: the key of a purpose; else `service`.")
    basis: Basis | None = Field(None, description="The ground for holding new persons; else the setting `contacts.legal_basis`.")
    source: Source | None = Field(None, description="Where that basis is from; must be given for every purpose but `service`.")
    wording: Uid | None = Field(None, description="The words they consented to, as in `GET /purposes`; of consent to marketing, or where the purpose has words.")
    wait: Literal["true", "false"] = "false"


class Column(Shape):
    """A column of the file: its number, what the file calls it, the field it is (null: left out), and its first values."""

    n: int
    called: str
    field: str | None
    examples: list[str] = Field(description="None once the import has run.")


class Import(Operation):
    """An import is an operation, under the same id. `paused` it waits for its columns, `planned` for a word: its items are its rows."""

    of: Of
    file: str
    charset: str
    separator: str
    preset: Preset | None
    columns: list[Column]
    existing: Existing
    nevertheless: bool
    purpose: str = Field(description="What new persons are held for, by `basis`, which is from `source` (empty: not said), consented to in the words of `wording`.")
    basis: Basis
    source: str
    wording: Uid | None
    counts: dict[str, int] = Field(description="State → how many rows were in it when they were last gone through.")
    version: int


class ColumnChosen(Asked):
    """A column as it is read, with the field it is to be; null leaves it out."""

    n: int = Field(ge=0, le=1000)
    field: Word | None
    called: Given = None
    examples: Given = None


class ImportChange(Changes):
    """What to choose anew; what is not given stays. With `preset` alone the columns are guessed as that system calls them."""

    preset: Preset | None = None
    columns: Annotated[list[ColumnChosen], Field(max_length=200, description="All of them; one that is not named is left out.")] = []
    existing: Existing = "update"
    nevertheless: bool = False
    purpose: Label = "service"
    basis: Basis = "legitimate_interest"
    source: Source = ""
    wording: Uid | None = None


class ImportFieldsAsked(Asked):
    """Of which kind of file."""

    of: Of = "persons"


class ImportField(Shape):
    """A field that a column may be; `several` columns of some are put together."""

    name: str
    label: str
    several: bool


class ExportAsked(Asked):
    """Which of them, as the list has it: by any part of their name, those in a selection; by name."""

    q: Line | None = None
    selection: Uid | None = Field(None, description="Who is in this selection, as the caller sees it.")


class PersonsExportAsked(ExportAsked):
    """Which persons: also those of one company."""

    company: Uid | None = None


class CardsExportAsked(PersonsExportAsked):
    """The same as cards of this version."""

    version: Literal["4.0", "3.0"] = "4.0"

"""What is done with many records at once."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from contacts.mass_merge import MOST as MOST_PAIRS
from desk.web.api.schemas.common import Asked, Day, Uid, Word
from desk.web.api.schemas.companies import CompanyChange
from desk.web.api.schemas.moves import Kind
from desk.web.api.schemas.persons import PersonChange

MOST = 1000
Infotags = Annotated[list[Word], Field(max_length=20, description="By their names.")]


class Chosen(Asked):
    """Which records: these, or all of a selection."""

    ids: Annotated[list[Uid], Field(min_length=1, max_length=MOST)] | None = None
    selection_id: Uid | None = None


class PersonsChanged(Chosen):
    """What becomes of them: fields as of one person, and infotags."""

    changes: PersonChange = PersonChange()
    infotags_on: Infotags = []
    infotags_off: Infotags = []


class CompaniesChanged(Chosen):
    """What becomes of them: fields as of one company, and infotags."""

    changes: CompanyChange = CompanyChange()
    infotags_on: Infotags = []
    infotags_off: Infotags = []


class PersonsMoved(Chosen):
    """Where to; the rest as for the move of one person."""

    to_company: Uid
    on: Day | None = None
    activities: Literal["stay", "all", "after"] = "stay"
    after: Day | None = None
    kinds: Annotated[list[Kind], Field(max_length=20)] | None = None


class PairsMerged(Asked):
    """Pairs of `GET /duplicates`."""

    ids: Annotated[list[Uid], Field(min_length=1, max_length=MOST_PAIRS)]

"""Privacy reports."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from desk.web.api.schemas.common import Asked, Uid
from desk.web.api.schemas.persons import Language


class PrivacyReportAsked(Asked):
    """In which form and language, and which duplicates of the person go into it too."""

    format: Literal["pdf", "json", "zip"] = Field("pdf", description="`zip` is the portable copy (Art. 20): what the person gave, as JSON, CSV and vCard.")
    language: Language | None = Field(None, description="The person's own unless another is asked for.")
    include: list[Uid] = Field(default_factory=list, max_length=20, description="Ids of other records of the same human.")


class PrivacyReportSent(Asked):
    """To which address of the card it goes, and how."""

    address_id: Uid
    way: Literal["pdf", "link"]

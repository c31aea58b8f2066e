"""Kinds of values that the shapes are made of."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StringConstraints,
)
from pydantic_core import CoreSchema

from desk.web.day_field import read_day

_DAY = re.compile(r"\d{4}-\d\d-\d\d[Tt ]")
#: No text of ours holds the character NUL: PostgreSQL keeps none.
NO_NUL = r"^[^\x00]*$"
#: Names and subjects, which stand in one line of a mail's header.
ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
Word = Annotated[str, StringConstraints(max_length=320, pattern=ONE_LINE)]
Line = Annotated[str, StringConstraints(max_length=1000, pattern=ONE_LINE)]
Text = Annotated[str, StringConstraints(max_length=1_000_000, pattern=NO_NUL)]
Uid = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{24}$")]
#: A record that the API gives and takes back unchanged: read, never written.
Given = Annotated[Any, Field(json_schema_extra={"readOnly": True})]


def _utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("This moment is too far away.") from error


def _written(at: object) -> datetime:
    """RFC 3339; digits alone, which would count seconds, are no moment here."""
    if not isinstance(at, str) or not _DAY.match(at):
        raise ValueError("Write it like 2026-03-01T08:00:00Z.")
    return datetime.fromisoformat(at.upper())


def _day(given: object) -> object:
    """A date as RFC 3339 has it, of a year that people live in."""
    if given is None or isinstance(given, date):
        return given
    try:
        return read_day(str(given))
    except ValueError as error:
        raise ValueError("Write it like 2026-03-01.") from error


Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_utc)]


class Shape(BaseModel):
    """Something the API gives: every field is there."""

    model_config = ConfigDict(populate_by_name=True, json_schema_serialization_defaults_required=True)


class Asked(BaseModel):
    """Something the API is given: a field that is not known is refused."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    def named(self) -> dict[str, Any]:
        """The fields that were given, by their names here."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Changes(Asked):
    """What to change of a record: a field that is not given stays, so none has a default."""

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        described = handler.resolve_ref_schema(handler(schema))
        for field in described.get("properties", {}).values():
            field.pop("default", None)
        return described


class Problem(BaseModel):
    """What did not happen and why (RFC 9457): `detail` is a sentence, `errors` has one for each field."""

    model_config = ConfigDict(extra="allow")
    type: str
    title: str
    status: int
    detail: str
    errors: dict[str, str]

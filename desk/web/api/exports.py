"""The register as files: the same as the lists show, and as the pages save it."""

from __future__ import annotations

from flask import Response

from desk.web import exports
from desk.web.api.bearer import me
from desk.web.api.routing import get
from desk.web.api.schemas.imports import CardsExportAsked, ExportAsked, PersonsExportAsked


@get("/exports/persons.csv", content="text/csv", refuses=(404,))
def persons(asked: PersonsExportAsked) -> Response:
    """Living persons as rows of a file that can be imported again, however many."""
    return exports.persons_as_rows(asked.q or "", exports.narrowed(me(), "persons", asked.selection or "", asked.company or ""), me())


@get("/exports/persons.vcf", content="text/vcard", refuses=(404,))
def cards(asked: CardsExportAsked) -> Response:
    """Living persons as an address book."""
    return exports.persons_as_cards(asked.q or "", exports.narrowed(me(), "persons", asked.selection or "", asked.company or ""), me(), asked.version)


@get("/exports/companies.csv", content="text/csv", refuses=(404,))
def companies(asked: ExportAsked) -> Response:
    """Companies as rows of a file that can be imported again."""
    return exports.companies_as_rows(asked.q or "", exports.narrowed(me(), "companies", asked.selection or ""))

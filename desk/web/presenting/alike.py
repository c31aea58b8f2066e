"""Who is the same as somebody who cannot be saved: named, and a click away."""

from __future__ import annotations

from typing import Any

from contacts.duplicates import fields_said
from core.errors import Refused
from desk.web.presenting.links import person_url
from desk.web.requests import db


def alike(refused: Refused | None) -> list[dict[str, Any]]:
    """Those whom a refusal names as the same by the company's own rule."""
    found: Any = refused.more.get("duplicates", ()) if refused else ()
    return [{"name": one["name"], "url": person_url(one["person_id"]), "fields": fields_said(db(), one["fields"])} for one in found]

"""Infotags under their headings."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from flask import url_for
from sqlalchemy import Select, select

from contacts.company import Company
from contacts.infotag import Infotag, Tagged
from contacts.person import Person
from core.i18n import gettext as _
from desk.web.presenting.times import stamp


def tag_lines(held: Sequence[Tagged], of: str, uid: str) -> list[dict[str, Any]]:
    """List of {heading, tags: list of {name, at, delete_url}}."""
    return [{"heading": heading or _("Without a heading"), "tags": [
        {"name": one.tag.name, "at": stamp(one.at), "delete_url": url_for("infotags.destroy", of=of, uid=uid, tag_uid=one.tag.uid)} for one in some]}
        for heading, some in groupby(held, key=lambda one: one.tag.kind)]


def grouped(tags: Sequence[Infotag]) -> list[dict[str, Any]]:
    """List of {heading, options: list of (uid, name)}."""
    return [{"heading": heading, "options": [(tag.uid, tag.name) for tag in some]} for heading, some in groupby(tags, key=lambda tag: tag.kind)]


def infotags_of(card: Person | Company) -> Select[int]:
    """What the tab counts."""
    return select(Tagged.id).where((Tagged.person_id if isinstance(card, Person) else Tagged.company_id) == card.id)

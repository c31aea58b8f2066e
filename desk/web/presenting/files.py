"""Files of a card as lines of their tab."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for

from contacts.company import Company
from contacts.file import File
from contacts.files import Card, may_delete
from contacts.person import Person
from core.i18n import gettext as _
from desk.web.presenting.links import company_url, person_url
from desk.web.presenting.times import stamp
from desk.web.presenting.words import size
from desk.web.signing_in import me


def cards(card: Card) -> str:
    """``persons`` or ``companies``, as addresses of pages have it."""
    return "persons" if isinstance(card, Person) else "companies"


def file_lines(card: Card, found: Sequence[File]) -> list[dict[str, Any]]:
    """Each with who put it there and when, the company that a person's is with, or the person whose it is on a company's card, where it is
    downloaded, and where it is deleted by whoever may."""
    return [{"name": file.name, "size": size(file.size), "by": file.by.name if file.by else file.by_name, "at": stamp(file.at),
             "about": _about(file.company if isinstance(card, Person) else file.person), "at_iso": file.at.isoformat(), "from": _("from an e-mail") if file.source == "mail" else "",
             "icon": "mail" if file.source == "mail" else "photo" if file.type.startswith("image/") else "file-text",
             "url": url_for("contact_files.show", of=cards(card), uid=card.uid, fid=file.uid),
             "delete_url": url_for("contact_files.destroy", of=cards(card), uid=card.uid, fid=file.uid) if may_delete(file, me()) else None}
            for file in found]


def _about(about: Person | Company | None) -> dict[str, str] | None:
    if about is None or about.binned_at is not None:
        return None
    return {"name": about.name, "url": company_url(about) if isinstance(about, Company) else person_url(about)}

"""A person's restriction in words: the form, the mail that ends it, and those of before."""

from __future__ import annotations

from typing import Any

from flask import url_for

from contacts.person import Person
from contacts.restricting import restrictions
from contacts.restriction import EVERY_GROUND, GROUNDS, Restriction
from core.i18n import gettext as _
from desk.lifting import notice, why_not
from desk.web.presenting.times import near, stamp
from desk.web.requests import db
from desk.web.signing_in import me


def form_of(person: Person) -> dict[str, Any]:
    """As web/restrictions/show.html wants it."""
    rows = restrictions(db(), person)
    standing = rows[0] if rows and person.restricted_at is not None else None
    told = notice(db(), person, by=me()) if standing else None
    stays = why_not(db(), person) if standing else ""
    return {"person": {"name": person.name or _("(no name)"), "version": person.version}, "back_url": url_for("persons.show", uid=person.uid),
            "grounds": [(key, _(text)) for key, text in GROUNDS.items()], "standing": _line(standing) if standing else None,
            "past": [_line(one) for one in rows if one is not standing], "create_url": url_for("restrictions.create", uid=person.uid),
            "end_url": url_for("restrictions.destroy", uid=person.uid), "recipients_url": url_for("disclosures.index", uid=person.uid, about="restricted"),
            "stays": _(stays) if stays else "",
            "mail": {"to": told.address, "language": told.language, "subject": told.mail.subject, "text": told.mail.text} if told and told.address else None}


def banner(person: Person) -> dict[str, str] | None:
    """What stands over all tabs of a restricted person's card."""
    if person.restricted_at is None:
        return None
    return {"text": _("Restricted since %(day)s: stored and not used. Only admins see this card.", day=near(person.restricted_at)),
            "url": url_for("restrictions.show", uid=person.uid)}


def _line(row: Restriction) -> dict[str, str]:
    told = {"mail": _("told by mail"), "word": _("told: %(how)s", how=row.told_how)}.get(row.told, "")
    return {"ground": _(EVERY_GROUND.get(row.ground, row.ground)), "reason": row.reason, "since": stamp(row.at), "by": row.by.name if row.by else "",
            "until": stamp(row.lifted_at) if row.lifted_at else "", "told": told}

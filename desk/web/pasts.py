"""A page of a card's history as its address asks for it: words, two days, and where the page begins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import request, url_for

from contacts.notes import private_subject
from core.i18n import gettext as _
from desk.web.day_field import read_day
from desk.web.forms import whole
from desk.web.presenting.changes import past
from desk.web.signing_in import me

KEPT = ("q", "from", "to", "company")


def asked_past(endpoint: str, uid: str, more: Sequence[str] = (), parts: Sequence[str] = ()) -> dict[str, Any]:
    """What web/_history.html wants of the record with this uid; of ``parts`` merged into it, and with ``company`` in the address of ``more``."""
    given = {name: request.args.get(name, "").strip() for name in KEPT}
    began, ended = _day(given["from"]), _day(given["to"])
    cards = (uid, *parts)
    found = past([*cards, *(private_subject(one, me()) for one in cards), *(more if given["company"] else ())], since=began, until=ended + timedelta(days=1) if ended else None,
                 words=given["q"], before=whole(request.args.get("cursor", "")))

    def at(**changed: str) -> str:
        kept: dict[str, Any] = {name: value for name, value in (given | changed).items() if value}
        return url_for(endpoint, uid=uid, **kept)

    wrong = _("Write a day like 2026-11-28.") if (given["from"] and not began) or (given["to"] and not ended) else ""
    return {"url": url_for(endpoint, uid=uid), "lines": found.lines, "given": given, "wrong": wrong,
            "narrowed": any(given[name] for name in KEPT[:-1]), "newer": at() if request.args.get("cursor") else None,
            "older": at(cursor=str(found.next)) if found.next else None}


def _day(text: str) -> datetime | None:
    """The beginning of a day where the agent is."""
    try:
        return datetime.combine(read_day(text), time(), ZoneInfo(me().timezone))
    except ValueError:
        return None

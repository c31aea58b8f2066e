"""What lies in the bin, as its page shows it; and what somebody else has got meanwhile, as who restores it is asked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from flask import request, url_for

from contacts.giving_back import Clash
from core.clock import now
from core.i18n import N_, day, ngettext
from core.i18n import gettext as _
from desk.bin_lists import Lying
from desk.web.presenting.links import person_url
from desk.web.presenting.times import stamp

TABS = {"person": N_("Persons"), "company": N_("Companies"), "ticket": N_("Tickets")}
KINDS = {"email": N_("E-mail address"), "phone": N_("Telephone"), "chat": N_("Chat"), "link": N_("Link"), "number": N_("Customer number")}


def tabs(of: str, q: str, act: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    """Kinds, with how many of each."""
    return [{"label": _(label), "current": of == name, "count": counts[name] or None,
             "url": url_for("bin.index", of=name, q=q or None, act=act or None)} for name, label in TABS.items()]


def lines(found: Sequence[Lying], going: Collection[str]) -> list[dict[str, Any]]:
    """Rows of the page. ``going``: uids of those who are being erased, and do not come back."""
    return [_line(one, one.record.uid in going) for one in found]


def _line(one: Lying, erased: bool) -> dict[str, Any]:
    return {"id": one.row.id, "name": one.name or (_("(no subject)") if one.row.of == "ticket" else _("(no name)")),
            "number": one.record.number if one.row.of == "ticket" else None,
            "by": one.row.by.name if one.row.by else "", "at": stamp(one.row.at), "at_iso": one.row.at.isoformat(),
            "gone": "" if erased else day(one.gone_at), "left": _("Being erased") if erased else _left(one),
            "over": erased or one.gone_at < now(),
            "act": {"url": url_for("bin.index", of=one.row.of, act=one.row.act),
                    "text": ngettext("%(n)s deleted together", "%(n)s deleted together", one.together)} if one.together > 1 else None,
            "restore_url": _restore_url(one)}


def question(clashes: Sequence[Clash]) -> list[dict[str, Any]]:
    """What to ask about each: whose it is from now on."""
    return [{"name": f"answer-{one.key}", "kind": _(KINDS[one.kind]), "value": one.value, "person": one.person.name,
             "others": [{"name": other.name, "url": person_url(other)} for other in one.others],
             "chosen": request.form.get(f"answer-{one.key}", ""), "options": [(answer, _answer(one, answer)) for answer in one.answers]}
            for one in clashes]


def _answer(one: Clash, answer: str) -> str:
    others = ", ".join(other.name for other in one.others)
    return {"keep": _("It stays with %(name)s", name=others), "back": _("Back to %(name)s", name=one.person.name), "share": _("Both have it")}[answer]


def _left(one: Lying) -> str:
    left = one.gone_at - now()
    days = -(-left // timedelta(days=1))        # the day that has begun counts
    return ngettext("%(n)s day left", "%(n)s days left", days) if days > 0 else _("can no longer be restored")


def _restore_url(one: Lying) -> str:
    if one.row.of == "ticket":
        return url_for("tickets.restore", number=one.record.number)
    return url_for("persons.restore" if one.row.of == "person" else "companies.restore", uid=one.record.uid)

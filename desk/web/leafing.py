"""The address of a page of a ledger: state, mailbox, text, and where the page begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request, url_for

from core.errors import Refused
from core.i18n import N_
from core.i18n import gettext as _
from desk.ledgers import Asked, Leaf
from desk.mailboxes import Mailbox
from desk.web.forms import whole


def asked(states: Sequence[str], mailboxes: Sequence[Mailbox]) -> Asked:
    """What the address asks for. Raises Refused for a state there is not."""
    state, uid = request.args.get("state", ""), request.args.get("mailbox", "")
    if state and state not in states:
        raise Refused(N_("There is no such list."))
    mailbox = next((m for m in mailboxes if m.uid == uid), None)
    return Asked(state, mailbox.id if mailbox else None, request.args.get("q", "")[:200],
                 before=whole(request.args.get("before", "")) or 0, after=whole(request.args.get("after", "")) or 0)


def shown(
    endpoint: str, leaf: Leaf[Any], states: Mapping[str, tuple[str, str]], counts: Mapping[str, int],
    mailboxes: Sequence[Mailbox], direction: str,
) -> dict[str, Any]:
    """What web/ledger/index.html wants beside the entries."""
    def at(**changed: Any) -> str:
        kept = {name: request.args.get(name) for name in ("state", "mailbox", "q")}
        return url_for(endpoint, **{name: value for name, value in {**kept, **changed}.items() if value})

    state, uid, rows = request.args.get("state", ""), request.args.get("mailbox", ""), leaf.rows
    tabs = [{"label": _("All"), "url": at(state=None), "current": not state, "count": None}]
    tabs += [{"label": _(label), "url": at(state=name), "current": state == name, "count": counts.get(name) or None}
             for name, (_kind, label) in states.items()]
    picker = [{"uid": "", "name": _("All mailboxes"), "url": at(mailbox=None), "current": not uid}]
    picker += [{"uid": m.uid, "name": m.name, "url": at(mailbox=m.uid), "current": m.uid == uid} for m in mailboxes]
    return {"direction": direction, "url": url_for(endpoint), "q": request.args.get("q", ""), "states": tabs,
            "mailboxes": picker if len(picker) > 2 else [], "state": state, "mailbox": uid, "summary": "",
            "newer": at(after=rows[0].id) if leaf.newer and rows else None,
            "older": at(before=rows[-1].id) if leaf.older and rows else None}

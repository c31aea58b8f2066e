"""What happens when somebody unknown writes: the choice, the rules that come first, and what a new person gets."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, request, url_for
from sqlalchemy import func, select

from contacts.agent import Agent
from core.clock import now
from core.errors import Refused
from core.i18n import day
from core.i18n import gettext as _
from core.options import option
from desk.inbound import InboundMail
from desk.mailboxes import all_mailboxes
from desk.policy import policy
from desk.policy_draft import attempt, change, draft_of
from desk.simulating import OPTION
from desk.switching import check_version, last_change, own_choice, switch, version_of
from desk.web.forms import errors_of, in_turn, mark, unmoved, version
from desk.web.pages import page, see_other
from desk.web.presenting import policy as told
from desk.web.requests import db, ring_after
from desk.web.signing_in import admins_only, me
from rules.book import newest
from rules.policy import rule_of

bp = Blueprint("policies", __name__)
#: Deliveries looked at, latest first, to count unknown writers.
LATEST = 20_000


@bp.get("/settings/unknown-senders")
@admins_only
def edit() -> Any:
    """The page."""
    return show()


@bp.post("/settings/unknown-senders")
@admins_only
def update() -> Any:
    """Save the choice: what changed is a fact with what it was before. Or try it first, with what else is to be changed."""
    try:
        if request.form.get("do") == "try":
            change(db(), me(), choices=_posted())
            attempt(db(), me(), 30)
            ring_after("operations")
            return see_other(url_for("policies.edit"))
        with in_turn("options"):
            check_version(db(), OPTION, version())
            unmoved(_mark())
            switch(db(), OPTION, request.form.get("unknown_sender", ""), by=me())
            for mailbox in all_mailboxes(db()):
                if f"mailbox_{mailbox.uid}" in request.form:
                    switch(db(), OPTION, request.form[f"mailbox_{mailbox.uid}"] or None, mailbox.uid, by=me())
            db().flush()
    except Refused as refused:
        return show(errors_of(refused)), refused.status
    return see_other(url_for("policies.edit"), said=_said(option(db(), OPTION)))


def _posted() -> dict[str, str]:
    own = {m.uid: value for m in all_mailboxes(db()) if (value := request.form.get(f"mailbox_{m.uid}", own_choice(db(), OPTION, m.uid) or ""))}
    return {"": request.form.get("unknown_sender", ""), **own}


def _said(value: str) -> str:
    return {"create": _("Saved. Whoever is unknown becomes a person at once."),
            "ask": _("Saved. Mail from unknown senders waits for an agent’s word."),
            "never": _("Saved. Unknown senders get a ticket and no record.")}[value]


def _mark() -> str:
    """Of all that the page shows: the desk's choice and those of the mailboxes."""
    return mark(option(db(), OPTION), [(m.uid, own_choice(db(), OPTION, m.uid)) for m in all_mailboxes(db()) if m.active])


def show(errors: dict[str, str] | None = None) -> str:
    """The page: what is in force, or the admin's change of it with its trial."""
    counted, draft, in_force = _unknown(), draft_of(db(), me()), policy(db())
    choices = draft.given["choices"] if draft else {}
    rules = [rule_of(one) for one in draft.given["rules"]] if draft else list(in_force.rules)
    gifts = draft.given["gifts"] if draft else in_force.gifts
    value = choices.get("") or option(db(), OPTION)
    shown = {
        "value": value, "version": version_of(db(), OPTION), "mark": _mark(), "changed": _changed(), "days": 90,
        "book": in_force.version, "trial": told.trial(draft, in_force.version) if draft else None,
        "mailboxes": [{"uid": m.uid, "name": m.name, "value": choices.get(m.uid, "") if draft else own_choice(db(), OPTION, m.uid) or "",
                       "last_30": counted.get(m.id, 0)} for m in all_mailboxes(db()) if m.active],
        "rules": told.table(rules, gifts, in_force, value), "defaults": told.gifts_told(gifts, told.names_of([], gifts))}
    return page("web/settings/policy/index.html", settings={"current": "unknown"}, policy=shown, errors=errors or {})


def _changed() -> str:
    """When the choice or the rules were changed last, and by whom."""
    fact, book = last_change(db(), OPTION), newest(db())
    at, by = max(((one.at, one.by_uid) for one in (fact, book) if one is not None), key=lambda one: one[0], default=(None, None))
    if at is None:
        return ""
    name = db().scalar(select(Agent.name).where(Agent.uid == by)) if by else None
    return _("changed %(day)s by %(name)s", day=day(at), name=name) if name else _("changed %(day)s", day=day(at))


def _unknown() -> dict[int, int]:
    """Mailbox → mails of unknown senders in the last 30 days, among the latest deliveries."""
    latest = select(InboundMail.mailbox_id, InboundMail.verdict).where(
        InboundMail.received_at > now() - timedelta(days=30)).order_by(InboundMail.id.desc()).limit(LATEST).subquery()
    asked = select(latest.c.mailbox_id, func.count()).where(
        latest.c.verdict["person"].as_string().in_(("created", "asked"))).group_by(latest.c.mailbox_id)
    return dict(db().execute(asked).all())

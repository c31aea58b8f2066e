"""What happens when somebody unknown writes: for the desk, and for mailboxes of another mind."""

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
from desk.switching import check_version, last_change, own_choice, switch, version_of
from desk.web.forms import errors_of, in_turn, mark, unmoved, version
from desk.web.pages import page, see_other
from desk.web.requests import db
from desk.web.signing_in import admins_only, me

bp = Blueprint("policies", __name__)
OPTION = "intake.unknown_sender"
#: Deliveries looked at, latest first, to count unknown writers.
LATEST = 20_000


@bp.get("/settings/unknown-senders")
@admins_only
def edit() -> Any:
    """The page."""
    return _show()


@bp.post("/settings/unknown-senders")
@admins_only
def update() -> Any:
    """Save: each choice that changed is a fact with what it was before."""
    try:
        with in_turn("options"):
            check_version(db(), OPTION, version())
            unmoved(_mark())
            switch(db(), OPTION, request.form.get("unknown_sender", ""), by=me())
            for mailbox in all_mailboxes(db()):
                if f"mailbox_{mailbox.uid}" in request.form:
                    switch(db(), OPTION, request.form[f"mailbox_{mailbox.uid}"] or None, mailbox.uid, by=me())
            db().flush()
    except Refused as refused:
        return _show(errors_of(refused)), refused.status
    return see_other(url_for("policies.edit"), said=_said(option(db(), OPTION)))


def _said(value: str) -> str:
    return {"create": _("Saved. Whoever is unknown becomes a person at once."),
            "ask": _("Saved. Mail from unknown senders waits for an agent’s word."),
            "never": _("Saved. Unknown senders get a ticket and no record.")}[value]


def _mark() -> str:
    """Of all that the page shows: the desk's choice and those of the mailboxes."""
    return mark(option(db(), OPTION), [(m.uid, own_choice(db(), OPTION, m.uid)) for m in all_mailboxes(db()) if m.active])


def _show(errors: dict[str, str] | None = None) -> str:
    counted = _unknown()
    policy = {
        "value": option(db(), OPTION), "version": version_of(db(), OPTION), "mark": _mark(), "changed": _changed(), "days": 90,
        "mailboxes": [{"uid": m.uid, "name": m.name, "value": own_choice(db(), OPTION, m.uid) or "",
                       "last_30": counted.get(m.id, 0)} for m in all_mailboxes(db()) if m.active],
        "defaults": [
            (_("Company"), _("By the domain of the address, where a company has it")),
            (_("Language"), _("As detected, else the mailbox’s")),
            (_("Our contact"), _("The company’s")), (_("Category"), _("The company’s")),
            (_("Legal basis"), _("Legitimate interest: they wrote to us")), (_("Marked"), _("To be completed"))]}
    return page("web/settings/policy.html", settings={"current": "unknown"}, policy=policy, errors=errors or {})


def _changed() -> str:
    fact = last_change(db(), OPTION)
    if fact is None:
        return ""
    name = db().scalar(select(Agent.name).where(Agent.uid == fact.by_uid)) if fact.by_uid else None
    return _("changed %(day)s by %(name)s", day=day(fact.at), name=name) if name else _("changed %(day)s", day=day(fact.at))


def _unknown() -> dict[int, int]:
    """Mailbox → mails of unknown senders in the last 30 days, among the latest deliveries."""
    latest = select(InboundMail.mailbox_id, InboundMail.verdict).where(
        InboundMail.received_at > now() - timedelta(days=30)).order_by(InboundMail.id.desc()).limit(LATEST).subquery()
    asked = select(latest.c.mailbox_id, func.count()).where(
        latest.c.verdict["person"].as_string().in_(("created", "asked"))).group_by(latest.c.mailbox_id)
    return dict(db().execute(asked).all())

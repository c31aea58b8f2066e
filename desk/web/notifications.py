"""The bell: what an agent should know of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, request, url_for
from flask_login import login_required
from markupsafe import Markup, escape
from sqlalchemy import select
from sqlalchemy import update as change
from sqlalchemy.orm import joinedload

from contacts.activity import Activity
from contacts.agent import Agent
from contacts.company import Company
from contacts.legal_hold import LegalHold
from contacts.person import Person
from core.clock import now
from core.history import FactRow
from core.i18n import N_, age, ngettext
from core.i18n import gettext as _
from core.operations import Operation
from desk.access import told_of
from desk.notifying import SENTENCES
from desk.retention.running import EVENT as RETENTION
from desk.rights.case import KINDS, RightsCase
from desk.tickets.message import Notification
from desk.tickets.ticket import Ticket
from desk.web.forms import whole
from desk.web.pages import page, see_other, unread_count
from desk.web.presenting.changes import of_facts
from desk.web.presenting.legal_holds import called
from desk.web.presenting.links import company_url, person_url
from desk.web.presenting.rows import who
from desk.web.requests import db
from desk.web.signing_in import me

bp = Blueprint("notifications", __name__)
PAGE = 50

ICONS = {"new": "mail", "assigned": "user-check", "answered": "message-reply", "replied": "send", "noted": "note",
         "bounced": "mail-off", "failed": "mail-off", "due": "clock", "review": "lock", "changed": "pencil", "rights_new": "shield", "rights_half": "clock", "rights_week": "clock", "rights_over": "alert-triangle", "retention": "clock"}
#: The same with a name, where a colleague did it.
BY = {"assigned": N_("%(by)s gave you: %(subject)s"), "replied": N_("%(by)s answered %(who)s: %(subject)s"),
      "noted": N_("%(by)s wrote a note: %(subject)s")}


@bp.get("/notifications")
@login_required
def index() -> str:
    """The latest, newest first."""
    before = whole(request.args.get("before", ""))
    query = select(Notification).outerjoin(Notification.ticket).where(Notification.agent_id == me().id, told_of(db(), me()))
    if before:
        query = query.where(Notification.id < before)
    found = db().scalars(query.order_by(Notification.id.desc()).limit(PAGE + 1).options(
        joinedload(Notification.ticket).joinedload(Ticket.requester),
        joinedload(Notification.ticket).joinedload(Ticket.requester_address))).all()
    unread = unread_count()
    shown = found[:PAGE]
    older = url_for("notifications.index", before=shown[-1].id) if len(found) > PAGE else None
    return page("web/notifications/index.html", current="notifications", unread=unread, notifications=_told(shown),
                newer=url_for("notifications.index") if before else None, older=older)


@bp.post("/notifications")
@login_required
def update() -> Any:
    """All of them are read."""
    db().execute(change(Notification).where(Notification.agent_id == me().id, Notification.read_at.is_(None))
                 .values(read_at=now()))
    return see_other(url_for("notifications.index"))


def _told(found: Sequence[Notification]) -> list[dict[str, Any]]:
    by = dict(db().execute(select(FactRow.id, Agent.name).join(Agent, Agent.uid == FactRow.by_uid).where(
        FactRow.id.in_([n.fact_id for n in found if n.fact_id]))).all())
    due = {one.uid: one for one in db().scalars(select(Activity).where(
        Activity.uid.in_([n.subject_uid for n in found if n.subject_uid]), Activity.binned_at.is_(None)))}
    changed = of_facts([one.fact_id for one in found if one.event == "changed" and one.fact_id])
    cards = _cards([one.subject_uid for one in found if one.event == "changed" and one.subject_uid])
    holds = _holds([one.subject_uid for one in found if one.event == "review" and one.subject_uid])
    cases = _cases([one.subject_uid for one in found if one.event.startswith("rights_") and one.subject_uid])
    plans = _plans([one.subject_uid for one in found if one.event == RETENTION and one.subject_uid])
    told = [_of_ticket(one, by.get(one.fact_id or 0, "")) if one.ticket else
            _of_hold(one, holds.get(one.subject_uid or "")) if one.event == "review" else
            _of_card(one, cards.get(one.subject_uid or ""), changed.get(one.fact_id or 0, "")) if one.event == "changed" else
            _of_case(one, cases.get(one.subject_uid or "")) if one.event.startswith("rights_") else
            _of_plan(one, plans.get(one.subject_uid or "")) if one.event == RETENTION else
            _of_activity(one, due.get(one.subject_uid or "")) for one in found]
    return [one for one in told if one]


def _cards(uids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Uid → name and page of the persons and companies that are there."""
    persons = db().scalars(select(Person).where(Person.uid.in_(uids), Person.binned_at.is_(None), Person.merged_into_id.is_(None))) if uids else ()
    companies = db().scalars(select(Company).where(Company.uid.in_(uids), Company.binned_at.is_(None))) if uids else ()
    return {one.uid: (one.name, person_url(one)) for one in persons} | {one.uid: (one.name, company_url(one)) for one in companies}


def _cases(uids: Sequence[str]) -> dict[str, RightsCase]:
    """Uid → case, for admins."""
    return {one.uid: one for one in db().scalars(select(RightsCase).where(RightsCase.uid.in_(uids)))} if uids and me().admin else {}


def _of_case(notification: Notification, case: RightsCase | None) -> dict[str, Any] | None:
    """Nothing for who is no admin any more."""
    if case is None:
        return None
    subject = Markup("<strong>{}</strong>").format(_("%(kind)s, case %(number)s", kind=_(KINDS[case.kind][0]), number=case.id))
    return _line(notification, url_for("rights.show", uid=case.uid), Markup(_(SENTENCES[notification.event])) % {"subject": subject})  # noqa: S704 - our words


def _plans(uids: Sequence[str]) -> dict[str, Operation]:
    """Uid → plan of retention, for admins."""
    return {one.uid: one for one in db().scalars(select(Operation).where(Operation.uid.in_(uids)))} if uids and me().admin else {}


def _of_plan(notification: Notification, plan: Operation | None) -> dict[str, Any] | None:
    """Nothing for who is no admin any more."""
    if plan is None:
        return None
    text = escape(ngettext("%(n)s record has had its time and waits for your word.", "%(n)s records have had their time and wait for your word.",
                           plan.result.get("items", {}).get("planned", 0)))
    return _line(notification, url_for("operations.show", uid=plan.uid), text)


def _of_card(notification: Notification, card: tuple[str, str] | None, what: str) -> dict[str, Any] | None:
    """Nothing where the card is gone."""
    if card is None:
        return None
    text = Markup(_(SENTENCES["changed"])) % {"subject": Markup("<strong>{}</strong>").format(card[0]), "what": what or _("changed")}  # noqa: S704 - our words
    return _line(notification, card[1], text)


def _holds(uids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Uid of a legal hold → what is held, and the hold's page; for admins."""
    found = db().scalars(select(LegalHold).where(LegalHold.uid.in_(uids), LegalHold.lifted_at.is_(None))).all() if uids and me().admin else ()
    names = called(found) if found else {}
    return {one.uid: (names.get((one.of, one.record_id), (_("(gone)"), None))[0], url_for("legal_holds.edit", uid=one.uid)) for one in found}


def _of_hold(notification: Notification, held: tuple[str, str] | None) -> dict[str, Any] | None:
    """Nothing where it was lifted since."""
    if held is None:
        return None
    text = Markup(_(SENTENCES["review"])) % {"subject": Markup("<strong>{}</strong>").format(held[0])}  # noqa: S704 - our words
    return _line(notification, held[1], text)


def _of_activity(notification: Notification, activity: Activity | None) -> dict[str, Any] | None:
    """Nothing where it was deleted since."""
    if activity is None:
        return None
    text = Markup(_(SENTENCES["due"])) % {"subject": Markup("<strong>{}</strong>").format(activity.title)}  # noqa: S704 - our words
    return _line(notification, url_for("activities.edit", uid=activity.uid, back=url_for("notifications.index")), text)


def _of_ticket(notification: Notification, by: str) -> dict[str, Any]:
    ticket = notification.ticket
    assert ticket is not None
    subject = Markup("<strong>{}</strong>").format(ticket.subject or _("(no subject)"))
    said = BY.get(notification.event) if by else None
    text = Markup(_(said or SENTENCES.get(notification.event, "%(subject)s"))) % {  # noqa: S704 - our words; values are escaped
        "who": who(ticket), "subject": subject, "by": by}
    return _line(notification, url_for("tickets.show", number=ticket.number), text)


def _line(notification: Notification, url: str, text: Markup) -> dict[str, Any]:
    return {"url": url, "icon": ICONS.get(notification.event, "bell"), "text": text,
            "at": age(notification.at, now()), "at_iso": notification.at.isoformat(), "unread": notification.read_at is None,
            "face": None}

"""Trying a change of the policy on the mails of the last days, then saving it or letting it go; and the versions before."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request, url_for
from sqlalchemy import select

from contacts.agent import Agent
from core.errors import Conflict, Refused, Unknown
from core.history import Change, FactRow, FactSubject
from core.i18n import N_
from core.i18n import gettext as _
from core.operations import Operation, OperationItem
from desk.inbound import InboundMail
from desk.mailboxes import Mailbox
from desk.policy import of_row
from desk.policy_draft import adopt, attempt, change, discard, draft_of, stop
from desk.simulating import OUTCOMES
from desk.web import policies
from desk.web.forms import errors_of, whole
from desk.web.pages import page, see_other
from desk.web.presenting import policy as told
from desk.web.presenting.explaining import POLICY
from desk.web.presenting.times import stamp
from desk.web.requests import db, ring_after
from desk.web.signing_in import admins_only, me
from rules.book import RuleBook, numbered
from rules.policy import Rule

bp = Blueprint("policy_trials", __name__, url_prefix="/settings/unknown-senders")
MOST, VERSIONS = 50, 100
CHOICES = {"intake.unknown_sender": N_("When somebody unknown writes"), "intake.unrecorded_days": N_("Days a ticket without a person is kept")}


@bp.post("/trial")
@admins_only
def create() -> Any:
    """Try it on the mails of so many days."""
    try:
        attempt(db(), me(), whole(request.form.get("days", "")) or 30)
    except Refused as refused:
        return policies.show(errors_of(refused)), refused.status
    ring_after("operations")
    return see_other(url_for("policies.edit"))


@bp.post("/trial/stop")
@admins_only
def cancel() -> Any:
    """Try it no further."""
    stop(db(), _draft())
    return see_other(url_for("policies.edit"))


@bp.post("/trial/save")
@admins_only
def save() -> Any:
    """Put the change in force."""
    try:
        version = adopt(db(), _draft(), by=me())
    except Conflict as conflict:
        return policies.show(errors_of(conflict)), conflict.status
    return see_other(url_for("policies.edit"), said=_("Version %(version)s is in force. The next mail obeys it.", version=version))


@bp.post("/trial/discard")
@admins_only
def destroy() -> Any:
    """Let the change go."""
    discard(db(), _draft())
    return see_other(url_for("policies.edit"), said=_("Everything is as it was."))


@bp.get("/trial/mails")
@admins_only
def mails() -> Any:
    """The mails that would go another way."""
    draft, kind, after = _draft(), request.args.get("kind", ""), whole(request.args.get("after", "")) or 0
    if kind and kind not in OUTCOMES:
        raise Unknown(N_("There is no such list."))
    kinds = (kind,) if kind else (*OUTCOMES, "other")
    items = db().scalars(select(OperationItem).where(
        OperationItem.operation_id == draft.id, OperationItem.kind.in_(kinds), OperationItem.id > after).order_by(
        OperationItem.id).limit(MOST + 1)).all()
    older = url_for("policy_trials.mails", kind=kind or None, after=items[MOST - 1].id) if len(items) > MOST else None
    return page("web/settings/policy/mails.html", settings={"current": "unknown"}, title=told.outcome(kind) if kind else "",
                rows=_mails(items[:MOST]), older=older, newer=url_for("policy_trials.mails", kind=kind or None) if after else None)


@bp.get("/versions")
@admins_only
def versions() -> Any:
    """What was in force before, each with what it changed; and among them, when, what was chosen for where no rule matches."""
    rows = db().scalars(select(RuleBook).order_by(RuleBook.number.desc()).limit(VERSIONS)).all()
    choices = _choices()
    by = {*(row.by_uid for row in rows), *(fact.by_uid for fact, _line in choices)}
    agents = dict(db().execute(select(Agent.uid, Agent.name).where(Agent.uid.in_(by))).all())
    found = [of_row(row) for row in rows]
    names = told.names_of([rule for one in found for rule in one.rules], {})
    shown = [{"number": row.number, "when": row.at, "at": stamp(row.at), "by": agents.get(row.by_uid or "", ""), "current": n == 0,
              "lines": _differences(found[n + 1].rules if n + 1 < len(found) else (), found[n].rules, names)} for n, row in enumerate(rows)]
    shown += [{"number": None, "when": fact.at, "at": stamp(fact.at), "by": agents.get(fact.by_uid or "", ""), "current": False,
               "lines": [{"kind": "", "text": line}]} for fact, line in choices]
    return page("web/settings/policy/versions.html", settings={"current": "unknown"},
                versions=sorted(shown, key=lambda one: one["when"], reverse=True))


@bp.post("/versions/<int:version>")
@admins_only
def restore(version: int) -> Any:
    """Take the rules of an earlier version up again, as a change to be tried and saved."""
    row = numbered(db(), version)
    if row is None:
        raise Unknown(N_("There is no such version."))
    try:
        change(db(), me(), rules=row.rules, gifts=row.gifts)
    except Refused as refused:
        return policies.show(errors_of(refused)), refused.status
    return see_other(url_for("policies.edit"), said=_("These are the rules of version %(version)s. Not in force yet: try it, then save.", version=version))


def _choices() -> list[tuple[FactRow, str]]:
    """Each change of what is chosen for where no rule matches, of the desk and of mailboxes, and of how long a ticket of nobody is kept."""
    rows = db().execute(select(FactRow, Change).join(FactSubject, FactSubject.fact_id == FactRow.id).join(Change, Change.fact_id == FactRow.id).where(
        FactSubject.subject_uid.in_(CHOICES)).order_by(FactRow.id.desc()).limit(VERSIONS)).all()
    mailboxes = dict(db().execute(select(Mailbox.uid, Mailbox.name).where(
        Mailbox.uid.in_({fact.data["mailbox_uid"] for fact, _change in rows if fact.data.get("mailbox_uid")}))).all())

    def line(fact: FactRow, one: Change) -> str:
        before, after = (_(POLICY[value]) if value in POLICY else value or _("As for the whole desk") for value in (one.before, one.after))
        of = mailboxes.get(fact.data.get("mailbox_uid") or "", "")
        return f"{_(CHOICES[one.field])}{f' ({of})' if of else ''}: " + _("%(before)s became %(after)s", before=before, after=after)

    return [(fact, line(fact, one)) for fact, one in rows if one.field in CHOICES]


def _draft() -> Operation:
    draft = draft_of(db(), me())
    if draft is None:
        raise Unknown(N_("There is no change to be tried."))
    return draft


def _mails(items: Any) -> list[dict[str, Any]]:
    rows = {row.uid: row for row in db().scalars(select(InboundMail).where(InboundMail.uid.in_([one.subject_uid for one in items])))}
    return [{"sender": row.sender or _("Unknown sender"), "subject": row.subject or _("(no subject)"), "at": stamp(row.received_at),
             "before": told.outcome(one.data["before"]), "after": told.outcome(one.data["after"]),
             "url": url_for("inbound.show", uid=row.uid)} for one in items if (row := rows.get(one.subject_uid)) is not None]


def _differences(before: tuple[Rule, ...], after: tuple[Rule, ...], names: dict[str, str]) -> list[dict[str, str]]:
    """What a version changed: rules that came, went, or are others now; and the order."""
    old, new = {rule.id: rule for rule in before}, {rule.id: rule for rule in after}
    lines = [{"kind": "sure", "text": _("Added: %(rule)s", rule=_line(rule, names))} for uid, rule in new.items() if uid not in old]
    lines += [{"kind": "late", "text": _("Taken out: %(rule)s", rule=_line(rule, names))} for uid, rule in old.items() if uid not in new]
    lines += [{"kind": "", "text": _("%(before)s became %(after)s", before=_line(old[uid], names), after=_line(rule, names))}
              for uid, rule in new.items() if uid in old and old[uid] != rule]
    kept = [uid for uid in new if uid in old]
    if kept != [uid for uid in old if uid in new]:
        lines.append({"kind": "", "text": _("The order changed.")})
    return lines or [{"kind": "", "text": _("What a new person gets changed.")}]


def _line(rule: Rule, names: dict[str, str]) -> str:
    said = f"{told.when(rule, names)} → {told.act(rule.act)}"
    return f"{said} ({_('switched off')})" if rule.off else said

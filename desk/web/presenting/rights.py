"""Cases of the rights desk in words: lines of the list, the page of one, how far each is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import current_app, request, url_for
from sqlalchemy import select

from contacts.agent import Agent
from contacts.masking import DELETED
from contacts.person import Person
from core.history import Change
from core.i18n import N_, dated, ngettext
from core.i18n import gettext as _
from core.operations import Operation
from desk.locked_mail import is_sealed
from desk.privacy.following import made_for
from desk.privacy.kept import PrivacyReport
from desk.rights.case import GROUNDS, KINDS, STATES, RightsCase
from desk.rights.certifying import certificate_of
from desk.rights.identity import addresses
from desk.rights.listing import history
from desk.rights.opening import today
from desk.web.presenting.choices import admins
from desk.web.presenting.letters import proof_said
from desk.web.presenting.times import stamp
from desk.web.requests import db
from rules.statutory import SOON, may_extend

SIGNS = {"identity_confirmed": "sure", "identity_asked": "heed", "done": "sure"}
FROM = {"agent": N_("opened by a colleague"), "mail": N_("recognised in a mail"), "objection": N_("an objection noted on the card"), "api": N_("by the API")}
HAPPENED = {"opened": N_("The case was opened"), "edited": N_("The case was changed"), "link_sent": N_("A link to confirm who asks was mailed"),
            "identified": N_("The link was followed: it is them"), "unproven": N_("It goes on without a link, with a reason"),
            "extended": N_("The time was extended"), "erasing": N_("The erasing was asked for"), "erased": N_("The person was erased"),
            "report_made": N_("A report was made"), "report_sent": N_("The report was sent"), "done": N_("It was done"), "refused": N_("It was refused"), "reopened": N_("It was taken up again")}
FIELDS = {"kind": N_("Kind"), "ground": N_("Ground"), "owner": N_("Owner")}
#: Pages that do the work, offered where they are there: what is under a person's address → what the link says.
PAGES = {"privacy": N_("Privacy report"), "recipients": N_("Recipients"), "edit": N_("Edit the card"), "erasure": N_("Erase the person"),
         "restriction": N_("Restrict the person"), "legal-bases": N_("Legal bases")}
WORK = {"access": ("privacy", "recipients"), "portability": ("privacy",), "rectification": ("edit", "recipients"), "erasure": ("erasure", "recipients"),
        "restriction": ("restriction", "recipients"), "objection": ("legal-bases", "restriction"), "other": ()}


def kinds() -> list[tuple[str, str]]:
    """Kinds to choose among, each with its article."""
    return [(name, _("%(kind)s (Article %(article)s)", kind=_(label), article=article)) for name, (label, article) in KINDS.items()]


def filters() -> dict[str, Any]:
    """What the list can be narrowed to."""
    return {"kinds": [("", _("All kinds")), *((name, _(label)) for name, (label, _article) in KINDS.items())],
            "states": [("", _("All states")), ("open", _("Open")), *((name, _(label)) for name, label in STATES.items())]}


def here(**changed: Any) -> str:
    """The list as it is, with something else."""
    kept = {name: request.args.get(name) for name in ("kind", "state", "cursor")}
    return url_for("rights.index", **{name: value for name, value in {**kept, **changed}.items() if value})


def lines(rows: Sequence[RightsCase]) -> list[dict[str, Any]]:
    """As rows of the list."""
    day = today(db())
    return [_line(one, day) for one in rows]


def named(person: Person | None) -> str:
    """Who it is about, as the field that names a person reads it."""
    if person is None:
        return ""
    return _(DELETED) if person.in_bin else person.name or _("(no name)")


def case_page(case: RightsCase) -> dict[str, Any]:
    """Everything that the page of a case shows."""
    reports = made_for(db(), case)
    return {"case": _line(case, today(db())) | _more(case), "steps": _steps(case, reports), "sent": _sent(case, reports), "kinds": kinds(), "owners": admins(db()),
            "grounds": [("", _("not said")), *((name, _(label)) for name, label in GROUNDS.items())],
            "addresses": [{"uid": one.address.uid, "value": one.address.value} for one in addresses(db(), case)] if not case.closed and not case.known else [],
            "work": _work(case, reports), "history": _history(case), "trust": {"result": case.message.trust.get("result", "none"), "text": proof_said(case.message.trust)} if case.message else None}


def _line(case: RightsCase, day: date) -> dict[str, Any]:
    left, state, says = (case.due - day).days, "", ""
    if not case.closed and left < 0:
        state, says = "late", ngettext("%(n)s day over", "%(n)s days over", -left)
    elif not case.closed and left <= SOON:
        state, says = "soon", ngettext("%(n)s day left", "%(n)s days left", left)
    return {"uid": case.uid, "number": case.id, "url": url_for("rights.show", uid=case.uid), "kind": _(KINDS[case.kind][0]), "article": KINDS[case.kind][1],
            "person": named(case.person), "person_url": url_for("persons.show", uid=case.person.uid) if case.person and case.person.answered else None,
            "state": _(STATES[case.state]), "sign": SIGNS.get(case.state, ""), "owner": case.owner.name if case.owner else "",
            "received": dated(case.received, year=True), "due": dated(case.due, year=True), "due_state": state, "due_says": says, "closed": case.closed}


def _more(case: RightsCase) -> dict[str, Any]:
    return {"version": case.version, "kind_name": case.kind, "ground": case.ground, "owner_uid": case.owner.uid if case.owner else "",
            "origin": _(FROM[case.origin]), "phrase": "" if is_sealed(db(), case.ticket_id) else case.phrase, "decision": case.decision, "outcome": case.state,
            "ticket": {"number": case.ticket.number, "url": url_for("tickets.show", number=case.ticket.number)} if case.ticket and case.ticket.living else None,
            "decided": stamp(case.decided_at) if case.decided_at else "", "extended": stamp(case.extended_at) if case.extended_at else "",
            "extended_why": case.extended_why, "may_extend": not case.closed and case.extended_at is None and may_extend(case.received, today(db())),
            "known": case.known, "identity_at": stamp(case.identity_at) if case.identity_at else "",
            "identity_address": case.identity_address.value if case.identity_address and case.person and case.person.answered else "",
            "link_at": stamp(case.link_at) if case.link_key and case.link_at else "", "unproven_why": case.unproven_why,
            "waits": case.kind == "erasure" and case.operation_uid is not None and not case.closed}


def _steps(case: RightsCase, reports: Sequence[PrivacyReport]) -> list[dict[str, str]]:
    """Received, identity, work, decision: each done, now or to come."""
    identified = case.known or bool(case.unproven_why)
    working = case.state == "in_work" or case.operation_uid is not None
    now_at = 3 if case.closed else 2 if identified else 1
    said = [_("Received %(day)s", day=dated(case.received, year=True)),
            _("Identity confirmed") if case.known else _("Goes on without a link") if case.unproven_why else
            _("Identity asked") if case.link_key else _("Who asks?"),
            _("The report was sent") if any(one.sent_at for one in reports) else _("The report was made") if any(one.made_at for one in reports) else
            _("In work") if working and not case.closed else _("Work"),
            _(STATES[case.state]) if case.closed else _("Answer by %(day)s", day=dated(case.due, year=True))]
    skipped = case.closed and not identified
    return [{"text": text, "state": "done" if at < now_at and not (skipped and at in (1, 2)) else "now" if at == now_at and not case.closed else
             "done" if case.closed and at == 3 else "skipped" if skipped and at in (1, 2) else "next"} for at, text in enumerate(said)]


def _sent(case: RightsCase, reports: Sequence[PrivacyReport]) -> str:
    """When what they asked for was sent, of a case that nothing else keeps from being done."""
    last = max((one.sent_at for one in reports if one.sent_at), default=None)
    return stamp(last) if last and not case.closed and (case.known or case.unproven_why) else ""


def _work(case: RightsCase, reports: Sequence[PrivacyReport]) -> list[dict[str, str]]:
    """Links to what does the work, those whose pages there are, and to what was made."""
    there_is = [{"text": _("Report of %(when)s", when=stamp(one.created_at)), "url": url_for("privacy_reports.show", uid=one.uid)} for one in reports]
    if case.operation_uid:
        there = db().scalar(select(Operation.id).where(Operation.uid == case.operation_uid))
        made = certificate_of(db(), case.operation_uid)
        return [*([{"text": _("The erasing"), "url": url_for("erasures.show", uid=case.operation_uid)}] if there else []),
                *([{"text": _("Certificate (PDF)"), "url": url_for("certificates.show", uid=made.uid)}] if made else [])]
    if case.person is None or not case.person.answered or case.closed:
        return there_is if case.person is not None and case.person.answered else []
    there_are = {rule.rule: rule.endpoint for rule in current_app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    asked = [(there_are.get(f"/persons/<uid>/{page}"), page) for page in WORK[case.kind]]
    return [{"text": _(PAGES[page]), "url": url_for(endpoint, uid=case.person.uid, case=case.uid)} for endpoint, page in asked if endpoint] + there_is


def _history(case: RightsCase) -> list[dict[str, Any]]:
    facts = history(db(), case)
    by = dict(db().execute(select(Agent.uid, Agent.name).where(Agent.uid.in_({one.by_uid for one in facts if one.by_uid}))).all())
    changes: dict[int, list[dict[str, str]]] = {}
    for one in db().scalars(select(Change).where(Change.fact_id.in_([fact.id for fact in facts])).order_by(Change.id)):
        changes.setdefault(one.fact_id, []).append({"field": _(FIELDS.get(one.field, one.field)), "before": _said(one.field, one.before),
                                                    "after": _said(one.field, one.after)})
    return [{"text": _(HAPPENED.get(one.data.get("change", ""), N_("The case was changed"))), "by": by.get(one.by_uid or "", ""), "at": stamp(one.at),
             "changes": changes.get(one.id, [])} for one in facts]


def _said(field: str, value: str | None) -> str:
    if field == "kind" and value in KINDS:
        return _(KINDS[value][0])
    return _(GROUNDS[value]) if field == "ground" and value in GROUNDS else value or ""


def case_line(case: RightsCase | None) -> dict[str, Any] | None:
    """A case as a link, and whether it is known who asks."""
    return {"uid": case.uid, "number": case.id, "kind": _(KINDS[case.kind][0]), "url": url_for("rights.show", uid=case.uid), "known": case.known,
            "unproven": case.unproven_why} if case else None

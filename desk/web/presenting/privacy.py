"""The Privacy page of a person and a report, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import select

from contacts.agent import Agent
from contacts.person import Person
from core.i18n import N_, day
from core.i18n import gettext as _
from core.operations import Operation
from core.retelling import retell
from desk.language import language_of
from desk.operating import acts
from desk.privacy import asking, handing
from desk.privacy.document import document, reads_all
from desk.privacy.kept import PrivacyReport
from desk.privacy.printing import is_cut
from desk.privacy.wording import corrected_said, section_said
from desk.web.presenting.choices import LANGUAGES, language_name
from desk.web.presenting.faces import person_face
from desk.web.presenting.links import person_url
from desk.web.presenting.operation_states import STATES
from desk.web.presenting.operations import SIGNS
from desk.web.presenting.times import stamp
from desk.web.presenting.words import said
from desk.web.requests import db
from desk.web.signing_in import me

FORMS = {"report": N_("Privacy report"), "portable": N_("Portable copy")}
ACTS = {"pause": N_("Pause"), "resume": N_("Go on"), "cancel": N_("Stop")}
#: Clues shown of each likely duplicate.
CLUES = 3


def entry_of(person: Person) -> dict[str, str]:
    """The entry of the menu of a person's card: an address, or why it cannot be used (S55)."""
    allowed = asking.may_report(me())
    return {"url": url_for("privacy_reports.index", uid=person.uid) if allowed else "", "why": "" if allowed else _(asking.WITHOUT_RIGHT)}


def hub(person: Person, given: dict[str, Any]) -> dict[str, Any]:
    """As web/privacy/index.html wants it."""
    return {
        "person": {"name": person.name or _("(no name)"), "url": person_url(person)}, "action": url_for("privacy_reports.create", uid=person.uid),
        "rights": _rights(person), "languages": LANGUAGES, "given": {"form": "report", "language": language_of(db(), person, None), "include": []} | given,
        "forms": [{"value": "report", "name": _("All that we hold"), "means": _("Everything, why, from where and who has received it: to be read.")},
                  {"value": "portable", "name": _("What they gave us"), "means": _("The smaller copy for another service: JSON, CSV and vCard.")}],
        "likely": [_likely(one) for one in asking.likely(db(), person)], "reports": _lines(asking.made_of(db(), person))}


def report_page(report: PrivacyReport) -> dict[str, Any]:
    """As web/privacy/show.html wants it."""
    person, operation = asking.whose(db(), report), db().scalar(select(Operation).where(Operation.uid == report.operation_uid))
    all_of_it, state = reads_all(report, me()), operation.state if operation is not None else "done"
    told = document(db(), report, complete=all_of_it) if report.made_at else None
    endings = [] if told is None else ["zip"] if report.form == "portable" else ["pdf", "json"]
    return {
        "person": {"name": person.name or _("(no name)"), "url": person_url(person)}, "back_url": url_for("privacy_reports.index", uid=person.uid),
        "report": {
            "title": _(FORMS[report.form]), "language": language_name(report.language), "made": stamp(report.made_at) if report.made_at else "",
            "until": day(report.until), "going": state in ("approved", "running"), "state": _(STATES[state]), "sign": SIGNS.get(state, ""),
            "done": operation.done if operation else 0, "total": operation.total if operation else 0,
            "reason": retell(operation.reason or "") if operation else "", "url": url_for("privacy_reports.show", uid=report.uid),
            "sections": [(section_said(one["section"]), len(one["entries"])) for one in told["sections"]] if told else [],
            "before": _day_of(told), "corrected": [corrected_said(one) for one in told["corrected"]] if told else [],
            "held_back": _held_back(told) if told else "", "to_release": bool(told) and not report.complete,
            "released": stamp(report.released_at) if report.released_at else "",
            "sent": stamp(report.sent_at) if report.sent_at else "", "opened": stamp(report.opened_at) if report.opened_at else "",
            "link_until": day(report.link_until) if report.link_until else ""},
        "files": [{"url": url_for("privacy_reports.file", uid=report.uid, ending=ending), "label": ending.upper()} for ending in endings],
        "acts": [{"label": _(ACTS[act]), "url": url_for("privacy_reports.update", uid=report.uid, act=act), "primary": act == "resume"}
                 for act in (acts(db(), operation) if operation is not None and (me().admin or operation.by_uid == me().uid) else []) if act in ACTS],
        "release_url": url_for("privacy_reports.release", uid=report.uid) if me().admin else "",
        "sending": _sending(report) if told and report.complete else None}


def _day_of(told: dict[str, Any] | None) -> str:
    """The day of the report before, written out."""
    return day(datetime.fromisoformat(told["before"])) if told and told["before"] else ""


def _rights(person: Person) -> list[dict[str, str]]:
    """What the person can ask for, and where it is done (S61); what only admins do is said to all."""
    admin = me().admin
    told = [
        (True, N_("See what is stored"), N_("Make a report below, and send it to them."), "#make", N_("Make a report")),
        (True, N_("Have it corrected"), N_("Correct the card, then make another report: it confirms what was corrected."),
         url_for("persons.edit", uid=person.uid), N_("Edit the card")),
        (True, N_("Have it used no more"), N_("Note what they withdraw or object to."), url_for("person_bases.index", uid=person.uid), N_("Legal bases")),
        (admin, N_("Have it kept and not used"), N_("While something is contested: the card is hidden from all but admins, and their mail is answered."),
         url_for("restrictions.show", uid=person.uid), N_("Restriction …")),
        (admin, N_("Know who got it"), N_("Who received something about them, and whether they were told of a correction."),
         url_for("disclosures.index", uid=person.uid), N_("Who got data")),
        (admin, N_("Know who looked it up"), N_("How often the card was opened, by month and purpose."), url_for("lookups.index", uid=person.uid), N_("Look-ups")),
        (admin, N_("Have it deleted"), N_("Erase the person for good, wherever they stand.") if admin else N_("An admin erases the person for good."),
         url_for("erasures.new", uid=person.uid), N_("Erase for good …")),
        (admin, N_("What stands against it"), N_("A claim or an authority: a legal hold keeps what there is."),
         url_for("legal_holds.new", of="person", record=person.uid), N_("Legal hold …"))]
    return [{"name": _(name), "means": _(means), "url": url if may else "", "act": _(act) if may else ""} for may, name, means, url, act in told]


def _likely(one: asking.Likely) -> dict[str, Any]:
    job = one.person.employment
    return {"uid": one.person.uid, "name": one.person.name or _("(no name)"), "face": person_face(one.person.name, one.person), "url": person_url(one.person),
            "company": job.company.called if job else "", "clues": [said(clue.get("sentence") or clue["words"]) for clue in one.evidence[:CLUES]]}


def _lines(reports: Sequence[PrivacyReport]) -> list[dict[str, str]]:
    names = dict(db().execute(select(Agent.uid, Agent.name).where(Agent.uid.in_({one.by_uid for one in reports}))).all()) if reports else {}
    return [{"url": url_for("privacy_reports.show", uid=one.uid), "title": _(FORMS[one.form]), "at": stamp(one.created_at), "by": names.get(one.by_uid or "", ""),
             "language": language_name(one.language), "state": _("sent") if one.sent_at else _("made") if one.made_at else _("being made"), "until": day(one.until)}
            for one in reports]


def _held_back(told: dict[str, Any]) -> str:
    notes, mails = told["held_back"]["notes"], told["held_back"]["mails"]
    said_ = [_("private notes: %(n)s", n=notes) if notes else "", _("locked mails: %(n)s", n=mails) if mails else ""]
    return ", ".join(filter(None, said_))


def _sending(report: PrivacyReport) -> dict[str, Any]:
    ways = [("pdf", _("As a file (PDF)")), ("link", _("As a link that ends"))]
    return {"addresses": [(one.uid, one.address.value) for one in handing.addresses_for(db(), report)], "ways": ways if report.form == "report" and not is_cut(report.summary.get("counts", {})) else ways[1:],
            "url": url_for("privacy_reports.send", uid=report.uid)}

"""The policy about unknown senders in words: when a rule matches, what follows, how a trial came out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import select

from contacts.person import Person
from core.i18n import gettext as _
from core.i18n import ngettext
from core.operations import Operation, OperationItem
from desk.mailboxes import all_mailboxes
from desk.matching import last_30_days
from desk.policy import RECORDS, Policy
from desk.simulating import OUTCOMES
from desk.web.presenting.faces import person_face
from desk.web.presenting.times import stamp
from desk.web.presenting.words import language_alone
from desk.web.requests import db
from rules.policy import ELSE, FIXED, GIFTS, Rule

NAMED = 5                    # persons a trial names one by one


def act(name: str) -> str:
    """What a rule does, as a word."""
    return {"create": _("Create"), "ask": _("Ask"), "never": _("Never"), "set_aside": _("Set aside"), "spam": _("Spam")}[name]


def outcome(name: str) -> str:
    """What becomes of mails, as a heading of a count."""
    return {"created": _("Persons created"), "asked": _("Asked"), "none": _("No record"), "spam": _("Spam"),
            "set_aside": _("Set aside"), "": _("Left alone")}[name]


def when(rule: Rule, names: Mapping[str, str]) -> str:
    """When a rule matches, as a sentence without its full stop."""
    told, asks = [], rule.when
    if asks.get("blocked"):
        told.append(_("Sender is blocked"))
    if asks.get("spam"):
        told.append(_("The filter before us says spam"))
    if asks.get("automatic"):
        told.append(_("Automatic mail: lists, out of office, receipts"))
    if asks.get("trust"):
        told.append({"fail": _("Authentication fails"), "pass": _("The sender is proven"), "none": _("The sender is not proven")}[asks["trust"]])
    if senders := asks.get("senders"):
        shown = ", ".join(one.lstrip("@") if one.startswith("@") and not one.startswith("@*") else one for one in senders[:3])
        told.append(_("Sender is %(senders)s or others", senders=shown) if len(senders) > 3 else _("Sender is at %(senders)s", senders=shown)
                    if all(one.startswith("@") for one in senders) else _("Sender is %(senders)s", senders=shown))
    if asks.get("known_company"):
        told.append(_("Domain of a known company"))
    if asks.get("free_mail"):
        told.append(_("Domain is a free mail provider"))
    if asks.get("mailboxes"):
        told.append(_("Mailbox is %(mailboxes)s", mailboxes=", ".join(names.get(one, "?") for one in asks["mailboxes"])))
    if asks.get("languages"):
        told.append(_("Language is %(languages)s", languages=", ".join(language_alone(one) for one in asks["languages"])))
    return " · ".join(told)


def then(rule: Rule, names: Mapping[str, str]) -> str:
    """What follows beside the word of the act."""
    if rule.act == "create":
        return ", ".join(language_alone(rule.then[name]) if name == "language" else names.get(rule.then[name], "?")
                         for name in GIFTS if rule.then.get(name))
    if rule.when.get("trust") == "fail" and rule.act == "ask":
        return _("with a warning")
    return {"never": _("no record"), "set_aside": _("kept in the ledger alone"), "spam": "", "ask": ""}[rule.act]


def names_of(rules: Sequence[Rule], gifts: Mapping[str, Any]) -> dict[str, str]:
    """What the records that rules speak of are called, by uid."""
    found = {mailbox.uid: mailbox.name for mailbox in all_mailboxes(db())}
    given = [(name, value) for kept in (gifts, *(rule.then for rule in rules)) for name, value in kept.items() if name in RECORDS and value]
    for kind in {name for name, _uid in given}:
        uids = {uid for name, uid in given if name == kind}
        found |= dict(db().execute(select(RECORDS[kind].uid, RECORDS[kind].name).where(RECORDS[kind].uid.in_(uids))).all())
    return found


def table(rules: Sequence[Rule], gifts: Mapping[str, Any], in_force: Policy, choice: str) -> list[dict[str, Any]]:
    """The rows of the table: the admins' rules, the fixed ones, and everything else; what differs from what is in force is marked."""
    names = names_of([*rules, *in_force.rules], gifts)
    counted = last_30_days(db(), [rule.id for rule in (*rules, *FIXED)] + [ELSE])
    before = {rule.id: rule for rule in in_force.rules}
    rows = [_row(rule, number, names, counted, len(rules), before) for number, rule in enumerate((*rules, *FIXED), start=1)]
    rows.append({"number": "", "when": _("Everything else"), "verdict": choice, "verdict_text": act(choice), "then": _("the choice above"),
                 "last_30": counted.get(ELSE, 0), "rest": True, "edit_url": None})
    return rows


def _row(
    rule: Rule, number: int, names: Mapping[str, str], counted: Mapping[str, int], own: int, before: Mapping[str, Rule],
) -> dict[str, Any]:
    fixed, was = number > own, before.get(rule.id)
    changed = not fixed and was != rule
    said = [then(rule, names)]
    if rule.off:
        said = [_("switched off")]
    elif changed:
        said.append(_("new") if was is None else _("was %(act)s", act=act(was.act)) if was.act != rule.act else _("changed"))
    if rule.by == "always":
        said.append(_("written with a decision"))
    return {"number": number, "when": when(rule, names), "verdict": "never" if rule.act == "set_aside" else rule.act,
            "verdict_text": act(rule.act), "then": " · ".join(filter(None, said)), "last_30": counted.get(rule.id, 0),
            "fixed": fixed, "off": rule.off, "changed": changed, "rest": False, "id": rule.id,
            "edit_url": url_for("policy_rules.edit", uid=rule.id) if not fixed else url_for("blocked_senders.index") if rule.id == "blocked" else None,
            "up_url": url_for("policy_rules.move", uid=rule.id, to="up") if not fixed and number > 1 else None,
            "down_url": url_for("policy_rules.move", uid=rule.id, to="down") if not fixed and number < own else None}


def gifts_told(gifts: Mapping[str, Any], names: Mapping[str, str]) -> list[tuple[str, str]]:
    """What a new person gets, term by term."""
    def named(name: str, otherwise: str) -> str:
        return names.get(gifts.get(name, ""), "") or otherwise

    language = language_alone(gifts["language"]) if gifts.get("language") else _("As detected, else the mailbox’s")
    return [(_("Company"), named("company", _("By the domain of the address, where a company has it"))), (_("Language"), language),
            (_("Category"), named("category", _("The company’s"))), (_("Business"), named("business", _("The company’s"))),
            (_("Service level"), named("service_level", _("None"))), (_("Support contact"), named("support_contact", _("None"))),
            (_("Our contact"), _("The company’s")), (_("Team"), named("team", _("The mailbox’s"))),
            (_("Legal basis"), _("Legitimate interest: they wrote to us")), (_("Marked"), _("To be completed"))]


def trial(draft: Operation, version: int) -> dict[str, Any]:
    """The panel beside the rules: what is to be tried, how far the trial is, how it came out."""
    result = draft.result if draft.state == "done" else {}
    told: dict[str, Any] = {
        "state": draft.state, "days": draft.given["days"], "done": draft.done, "total": draft.total, "next": version + 1,
        "running": draft.state in ("approved", "running"), "reason": draft.reason if draft.state == "failed" else "",
        "stale": draft.given["base"] != version, "result": None}
    if not result:
        return told
    most = max((max(count.values()) for count in result["outcomes"].values()), default=0) or 1
    told["result"] = {
        "mails": result["mails"], "changed": result["changed"], "tried_at": stamp(draft.ended_at) if draft.ended_at else "",
        "rows": [{"name": outcome(name), "after": count["after"], "change": count["after"] - count["before"],
                  "now": round(100 * count["before"] / most, 1), "then": round(100 * count["after"] / most, 1),
                  "url": url_for("policy_trials.mails", kind=name)}
                 for name in OUTCOMES if (count := result["outcomes"][name]) and (name != "set_aside" or any(count.values()))],
        "answered": result["answered"], "persons": _persons(draft), "more_persons": max(0, result["answered"] - NAMED),
        "asked_a_day": round(max(0, result["outcomes"]["asked"]["after"] - result["outcomes"]["asked"]["before"]) / result["days"]),
        "mails_url": url_for("policy_trials.mails")}
    return told


def _persons(draft: Operation) -> list[dict[str, Any]]:
    items = db().scalars(select(OperationItem).where(OperationItem.operation_id == draft.id, OperationItem.kind == "person").order_by(
        OperationItem.id).limit(NAMED)).all()
    names = {p.uid: p.name for p in db().scalars(select(Person).where(Person.uid.in_([one.subject_uid for one in items]), Person.binned_at.is_(None)))}
    return [{"name": names[one.subject_uid], "face": person_face(names[one.subject_uid]), "url": url_for("persons.show", uid=one.subject_uid),
             "mails": ngettext("%(n)s mail", "%(n)s mails", one.data["mails"])} for one in items if one.subject_uid in names]

"""The rules about strangers, one by one: what is changed here is tried and saved on the page of the policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, request, url_for
from sqlalchemy import select

from contacts.agent import Agent
from contacts.company import Company
from core.alphabet import in_order
from core.database import new_uid
from core.errors import Refused, Unknown
from core.i18n import LANGUAGES, N_
from core.i18n import gettext as _
from desk.mailboxes import all_mailboxes
from desk.policy import RECORDS, policy
from desk.policy_draft import change, draft_of
from desk.web.company_field import begun_company
from desk.web.forms import errors_of, posted, ticked
from desk.web.pages import page, see_other
from desk.web.presenting.words import language_alone
from desk.web.requests import db
from desk.web.signing_in import admins_only, me
from rules.policy import ACTS, FLAGS, GIFTS, TRUSTS

bp = Blueprint("policy_rules", __name__, url_prefix="/settings/unknown-senders/rules")
Rules = list[dict[str, Any]]


@bp.get("/new")
@admins_only
def new() -> Any:
    """The empty form."""
    return _form(None)


@bp.post("")
@admins_only
def create() -> Any:
    """One more, at the head."""
    return _save(None, lambda rules, rule: [rule, *rules])


@bp.get("/gifts")
@admins_only
def gifts() -> Any:
    """What everybody who is created gets."""
    return _gifts_form(_in_hand()[1])


@bp.post("/gifts")
@admins_only
def update_gifts() -> Any:
    """Change that."""
    try:
        change(db(), me(), gifts=_named(_given()))
    except Refused as refused:
        return _gifts_form(_given(), errors_of(refused)), refused.status
    return _back(_("Not in force yet: try it, then save."))


@bp.get("/<uid>")
@admins_only
def edit(uid: str) -> Any:
    """The form of a rule."""
    return _form(_rule(uid))


@bp.post("/<uid>")
@admins_only
def update(uid: str) -> Any:
    """Change it."""
    return _save(_rule(uid), lambda rules, rule: [rule if one["id"] == uid else one for one in rules])


@bp.post("/<uid>/end")
@admins_only
def destroy(uid: str) -> Any:
    """Take it out."""
    _rule(uid)
    change(db(), me(), rules=[one for one in _in_hand()[0] if one["id"] != uid])
    return _back(_("The rule is taken out. Not in force yet: try it, then save."))


@bp.post("/<uid>/move/<to>")
@admins_only
def move(uid: str, to: str) -> Any:
    """One place up or down."""
    rules, rule = _in_hand()[0], _rule(uid)
    at = rules.index(rule)
    other = at - 1 if to == "up" else at + 1
    if 0 <= other < len(rules):
        rules[at], rules[other] = rules[other], rules[at]
        change(db(), me(), rules=rules)
    return see_other(url_for("policies.edit", _anchor=f"rule-{uid}"))


def _in_hand() -> tuple[Rules, dict[str, Any]]:
    """Rules and gifts as the admin is changing them, else as they are in force."""
    draft = draft_of(db(), me())
    if draft is not None:
        return list(draft.given["rules"]), dict(draft.given["gifts"])
    return [rule.as_dict() for rule in policy(db()).rules], dict(policy(db()).gifts)


def _rule(uid: str) -> dict[str, Any]:
    found = next((one for one in _in_hand()[0] if one["id"] == uid), None)
    if found is None:
        raise Unknown(N_("There is no such rule."))
    return found


def _save(kept: dict[str, Any] | None, put: Callable[[Rules, dict[str, Any]], Rules]) -> Any:
    rule = _typed(kept)
    try:
        change(db(), me(), rules=put(_in_hand()[0], {**rule, "then": _named(rule["then"])}))
    except Refused as refused:
        errors = {name.rpartition(".")[2]: said for name, said in errors_of(refused).items()}
        return _form(kept, errors, rule), refused.status
    return _back(_("Not in force yet: try it, then save."))


def _typed(kept: Mapping[str, Any] | None) -> dict[str, Any]:
    """The rule as the form has it."""
    when: dict[str, Any] = {flag: True for flag in FLAGS if ticked(flag)}
    when |= {"senders": [line.strip() for line in request.form.get("senders", "").replace(",", "\n").splitlines() if line.strip()],
             "trust": posted("trust") or None, "languages": request.form.getlist("languages"), "mailboxes": request.form.getlist("mailboxes")}
    return {"id": kept["id"] if kept else new_uid(), "when": when, "then": {"act": posted("act"), **_given()}, "off": ticked("off"), "by": kept["by"] if kept else ""}


def _given() -> dict[str, str]:
    """What a created person gets, as the form has it: the company by its name."""
    return {name: posted(name) for name in GIFTS if posted(name)}


def _named(given: Mapping[str, str]) -> dict[str, str]:
    """The same with the company's uid. Raises Refused for one there is not."""
    company = begun_company(given.get("company", ""), posted("company_uid"))
    return {**given, "company": company.uid} if company else dict(given)


def _form(kept: dict[str, Any] | None, errors: dict[str, str] | None = None, typed: dict[str, Any] | None = None) -> str:
    rule = typed or kept or {"when": {}, "then": {"act": "ask"}, "off": False}
    when, then = rule["when"], rule["then"]
    form = {
        "title": _("Change the rule") if kept else _("New rule"), "new": kept is None,
        "action": url_for("policy_rules.update", uid=kept["id"]) if kept else url_for("policy_rules.create"),
        "delete_url": url_for("policy_rules.destroy", uid=kept["id"]) if kept else None,
        "senders": "\n".join(when.get("senders") or ()), "flags": {flag: bool(when.get(flag)) for flag in FLAGS},
        "trust": when.get("trust") or "", "off": rule.get("off"), "act": then.get("act") if then.get("act") in ACTS else "ask",
        "trusts": [(name, {"pass": _("Proven"), "none": _("Not proven"), "fail": _("Authentication fails")}[name]) for name in TRUSTS],
        "languages": [{"value": one, "name": language_alone(one), "checked": one in (when.get("languages") or ())} for one in LANGUAGES],
        "mailboxes": [{"value": m.uid, "name": m.name, "checked": m.uid in (when.get("mailboxes") or ())} for m in all_mailboxes(db())
                      if m.active or m.uid in (when.get("mailboxes") or ())],
        "gifts": _choices(then)}
    return page("web/settings/policy/rule.html", settings={"current": "unknown"}, form=form, errors=errors or {})


def _gifts_form(gifts_: Mapping[str, Any], errors: dict[str, str] | None = None) -> str:
    return page("web/settings/policy/gifts.html", settings={"current": "unknown"}, form={
        "action": url_for("policy_rules.update_gifts"), "gifts": _choices(gifts_)}, errors=errors or {})


def _choices(chosen: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What can be given, each with its choices."""
    labels = {"company": _("Company"), "category": _("Category"), "business": _("Business"), "service_level": _("Service level"),
              "support_contact": _("Support contact"), "team": _("Team"), "language": _("Language")}
    return [{"name": name, "label": labels[name], "value": chosen.get(name) or "", "options": _offered(name, chosen.get(name) or "")}
            if name != "company" else {"name": name, "label": labels[name], **_company(chosen.get(name) or "")} for name in GIFTS]


def _company(chosen: str) -> dict[str, str]:
    """Name and uid of the one chosen; what was typed where there is none."""
    found = db().execute(select(Company.uid, Company.name).where(Company.uid == chosen)).first()
    return {"value": found.name, "uid": found.uid} if found else {"value": chosen, "uid": posted("company_uid")}


def _offered(name: str, chosen: str) -> list[tuple[str, str]]:
    if name == "language":
        return [(one, language_alone(one)) for one in LANGUAGES]
    kind = RECORDS[name]
    query = select(kind.uid, kind.name)
    if kind is Agent:
        query = query.where(Agent.active | (Agent.uid == chosen))
    return [(uid, label) for uid, label in in_order(db().execute(query))]


def _back(said: str) -> Any:
    return see_other(url_for("policies.edit"), said=said)

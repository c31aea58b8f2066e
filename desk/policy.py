"""The policy about unknown senders as it is in force: the book's newest version, and saving another.

The choice that stands behind all rules is an option (``intake.unknown_sender``), for the desk and for each mailbox.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.address import normalise_email
from contacts.agent import Agent, Team
from contacts.company import Business, Category, Company, ServiceLevel
from contacts.facts import PolicyChanged
from core.database import new_uid, take_turns
from core.errors import Conflict, Refused
from core.history import record
from core.i18n import LANGUAGES, N_
from desk.mailboxes import Mailbox
from rules import book
from rules.free_mail import is_free_mail
from rules.policy import FLAGS, GIFTS, MOST_RULES, RESERVED, Rule, rule_of, wrong

#: What a gift names.
RECORDS: Mapping[str, Any] = {"company": Company, "category": Category, "business": Business, "service_level": ServiceLevel,
                              "support_contact": Agent, "team": Team}
SUBJECT = "intake-policy"
_DOMAIN = re.compile(r"@(\*\.)?[^\s@*]+")


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the book, its gifts as ids; version 0 is the empty book of a new desk."""

    version: int = 0
    rules: tuple[Rule, ...] = ()
    gifts: Mapping[str, Any] = field(default_factory=dict)


def policy(db: Session) -> Policy:
    """The version in force, read once a transaction."""
    known: Policy | None = db.info.get("policy")
    if known is None:
        row = book.newest(db)
        known = db.info["policy"] = of_row(row) if row is not None else Policy()
    return known


def of_row(row: book.RuleBook) -> Policy:
    """A version as the rules read it."""
    return Policy(row.number, tuple(rule_of(one) for one in row.rules), row.gifts)


def save_policy(
    db: Session, rules: Sequence[Mapping[str, Any]], gifts: Mapping[str, Any], *, by: Agent, base: int | None = None,
) -> Policy:
    """Put another version in force; nothing is written where it is the same as before.

    ``base`` is the version it was made from. Raises Conflict where that is no longer the newest, Refused (with the place
    of a rule and its field) for what cannot be.
    """
    take_turns(db, "intake.policy")
    db.info.pop("policy", None)
    before = policy(db)
    if base is not None and base != before.version:
        raise Conflict(N_("A colleague has saved another version meanwhile. Look at what holds now, then repeat your change."))
    clean, given = checked(db, rules), checked_gifts(db, gifts)
    if [rule.as_dict() for rule in before.rules] == clean and dict(before.gifts) == given:
        return before
    row = book.RuleBook(number=before.version + 1, rules=clean, gifts=given, by_uid=by.uid)
    db.add(row)
    record(db, PolicyChanged(row.number, before.version, SUBJECT), by=by.uid)
    db.flush()
    db.info.pop("policy", None)
    return policy(db)


def checked(db: Session, rules: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rules as they are stored. Raises Refused."""
    if len(rules) > MOST_RULES:
        raise Refused(N_("These are too many rules. Take some out first."))
    found: list[dict[str, Any]] = []
    for place, rule in enumerate(rules):
        clean, errors = _clean(db, rule)
        if errors:
            raise Refused(N_("A rule cannot be saved like this."), {f"rules.{place}.{name}": said for name, said in errors.items()})
        found.append(clean)
    ids = [one["id"] for one in found]
    if len(set(ids)) != len(ids) or set(ids) & RESERVED:
        raise Refused(N_("Two rules have the same id."))
    return found


def checked_gifts(db: Session, gifts: Mapping[str, Any]) -> dict[str, Any]:
    """What everybody who is created gets, as it is stored. Raises Refused."""
    clean = {name: value for name in GIFTS if (value := gifts.get(name))}
    errors = _unknown_gifts(db, clean)
    if errors:
        raise Refused(N_("Some fields cannot be saved like this."), errors)
    return clean


class Written(NamedTuple):
    """A rule that an agent's decision wrote: its id, and the earlier ones that it replaced."""

    rule: str
    replaced: list[dict[str, Any]]


def with_rule_for(db: Session, domain: str, then: Mapping[str, Any], *, by: Agent) -> Written:
    """Always do this for a domain: a rule at the head of the book, instead of an earlier one of the same kind.

    Raises Refused for a domain where everybody can have an address.
    """
    if is_free_mail(domain):
        raise Refused(N_("Anybody can have an address there. Decide about each sender."), {"always": N_("This is a free mail provider.")})
    kept = [rule.as_dict() for rule in policy(db).rules]
    replaced = [one for one in kept if one["by"] == "always" and list(one["when"].get("senders") or ()) == [f"@{domain}"]]
    rule = {"id": new_uid(), "when": {"senders": [f"@{domain}"]}, "then": dict(then), "by": "always"}
    save_policy(db, [rule, *(one for one in kept if one not in replaced)], policy(db).gifts, by=by)
    return Written(str(rule["id"]), replaced)


def without_rule(db: Session, uid: str, *, by: Agent, replaced: Sequence[Mapping[str, Any]] = ()) -> None:
    """Take a rule out of the book, if it is still there; in its place come those that it had replaced."""
    kept = [one for rule in policy(db).rules for one in (replaced if rule.id == uid else (rule.as_dict(),))]
    save_policy(db, kept, policy(db).gifts, by=by)


def gifts_of(db: Session, own: Mapping[str, Any]) -> dict[str, Any]:
    """What a created person gets: the rule's own before what everybody gets. Records that are gone are left out."""
    wanted = {**policy(db).gifts, **own}
    cached: dict[tuple[str, str], Any] = db.info.setdefault("gifts", {})
    found: dict[str, Any] = {}
    for name, value in wanted.items():
        if name == "language":
            found[name] = value
            continue
        key = (name, value)
        if key not in cached:
            cached[key] = db.scalar(select(RECORDS[name]).where(RECORDS[name].uid == value))
        if cached[key] is not None and _usable(cached[key]):
            found[name] = cached[key]
    return found


def _usable(record_: Any) -> bool:
    return getattr(record_, "binned_at", None) is None and getattr(record_, "active", True)


def _clean(db: Session, rule: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    when, then = dict(rule.get("when") or {}), dict(rule.get("then") or {})
    clean: dict[str, Any] = {flag: True for flag in FLAGS if when.get(flag)}
    clean |= {name: when[name] for name in ("trust",) if when.get(name)}
    clean |= {name: list(dict.fromkeys(when[name])) for name in ("languages", "mailboxes") if when.get(name)}
    senders = [_pattern(one) for one in when.get("senders") or () if str(one).strip()]
    if senders:
        clean["senders"] = list(dict.fromkeys(senders))
    gifts = {name: then[name] for name in GIFTS if then.get(name)} if then.get("act") == "create" else {}
    errors = wrong(clean, then) | _unknown_gifts(db, gifts) | _unknown_conditions(db, clean)
    return {"id": str(rule.get("id") or new_uid())[:24], "when": clean, "then": {"act": then.get("act"), **gifts},
            "off": bool(rule.get("off")), "by": str(rule.get("by") or "")[:20]}, errors


def _pattern(value: Any) -> str:
    """An address as it is matched, or ``@domain``, or ``@*.domain``; ``*@domain`` is how many write the second."""
    value = str(value).strip().removeprefix("*") if str(value).strip().startswith("*@") else str(value).strip()
    bare = "@" + value if "@" not in value and "." in value else value
    if bare.startswith("@*."):
        return "@*." + normalise_email("x@" + bare[3:])[2:]
    return normalise_email("x" + bare)[1:] if bare.startswith("@") else normalise_email(bare)


def _unknown_conditions(db: Session, when: Mapping[str, Any]) -> dict[str, str]:
    errors = {}
    if any(not (_DOMAIN.fullmatch(one) or re.fullmatch(r"[^\s@*]+@[^\s@*]+", one)) for one in when.get("senders", ())):
        errors["senders"] = N_("Write addresses like nora@company.example or domains like @company.example, one a line.")
    if not set(when.get("languages", ())) <= set(LANGUAGES):
        errors["languages"] = N_("Choose one of those offered.")
    boxes = set(when.get("mailboxes", ()))
    if boxes and boxes != set(db.scalars(select(Mailbox.uid).where(Mailbox.uid.in_(boxes)))):
        errors["mailboxes"] = N_("There is no such mailbox.")
    return errors


def _unknown_gifts(db: Session, gifts: Mapping[str, Any]) -> dict[str, str]:
    errors = {} if gifts.get("language") in (None, *LANGUAGES) else {"language": N_("Choose one of those offered.")}
    for name, kind in RECORDS.items():
        if name in gifts and db.scalar(select(kind.id).where(kind.uid == gifts[name])) is None:
            errors[name] = N_("Choose one of those offered.")
    return errors

"""What ``skranke mail explain`` prints, as panels in the agent's language: no codes, nothing that is not there."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from core.i18n import N_, moment
from core.i18n import gettext as _
from desk.mailboxes import all_mailboxes
from desk.web.presenting.ledger import DONE, RULES
from desk.web.presenting.policy import act as _act_name
from desk.web.presenting.policy import when
from desk.web.presenting.words import language_alone, said
from desk.web.requests import db
from rules.policy import Rule

NAME = 11                    # letters that a line has for the name of what it tells
TITLES = {"The letter": N_("The letter"), "What is known": N_("What is known"), "The verdict": N_("The verdict"),
          "Where it goes": N_("Where it goes")}
NAMES = {
    "From": N_("From"), "Reply-To": N_("Answers go to"), "To, Cc": N_("To, copy to"), "Subject": N_("Subject"),
    "Answers": N_("In answer to"), "Sent": N_("Sent"), "Language": N_("Language"), "Text": N_("Text"),
    "Attachment": N_("Attachment"), "Bounce": N_("Came back"), "Rescued": N_("Rescued"), "Mailbox": N_("Mailbox"),
    "Sender": N_("Sender"), "Person": N_("Person"), "Evidence": N_("Recognised by"), "Trust": N_("Is the sender real?"),
    "Thread": N_("Ticket"), "Robot": N_("Written by a machine"), "Policy": N_("Unknown senders"), "Rule": N_("Rule"),
    "DKIM": "DKIM", "SPF": "SPF", "DMARC": "DMARC", "Act": N_("What becomes of it"), "Because": N_("Because"),
    "Candidate": N_("May be"), "New person": N_("New person"), "Routing": N_("Routing rule"), "Agent": N_("Agent"), "Team": N_("Team"),
    "Priority": N_("Priority"), "Tags": N_("Tags"),
}
SENDERS = {
    "known": N_("belongs to a person we know"), "several": N_("belongs to several persons"), "unknown": N_("nobody we know"),
    "binned": N_("belongs to a deleted person"), "agent": N_("an agent’s"), "own": N_("one of ours"), "none": "",
}
TRUST = {"pass": N_("Proven"), "fail": N_("Forged"), "none": N_("Not proven")}
POLICY = {"create": N_("Create a person"), "ask": N_("Ask an agent"), "never": N_("Never create")}
#: What happens about a person, in the last part.
PERSONS = {"matched": N_("matched"), "asked": N_("an agent is asked"), "created": N_("created"), "none": N_("none")}


def parts(lines: Sequence[str]) -> list[dict[str, Any]]:
    """A heading, then three spaces, a name and what it is: the panels, with what is said of one thing put together."""
    found: list[dict[str, Any]] = []
    for line in lines:
        if not line.startswith("   "):
            number, _dot, title = line.partition(". ")
            found.append({"title": f"{number}. {_(TITLES[title])}" if title in TITLES else said(line), "rows": []})
        elif found:
            name, value = line[3:3 + NAME].strip(), line[4 + NAME:].strip()
            _put(found[-1]["rows"], _(NAMES.get(name, name)), _value(name, value))
    return found


def _put(rows: list[tuple[str, str]], name: str, value: str) -> None:
    if name == _("Rule") and any(told == name for told, _value in rows):
        rows.append(("", value))        # they are read one below the other
    elif rows and rows[-1][0] == name and value:
        rows[-1] = (name, f"{rows[-1][1]} {value}")
    else:
        rows.append((name, value))


def _value(name: str, value: str) -> str:
    if value in ("-", "none"):
        return ""
    return TOLD[name](value) if name in TOLD else said(value)


def _act(value: str) -> str:
    act, _rule, rule = value.rstrip(")").partition(" (rule ")
    return " · ".join(filter(None, (_(DONE.get(act, act)), _(RULES[rule]) if rule in RULES else "")))


def _sent(value: str) -> str:
    try:
        return moment(datetime.fromisoformat(value))
    except ValueError:
        return said(value)


def _language(value: str) -> str:
    return language_alone(value) if len(value) <= 3 else said(value)


def _sender(value: str) -> str:
    address, _colon, state = value.rpartition(": ")
    return ", ".join(filter(None, (address if address != "none" else "", _(SENDERS[state]) if SENDERS.get(state) else "")))


def _trust(value: str) -> str:
    result, _colon, why = value.partition(": ")
    return ". ".join(filter(None, (_(TRUST.get(result, result)), said(why))))


def _check(value: str) -> str:
    """What one method found; its result is in the sentence."""
    return said(value.partition(": ")[2])


def _robot(value: str) -> str:
    return _("No") if value.startswith("no,") else f"{_('Yes')}. {said(value.partition(': ')[2])}"


def _evidence(value: str) -> str:
    """The points are left to the card: here nobody weighs one against another."""
    return said(re.sub(r" \(-?\d+\)$", "", value))


def _thread(value: str) -> str:
    number = re.match(r"ticket (\d+)", value)
    return number[1] if number else value


def _size(value: str) -> str:
    if words := re.fullmatch(r"(\d+) characters, (\d+) without quotes", value):
        return _("%(all)s characters, %(own)s without quotes", all=words[1], own=words[2])
    return said(value)


def _policy(value: str) -> str:
    policy = value.rpartition(": ")[2]
    return _(POLICY.get(policy, policy))


def _rule(value: str) -> str:
    """The number, whether it matches, and what it would do."""
    found = re.fullmatch(r"(\d+|none) (matches|does not match)(?: \((.*)\))?: (\w+)", value)
    if found is None:
        return value
    number, matches, asked, act = found.groups()
    if number == "none":
        return _("None matches: %(act)s.", act=_act_name(act))
    text = _("%(number)s matches: %(act)s.") if matches == "matches" else _("%(number)s does not match: %(act)s.")
    return text % {"number": f"{number} ({_asked(asked)})" if asked else number, "act": _act_name(act)}


def _asked(value: str) -> str:
    """What a rule asks for, in the words of the policy's page; values follow a name without commas."""
    asks: dict[str, Any] = {}
    for one in value.split(", "):
        name, _space, told = one.partition(" ")
        asks[name] = True if not told else told if name == "trust" else told.split()
    names = {mailbox.uid: mailbox.name for mailbox in all_mailboxes(db())} if "mailboxes" in asks else {}
    return when(Rule("", asks), {one: names.get(one, one) for one in asks.get("mailboxes", ())})


def _clue(value: str) -> str:
    """The points, and what they are for."""
    points, _space, words = value.partition(" ")
    return f"{points} {said(words)}"


TOLD: dict[str, Callable[[str], str]] = {
    "Act": _act, "Sent": _sent, "Language": _language, "Sender": _sender, "Trust": _trust, "Robot": _robot,
    "": _clue, "Evidence": _evidence, "Thread": _thread, "Text": _size, "Policy": _policy, "Rule": _rule,
    "DKIM": _check, "SPF": _check, "DMARC": _check, "Routing": lambda value: _("None matches.") if value == "none matches" else value,
    "Person": lambda value: _(PERSONS[value]) if value in PERSONS else value,
}

"""Why the desk decided what it decided: clues with their signs, the rule, and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from core.i18n import gettext as _
from desk.tickets.message import Message
from desk.tickets.ticket import Ticket
from desk.web.presenting.times import stamp
from desk.web.presenting.words import said
from desk.web.signing_in import me
from rules.intake import ACTS

TRUST = {"pass": ("proven", "sure"), "fail": ("shield-x", "late"), "none": ("shield", "")}
NUMBERS = {rule.asks.__name__: number for number, rule in enumerate(ACTS, start=1)}


@dataclass(frozen=True, slots=True)
class Arrival:
    """One delivery of a message: the ledger row, where and when it came in."""

    inbound_uid: str
    mailbox: str
    transport: str
    at: datetime


def why(message: Message, person: str, arrivals: Sequence[Arrival], acts: Sequence[dict[str, str]]) -> dict[str, Any]:
    """What was decided about a message that came in: ``sentence``, ``clues``, ``acts``."""
    told = person or message.person_id is None        # of a deleted person nothing is told
    clues = [*(_evidence(message.identification) if told else ()), *_trust(message.trust), *_verdict(message.verdict),
             *({"icon": "alert-triangle", "kind": "heed", "text": said(oddity)} for oddity in message.oddities),
             *_arrivals(arrivals)]
    return {"sentence": _sentence(message, person), "clues": clues, "acts": list(acts)}


def held_why(
    identification: dict[str, Any], verdict: dict[str, Any], trust: dict[str, Any], arrivals: Sequence[Arrival],
) -> dict[str, Any]:
    """Why a ticket waits for an agent to say who wrote it."""
    return {"clues": [*_evidence(identification), *_trust(trust), *_verdict(verdict), *_arrivals(arrivals)], "acts": []}


def why_routed(ticket: Ticket) -> dict[str, Any] | None:
    """Why the desk gave the ticket to whom it did when it opened."""
    routed = ticket.verdict.get("routing")
    if not routed:
        return None
    named = [_("Rule %(number)s: %(why)s", number=routed["number"], why=routed["name"])] if routed.get("name") else []
    return {"clues": [*({"icon": "list-check", "kind": "", "text": text} for text in named),
                      *({"icon": "route", "kind": "", "text": said(one)} for one in routed["because"])],
            "acts": [{"label": _("The rule"), "url": url_for("routing.edit", uid=routed["rule"])}] if routed.get("rule") and me().admin else []}


def held_text(verdict: dict[str, Any]) -> str:
    """The same in one sentence: the first reason of the verdict."""
    because = verdict.get("because") or [_("Unknown sender, so we ask first.")]
    return said(because[0])


def _sentence(message: Message, person: str) -> str:
    forwarded = [said(clue["sentence"]) for clue in message.identification.get("evidence", ()) if clue["clue"] == "forwarded"]
    return " ".join((*forwarded, _who(message, person)))


def _who(message: Message, person: str) -> str:
    how = message.identification.get("how", "")
    if message.automatic:
        return _("Written by a machine, not by a person.")
    if person and how == "created":
        return _("%(name)s is new here, so a person was made.", name=person)
    if person:
        return _("Recognised as %(name)s.", name=person)
    return _("Nobody is recognised as the sender.")


def _evidence(identification: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"icon": "at" if clue["points"] >= 0 else "alert-triangle", "kind": "late" if clue["points"] < 0 else "",
             "text": _dated(said(clue.get("sentence") or clue["words"]), clue.get("at", ""))} for clue in identification.get("evidence", ())]


def _dated(text: str, at: str) -> str:
    return f"{text} {stamp(datetime.fromisoformat(at))}" if at else text


def _trust(trust: dict[str, Any]) -> list[dict[str, Any]]:
    if not trust:
        return []
    icon, kind = TRUST[trust["result"]]
    checks = [{"icon": "shield", "kind": "", "text": said(check["sentence"])} for check in trust.get("checks", ())]
    return [{"icon": icon, "kind": kind, "text": said(trust.get("sentence") or trust.get("why", ""))}, *checks]


def _arrivals(arrivals: Sequence[Arrival]) -> list[dict[str, Any]]:
    return [{"icon": "mail", "kind": "", "text": _("Came to %(mailbox)s %(time)s, by %(way)s.", mailbox=one.mailbox,
                                                   time=stamp(one.at), way=one.transport.upper())} for one in arrivals]


def _verdict(verdict: dict[str, Any]) -> list[dict[str, Any]]:
    """The reasons, and which of the company's own rules decided where one did."""
    number, because = NUMBERS.get(verdict.get("rule", "")), verdict.get("because", ())
    policy = (verdict.get("policy") or {}).get("sentence")
    texts = [said(sentence) for sentence in (*because, *((policy,) if policy else ()))]
    if texts and number:
        texts[0] = _("Rule %(number)s: %(why)s", number=number, why=texts[0])
    return [{"icon": "list-check", "kind": "", "text": text} for text in texts]

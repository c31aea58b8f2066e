"""An erasing in words: how far it is, where the person was met, and each place before and after."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import select

from contacts.agent import Agent
from core.clock import now
from core.i18n import N_, dated, ngettext
from core.i18n import gettext as _
from core.operations import Operation, OperationItem
from core.retelling import retell
from desk.erasing import upstream
from desk.operating import acts
from desk.web.presenting.operation_states import STATES
from desk.web.presenting.operations import SIGNS
from desk.web.presenting.times import stamp
from desk.web.requests import db
from rules.redaction import TOKEN

REASONS = {"request": N_("They asked for it"), "objection": N_("They objected"), "unlawful": N_("It should not have been held"),
           "no_longer_needed": N_("It is not needed any more")}
IDENTITIES = {"agent": N_("An agent is sure that it was them"), "link": N_("They followed a link to an address of theirs")}
REVIEWS = {"ask": N_("Ask me about each"), "erase": N_("Erase them all"), "keep": N_("Leave them as they are")}
COPIES = {"delete": N_("Delete them there too"), "keep": N_("Leave them there")}
#: State of mails at a provider → so many of them in words.
PROVIDED: dict[str, Callable[[int], str]] = {
    "gone": lambda n: ngettext("%(n)s mail deleted", "%(n)s mails deleted", n),
    "absent": lambda n: ngettext("%(n)s was not there any more", "%(n)s were not there any more", n),
    "waiting": lambda n: ngettext("%(n)s waits", "%(n)s wait", n), "refused": lambda n: ngettext("%(n)s was refused", "%(n)s were refused", n),
    "left": lambda n: ngettext("%(n)s of others left there", "%(n)s of others left there", n)}
ACTS = {"approve": N_("Erase for good"), "pause": N_("Pause"), "resume": N_("Go on"), "cancel": N_("Leave all as it is")}
#: Tables as people call what is in them; what is not named here is told as others.
STORES = {"messages": N_("messages"), "tickets": N_("tickets"), "attachments": N_("files of messages"), "contact_files": N_("files on cards"),
          "contact_notes": N_("notes"), "drafts": N_("drafts"), "outbound_mails": N_("mail that went out"), "inbound_mails": N_("mail that came in"),
          "activities": N_("activities"), "sales": N_("sales"), "projects": N_("projects"), "orders": N_("orders"), "campaigns": N_("campaigns"),
          "changes": N_("history"), "facts": N_("history"), "operations": N_("operations"), "operation_items": N_("operations"),
          "relations": N_("relations"), "companies": N_("companies"), "selections": N_("selections"), "rule_books": N_("rules"),
          "routing_rules": N_("rules"), "canned_replies": N_("canned replies"), "custom_values": N_("own fields"), "employments": N_("employments"),
          "legal_bases": N_("legal bases"), "upstream": N_("mails at the provider")}


def chooses() -> dict[str, list[tuple[str, str]]]:
    """What the form lets choose among."""
    return {"reasons": [(name, _(label)) for name, label in REASONS.items()], "identities": [(name, _(label)) for name, label in IDENTITIES.items()],
            "reviews": [(name, _(label)) for name, label in REVIEWS.items()], "copies": [(name, _(label)) for name, label in COPIES.items()]}


def live(operation: Operation) -> dict[str, Any]:
    """As its page shows it. ``providers``: what became of mails that lie elsewhere; ``again``: when one that is away is asked once more."""
    by = db().scalar(select(Agent.name).where(Agent.uid == operation.by_uid))
    going = operation.state in ("approved", "running")
    looking, waiting = going and operation.phase in ("lay", "plan"), going and operation.phase == upstream.PHASE
    return {"state": _("Every place is being looked for") if looking else _("Erased here; mails are being deleted at the provider") if waiting else _("Being erased") if going else _(STATES[operation.state]),
            "sign": SIGNS.get(operation.state, ""), "by": by or _("The desk"), "at": stamp(operation.created_at), "going": going,
            "done": operation.done, "total": operation.total, "why": _(REASONS.get(operation.given["reason"], operation.given["reason"])),
            "reason": retell(operation.reason or ""), "over": operation.state == "done", "kept": operation.result.get("kept", 0),
            "left": [f"{_(STORES.get(where, where))}: {count}" for where, count in operation.result.get("left", {}).items()],
            "providers": [_provider(address, found) for address, found in operation.result.get(upstream.KIND, {}).items()],
            "again": stamp(operation.due_at) if waiting and operation.due_at > now() else "", "refused": any(
                found.get("refused") for found in operation.result.get(upstream.KIND, {}).values()),
            "vouchers": _vouchers(operation.result.get("vouchers")),
            "acts": [{"name": act, "label": _(ACTS[act]), "primary": act == "resume", "bad": act == "approve",
                      "url": url_for("erasures.update", uid=operation.uid, act=act)} for act in acts(db(), operation) if act in ACTS]}


def _vouchers(kept: Mapping[str, Any] | None) -> str:
    """What bookkeeping keeps, and until when."""
    return ngettext("%(n)s invoiced order keeps name and address for bookkeeping until %(day)s, for admins alone.",
                    "%(n)s invoiced orders keep name and address for bookkeeping until %(day)s, for admins alone.", kept["orders"],
                    day=dated(datetime.fromisoformat(kept["until"]).date() - timedelta(days=1), year=True)) if kept else ""


def _provider(address: str, found: Mapping[str, Any]) -> dict[str, str]:
    """A mailbox, and what became of its mails at the provider."""
    told = [said(found[state]) for state, said in PROVIDED.items() if found.get(state)]
    return {"address": address, "told": ", ".join(told), "why": retell(found["why"])}


def counted(operation: Operation) -> list[tuple[str, str]]:
    """What → how many places of it."""
    found: dict[str, int] = {}
    for table, count in operation.result.get("counts", {}).items():
        label = _(STORES.get(table, N_("others")))
        found[label] = found.get(label, 0) + count
    return [(label, ngettext("%(n)s place", "%(n)s places", count)) for label, count in found.items()]


def place_lines(operation: Operation, items: Sequence[OperationItem]) -> list[dict[str, Any]]:
    """Each place: what it is, its words with what goes in the middle, and what stands there afterwards."""
    return [_line(operation, one) for one in items]


def _line(operation: Operation, item: OperationItem) -> dict[str, Any]:
    data = item.data
    start, end = data.get("at") or (0, 0)
    whole, before = bool(data.get("whole")), data["before"][data["column"]]
    return {"what": _(STORES.get(item.kind, N_("others"))), "number": data["row"] if item.kind == "tickets" else None,
            "left": "" if whole else before[:start], "gone": before if whole else before[start:end],
            "right": "" if whole else before[end:], "instead": (TOKEN if item.kind in ("tickets", "companies") else "") if whole else TOKEN,
            "whole": whole, "review": bool(data.get("review")) and operation.state == "planned", "decided": data.get("decided", ""),
            "keep_url": url_for("erasures.decide", uid=operation.uid, place=item.id, what="keep"),
            "erase_url": url_for("erasures.decide", uid=operation.uid, place=item.id, what="erase")}

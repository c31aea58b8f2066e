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
from desk.erasing import asking, holding_back, inputs, stores, upstream
from desk.erasing.stores import REASONS
from desk.erasing.subject import Subject
from desk.legal_holds import WAITING as HELD
from desk.operating import acts
from desk.rights.certifying import certificate_of
from desk.web.presenting.legal_holds import lines
from desk.web.presenting.operation_states import STATES
from desk.web.presenting.operations import SIGNS
from desk.web.presenting.times import stamp
from desk.web.requests import db
from desk.web.signing_in import me
from rules.redaction import TOKEN

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


def chooses() -> dict[str, list[tuple[str, str]]]:
    """What the form lets choose among."""
    return {"reasons": [(name, _(label)) for name, label in REASONS.items()], "identities": [(name, _(label)) for name, label in IDENTITIES.items()],
            "reviews": [(name, _(label)) for name, label in REVIEWS.items()], "copies": [(name, _(label)) for name, label in COPIES.items()]}


def live(operation: Operation) -> dict[str, Any]:
    """As its page shows it. ``providers``: what became of mails that lie elsewhere; ``again``: when one that is away is asked once more."""
    by = db().scalar(select(Agent.name).where(Agent.uid == operation.by_uid))
    going = operation.state in ("approved", "running")
    held, waits = _holds(operation), operation.phase == HELD
    second = operation.state == "planned" and asking.takes_another(db(), operation, me())
    looking, waiting = going and operation.phase in ("lay", "plan"), going and operation.phase == upstream.PHASE
    return {"state": _("Every place is being looked for") if looking else _("Erased here; mails are being deleted at the provider") if waiting else _("Being erased") if going else _("Waits for a legal hold") if waits else _(STATES[operation.state]),
            "held": held, "waits": waits, "sign": SIGNS.get(operation.state, ""), "by": by or _("The desk"), "at": stamp(operation.created_at), "going": going,
            "done": operation.done, "total": operation.total, "why": _(REASONS.get(operation.given["reason"], operation.given["reason"])),
            "anew": operation.state == "planned" and "anew" in operation.given, "tells": "tell" in operation.given, "reason": retell(operation.reason or ""), "over": operation.state == "done", "mailed": operation.result.get("copy", ""),
            "delivers": going and operation.phase == "deliver", "kept": operation.result.get("kept", 0),
            "left": [f"{stores.store(where)}: {count}" for where, count in operation.result.get("left", {}).items()],
            "providers": [_provider(address, found) for address, found in operation.result.get(upstream.KIND, {}).items()],
            "again": stamp(operation.due_at) if waiting and operation.due_at > now() else "", "refused": any(
                found.get("refused") for found in operation.result.get(upstream.KIND, {}).values()),
            "vouchers": _vouchers(operation.result.get("vouchers")), "second": _(asking.FOUR_EYES) if second else "",
            "acts": [{"name": act, "label": _(ACTS[act]), "primary": act == "resume", "bad": act == "approve",
                      "url": url_for("erasures.update", uid=operation.uid, act=act)} for act in acts(db(), operation) if act in ACTS and not (second and act == "approve")]}


def _holds(operation: Operation) -> list[dict[str, Any]]:
    """The holds that keep something of the person, of an erasing that is not done yet."""
    if operation.state not in ("planned", "paused") or not operation.file:
        return []
    return lines(holding_back.holds_of(db(), Subject.unsealed(operation.file)))


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
    return [(label, ngettext("%(n)s place", "%(n)s places", count)) for label, count in stores.counted(operation.result.get("counts", {}))]


def certificate_url(operation: Operation) -> str | None:
    """The certificate, where it has been made."""
    made = certificate_of(db(), operation.uid) if operation.phase in ("run", "deliver", "sweep", upstream.PHASE) else None
    return url_for("certificates.show", uid=made.uid) if made else None


def place_lines(operation: Operation, items: Sequence[OperationItem]) -> list[dict[str, Any]]:
    """Each place: what it is, its words with what goes in the middle, and what stands there afterwards. Once it is being erased none has words."""
    return [_line(operation, one) for one in items if "before" in one.data]


def _line(operation: Operation, item: OperationItem) -> dict[str, Any]:
    data = item.data
    start, end = data.get("at") or (0, 0)
    whole, before = bool(data.get("whole")), data["before"][data["column"]]
    return {"what": stores.store(item.kind), "number": data["row"] if item.kind == "tickets" else None,
            "left": "" if whole else before[:start], "gone": before if whole else before[start:end],
            "right": "" if whole else before[end:], "instead": (TOKEN if item.kind in ("tickets", "companies") else "") if whole else TOKEN,
            "note": _file_goes(data) if (item.kind, data["column"]) == (inputs.TABLE, inputs.COLUMN) else "",
            "whole": whole, "review": bool(data.get("review")) and operation.state == "planned", "decided": data.get("decided", ""),
            "keep_url": url_for("erasures.decide", uid=operation.uid, place=item.id, what="keep"),
            "erase_url": url_for("erasures.decide", uid=operation.uid, place=item.id, what="erase")}


def _file_goes(data: Mapping[str, Any]) -> str:
    if data.get("review"):
        return _("If it is them, the whole file goes, and nothing more is made of it.")
    return _("The whole file goes, and nothing more is made of it.")

"""Operations in words: what they are, how far they are, and each item with its before, its after and what went wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask import url_for
from sqlalchemy import select

from contacts import duplicate_scan, unmoving
from contacts.agent import Agent
from contacts.importing_choices import choosable
from contacts.infotag import Infotag
from contacts.movable import KINDS as KINDS_MOVED
from contacts.movable import MOVABLE
from core import bulk
from core.i18n import N_, dated, ngettext
from core.i18n import gettext as _
from core.operations import Operation, OperationItem
from core.retelling import retell
from desk.erasing import asking as erasing
from desk.mailing import KIND as MAILING
from desk.operating import acts, masks
from desk.privacy import asking as privacy
from desk.reports.keeping import KIND as REPORT
from desk.retention.running import KIND as RETENTION
from desk.web.presenting.bases import ground_line
from desk.web.presenting.changes import NAMED, field_called
from desk.web.presenting.mailings import became, mailed, mailing_of, subject_of
from desk.web.presenting.matters import STATES as MATTER_STATES
from desk.web.presenting.matters import matter_url
from desk.web.presenting.operation_states import STATES
from desk.web.presenting.times import stamp
from desk.web.requests import db
from rules.retention import ACTS as FALLING_DUE

KINDS = {"persons.update": N_("Change of many persons"), "companies.update": N_("Change of many companies"), "projects.update": N_("Change of many projects"),
         "persons.move": N_("Move of many persons"), "persons.merge": N_("Merge of many pairs"), "persons.delete": N_("Deletion of many persons"),
         "companies.delete": N_("Deletion of many companies"), MAILING: N_("Mail to many persons"), unmoving.AMONG: N_("Move of a person"),
         "persons.import": N_("Import of persons"), "companies.import": N_("Import of companies"),
         unmoving.KIND: N_("Move of a person"), duplicate_scan.KIND: N_("Search for duplicates"), REPORT: N_("Report"),
         erasing.KIND: N_("Erasing of a person"), RETENTION: N_("What has had its time"), privacy.KIND: N_("Privacy report")}
#: What a worker does with a bulk act before it waits for a word, or while it takes it back.
PHASES = {"lay": N_("Being read"), "plan": N_("Being looked through"), "undo": N_("Being taken back")}
SIGNS = {"done": "sure", "planned": "heed", "failed": "late", "paused": "heed"}
ACTS = {"approve": N_("Approve and run"), "pause": N_("Pause"), "resume": N_("Go on"), "cancel": N_("Cancel"), "undo": N_("Undo all of it")}
ITEM_STATES = {"laid": N_("not looked at yet"), "planned": N_("will be done"), "done": N_("done"), "skipped": N_("skipped"),
               "failed": N_("error"), "undone": N_("taken back"), "conflict": N_("changed since, left as it is")}
ITEM_SIGNS = {"done": "sure", "failed": "late", "conflict": "heed"}
VERDICTS = {"create": N_("Create"), "update": N_("Change"), "skip": N_("Skip"), "queue": N_("Create, and look at it as a duplicate"),
            "move": N_("Move"), "merge": N_("Merge"), "delete": N_("Delete"), "mail": N_("Mail"), "person": N_("Person"), "company": N_("Company"), "ticket": N_("Ticket"), "note": N_("Note"),
            "activity": N_("Activity")}
TABS = {"all": N_("All"), "errors": N_("Errors"), "skipped": N_("Skipped"), "conflicts": N_("Conflicts")}
COUNTED = {"errors": "failed", "skipped": "skipped", "conflicts": "conflict"}
#: What only imports, moves and merges know.
MORE = {"emails": N_("e-mail"), "phones": N_("telephone"), "links": N_("website"), "company_id": N_("company"), "into": N_("becomes part of"), **{kind.key: kind.label for kind in MOVABLE}, "domains": N_("domains"), "infotags": N_("infotags")}


def lines(operations: Sequence[Operation]) -> list[dict[str, Any]]:
    """As rows of a list."""
    names = _names(operations)
    return [_line(one, names) for one in operations]


def live(operation: Operation) -> dict[str, Any]:
    """One as its page shows it."""
    found, mailing = acts(db(), operation), mailing_of(operation) if operation.kind == MAILING else None
    return _line(operation, _names([operation])) | {
        "going": operation.state in ("approved", "running"), "done": operation.done, "total": operation.total,
        "reason": retell(operation.reason or ""), "what": subject_of(mailing) if mailing else operation.given.get("file", ""),
        "ground": ground_line(operation.given) if operation.kind == "persons.import" else "",
        "became": became(mailing) if mailing else "", "mailing_url": url_for("mailings.edit", uid=mailing.uid) if mailing else None,
        "columns_url": url_for("imports.edit", uid=operation.uid) if choosable(db(), operation) else None,
        "acts": [{"name": act, "label": _(ACTS[act]), "primary": act in ("approve", "resume"),
                  "url": url_for("operations.update", uid=operation.uid, act=act)} for act in found]}


def filters(operation: Operation, only: str) -> list[dict[str, Any]]:
    """Tabs over the items, with how many each has."""
    counted = bulk.counts(db(), operation) if operation.phase else {}
    return [{"label": _(label), "url": url_for("operations.show", uid=operation.uid, only=name), "current": name == only,
             "count": counted.get(COUNTED[name], 0) if name in COUNTED else sum(counted.values())}
            for name, label in TABS.items()] if operation.phase else []


def item_lines(operation: Operation, items: Sequence[OperationItem]) -> list[dict[str, Any]]:
    """The items: which record, what would become or became of it, and why not."""
    names, masked = _called(items), masks(db(), items)
    sent = mailed(operation, items) if operation.kind == MAILING else {}
    return [{"n": item.data.get("row"), "name": masked.get(item.id) or item.data.get("name") or item.subject_uid or "", "verdict": _verdict(operation, item),
             "url": _place(operation, item) if item.subject_uid and operation.phase and _led_to(item) and item.id not in masked else None,
             "state": _(ITEM_STATES.get(item.state, "")) if item.state else "", "sign": ITEM_SIGNS.get(item.state, ""),
             "reason": "" if item.id in masked and item.state == "done" else retell(item.reason or item.data.get("note", "")),
             "changes": [] if item.id in masked else _changes(item, names)} | ({} if item.id in masked else sent.get(item.id, {})) for item in items]


def _verdict(operation: Operation, item: OperationItem) -> str:
    said = _(VERDICTS.get(item.kind, item.kind))
    return f"{said}: {_(FALLING_DUE[item.data['act']])}" if operation.kind == RETENTION else said


def _led_to(item: OperationItem) -> bool:
    """Whether the record is there to be opened: not where taking back removed it, but where it restored it."""
    if item.kind in ("note", "activity"):
        return False
    return item.state != "undone" or item.kind in ("delete", "company", "person")


def _place(operation: Operation, item: OperationItem) -> str:
    if item.kind == "ticket":
        return url_for("tickets.show", number=item.data.get("name", "#0")[1:] or 0)
    uid, of = item.subject_uid or "", {"person": "persons", "company": "companies"}.get(item.kind, operation.kind.partition(".")[0])
    return matter_url(of, uid) if of == "projects" else url_for("companies.show" if of == "companies" else "persons.show", uid=uid)


def _line(operation: Operation, names: dict[str, str]) -> dict[str, Any]:
    going = operation.state in ("approved", "running")
    begun = operation.state == "approved" and operation.phase == "run" and operation.done > 0       # between two slices
    state = _(PHASES[operation.phase]) if going and operation.phase in PHASES else _(STATES["running" if begun else operation.state])
    return {"uid": operation.uid, "url": page_of(operation), "title": _(KINDS.get(operation.kind, operation.kind)),
            "state": state, "sign": SIGNS.get(operation.state, ""), "by": names.get(operation.by_uid or "", _("The desk")),
            "at": stamp(operation.created_at), "items": ngettext("%(n)s record", "%(n)s records", operation.total)}


def page_of(operation: Operation) -> str:
    """Where it is looked at: some kinds have a page of their own."""
    if operation.kind == privacy.KIND:
        return url_for("privacy_reports.show", uid=operation.given["report"])
    return url_for("erasures.show" if operation.kind == erasing.KIND else "operations.show", uid=operation.uid)


def _names(operations: Iterable[Operation]) -> dict[str, str]:
    uids = {one.by_uid for one in operations if one.by_uid}
    return dict(db().execute(select(Agent.uid, Agent.name).where(Agent.uid.in_(uids))).all()) if uids else {}


def _changes(item: OperationItem, names: dict[tuple[str, Any], str]) -> list[dict[str, str]]:
    before, after = item.data.get("before", {}), item.data.get("after", {})
    return [{"field": _(MORE[name]) if name in MORE else names.get((name, ""), "") or field_called(name), "before": _said(name, before.get(name), names),
             "after": _said(name, value, names)} for name, value in after.items() if value not in (None, "", [])
            or before.get(name) not in (None, "", [])]


def _said(name: str, value: Any, names: dict[tuple[str, Any], str]) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in KINDS_MOVED:
        return retell(value or "")
    if name == "state" and value in MATTER_STATES:
        return _(MATTER_STATES[value])
    if name in ("starts_on", "ends_on"):
        return dated(date.fromisoformat(value), year=True) if value else ""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return names.get((name, value), "" if value is None else str(value))


def _called(items: Sequence[OperationItem]) -> dict[tuple[str, Any], str]:
    """(field, id) → what the record of that id is called; (field of an infotag, "") → the infotag."""
    wanted: dict[str, set[int]] = {}
    for item in items:
        for side in ("before", "after"):
            for name, value in item.data.get(side, {}).items():
                if name in NAMED and isinstance(value, int):
                    wanted.setdefault(name, set()).add(value)
    tags = {name.partition(".")[2] for item in items for name in item.data.get("after", {}) if name.startswith("infotag.")}
    found: dict[tuple[str, Any], str] = {(f"infotag.{uid}", ""): name for uid, name in db().execute(select(Infotag.uid, Infotag.name).where(
        Infotag.uid.in_(tags)))} if tags else {}
    return found | {(name, one): called for name, ids in wanted.items()
            for one, called in db().execute(select(NAMED[name].id, NAMED[name].name).where(NAMED[name].id.in_(ids)))}

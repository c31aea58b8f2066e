"""Reports in words: totals beside what they are compared with, charts with their tables, who has what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for

from contacts.agent import Agent
from core.i18n import N_, today
from core.i18n import gettext as _
from core.operations import Operation
from core.retelling import retell
from desk.access import visible_mailboxes
from desk.reports import wording as w
from desk.reports.asking import Asked
from desk.reports.keeping import made, period_asked
from desk.reports.periods import COMPARISONS, Period, offered
from desk.web.presenting.operation_states import STATES
from desk.web.presenting.operations import SIGNS
from desk.web.presenting.times import stamp
from desk.web.requests import db

PERIODS = {"7": N_("7 days"), "30": N_("30 days"), "90": N_("90 days"), "month": N_("This month"), "last_month": N_("Last month"),
           "year": N_("This year"), "last_year": N_("Last year")}

def whole_page(report: Mapping[str, Any], asked: Asked, agent: Agent, mailboxes: Sequence[str]) -> dict[str, Any]:
    """All that the page shows."""
    kept: dict[str, Any] = {"compare": asked.compare, "mailbox": [one for one in mailboxes if one] or None}
    query: dict[str, Any] = {"from": asked.period.first.isoformat(), "to": asked.period.last.isoformat(), **kept}
    return {
        "periods": [{"label": _(PERIODS[name]), "current": period == asked.period, "url": _at(
            {"from": period.first.isoformat(), "to": period.last.isoformat(), **kept})} for name, period in offered(today()).items()],
        "query": query, "comparisons": [(name, _(label)) for name, label in COMPARISONS.items()],
        "mailboxes": [(one.uid, one.name) for one in visible_mailboxes(db(), agent)], "csv_url": url_for("reports.rows", **query),
        "kept": [_kept(one) for one in made(db(), agent)],
        **content(report, alone=not agent.admin)}


def kept_page(operation: Operation, agent: Agent) -> dict[str, Any]:
    """A report that was made: its figures and files, or how far it is."""
    going = operation.state in ("approved", "running")
    found = {"operation": _kept(operation) | {"going": going, "done": operation.done, "total": operation.total, "reason": retell(operation.reason or "")},
             "poll_url": url_for("reports.show", uid=operation.uid), "report": None}
    if operation.state == "done":
        found["report"] = content(operation.result, alone=not agent.admin)
    return found


def _kept(operation: Operation) -> dict[str, Any]:
    """As a line of a list."""
    period, done = period_asked(operation), operation.state == "done"
    return {"title": w.days_said(period.first.isoformat(), period.last.isoformat()), "url": url_for("reports.show", uid=operation.uid),
            "state": _(STATES[operation.state]), "sign": SIGNS.get(operation.state, ""), "at": stamp(operation.created_at),
            "pdf_url": url_for("reports.file", uid=operation.uid, ending="pdf") if done else None,
            "csv_url": url_for("reports.file", uid=operation.uid, ending="csv") if done else None}


def _at(query: dict[str, Any]) -> str:
    return url_for("reports.index", **query)


def content(report: Mapping[str, Any], *, alone: bool) -> dict[str, Any]:
    """The figures themselves, also of a report that was made before. ``alone``: of agents it tells of the reader."""
    compared = report["compared"]
    return {
        "title": w.days_said(report["first"], report["last"]), "as_of": w.as_of(report),
        "before": w.days_said(compared["first"], compared["last"]) if compared else "", "empty": not any(
            step[name] for step in report["steps"] for name in w.MEASURES), "totals": w.totals(report),
        "charts": [_chart(chart, report) for chart in w.CHARTS if w.has(chart, report)],
        "breakdowns": [_breakdown(name, lines, alone=alone and name == "agent") for name, lines in report["breakdowns"].items()],
        "rules": _rules(report["rules"]), "small": w.small(report)}


def file_name(period: Period, ending: str) -> str:
    """What a downloaded report is called."""
    return f"figures-{period.first.isoformat()}-{period.last.isoformat()}.{ending}"


def _chart(chart: w.Chart, report: Mapping[str, Any]) -> dict[str, Any]:
    """A chart's table: a column each line; the page draws what the table says."""
    lines, minutes = w.lines_of(chart, report), chart.measures[0]
    return {"name": chart.name, "title": _(chart.title), "says": _(chart.says) if chart.says else "", "unit": "minutes" if minutes in w.MINUTES else "",
            "heads": [{"text": line.name, "look": line.look} for line in lines],
            "rows": [{"name": w.days_said(step["first"], step["last"]), "axis": w.step_said(step["first"]),
                      "cells": [{"value": line.values[n], "text": w.said(minutes, line.values[n])} for line in lines]}
                     for n, step in enumerate(report["steps"])]}


def _breakdown(dimension: str, lines: Sequence[Mapping[str, Any]], *, alone: bool) -> dict[str, Any]:
    columns = [name for name in w.COLUMNS if any(line[name] for line in lines)] or ["in"]
    return {"name": dimension, "title": _(w.ALONE) if alone else _(w.BREAKDOWNS[dimension]), "heads": [_(w.MEASURES[name]) for name in columns],
            "rows": [{"name": w.name_of(dimension, line), "kind": line["kind"], "hidden": line["hidden"],
                      "cells": [w.said(name, line[name]) for name in columns]} for line in lines]}


def _rules(lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    columns = [name for name in w.RULE_COLUMNS if any(line[name] for line in lines)]
    return {"heads": [_(w.MEASURES[name]) for name in columns],
            "rows": [{"name": w.rule_said(line), "cells": [w.said(name, line[name]) for name in columns]} for line in lines]}

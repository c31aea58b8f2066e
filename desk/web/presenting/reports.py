"""Reports in words: totals beside what they are compared with, charts with their tables, who has what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for

from contacts.agent import Agent
from core.i18n import N_, number, today
from core.i18n import gettext as _
from desk.access import visible_mailboxes
from desk.reports import wording as w
from desk.reports.asking import Asked
from desk.reports.periods import COMPARISONS, Period, offered
from desk.web.requests import db

PERIODS = {"7": N_("7 days"), "30": N_("30 days"), "90": N_("90 days"), "month": N_("This month"), "last_month": N_("Last month"),
           "year": N_("This year"), "last_year": N_("Last year")}
#: How each line of a chart is drawn: the token of its colour, and how it is dashed.
LOOKS = {"in": "act", "solved": "sure-mark dashed", "open": "act", "out": "act", "first_median": "act", "first_90": "act dashed",
         "solved_median": "act", "solved_90": "act dashed", "kept": "sure-mark", "missed": "late-mark dashed", "created": "act", "asked": "heed-mark dashed",
         "never": "ink-faint", "spam": "late-mark dashed", "set_aside": "sure-mark", "undone": "ink dotted"}


def whole_page(report: Mapping[str, Any], asked: Asked, agent: Agent, mailboxes: Sequence[str]) -> dict[str, Any]:
    """All that the page shows."""
    kept: dict[str, Any] = {"compare": asked.compare, "mailbox": [one for one in mailboxes if one] or None}
    query: dict[str, Any] = {"from": asked.period.first.isoformat(), "to": asked.period.last.isoformat(), **kept}
    return {
        "periods": [{"label": _(PERIODS[name]), "current": period == asked.period, "url": _at(
            {"from": period.first.isoformat(), "to": period.last.isoformat(), **kept})} for name, period in offered(today()).items()],
        "query": query, "comparisons": [(name, _(label)) for name, label in COMPARISONS.items()],
        "mailboxes": [(one.uid, one.name) for one in visible_mailboxes(db(), agent)], "csv_url": url_for("reports.rows", **query),
        **content(report, alone=not agent.admin)}


def _at(query: dict[str, Any]) -> str:
    return url_for("reports.index", **query)


def content(report: Mapping[str, Any], *, alone: bool) -> dict[str, Any]:
    """The figures themselves, also of a report that was made before. ``alone``: of agents it tells of the reader."""
    compared = report["compared"]
    return {
        "title": w.days_said(report["first"], report["last"]), "as_of": w.as_of(report), "least": report["least"],
        "before": w.days_said(compared["first"], compared["last"]) if compared else "", "empty": not any(
            step[name] for step in report["steps"] for name in w.MEASURES), "totals": _totals(report["totals"]),
        "charts": [_chart(chart, report) for chart in w.CHARTS if w.has(chart, report)],
        "breakdowns": [_breakdown(name, lines, alone=alone and name == "agent") for name, lines in report["breakdowns"].items()],
        "rules": _rules(report["rules"]), "few": any(line["kind"] == "others" for lines in report["breakdowns"].values() for line in lines)}


def file_name(period: Period, ending: str) -> str:
    """What a downloaded report is called."""
    return f"figures-{period.first.isoformat()}-{period.last.isoformat()}.{ending}"


def _totals(totals: Mapping[str, Any]) -> list[dict[str, str]]:
    now, before = totals["now"], totals["before"]
    found = [{"name": _(w.MEASURES[name]), "value": w.said(name, now[name]), "before": _against(name, now[name], before[name]) if before else ""}
             for name in w.TOTALS]
    kept, was = w.share_kept(now), w.share_kept(before) if before else None
    if kept is not None or was is not None:
        found.append({"name": _("Promises kept"), "value": "–" if kept is None else f"{kept}\u00a0%", "before": "" if not before else
                      _("before: %(value)s", value="–" if was is None else f"{was}\u00a0%")})
    return found


def _against(name: str, now: int | None, before: int | None) -> str:
    """What it was, and by how many per cent it has changed."""
    told = _("before: %(value)s", value=w.said(name, before))
    if not now or not before:
        return told
    change = round(100 * (now - before) / before)
    return f"{told} ({'+' if change > 0 else '−' if change < 0 else '±'}{number(abs(change))}\u00a0%)"


def _chart(chart: w.Chart, report: Mapping[str, Any]) -> dict[str, Any]:
    """A chart's table: a column each measure, and the first one of the compared period behind; the page draws what the table says."""
    drawn = [name for name in chart.measures if any(step[name] for step in report["steps"])] or [chart.measures[0]]
    old = chart.measures[0] if report["before"] and len(drawn) < 4 else None
    heads = [{"text": _(w.MEASURES[name]), "look": LOOKS[name]} for name in drawn]
    if old:
        heads.append({"text": _("%(measure)s, before", measure=_(w.MEASURES[old])), "look": "ink-faint dotted"})
    return {"name": chart.name, "title": _(chart.title), "says": _(chart.says) if chart.says else "", "heads": heads,
            "unit": "minutes" if drawn[0] in w.MINUTES else "", "rows": [_step(n, step, drawn, old, report["before"]) for n, step in enumerate(report["steps"])]}


def _step(n: int, step: Mapping[str, Any], drawn: Sequence[str], old: str | None, before: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    cells = [{"value": step[name], "text": w.said(name, step[name])} for name in drawn]
    if old:
        value = before[n][old] if n < len(before) else None
        cells.append({"value": value, "text": w.said(old, value)})
    return {"name": w.days_said(step["first"], step["last"]), "axis": w.step_said(step["first"]), "cells": cells}


def _breakdown(dimension: str, lines: Sequence[Mapping[str, Any]], *, alone: bool) -> dict[str, Any]:
    columns = [name for name in w.COLUMNS if any(line[name] for line in lines)] or ["in"]
    return {"name": dimension, "title": _(w.ALONE) if alone else _(w.BREAKDOWNS[dimension]), "heads": [_(w.MEASURES[name]) for name in columns],
            "rows": [{"name": w.name_of(dimension, line), "kind": line["kind"], "hidden": line["hidden"],
                      "cells": [w.said(name, line[name]) for name in columns]} for line in lines]}


def _rules(lines: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    columns = [name for name in w.RULE_COLUMNS if any(line[name] for line in lines)]
    return {"heads": [_(w.MEASURES[name]) for name in columns],
            "rows": [{"name": w.rule_said(line), "cells": [w.said(name, line[name]) for name in columns]} for line in lines]}

"""A report as tagged PDF: the words and numbers go to typst as JSON, never as its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.i18n import gettext as _
from core.i18n import language
from desk.printing import printed
from desk.reports import wording as w
from desk.reports.drawing import COUNTS, MINUTES, Line, chart

COLOURS = {"act": "#14617c", "sure-mark": "#2a8a5c", "late-mark": "#c83a2e", "heed-mark": "#b87a00", "ink-faint": "#626c6f", "ink": "#1a2022"}
DASHES = {"dashed": "6 4", "dotted": "2 3"}
#: Columns of the table of days.
DAYS = ("in", "out", "solved", "open", "first_median", "first_90", "solved_median", "solved_90", "kept", "missed")


def pdf_of(report: Mapping[str, Any], *, desk: str, alone: bool = False) -> bytes:
    """The pages, in the language that is spoken. ``alone``: of agents it tells of the reader. PDF/UA-1."""
    return printed("figures", _data(report, desk, alone))


def _data(report: Mapping[str, Any], desk: str, alone: bool) -> dict[str, Any]:
    compared = report["compared"]
    tables = [_table(_(w.ALONE) if alone and name == "agent" else _(w.BREAKDOWNS[name]), w.COLUMNS,
                     [(w.name_of(name, line), line) for line in lines]) for name, lines in report["breakdowns"].items()]
    if report["rules"]:
        tables.append(_table(_("Rules for unknown senders"), w.RULE_COLUMNS, [(w.rule_said(line), line) for line in report["rules"]]))
    return {
        "language": language(), "desk": desk, "title": _("Figures of the desk"), "period": w.days_said(report["first"], report["last"]),
        "says": _("Before means %(days)s.", days=w.days_said(compared["first"], compared["last"])) if compared else "",
        "foot": w.as_of(report), "totals": w.totals(report), "charts": [_chart(one, report) for one in w.CHARTS if w.has(one, report)],
        "steps": _table(_("Days"), DAYS, [(w.days_said(step["first"], step["last"]), step) for step in report["steps"]]), "tables": tables,
        "small": w.small(report)}


def _table(title: str, wanted: Sequence[str], lines: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """Without the columns in which there is nothing."""
    columns = [name for name in wanted if any(line[name] for _name, line in lines)]
    return {"title": title, "heads": ["", *(_(w.MEASURES[name]) for name in columns)],
            "rows": [[name, *(w.said(column, line[column]) for column in columns)] for name, line in lines] if columns else []}


def _chart(drawn: w.Chart, report: Mapping[str, Any]) -> dict[str, str]:
    lines = [Line(said, values, COLOURS[look.split()[0]], DASHES.get(look.partition(" ")[2], "")) for said, values, look in w.lines_of(drawn, report)]
    measure = drawn.measures[0]
    return {"title": _(drawn.title), "alt": _("%(title)s: the tables say the same in numbers.", title=_(drawn.title)),
            "svg": chart(lines, [w.step_said(step["first"]) for step in report["steps"]], lambda value: w.said(measure, value),
                         steps=MINUTES if measure in w.MINUTES else COUNTS)}

"""A report as the rows of a file: numbers as numbers, durations in minutes, in the language of who asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contacts.importing_files import written
from core.i18n import gettext as _
from desk.reports.figure import OF_INTAKE
from desk.reports.wording import BREAKDOWNS, COLUMNS, MEASURES, MINUTES, name_of, rule_said

FIGURES = (*COLUMNS, *OF_INTAKE)


def csv_of(report: Mapping[str, Any]) -> str:
    """The whole file, for a spreadsheet."""
    heads = [_("Table"), _("Of"), _("First day"), _("Last day"), *(_heading(measure) for measure in FIGURES)]
    return "\ufeff" + written([heads, *_rows(report)])


def _heading(measure: str) -> str:
    return _("%(measure)s (minutes)", measure=_(MEASURES[measure])) if measure in MINUTES else _(MEASURES[measure])


def _rows(report: Mapping[str, Any]) -> Iterator[list[str]]:
    days, compared = (report["first"], report["last"]), report["compared"]
    yield _row(_("In all"), "", days, report["totals"]["now"])
    if compared:
        yield _row(_("Before"), "", (compared["first"], compared["last"]), report["totals"]["before"])
    for title, steps in ((_("Days"), report["steps"]), (_("Days before"), report["before"])):
        for step in steps:
            yield _row(title, "", (step["first"], step["last"]), step)
    for dimension, lines in report["breakdowns"].items():
        for line in lines:
            yield _row(_(BREAKDOWNS[dimension]), name_of(dimension, line), days, line)
    for line in report["rules"]:
        yield _row(_("Rules for unknown senders"), rule_said(line), days, line)


def _row(table: str, of: str, days: tuple[str, str], told: Mapping[str, Any]) -> list[str]:
    return [table, of, *days, *("" if told.get(measure) is None else str(told[measure]) for measure in FIGURES)]

"""The figures in words: what a measure is called, how long a duration is, what a line of a breakdown is about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from core.i18n import N_, dated, moment, ngettext, number
from core.i18n import gettext as _
from desk.reports.figure import OF_INTAKE

#: Measure → what it is called as a heading.
MEASURES = {
    "in": N_("Tickets in"), "out": N_("Answers out"), "solved": N_("Solved tickets"), "open": N_("Still open"),
    "first_median": N_("First answer, median"), "first_90": N_("First answer, 90 %"), "solved_median": N_("Solved in, median"), "solved_90": N_("Solved in, 90 %"),
    "kept": N_("Promises kept"), "missed": N_("Promises missed"), "created": N_("Persons created"), "asked": N_("Agents asked"), "never": N_("No record"),
    "spam": N_("Spam"), "set_aside": N_("Set aside"), "undone": N_("Taken back")}
MINUTES = frozenset(("first_median", "first_90", "solved_median", "solved_90"))
#: Columns of a breakdown, and of the policy's rules.
COLUMNS = ("in", "out", "solved", "open", "first_median", "first_90", "solved_median", "solved_90", "kept", "missed")
RULE_COLUMNS = tuple(name for name in OF_INTAKE if name != "undone")
BREAKDOWNS = {"mailbox": N_("By mailbox"), "agent": N_("By agent"), "team": N_("By team"), "company": N_("By company"), "language": N_("By language"),
              "level": N_("By service level")}
ALONE = N_("Your own figures")
NONE = {"agent": N_("Nobody"), "team": N_("No team"), "company": N_("No company"), "language": N_("Language not known"), "level": N_("No service level"), "mailbox": ""}
TONGUES = {"en": N_("English"), "nb": N_("Norwegian"), "da": N_("Danish"), "sv": N_("Swedish")}


#: Rules of the policy that are not an admin's.
FIXED_RULES = {"blocked": N_("Blocked senders"), "spam": N_("The filter before us says spam"), "automatic": N_("Automatic mail: lists, out of office, receipts"),
               "forged": N_("Authentication fails"), "else": N_("Everything else")}


class Chart(NamedTuple):
    """A panel with a chart and its table: a title, what it needs to be understood, and its measures."""

    name: str
    title: str
    measures: tuple[str, ...]
    says: str = ""


HOURS = N_("In business hours of the desk.")
CHARTS = (
    Chart("tickets", N_("Tickets in and solved"), ("in", "solved")),
    Chart("open", N_("Still open"), ("open",), N_("At the end of each step.")),
    Chart("answers", N_("Answers out"), ("out",)),
    Chart("first", N_("Time to the first answer"), ("first_median", "first_90"), HOURS),
    Chart("solved", N_("Time until solved"), ("solved_median", "solved_90"), HOURS),
    Chart("promises", N_("Service levels"), ("kept", "missed"), N_("Each answer that was promised counts, the first and all further ones.")),
    Chart("policy", N_("Unknown senders"), OF_INTAKE, N_("What the rules for unknown senders made of mails, and what agents decided and took back.")))
#: How each line of a chart is drawn: the token of its colour, and how it is dashed.
LOOKS = {"in": "act", "solved": "sure-mark dashed", "open": "act", "out": "act", "first_median": "act", "first_90": "act dashed",
         "solved_median": "act", "solved_90": "act dashed", "kept": "sure-mark", "missed": "late-mark dashed", "created": "act", "asked": "heed-mark dashed",
         "never": "ink-faint", "spam": "late-mark dashed", "set_aside": "sure-mark", "undone": "ink dotted"}
SMALL = N_("Companies, languages and service levels with fewer than %(n)s tickets are told among the others, so that no figure speaks of one person. "
           "Where even the others are fewer, nothing is told of them.")
TOTALS = ("in", "out", "solved", "open", "first_median", "solved_median")


class Line(NamedTuple):
    """A line of a chart, which is a column of its table: ``look`` as in :data:`LOOKS`."""

    name: str
    values: list[int | None]
    look: str


def lines_of(chart: Chart, report: Mapping[str, Any]) -> list[Line]:
    """The measures in which there is anything, and the first of them of the compared period behind, where they are not many."""
    drawn = [name for name in chart.measures if any(step[name] for step in report["steps"])] or [chart.measures[0]]
    lines = [Line(_(MEASURES[name]), [step[name] for step in report["steps"]], LOOKS[name]) for name in drawn]
    if report["before"] and len(drawn) < 4:
        before, first = report["before"], chart.measures[0]
        lines.append(Line(_("%(measure)s, before", measure=_(MEASURES[first])), [
            before[n][first] if n < len(before) else None for n in range(len(report["steps"]))], "ink-faint dotted"))
    return lines


def totals(report: Mapping[str, Any]) -> list[dict[str, str]]:
    """Name, value, and what it was before, in words."""
    now, before = report["totals"]["now"], report["totals"]["before"]
    found = [{"name": _(MEASURES[name]), "value": said(name, now[name]), "before": _against(name, now[name], before[name]) if before else ""}
             for name in TOTALS]
    kept, was = share_kept(now), share_kept(before) if before else None
    if kept is not None or was is not None:
        found.append({"name": _("Promises kept"), "value": _per_cent(kept), "before": _("before: %(value)s", value=_per_cent(was)) if before else ""})
    return found


def _against(name: str, now: int | None, before: int | None) -> str:
    """What it was, and by how many per cent it has changed."""
    told = _("before: %(value)s", value=said(name, before))
    if not now or not before:
        return told
    change = round(100 * (now - before) / before)
    return f"{told} ({'+' if change > 0 else '−' if change < 0 else '±'}{_per_cent(abs(change))})"


def _per_cent(value: int | None) -> str:
    return "–" if value is None else f"{number(value)}\u00a0%"


def said(measure: str, value: int | None) -> str:
    """A figure in words; a dash where there is none."""
    if value is None:
        return "–"
    return duration(value) if measure in MINUTES else number(value)


def duration(minutes: int) -> str:
    """``45 min``, ``3 h 20 min``, from two days of hours on without minutes."""
    hours, left = divmod(minutes, 60)
    if not hours:
        return _("%(m)s min", m=left)
    return _("%(h)s h", h=number(hours)) if hours >= 48 or not left else _("%(h)s h %(m)s min", h=hours, m=left)


def share_kept(told: Mapping[str, Any]) -> int | None:
    """Per cent of the promised answers that came in time; None where none was promised."""
    promised = (told["kept"] or 0) + (told["missed"] or 0)
    return round(100 * (told["kept"] or 0) / promised) if promised else None


def name_of(dimension: str, line: Mapping[str, Any]) -> str:
    """What a line of a breakdown is about."""
    if line["kind"] == "others":
        return ngettext("%(n)s other", "%(n)s others", line["of"])
    if line["kind"] == "none":
        return _(NONE[dimension])
    return _(TONGUES.get(line["id"], line["name"])) if dimension == "language" else str(line["name"])


def rule_said(line: Mapping[str, Any]) -> str:
    """What a rule of the policy is called."""
    if line["id"] in FIXED_RULES:
        return _(FIXED_RULES[line["id"]])
    return _("Rule %(number)s", number=line["number"]) if line["number"] else _("A rule that is not there any more")


def days_said(first: str, last: str) -> str:
    """A step as its table calls it."""
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    return dated(begin, year=True) if begin == end else f"{dated(begin, year=begin.year != end.year)} – {dated(end, year=True)}"


def step_said(first: str) -> str:
    """A step as an axis calls it."""
    return dated(date.fromisoformat(first), year=False)


def as_of(report: Mapping[str, Any]) -> str:
    """Up to when it tells."""
    at = report["folded_at"]
    return _("Counted up to %(when)s.", when=moment(datetime.fromisoformat(at))) if at else _("Nothing has been counted yet.")


def small(report: Mapping[str, Any]) -> str:
    """Why some are told together; empty where none are."""
    others = any(line["kind"] == "others" for lines in report["breakdowns"].values() for line in lines)
    return _(SMALL, n=report["least"]) if others else ""


def has(chart: Chart, report: Mapping[str, Any]) -> bool:
    """Whether there is anything to draw."""
    return any(step[measure] for step in (*report["steps"], *report["before"]) for measure in chart.measures)

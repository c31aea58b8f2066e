"""Changing the content of a layout: panels added, moved, set up and taken away on a tab. Nothing here is saved."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from itertools import takewhile
from typing import Any

from contacts.layout_defaults import ACROSS, LEFT, RIGHT
from core.errors import Refused, Unknown
from core.i18n import N_

SIDEBAR = "sidebar"
WAYS = ("up", "down", "left", "right", "across")
LONGEST_NAME, MOST_PANELS = 60, 40
Content = dict[str, Any]


def panels_of(content: Content, key: str) -> list[dict[str, Any]]:
    """The panels of a tab, or of the sidebar. Raises Unknown."""
    if key == SIDEBAR:
        found: list[dict[str, Any]] = content["sidebar"]
        return found
    for tab in content["tabs"]:
        if tab["key"] == key and "panels" in tab:
            found = tab["panels"]
            return found
    raise Unknown(N_("There is no such tab."))


def panel_called(content: Content, key: str, uid: str) -> dict[str, Any]:
    """One panel. Raises Unknown where it has been taken away."""
    for panel in panels_of(content, key):
        if panel["id"] == uid:
            return panel
    raise Unknown(N_("This panel is no longer there."))


def add_panel(content: Content, key: str, kind: str, *, column: int = ACROSS, before: str = "") -> str:
    """Put a panel in, before another or last; return its id."""
    panels = panels_of(content, key)
    if len(panels) >= MOST_PANELS:
        raise Refused(N_("No more panels fit on one tab."))
    panel = {"id": secrets.token_hex(6), "kind": kind, "name": "", "column": ACROSS if key == SIDEBAR else column, "settings": {}}
    panels.insert(_place(panels, before), panel)
    return str(panel["id"])


def put_panel(content: Content, key: str, uid: str, *, before: str, column: int | None = None) -> None:
    """Drop a panel before another, or last; in another column where one is given."""
    panel, panels = panel_called(content, key, uid), panels_of(content, key)
    if before == uid:
        return
    panels.remove(panel)
    panels.insert(_place(panels, before), panel)
    if column is not None and key != SIDEBAR:
        panel["column"] = column


def move_panel(content: Content, key: str, uid: str, way: str) -> None:
    """One step: up or down past what stands above or below it, to the left or right half, or across both."""
    panel, panels = panel_called(content, key, uid), panels_of(content, key)
    if way not in ways(content, key, uid):
        return
    if way in ("left", "right", "across"):
        panel["column"] = {"left": LEFT, "right": RIGHT, "across": ACROSS}[way]
        return
    other = _neighbour(panels, panels.index(panel), way)
    assert other is not None
    panels.remove(panel)
    panels.insert(panels.index(other) + (way == "down"), panel)


def ways(content: Content, key: str, uid: str) -> set[str]:
    """Where a panel can go."""
    panels, panel = panels_of(content, key), panel_called(content, key, uid)
    found = {way for way in ("up", "down") if _neighbour(panels, panels.index(panel), way)}
    if key == SIDEBAR:
        return found
    sides = {ACROSS: {"left", "right"}, LEFT: {"right", "across"}, RIGHT: {"left", "across"}}
    return found | sides[panel["column"]]


def take_panel(content: Content, key: str, uid: str) -> None:
    """Take a panel away."""
    panels_of(content, key).remove(panel_called(content, key, uid))


def set_up(content: Content, key: str, uid: str, name: str, settings: Mapping[str, Any]) -> None:
    """Give a panel its name (empty: that of its kind, W52) and its settings."""
    panel_called(content, key, uid).update(name=named(name), settings=dict(settings))


def named(name: str) -> str:
    """A name as it is kept. Raises Refused for one that is too long."""
    clean = " ".join(name.split())
    if len(clean) > LONGEST_NAME:
        raise Refused(N_("This name is too long."), {"name": N_("At most 60 characters.")})
    return clean


def _neighbour(panels: list[dict[str, Any]], at: int, way: str) -> dict[str, Any] | None:
    """What stands above or below. Of one in a half: the next in the same half, or across; of one across: the farthest of those in halves
    beside each other."""
    column, others = panels[at]["column"], panels[:at][::-1] if way == "up" else panels[at + 1:]
    if column != ACROSS:
        return next((one for one in others if one["column"] in (column, ACROSS)), None)
    halves = list(takewhile(lambda one: one["column"] != ACROSS, others))
    return halves[-1] if halves else next(iter(others), None)


def _place(panels: list[dict[str, Any]], before: str) -> int:
    return next((n for n, one in enumerate(panels) if one["id"] == before), len(panels))

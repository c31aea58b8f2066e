"""The cards of a fresh desk: what stands on them until somebody lays them out otherwise."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

ACROSS, LEFT, RIGHT = range(3)

_MATTERS = tuple((kind, ACROSS) for kind in ("sales", "campaigns", "projects", "orders"))
_PERSON: tuple[tuple[str, str, tuple[tuple[str, int], ...]], ...] = (
    ("fields", "fields", (("contact", LEFT), ("service", RIGHT), ("own", ACROSS), ("employments", ACROSS), ("tickets", ACROSS), ("activities", ACROSS), ("fields", ACROSS))),
    ("details", "details", (("service", LEFT), ("contact", RIGHT), ("tickets", ACROSS), ("activities", ACROSS), *_MATTERS, ("log", ACROSS))))
_COMPANY: tuple[tuple[str, str, tuple[tuple[str, int], ...]], ...] = (
    ("overview", "free", (("service", LEFT), ("contact", RIGHT), ("own", ACROSS), ("talks", ACROSS), ("persons", ACROSS), ("tickets", ACROSS), ("activities", ACROSS), *_MATTERS,
                            ("log", ACROSS))),)
_SIDEBARS = {"person": ("status", "reach", "held", "merged", "ties", "changes"), "company": ("about", "ties", "changes")}
_TABS = {"person": _PERSON, "company": _COMPANY}


def default_layout(entity: str) -> dict[str, Any]:
    """The content of the layout that nobody has saved yet; a copy of one's own."""
    return deepcopy(_DEFAULTS[entity])


def _panel(tab: str, kind: str, column: int = ACROSS) -> dict[str, Any]:
    return {"id": f"{tab}-{kind}", "kind": kind, "name": "", "column": column, "settings": {}}


def _made(entity: str) -> dict[str, Any]:
    tabs = [{"key": key, "kind": kind, "name": "", "panels": [_panel(key, *one) for one in panels]} for key, kind, panels in _TABS[entity]]
    return {"default": tabs[0]["key"], "tabs": tabs, "hidden": [], "sidebar": [_panel("sidebar", kind) for kind in _SIDEBARS[entity]]}


_DEFAULTS = {entity: _made(entity) for entity in _TABS}

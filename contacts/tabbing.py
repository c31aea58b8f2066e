"""Changing the tabs of a layout: their names, which is shown first, and on companies which there are and in what order (W34-W39)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from contacts.arranging import Content, named
from core.errors import Refused, Unknown
from core.i18n import N_

MOST_TABS = 20


def rename_tab(content: Content, key: str, name: str) -> None:
    """Call a layout tab otherwise; empty for its own name (W39)."""
    tab = _layout_tab(content, key)
    if not name.strip() and tab["kind"] == "free" and key != "overview":
        raise Refused(N_("A tab of your own needs a name."), {"name": N_("Give a name.")})
    tab["name"] = named(name)


def choose_default(content: Content, key: str, known: Sequence[str]) -> None:
    """What shows first when a card is opened (W38)."""
    if key not in known:
        raise Unknown(N_("There is no such tab."))
    content["default"] = key


def add_tab(content: Content, name: str) -> str:
    """A layout of any panels under a name of one's own (W34); return its key."""
    if not name.strip():
        raise Refused(N_("A tab of your own needs a name."), {"name": N_("Give a name.")})
    if len(content["tabs"]) >= MOST_TABS:
        raise Refused(N_("No more tabs fit on a card."))
    tab = {"key": f"t{secrets.token_hex(4)}", "kind": "free", "name": named(name), "panels": []}
    content["tabs"].insert(1 + max(n for n, one in enumerate(content["tabs"]) if "panels" in one), tab)
    return str(tab["key"])


def spread(content: Content, lists: Sequence[str]) -> None:
    """Name every list tab in the order in which tabs are shown, so that it can be moved."""
    there = {tab["key"] for tab in content["tabs"]}
    content["tabs"] += [{"key": key, "kind": "list", "name": ""} for key in lists if key not in there]


def move_tab(content: Content, key: str, way: str) -> None:
    """One place to the left or right, past what is not shown."""
    tabs, step = content["tabs"], 1 if way == "right" else -1
    at = tabs.index(_tab(content, key))
    to = at + step
    while 0 <= to < len(tabs) and tabs[to]["key"] in content["hidden"]:
        to += step
    if 0 <= to < len(tabs):
        tabs.insert(to, tabs.pop(at))


def take_tab(content: Content, key: str) -> None:
    """Take a tab off the card. A list can be shown again, a layout of one's own is gone with its panels. The overview stays."""
    tab = _tab(content, key)
    if key == "overview":
        raise Refused(N_("The overview stays: it is what a company opens with. You can rename and move it."))
    if tab["kind"] == "list":
        content["hidden"] = [*content["hidden"], key]
    else:
        content["tabs"].remove(tab)
    if content["default"] == key:
        content["default"] = "overview"


def show_tab(content: Content, key: str) -> None:
    """Show a list again that was taken off."""
    content["hidden"] = [one for one in content["hidden"] if one != key]


def _tab(content: Content, key: str) -> Content:
    found = next((tab for tab in content["tabs"] if tab["key"] == key), None)
    if found is None:
        raise Unknown(N_("There is no such tab."))
    return found  # type: ignore[no-any-return]


def _layout_tab(content: Content, key: str) -> Content:
    tab = _tab(content, key)
    if "panels" not in tab:
        raise Unknown(N_("There is no such tab."))
    return tab

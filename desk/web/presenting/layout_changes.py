"""What a version of a layout changed against another, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from contacts.layout_defaults import default_layout
from core.i18n import N_
from core.i18n import gettext as _
from desk.web.presenting import company_frame, person_frame
from desk.web.presenting.panel_settings import Setting
from desk.web.presenting.panels import KNOWN, settings_of

Content = Mapping[str, Any]
Panel = Mapping[str, Any]
COLUMNS = (N_("across the page"), N_("in the left half"), N_("in the right half"))


def told(before: Content, after: Content, entity: str) -> list[str]:
    """Sentences, from the tabs to the panels on each. An empty content is the layout of a fresh desk."""
    before, after = before or default_layout(entity), after or default_layout(entity)
    return [*_of_tabs(before, after, entity), *(said for key in _places(before, after) for said in _of_panels(key, before, after, entity))]


def _of_tabs(before: Content, after: Content, entity: str) -> list[str]:
    was, now = ({tab["key"]: tab for tab in one["tabs"]} for one in (before, after))
    found = [_("Tab “%(tab)s” was added.", tab=_called(key, after, entity)) for key in now if key not in was and now[key]["kind"] != "list"]
    found += [_("Tab “%(tab)s” was taken away.", tab=_called(key, before, entity)) for key in was if key not in now]
    found += [_("Tab “%(before)s” is called “%(after)s”.", before=_called(key, before, entity), after=_called(key, after, entity))
              for key in now if key in was and now[key]["name"] != was[key]["name"]]
    found += [_("Tab “%(tab)s” is not shown any more.", tab=_called(key, after, entity)) for key in after["hidden"] if key not in before["hidden"]]
    found += [_("Tab “%(tab)s” is shown again.", tab=_called(key, after, entity)) for key in before["hidden"] if key not in after["hidden"]]
    if entity == "company" and _row(before, after) != _row(after, before):
        found.append(_("The order of the tabs changed."))
    if before["default"] != after["default"]:
        found.append(_("Tab “%(tab)s” shows first.", tab=_called(after["default"], after, entity)))
    return found


def _of_panels(key: str, before: Content, after: Content, entity: str) -> list[str]:
    was, now = ({panel["id"]: panel for panel in _panels(one, key)} for one in (before, after))
    tab, found = _called(key, after if key in _keys(after) else before, entity), []
    found += [_("%(tab)s: “%(panel)s” was added.", tab=tab, panel=_title(now[uid])) for uid in now if uid not in was]
    found += [_("%(tab)s: “%(panel)s” was taken away.", tab=tab, panel=_title(was[uid])) for uid in was if uid not in now]
    for uid in (uid for uid in now if uid in was):
        found += [f"{tab}: {said}" for said in _of_panel(was[uid], now[uid], entity)]
    if _order(was, now) != _order(now, was):
        found.append(_("%(tab)s: the order of the panels changed.", tab=tab))
    return found


def _of_panel(was: Panel, now: Panel, entity: str) -> list[str]:
    found = []
    if was["name"] != now["name"]:
        found.append(_("“%(before)s” is called “%(after)s”.", before=_title(was), after=_title(now)))
    if was["column"] != now["column"]:
        found.append(_("“%(panel)s” stands %(where)s.", panel=_title(now), where=_(COLUMNS[now["column"]])))
    kind = KNOWN.get(now["kind"])
    if kind is not None:
        old, new = settings_of(kind, was, entity), settings_of(kind, now, entity)
        found += [_("“%(panel)s”: %(setting)s is %(after)s, it was %(before)s.", panel=_title(now), setting=_(one.label), before=_value(one, old[one.key], entity),
                    after=_value(one, new[one.key], entity)) for one in kind.settings if old[one.key] != new[one.key]]
    return found


def _value(one: Setting, value: Any, entity: str) -> str:
    words = dict(one.options(entity))
    if one.kind == "flag":
        return _("on") if value else _("off")
    return str(words.get(value, value)) if isinstance(value, str) else ", ".join(words.get(each, each) for each in value) or _("none")


def _called(key: str, content: Content, entity: str) -> str:
    frame: Any = person_frame if entity == "person" else company_frame
    own = {tab.key: _(tab.label) for tab in (*frame.LAYOUTS, *frame.LISTS)} | {"sidebar": _("Sidebar")}
    named = next((tab["name"] for tab in content["tabs"] if tab["key"] == key), "")
    return str(named or own.get(key, key))


def _places(before: Content, after: Content) -> list[str]:
    """Tabs that both have, and the sidebar: what stood on a tab that came or went is told with the tab."""
    return [*(key for key in _keys(after) if key in _keys(before)), "sidebar"]


def _keys(content: Content) -> list[str]:
    return [tab["key"] for tab in content["tabs"] if "panels" in tab]


def _panels(content: Content, key: str) -> Sequence[Panel]:
    found: Sequence[Panel] = content["sidebar"] if key == "sidebar" else next(tab["panels"] for tab in content["tabs"] if tab["key"] == key)
    return found


def _row(of: Content, there: Content) -> list[str]:
    """The tabs in their order, as far as the other shows them too."""
    other = {tab.key for tab, _name in company_frame.shown_tabs(there)}
    return [tab.key for tab, _name in company_frame.shown_tabs(of) if tab.key in other]


def _order(of: Mapping[str, Any], there: Mapping[str, Any]) -> list[str]:
    return [key for key in of if key in there]


def _title(panel: Panel) -> str:
    kind = KNOWN.get(panel["kind"])
    return str(panel["name"] or (_(kind.label) if kind else panel["kind"]))

"""The editor of layouts: how the panels of a tab are arranged, beside the palette of all there are (W42-W45, W50-W54)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for

from contacts.arranging import SIDEBAR, panels_of, ways
from contacts.custom_fields import custom_fields
from contacts.layout_drafts import draft_of, drafted
from contacts.layouts import individual, numbers
from core.i18n import N_
from core.i18n import gettext as _
from core.options import option
from desk.web.options import ASKED
from desk.web.presenting import company_frame, person_frame
from desk.web.presenting.card_fields import KNOWN as FIELDS
from desk.web.presenting.laid_out import bands, layout_of
from desk.web.presenting.panels import GROUPS, KNOWN, Kind, kinds_of, settings_of
from desk.web.presenting.tabs import Tab
from desk.web.requests import db
from desk.web.signing_in import me

Content = dict[str, Any]
ENTITIES = {"person": N_("Layout of persons"), "company": N_("Layout of companies")}


def known_tabs(entity: str, content: Content) -> list[tuple[Tab, str]]:
    """All tabs of a card in their order, each with its own name or ""."""
    if entity == "company":
        return company_frame.shown_tabs(content)
    names = {tab["key"]: tab["name"] for tab in content["tabs"]}
    return [(tab, names.get(tab.key, "")) for tab in (*person_frame.LAYOUTS, *person_frame.LISTS)]


def editor(entity: str, key: str, back: str, *, uid: str = "", focus: tuple[str, str] = ("", "")) -> dict[str, Any]:
    """Everything the page shows. ``uid`` is the panel that is being set up, ``focus`` the panel and the button that were used last."""
    content, draft = drafted(db(), entity, me()), draft_of(db(), entity, me())
    place = place_of(content, key)
    if place is None:
        key = content["tabs"][0]["key"]
        place = content["tabs"][0]["kind"]
    at: dict[str, Any] = {"entity": entity, "tab": key, "back": back}
    shown = [_panel(content, key, panel, at, focus) for panel in panels_of(content, key) if panel["kind"] in KNOWN]
    return {"entity": entity, "title": _(ENTITIES[entity]), "key": key, "back": back, "changed": draft is not None, "uid": uid,
            "tabs": _tabs(entity, content, key, back), "default": content["default"], "rows": _rows(entity, content, at), "bands": bands(shown),
            "sidebar": key == SIDEBAR, "palette": palette(entity, place, panels_of(content, key), at), "setup": _setup(content, key, uid, at) if uid else None,
            "missing": missing(entity, content), "base": draft.base if draft else numbers(db(), entity, me()),
            "individual": individual(db()), "admin": me().admin, "owner": layout_of(entity).owner, "mine": me().uid,
            "hidden": [(tab.key, _(tab.label)) for tab in company_frame.LISTS if tab.key in content["hidden"]] if entity == "company" else [],
            "urls": {name: url_for(f"layouts.{name}", **at) for name in ("save", "discard", "copy", "follow")} | {
                "versions": url_for("layout_versions.index", entity=entity, back=back), "drop": url_for("layout_panels.drop", **at),
                "default": url_for("layout_tabs.default", **at), "add_tab": url_for("layout_tabs.create", **at)}}


def place_of(content: Content, key: str) -> str | None:
    """What kind of place a tab is for panels; None where it is no layout."""
    if key == SIDEBAR:
        return SIDEBAR
    return next((str(tab["kind"]) for tab in content["tabs"] if tab["key"] == key and "panels" in tab), None)


def palette(entity: str, place: str, panels: Sequence[Mapping[str, Any]], at: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All kinds in their groups; what does not fit here or stands here already is off, and says why (W44, W45, W50)."""
    used = {panel["kind"] for panel in panels}
    kinds = [{"key": kind.key, "label": _(kind.label), "icon": kind.icon, "group": kind.group, "off": _off(kind, place, used),
              "add_url": url_for("layout_panels.create", kind=kind.key, **at)} for kind in kinds_of(entity)]
    return [{"label": _(label), "kinds": found} for group, label in GROUPS.items() if (found := [one for one in kinds if one["group"] == group])]


def may_add(kind: Kind, place: str, panels: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the palette offers it."""
    return not _off(kind, place, {panel["kind"] for panel in panels})


def missing(entity: str, content: Content) -> list[str]:
    """Required fields of the card that stand on no tab; the organisation's own among them."""
    there: set[str] = set()
    for panel in (panel for tab in content["tabs"] for panel in tab.get("panels", ())):
        kind = KNOWN.get(panel["kind"])
        if kind is not None:
            there |= {*kind.covers, *(FIELDS[key].asked if key in FIELDS else key for key in settings_of(kind, panel, entity).get("fields", ()))}
    asked = option(db(), "contacts.required_fields") if entity == "person" else ()
    own = [] if "own" in there else [field.label for field in custom_fields(db(), entity) if field.required and f"{entity}-{field.slot}" not in there]
    return [*(_(ASKED[name]) for name in asked if name not in there), *own]


def _off(kind: Kind, place: str, used: set[str]) -> str:
    if place not in kind.fits:
        return _("for the sidebar") if kind.fits == (SIDEBAR,) else _("does not fit here")
    return _("already used") if kind.key in used and not kind.several else ""


def _panel(content: Content, key: str, panel: Mapping[str, Any], at: Mapping[str, Any], focus: tuple[str, str]) -> dict[str, Any]:
    kind = KNOWN[panel["kind"]]
    return {"id": panel["id"], "title": panel["name"] or _(kind.label), "kind": _(kind.label) if panel["name"] else "", "icon": kind.icon,
            "column": panel["column"], "ways": ways(content, key, panel["id"]), "fixed": kind.fixed, "focus": focus[1] if focus[0] == panel["id"] else "",
            "move_url": url_for("layout_panels.move", uid=panel["id"], **at), "take_url": url_for("layout_panels.destroy", uid=panel["id"], **at),
            "edit_url": url_for("layouts.edit", panel=panel["id"], **at)}


def _tabs(entity: str, content: Content, current: str, back: str) -> list[dict[str, Any]]:
    """All tabs of the card, and the sidebar; lists are off: they are not laid out (W33)."""
    found = [{"key": tab.key, "label": name or _(tab.label), "url": url_for("layouts.edit", entity=entity, tab=tab.key, back=back),
              "current": tab.key == current, "off": place_of(content, tab.key) is None, "list": place_of(content, tab.key) is None}
             for tab, name in known_tabs(entity, content)]
    side = {"key": SIDEBAR, "label": _("Sidebar"), "url": url_for("layouts.edit", entity=entity, tab=SIDEBAR, back=back), "current": current == SIDEBAR, "rule": True}
    return [*(one for one in found if not one["list"]), side, *(one | {"rule": n == 0} for n, one in enumerate(one for one in found if one["list"]))]


def _rows(entity: str, content: Content, at: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The tabs with what can be done about each: renamed (W39), and on companies moved and taken off (W37)."""
    tabs = known_tabs(entity, content)
    found = []
    for n, (tab, name) in enumerate(tabs):
        own = place_of(content, tab.key) is not None
        free = entity == "company"
        found.append({"key": tab.key, "label": name or _(tab.label), "name": name, "layout": own, "home": tab.key in ("overview", "fields", "details"),
                      "url": url_for("layout_tabs.update", key=tab.key, **at), "ways": [way for way, can in (("left", n > 0), ("right", n < len(tabs) - 1)) if can and free],
                      "take": free and tab.key != "overview"})
    return found


def _setup(content: Content, key: str, uid: str, at: Mapping[str, Any]) -> dict[str, Any] | None:
    """The form of one panel: its name, and what its kind lets be set."""
    panel = next((one for one in panels_of(content, key) if one["id"] == uid and one["kind"] in KNOWN), None)
    if panel is None:
        return None
    kind, entity = KNOWN[panel["kind"]], str(at["entity"])
    values, asked = settings_of(kind, panel, entity), []
    for one in kind.settings:
        options = [(value, label) for value, label in one.options(entity)]
        chosen = values[one.key]
        asked.append({"key": one.key, "label": _(one.label), "kind": one.kind, "options": options, "value": chosen,
                      "fields": [(field, dict(options)[field]) for field in chosen if field in dict(options)] if one.kind == "fields" else [],
                      "left": [(value, label) for value, label in options if value not in chosen] if one.kind == "fields" else []})
    return {"id": uid, "kind": _(kind.label), "name": panel["name"], "settings": asked, "url": url_for("layout_panels.update", uid=uid, **at),
            "done_url": url_for("layouts.edit", **at)}

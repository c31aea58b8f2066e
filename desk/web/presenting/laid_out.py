"""A tab of a card as its layout has it: bands across the page, or in two halves; and the sidebar (W50, W68)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import g, url_for

from contacts.arranging import SIDEBAR
from contacts.layouts import InForce, in_force, individual
from core.i18n import gettext as _
from desk.web.presenting.panel_drawing import Card
from desk.web.presenting.panels import KNOWN, settings_of
from desk.web.requests import db
from desk.web.signing_in import me


def layout_of(entity: str) -> InForce:
    """The layout that is in force for the agent, asked once a request."""
    known: dict[str, InForce] = g.setdefault("layouts", {})
    if entity not in known:
        known[entity] = in_force(db(), entity, me())
    return known[entity]


def may_lay_out() -> bool:
    """Whether the agent can save any layout: admins that of all users, others one of their own where such are allowed."""
    return me().admin or individual(db())


def layout_url(entity: str, tab: str, back: str) -> str | None:
    """Where the layout is changed, and what leads back from there (W30b, W32, W42); None for whoever may not."""
    return url_for("layouts.edit", entity=entity, tab=tab, back=back) if may_lay_out() else None


def renamed(entity: str, key: str) -> dict[str, str]:
    """The ``label`` of a tab, where it was given a name (W39)."""
    name = next((tab["name"] for tab in layout_of(entity).content["tabs"] if tab["key"] == key), "")
    return {"label": name} if name else {}


def tab_named(content: Mapping[str, Any], key: str) -> Mapping[str, Any] | None:
    """A layout tab; None where there is none called so."""
    return next((tab for tab in content["tabs"] if tab["key"] == key and "panels" in tab), None)


def laid_out(card: Card, key: str) -> dict[str, Any]:
    """``bands``: each ``{across}`` or ``{left, right}`` with the panels that stand there; ``saves``: whether the tab has fields to save."""
    tab = tab_named(layout_of(card.entity).content, key)
    panels = _drawn(card, tab["panels"], tab["kind"]) if tab else []
    return {"bands": bands(panels), "saves": any(panel["macro"] == "fields" and panel["fields"] for panel in panels)}


def sidebar(card: Card) -> list[dict[str, Any]]:
    """The panels of the sidebar, the same beside all tabs."""
    return _drawn(card, layout_of(card.entity).content["sidebar"], SIDEBAR)


def bands(panels: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Panels in their order: one that stands across is a band, those in halves between two such share one."""
    found: list[dict[str, Any]] = []
    for panel in panels:
        if not panel["column"]:
            found.append({"across": panel})
            continue
        if not found or "across" in found[-1]:
            found.append({"left": [], "right": []})
        found[-1]["left" if panel["column"] == 1 else "right"].append(panel)
    return found


def _drawn(card: Card, panels: Sequence[Mapping[str, Any]], place: str) -> list[dict[str, Any]]:
    """Those that there are (still): a kind that has gone is left out."""
    found = []
    for panel in panels:
        kind = KNOWN.get(panel["kind"])
        if kind is not None and card.entity in kind.of and place in kind.fits:
            settings = settings_of(kind, panel, card.entity)
            found.append({"id": panel["id"], "macro": kind.key, "title": panel["name"] or _(kind.label), "column": panel["column"],
                          **kind.draw(card, settings)})
    return [panel for panel in found if not panel.get("absent")]

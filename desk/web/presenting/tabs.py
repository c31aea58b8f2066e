"""Tabs of a card, a person's or a company's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from flask import g, url_for
from sqlalchemy import SelectBase

from contacts.company import Company
from contacts.person import Person
from core.counting import counted, told
from core.i18n import gettext as _
from desk.web.requests import db


class Tab(NamedTuple):
    """One tab: its page, and the question for what its list has, where that is counted (with those of the other tabs)."""

    key: str
    label: str
    endpoint: str
    has: Callable[[Any], SelectBase] | None = None
    of: str = ""                    # whose card, where the page is for both kinds

    def drawn(self, card: Person | Company, current: str, counts: Mapping[str, str], **kept: Any) -> dict[str, Any]:
        """The tab as ``ui.tabs`` wants it; ``kept`` is what its address goes on to say."""
        return {"key": self.key, "label": _(self.label), "url": url_for(self.endpoint, **self.named(card) | kept), "current": self.key == current,
                "count": counts.get(self.key)}

    def named(self, card: Person | Company) -> dict[str, Any]:
        """What its address says of the card."""
        return {"uid": card.uid} | ({"of": self.of} if self.of else {})


def counts_of(card: Person | Company, tabs: Iterable[Tab]) -> dict[str, str]:
    """How many things each tab has, to a thousand; of a card that is shown they are asked for once, all in one question."""
    kept: dict[str, dict[str, str]] = g.setdefault("tab_counts", {})
    if card.uid not in kept:
        kept[card.uid] = {key: told(n) for key, n in counted(db(), {tab.key: tab.has(card) for tab in tabs if tab.has is not None}).items()}
    return kept[card.uid]


def count_on(card: Person | Company, tab: str) -> str | None:
    """What a tab of a card that is being shown says of how many there are."""
    kept: dict[str, dict[str, str]] = g.get("tab_counts", {})
    return kept.get(card.uid, {}).get(tab)

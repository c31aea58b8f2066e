"""What is other in the register than in the report before: the correction that a new report confirms (GDPR, Article 16; S60)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from desk.privacy.gathering import Entry

#: Fields that change by themselves.
RESTLESS = frozenset({"created_at", "since", "at", "health"})
#: The field that names a record where all of it came or went.
NAMING = ("value", "text", "name", "purpose", "tag_id", "details", "kind_id", "title")


def differences(before: Sequence[Entry], after: Sequence[Entry]) -> list[dict[str, Any]]:
    """``{record, field, before, after}`` for each: of an address that was replaced its kind is the field; nothing stands where there was none."""
    old, new = _by_id(_lasting(before)), _by_id(_lasting(after))
    found = [change for key in old.keys() & new.keys() for change in _changed(old[key], new[key])]
    gone, come = ([one for key, one in some.items() if key not in others] for some, others in ((old, new), (new, old)))
    return sorted([*found, *_replaced(gone, come)], key=lambda one: (one["record"], one["field"], one["before"] or "", one["after"] or ""))


def _lasting(entries: Sequence[Entry]) -> list[Entry]:
    """Without addresses that are held no more."""
    return [one for one in entries if not (one["record"] == "holdings" and "until" in one["fields"])]


def _by_id(entries: Sequence[Entry]) -> dict[tuple[str, str], Entry]:
    return {(one["record"], one["id"]): one for one in entries}


def _changed(old: Entry, new: Entry) -> Iterator[dict[str, Any]]:
    for name in dict.fromkeys((*old["fields"], *new["fields"])):
        was, is_now = old["fields"].get(name), new["fields"].get(name)
        if was != is_now and name not in RESTLESS:
            yield {"record": old["record"], "field": str(new["fields"].get("kind", name)) if name == "value" else name, "before": _said(was), "after": _said(is_now)}


def _replaced(gone: Sequence[Entry], come: Sequence[Entry]) -> Iterator[dict[str, Any]]:
    """What went and what came of one sort is one change, as far as there are as many of both."""
    sorts: dict[tuple[str, str], tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for side, entries in enumerate((gone, come)):
        for one in entries:
            name = next((name for name in NAMING if one["fields"].get(name)), "")
            field = str(one["fields"].get("kind") or name) if one["record"] == "holdings" else name
            sorts[one["record"], field][side].append(_said(one["fields"].get(name)) or "")
    for (record, field), (went, came) in sorts.items():
        for n in range(max(len(went), len(came))):
            yield {"record": record, "field": field, "before": went[n] if n < len(went) else None, "after": came[n] if n < len(came) else None}


def _said(value: Any) -> str | None:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return None if value is None else str(value)

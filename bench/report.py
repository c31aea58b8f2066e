"""The run as tables for a terminal: ours, the peers of this run, ratios, goals, what others reached elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bench.goals import Goal, goals, rate_of
from bench.known import KNOWN, Known

DASH = "—"


def report(run: dict[str, Any]) -> str:
    """Everything, in one text."""
    return "\n".join([*_head(run), *_inbound(run), *_pages(run), *_memory(run), *_known(), *_goals(run)])


def _head(run: dict[str, Any]) -> Iterator[str]:
    machine = run["machine"]
    yield f"Skranke bench, {run['at']}: {machine['cores']} cores, {machine['system']}, Python {machine['python']}"
    corpus = run["corpus"]
    yield f"Corpus: {corpus['mails']} mails, {corpus['bytes'] / 1e6:.1f} MB, seed {corpus['seed']}"
    for peer in run.get("peers", {}).values():
        yield "Peer: " + (peer.get("failed") or ", ".join(f"{name} {v}" for name, v in peer["versions"].items()))


def _inbound(run: dict[str, Any]) -> Iterator[str]:
    """Raw bytes to committed ticket, mails a second."""
    sizes, ours = _sizes(run), run.get("ours", {})
    yield from _title("Inbound: raw bytes to committed ticket (mails/s, median; p95 of one mail in ms)")
    rows = []
    for name, desk in _desks(run):
        rows.append([name, *(_rate(_at(desk, size, "inbound")) for size in sizes)])
    for what, name in _DOOR.items():
        rows.append([f"  {name}", *(_number((_at(ours, size, "door") or {}).get(what)) for size in sizes)])
    for peer in run.get("peers", {}):
        rows.append([f"ours / {peer}", *(_times(rate_of(run, size), rate_of(run, size, peer)) for size in sizes)])
    yield from _table(["", *(f"{size:,} tickets".replace(",", " ") for size in sizes)], rows)


def _pages(run: dict[str, Any]) -> Iterator[str]:
    """Signed in, one connection."""
    yield from _title("Pages, signed in, one connection (p50 / p95 ms), with the corpus in it")
    rows = []
    for name, desk in _desks(run):
        for size in _sizes(run):
            pages = dict(_at(desk, size, "pages") or {})
            if search := _at(desk, size, "search"):
                pages[_REGISTER] = search
            rows += [[f"{name}, {size:,}".replace(",", " "), *(_latency(pages.get(kind)) for kind in _KINDS)]] if pages else []
    yield from _table(["", *_KINDS], rows)


_DOOR = {
    "accepted": "Skranke, 250s at the SMTP door",
    "rate": "Skranke, from the door to the ticket, the whole tree",
    "settled": "Skranke, until the last acknowledgement has left",
}
_REGISTER, _BESIDE = "search alone", "ticket beside its list"
_KINDS = ("list", "list rows", "ticket", _BESIDE, "person", "search", _REGISTER)
"""``search`` is the page of persons found by "hanse", ``search alone`` our register asked for common and rare words."""


def _memory(run: dict[str, Any]) -> Iterator[str]:
    yield from _title("Memory (MB)")
    rows = []
    for name, desk in _desks(run):
        for size in _sizes(run):
            peak, served = (_at(desk, size, "inbound") or {}).get("peak_mb"), _at(desk, size, "memory_mb")
            if peak or served:
                rows.append([f"{name}, {size:,}".replace(",", " "), _number(peak), _number(served)])
    yield from _table(["", "inbound process, peak", "web, PSS of the tree"], rows)
    for command, weight in run.get("ours", {}).get("idle_tree", []):
        yield f"  idle desk: {weight:6.1f}  {command[:90]}"


def _known() -> Iterator[str]:
    yield from _title("What others reached elsewhere (PEERS.md)")
    names = ["", "inbound, empty", "at 20 000", "list", "ticket", "person", "search", "memory"]
    yield from _table(names, [_cells(known) for known in KNOWN])


def _cells(known: Known) -> list[str]:
    return [known.name, known.empty, known.filled, known.list_page, known.ticket_page, known.person_page,
            known.search, known.memory]  # fmt: skip


def _goals(run: dict[str, Any]) -> Iterator[str]:
    yield from _title("Goals")
    judged = goals(run)
    yield from _table(["", "reached", "goal", ""], [_goal(goal) for goal in judged])
    if any(goal.met is False for goal in judged):
        for name, lines in run.get("ours", {}).get("profiles", {}).items():
            yield from ("", f"Profile: {name}", *lines)


def _goal(goal: Goal) -> list[str]:
    verdict = {True: "met", False: "MISSED", None: "not measured"}[goal.met]
    side = "≥" if goal.at_least else "≤"
    return [goal.what, f"{_number(goal.reached)} {goal.unit}", f"{side} {goal.limit:g} {goal.unit}", verdict]


def _desks(run: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    if "ours" in run:
        yield "Skranke", run["ours"]
    yield from run.get("peers", {}).items()


def _sizes(run: dict[str, Any]) -> list[int]:
    return sorted({int(size) for _, desk in _desks(run) for size in desk.get("sizes", {})})


def _at(desk: dict[str, Any], size: int, what: str) -> Any:
    return desk.get("sizes", {}).get(str(size), {}).get(what)


def _rate(inbound: dict[str, Any] | None) -> str:
    if not inbound:
        return DASH
    whole = "" if inbound.get("complete", True) else " (INCOMPLETE)"
    p95 = f" ({inbound['p95_ms']:.0f})" if "p95_ms" in inbound else ""
    return f"{inbound['rate']:.1f}{p95}{whole}"


def _latency(page: dict[str, float] | None) -> str:
    return f"{page['p50_ms']:.1f} / {page['p95_ms']:.1f}" if page else DASH


def _times(ours: float | None, other: float | None) -> str:
    return f"{ours / other:.1f} ×" if ours and other else DASH


def _number(value: float | None) -> str:
    return DASH if value is None else f"{value:.2f}" if value < 10 else f"{value:.0f}"


def _title(text: str) -> Iterator[str]:
    yield from ("", text, "")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(row[place]) for row in [head, *rows]) for place in range(len(head))]
    for row in [head, *rows]:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        yield "  " + "   ".join(cells).rstrip()



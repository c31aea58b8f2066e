"""What a tree of processes weighs: the sum of its proportional set sizes (Linux)."""

from __future__ import annotations

import re
from pathlib import Path

PROC = Path("/proc")


def weight_of_tree(pid: int) -> float | None:
    """PSS in MB of the process and all its descendants: shared pages are counted once. ``None`` off Linux."""
    if not (PROC / "self" / "smaps_rollup").exists():
        return None
    return sum(weight for _, weight in weights_of_tree(pid))


def weights_of_tree(pid: int) -> list[tuple[str, float]]:
    """Command line and PSS in MB of each process of the tree, the root first."""
    return [(_command(one), _weight(one)) for one in tree(pid)]


def tree(pid: int) -> list[int]:
    """The process and its descendants, parents before children."""
    children: dict[int, list[int]] = {}
    for stat in PROC.glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found = [pid]
    for one in found:
        found += sorted(children.get(one, []))
    return found


def _weight(pid: int) -> float:
    try:
        rollup = (PROC / str(pid) / "smaps_rollup").read_text()
    except OSError:
        return 0.0
    match = re.search(r"^Pss:\s+(\d+) kB", rollup, re.M)
    return int(match[1]) * 1024 / 1e6 if match else 0.0


def _command(pid: int) -> str:
    try:
        return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return "gone"

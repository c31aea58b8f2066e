"""Writes ``docs/requirements.md``: each numbered line with the tests that name it in their docstrings, or where it is seen.

``.venv/bin/python -m docs.requirements``. The page keeps the lines themselves; what stands behind them is written anew, and a test
fails where the page says anything else than the tests do.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

PAGE = Path(__file__).with_name("requirements.md")
#: Line → a sentence that says where it is seen, for what cannot sensibly be a test.
SEEN = Path(__file__).with_name("seen.toml")
ROOT = PAGE.parent.parent
NUMBER = r"[SWTAC]\d+[a-z]?"
_ROW = re.compile(rf"\| ({NUMBER}) \| (.*?) \| .* \|$")
_NAMED = re.compile(rf"\b({NUMBER})(?:-({NUMBER}|[a-z])\b)?(?!\w|\.\d)")
SHOWN = 3


def page() -> str:
    """The whole page."""
    told = PAGE.read_text(encoding="utf-8").splitlines()
    lines = {found[1]: found[2] for line in told if (found := _ROW.match(line))}
    proofs, seen = proven(list(lines)), tomllib.loads(SEEN.read_text(encoding="utf-8"))
    counted = Counter("proven" if one in proofs else "seen" if one in seen else "open" for one in lines)
    return "\n".join(_line(line, proofs, seen, counted) for line in told) + "\n"


def proven(known: Sequence[str]) -> dict[str, list[str]]:
    """Line → the tests that name it, as ``path::name``. Raises ValueError for a range that is none."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for test, said in _docstrings(path):
            for number in _numbers(said, known):
                names = found.setdefault(number, [])
                if f"{path.relative_to(ROOT)}::{test}" not in names:
                    names.append(f"{path.relative_to(ROOT)}::{test}")
    return found


def _line(line: str, proofs: Mapping[str, list[str]], seen: Mapping[str, str], counted: Counter[str]) -> str:
    if line.startswith("Of "):
        return (f"Of {counted.total()} lines {counted['proven']} are proven by a test, {counted['seen']} are seen elsewhere, and "
                f"{counted['open']} are open.")
    row = _ROW.match(line)
    return f"| {row[1]} | {row[2]} | {_state(proofs.get(row[1], []), seen.get(row[1], ''))} |" if row else line


def _state(tests: Sequence[str], sentence: str) -> str:
    if not tests:
        return f"seen: {sentence}" if sentence else "open"
    more = f", and {len(tests) - SHOWN} more" if len(tests) > SHOWN else ""
    return ", ".join(f"[{test.rpartition('::')[2].removeprefix('test_').replace('_', ' ')}](../{test.partition('::')[0]})"
                     for test in tests[:SHOWN]) + more


def _docstrings(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and (said := ast.get_docstring(node)):
            yield node.name, said


def _numbers(said: str, known: Sequence[str]) -> Iterator[str]:
    """The lines that a docstring names, ranges (``S31-S34``, ``S83a-d``) with all between."""
    for first, last in _NAMED.findall(said):
        if first not in known and not last:
            continue
        end = first.rstrip("abcdefgh") + last if len(last) == 1 else last or first
        ends = [known.index(next(k for k in known if k == one or k.rstrip("abcdefgh") == one)) for one in (first, end)]
        yield from known[ends[0]:ends[1] + 1]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

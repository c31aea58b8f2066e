"""Stories: one conversation each, written down as steps. ``stories/*.txt`` are read by this.

A step begins with ``@ kind name=value flag``; what follows is its subject (``Subject: ...``) and text.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

FOLDER = Path(__file__).with_name("stories")
LONG = 85
UNITS = {"d": 86_400, "h": 3_600, "m": 60}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens: kind, its options (flags are empty strings), subject and text."""

    kind: str
    options: dict[str, str]
    subject: str
    text: str

    def get(self, name: str, default: str = "") -> str:
        """An option, or what stands for it."""
        return self.options.get(name, default)

    @property
    def ago(self) -> timedelta | None:
        """How long before the demo began this is to have happened."""
        return duration(self.options["ago"]) if "ago" in self.options else None


def stories() -> list[list[Step]]:
    """All stories, each as its steps."""
    return [list(steps(path.read_text(encoding="utf-8"))) for path in sorted(FOLDER.glob("*.txt"))]


def steps(text: str) -> Iterator[Step]:
    """The steps of one story."""
    for block in text.split("\n@ ") if text.startswith("@ ") else ():
        first, _, rest = block.removeprefix("@ ").partition("\n")
        kind, *words = shlex.split(first)
        options = dict(word.partition("=")[::2] for word in words)
        subject = ""
        if rest.startswith("Subject: "):
            line, _, rest = rest.partition("\n")
            subject = line.removeprefix("Subject: ")
        yield Step(kind, options, subject, unwrapped(rest.strip()))


def unwrapped(text: str) -> str:
    """Long lines are wrapped in the file alone; short ones, of a signature, end where they end."""
    lines: list[str] = []
    goes_on = False
    for line in text.splitlines():
        if goes_on and line:
            lines[-1] += f" {line}"
        else:
            lines.append(line)
        goes_on = len(line) > LONG
    return "\n".join(lines)


def duration(text: str) -> timedelta:
    """``1d3h`` → a day and three hours."""
    seconds, number = 0, ""
    for sign in text:
        if sign.isdigit():
            number += sign
        else:
            seconds, number = seconds + int(number) * UNITS[sign], ""
    return timedelta(seconds=seconds)

"""A chart as SVG, for what is printed: lines over steps, in colours that also differ by their dashes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from markupsafe import escape

WIDTH, HEIGHT = 520, 150
LEFT, RIGHT, TOP, BOTTOM = 58, 8, 6, 40
INK, LINE = "#626c6f", "#e2e5e4"
LABELS, LEVELS = 7, 4
#: Steps of an axis, of counts and of minutes.
COUNTS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000)
MINUTES = (1, 5, 15, 30, 60, 120, 240, 480, 960, 1920, 3840, 7680, 15_360, 30_720)


class Line(NamedTuple):
    """One line: what it is called, its numbers (None: none), its colour, and its dashes as SVG has them."""

    name: str
    values: Sequence[float | None]
    colour: str
    dashes: str = ""


def chart(lines: Sequence[Line], labels: Sequence[str], said: Callable[[int], str], *, steps: Sequence[int] = COUNTS) -> str:
    """The whole drawing. ``labels`` name the steps, ``said`` says a number of the upright axis, which goes in one of ``steps``."""
    highest = max((value for line in lines for value in line.values if value is not None), default=0)
    step = next((one for one in steps if one * LEVELS >= highest), round(highest / LEVELS) or 1)
    top = max(step, step * -(-int(highest) // step))
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="Noto Sans" font-size="10">']
    for level in range(0, top + 1, step):
        y = _y(level, top)
        parts.append(f'<path d="M{LEFT} {y}H{WIDTH - RIGHT}" stroke="{LINE}"/>'
                     f'<text x="{LEFT - 6}" y="{y + 3}" text-anchor="end" fill="{INK}">{escape(said(level))}</text>')
    every = max(1, -(-len(labels) // LABELS))
    parts += [f'<text x="{_x(n, len(labels))}" y="{HEIGHT - BOTTOM + 14}" text-anchor="middle" fill="{INK}">{escape(label)}</text>'
              for n, label in enumerate(labels) if n % every == 0]
    parts += [_line(line, len(labels), top) for line in lines]
    return "".join([*parts, *_legend(lines), "</svg>"])


def _line(line: Line, steps: int, top: int) -> str:
    points = [f"{_x(n, steps)},{_y(value, top)}" for n, value in enumerate(line.values) if value is not None]
    if len(points) == 1:
        x, y = points[0].split(",")
        return f'<circle cx="{x}" cy="{y}" r="2.5" fill="{line.colour}"/>'
    return f'<polyline points="{" ".join(points)}" fill="none" stroke="{line.colour}" stroke-width="1.6" stroke-dasharray="{line.dashes or "none"}"/>'


def _legend(lines: Sequence[Line]) -> list[str]:
    found, x, y = [], float(LEFT), HEIGHT - 8
    for line in lines:
        found.append(f'<path d="M{x} {y - 3}h18" stroke="{line.colour}" stroke-width="2" stroke-dasharray="{line.dashes or "none"}"/>'
                     f'<text x="{x + 23}" y="{y}" fill="{INK}">{escape(line.name)}</text>')
        x += 40 + 5.6 * len(line.name)
    return found


def _x(n: int, steps: int) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * (n + .5) / max(1, steps), 1)


def _y(value: float, top: int) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top, 1)

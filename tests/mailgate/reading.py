"""Letters of tests/letters, read at a moment that does not move."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from desk.letter import Letter
from mailgate.parse import parse

LETTERS = Path(__file__).parents[1] / "letters"
NOW = datetime(2024, 6, 10, 12, 0, tzinfo=UTC)


def raw(name: str) -> bytes:
    return (LETTERS / f"{name}.eml").read_bytes()


def letter(name: str) -> Letter:
    return parse(raw(name), now=NOW)


def every_letter() -> list[str]:
    return sorted(path.stem for path in LETTERS.glob("*.eml"))

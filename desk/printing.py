"""What is printed as tagged PDF (PDF/UA-1): words and numbers go to typst as JSON, never as its source.

A tagged page may hold no character without a glyph, or nothing is made at all; and mail brings any. What the face has no glyph for stands as *□*.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst

from core.rendering import TEMPLATES

FONTS = Path(__file__).parent / "static" / "vendor"
MISSING = "□"
#: They say how the character before them looks, which may be one that is missing.
SELECTORS = frozenset(map(chr, range(0xFE00, 0xFE10)))
#: Categories of characters that change those beside them.
JOINING = ("Mn", "Mc", "Me", "Cf")
#: One character in both weights.
ALONE = b'#set document(title: "x")\n#set text(font: "Noto Sans")\n#let one = sys.inputs.character\na#[#one]a #text(weight: 600)[a#[#one]a]'


def printed(template: str, data: Mapping[str, Any]) -> bytes:
    """The pages of ``templates/reports/<template>.typ``; the template finds ``data`` in ``sys.inputs.data``."""
    try:
        return _pages(template, _each(data, printable))
    except typst.TypstError:               # marks that no face has together with what they stand on
        return _pages(template, _each(data, bare))


def printable(text: str) -> str:
    """The same with *□* for every character that no face has, and without control characters."""
    return text if text.isascii() and text.isprintable() else "".join(map(_shown, text))


def bare(text: str) -> str:
    """The same without marks on letters that are no letters of their own, and without what joins or turns them."""
    return "".join(one for one in unicodedata.normalize("NFC", printable(text)) if unicodedata.category(one) not in JOINING).replace(MISSING, "?")


def _pages(template: str, data: Any) -> bytes:
    compiled = typst.compile(str(TEMPLATES / "reports" / f"{template}.typ"), root=str(TEMPLATES / "reports"), font_paths=_fonts(), format="pdf",
                             pdf_standards=["ua-1"], sys_inputs={"data": json.dumps(data)})
    assert isinstance(compiled, bytes)
    return compiled


def _each(value: Any, said: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return said(value)
    if isinstance(value, Mapping):
        return {name: _each(one, said) for name, one in value.items()}
    return [_each(one, said) for one in value] if isinstance(value, (list, tuple)) else value


@cache
def _shown(character: str) -> str:
    """A character as it may be printed, found out by printing it: typst brings faces of its own for what the first one lacks."""
    if character == "\n" or (character.isascii() and character.isprintable()):
        return character
    if unicodedata.category(character) == "Cc" or character in SELECTORS:
        return " " if character == "\t" else ""
    try:
        typst.compile(ALONE, font_paths=_fonts(), format="pdf", pdf_standards=["ua-1"], sys_inputs={"character": character})
    except typst.TypstError:
        return MISSING
    return character


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])

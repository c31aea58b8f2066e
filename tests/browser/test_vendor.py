"""What others made is here as recorded, and every icon a template names is in the sprite."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "desk" / "static"
TEMPLATES = sorted((ROOT / "templates" / "web").rglob("*.html"))


def test_vendored_files_are_as_recorded() -> None:
    assert runpy.run_path(str(STATIC / "vendor" / "fetch.py"))["main"]("--check") == 0


def test_icons_named_by_literals_are_in_the_sprite() -> None:
    known = set(re.findall(r'id="i-([a-z0-9-]+)"', (STATIC / "icons.svg").read_text()))
    named: set[str] = set()
    for template in TEMPLATES:
        text = template.read_text()
        named |= set(re.findall(r'(?:icon|icon_button|icon_link)\(\s*"([a-z0-9-]*[a-z0-9])"', text))
        named |= set(re.findall(r'icon_name="([a-z0-9-]+)"', text))
    for script in STATIC.glob("js/*.js"):
        named |= set(re.findall(r'icon\("([a-z0-9-]+)"\)', script.read_text()))
    assert named - known == set()


def test_no_inline_style_or_script() -> None:
    """The frame of a mail is a document of its own, whose policy allows the styles that mails bring, and no script."""
    for template in TEMPLATES:
        text = template.read_text()
        if template.name == "frame.html":
            text = text.replace("<style>", "", 1)
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\bsrc=)|javascript:", text), template


def test_every_rule_of_ours_lies_in_a_layer() -> None:
    """One outside would win over all layers, also over the rules for narrow screens."""
    for sheet in (STATIC / "css").glob("*.css"):
        text = re.sub(r"/\*.*?\*/|@(?:import|layer)[^{;]*;", "", sheet.read_text(), flags=re.DOTALL)
        depth, outside = 0, ""
        for sign in text:
            depth += {"{": 1, "}": -1}.get(sign, 0)
            outside += sign if not depth or (depth == 1 and sign == "{") else ""
            assert depth >= 0, sheet
        assert re.fullmatch(r"\s*(@layer (base|tokens|components|pages) \{\}\s*)*", outside), (sheet, outside)

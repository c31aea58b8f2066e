"""Coming back to the page that a small act was done from."""

from __future__ import annotations

from flask import request


def back(default: str) -> str:
    """What ``back`` says, where it is a plain path of this desk; else the page that is given."""
    target = request.values.get("back", "")
    plain = target.startswith("/") and not target.startswith("//") and "\\" not in target and target.isprintable()
    return target if plain and len(target) <= 1000 else default

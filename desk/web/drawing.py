"""Icons in templates: a page shows hundreds, so each is drawn once and kept."""

from __future__ import annotations

from functools import lru_cache

from flask import Flask, g, url_for
from markupsafe import Markup


def prepare(app: Flask) -> None:
    """Give templates ``draw``, which ``ui.icon`` is."""
    app.jinja_env.globals["draw"] = draw


def draw(name: str, label: str = "", size: str = "", **more: str) -> Markup:
    """An icon of the sprite; ``label`` is its name for whoever cannot see it, where no text stands beside it.

    ``size`` is s (14 px) or empty (18 px); ``class`` may be given too.
    """
    if "sprite" not in g:
        g.sprite = url_for("static", filename="icons.svg")
    return _drawn(g.sprite, name, str(label), size, more.get("class", ""))


@lru_cache(maxsize=2048)
def _drawn(sprite: str, name: str, label: str, size: str, extra: str) -> Markup:
    classes = " ".join(filter(None, ("icon", size and f"icon--{size}", extra)))
    told = Markup(' role="img" aria-label="{}"').format(label) if label else Markup(' aria-hidden="true"')
    return Markup('<svg class="{}"{}><use href="{}#i-{}"/></svg>').format(classes, told, sprite, name)

"""Rendering of mails and reports from ``templates/``; pages use the same folder through Flask."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
import jinja2.nodes
from markupsafe import Markup

from core import i18n

TEMPLATES = Path(__file__).parent.parent / "templates"


def prepare(environment: jinja2.Environment) -> jinja2.Environment:
    """Give an environment our words, dates and manners."""
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        i18n.gettext, i18n.ngettext, newstyle=True)
    environment.globals["_"] = _said
    environment.filters.update(day=i18n.day, time=i18n.clock_time, moment=i18n.moment, number=i18n.number, signed=i18n.signed)
    environment.trim_blocks = environment.lstrip_blocks = True
    return environment


@jinja2.pass_eval_context
def _said(context: jinja2.nodes.EvalContext, message: str, **values: Any) -> str:
    """``_`` in templates, as Jinja's own: always a format, escaped where HTML is. A page says hundreds of words."""
    if not values:
        return _plainly(i18n.language(), message, context.autoescape)
    text = i18n.gettext(message)
    return (Markup(text) if context.autoescape else text) % values  # noqa: S704 - the words are ours, the values escaped


@lru_cache(maxsize=8192)
def _plainly(language: str, message: str, escaped: bool) -> str:
    text = i18n.catalogue(language).gettext(message) % {} if message else ""
    return Markup(text) if escaped else text  # noqa: S704


@lru_cache(maxsize=1)
def environment() -> jinja2.Environment:
    """The environment of mails and reports: unknown names are errors, HTML is escaped."""
    return prepare(jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), undefined=jinja2.StrictUndefined,
        autoescape=jinja2.select_autoescape(["html"])))


def render(template: str, **values: Any) -> str:
    """One template in the language in force."""
    return environment().get_template(template).render(**values)


def paragraphs(text: str) -> Markup:
    """Plain text as HTML: escaped, blank lines part paragraphs, single ones break the line."""
    blocks = (block.strip("\n") for block in text.replace("\r\n", "\n").split("\n\n"))
    return Markup("").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(block.split("\n"))) for block in blocks if block)

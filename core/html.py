"""HTML from outside: made harmless for showing, and read as text. Bounded in size, depth and time.

``sanitise`` is for mails of customers, ``sanitise_own`` for what agents write, ``to_text`` for both.
"""

from __future__ import annotations

import html as entities
import re

import nh3

from core.html_text import DEEPEST, SILENT, depth, to_text

__all__ = ["sanitise", "sanitise_own", "to_text", "too_much"]

MOST_ENTITIES = 100_000
LARGEST = 3_000_000          # characters that are sanitised; above, only the text is shown

TAGS = frozenset(
    [
        "a", "abbr", "address", "article", "aside", "b", "bdi", "bdo", "big", "blockquote", "br", "caption",
        "center", "cite", "code", "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em",
        "figcaption", "figure", "font", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i",
        "img", "ins", "kbd", "li", "main", "mark", "nav", "ol", "p", "pre", "q", "rp", "rt", "ruby", "s",
        "samp", "section", "small", "span", "strike", "strong", "sub", "summary", "sup", "table", "tbody",
        "td", "tfoot", "th", "thead", "time", "tr", "tt", "u", "ul", "var", "wbr",
    ]
)
LAYOUT = {"align", "valign", "width", "height", "bgcolor"}
ATTRIBUTES = {
    "*": {"style", "dir", "lang", "title"},
    "a": {"href", "name"}, "img": {"src", "alt", "width", "height", "align", "border"},
    "font": {"color", "face", "size"}, "ol": {"start", "type", "reversed"}, "li": {"value"}, "ul": {"type"},
    "table": LAYOUT | {"border", "cellpadding", "cellspacing"}, "tr": LAYOUT, "tbody": LAYOUT, "thead": LAYOUT,
    "td": LAYOUT | {"colspan", "rowspan", "nowrap"}, "th": LAYOUT | {"colspan", "rowspan", "nowrap", "scope"},
    "col": {"span", "width", "align"}, "colgroup": {"span", "width"}, "div": {"align"}, "p": {"align"},
    "h1": {"align"}, "h2": {"align"}, "h3": {"align"}, "hr": {"align", "width", "size", "color"},
    "time": {"datetime"}, "blockquote": {"cite", "type"}, "details": {"open"},
}
STYLES = {
    "background-color", "border", "border-bottom", "border-collapse", "border-color", "border-left", "border-radius",
    "border-right", "border-spacing", "border-style", "border-top", "border-width", "caption-side", "color",
    "direction", "display", "font", "font-family", "font-size", "font-style", "font-variant", "font-weight", "height",
    "letter-spacing", "line-height", "list-style-type", "margin", "margin-bottom", "margin-left", "margin-right",
    "margin-top", "max-width", "min-width", "padding", "padding-bottom", "padding-left", "padding-right",
    "padding-top", "text-align", "text-decoration", "text-indent", "text-transform", "vertical-align", "white-space",
    "width", "word-break", "word-spacing", "word-wrap",
}
OWN_TAGS = frozenset(
    [
        "a", "b", "blockquote", "br", "code", "del", "div", "em", "figcaption", "figure", "h1", "h2", "h3",
        "hr", "i", "img", "li", "ol", "p", "pre", "s", "span", "strong", "sub", "sup", "u", "ul",
    ]
)

_SAFE_REL = "noopener noreferrer nofollow"
_CLEANER = nh3.Cleaner(
    tags=set(TAGS), clean_content_tags=set(SILENT), attributes=ATTRIBUTES, filter_style_properties=STYLES,
    url_schemes={
        "http", "https", "mailto", "tel", "cid", "sms", "callto", "ftp",
    }, url_relative="deny", link_rel=_SAFE_REL,
    set_tag_attribute_values={"a": {"target": "_blank"}},
)
_OWN_CLEANER = nh3.Cleaner(
    tags=set(OWN_TAGS), clean_content_tags=set(SILENT), link_rel=_SAFE_REL,
    attributes={"a": {"href", "title"}, "img": {"src", "alt", "width", "height"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto", "tel", "cid"},
)
# nh3 writes every attribute as name="value" and escapes quotes in values, so these find real elements only.
_IMAGE = re.compile(r'<img(?:\s+[\w:-]+="[^"]*")*\s*/?>')
_REMOTE = re.compile(r'(\s)src="(?!cid:)')
_FOREIGN = re.compile(r'\ssrc="(?!cid:|/(?![/\\]))[^"]*"')


def sanitise(html: str) -> str:
    """Harmless HTML of a mail: no scripts, forms, frames, classes, remote images (their src is in data-src).

    What is too large or too deep to sanitise in time comes back as its text.
    """
    if too_much(html):
        return f'<div style="white-space:pre-wrap">{entities.escape(to_text(html))}</div>'
    return _IMAGE.sub(lambda image: _REMOTE.sub(r'\1data-src="', image[0]), _CLEANER.clean(html)).strip()


def sanitise_own(html: str) -> str:
    """HTML that an agent wrote: simple formatting, links, and images by our own addresses (/...) or cid only."""
    if too_much(html):
        return f"<div>{entities.escape(to_text(html))}</div>"
    return _IMAGE.sub(lambda image: _FOREIGN.sub("", image[0]), _OWN_CLEANER.clean(html)).strip()


def too_much(html: str) -> bool:
    """Whether this HTML is larger or deeper than we sanitise (10 MB newsletters, thousands of nested elements), or
    holds more entities and no-break spaces, of which the sanitiser takes time by the square."""
    return len(html) > LARGEST or html.count("&") + html.count("\xa0") > MOST_ENTITIES or depth(html) > DEEPEST

"""The HTML of a mail for its frame: pictures by signed addresses, what is quoted cut off or shown alone."""

from __future__ import annotations

import re
from html import escape

from markupsafe import Markup

from core.html_parts import split_html
from desk.tickets.attaching import OWN_PICTURE
from desk.tickets.forwarding import parted
from desk.tickets.message import Message
from desk.web.attachments import PICTURES, picture_url

_SRC = re.compile(r'(<img\b[^>]*?\s)src="cid:([^"]*)"', re.IGNORECASE)
_HELD = re.compile(r'(<img\b[^>]*?\s)data-src="(?:https?:)?//([^"]*)"', re.IGNORECASE)


def frame(message: Message, *, part: str = "", images: bool = False) -> Markup:
    """What the frame shows: the whole, or the part ``visible``, ``quote`` or ``forwarded``; with ``images`` also those from the net."""
    html = message.html
    if part == "forwarded":
        return shown_here(parted(html)[1])
    if part in ("visible", "quote") and message.visible:
        pieces = split_html(html, message.visible)
        if pieces is None:
            html = html if part == "visible" else f'<div style="white-space:pre-wrap">{escape(_rest(message))}</div>'
        else:
            html = pieces[0] if part == "visible" else pieces[1]
    html = _pictures(html, message)
    if images:
        html = _HELD.sub(r'\1src="https://\2"', html)
    return Markup(html)  # noqa: S704 - sanitised when it was read


def shown_here(html: str) -> Markup:
    """HTML that names our pictures by their addresses, with signed ones: a frame has no cookie to show."""
    return Markup(OWN_PICTURE.sub(lambda found: f"{found[1]}{escape(picture_url(found[2]))}{found[3]}", html))  # noqa: S704 - as above


def _rest(message: Message) -> str:
    return message.text[len(message.visible):] if message.text.startswith(message.visible) else message.text


def _pictures(html: str, message: Message) -> str:
    """``cid:`` pictures by signed addresses of ours; those that are not there lose their source."""
    known = {one.content_id: one.uid for one in message.attachments if one.content_id and one.type in PICTURES}

    def put(found: re.Match[str]) -> str:
        uid = known.get(found[2])
        return f'{found[1]}src="{escape(picture_url(uid))}"' if uid else found[1]
    return _SRC.sub(put, html)

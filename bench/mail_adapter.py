"""Our parser behind the interface that ``score_mail.py`` measures."""

from __future__ import annotations

import pathlib
import sys
from typing import Any

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from mailgate import bodies, language, quotes
from mailgate import parse as parsing
from rules import automatic

language.detect("The model is loaded before the first letter, as the parsing child does.")


def parse(raw: bytes) -> dict[str, Any]:
    letter = parsing.parse(raw)
    name, address = (letter.sender.name, letter.sender.address) if letter.sender else _as_written(letter)
    return {
        "subject": letter.subject,
        "from_addr": address,
        "from_name": name,
        "text": letter.text,
        "html": letter.html,
        "attachments": [{"name": one.name, "type": one.type, "size": len(one.content)} for one in letter.attachments],
        "reply_text": letter.visible,
        **_bounce(letter),
    }


def _as_written(letter: Any) -> tuple[str, str]:
    """A From without any usable address, as the desk shows it."""
    written = next(iter(letter.headers.get("from", ())), "")
    name, bracket, local = written.rstrip("> ").rpartition("<")
    return name.strip(), local if bracket else written


def strip_reply(text: str, html: bool) -> str:
    return quotes.visible_html(text) if html else quotes.visible(bodies.clean(text))


def bounce(raw: bytes) -> dict[str, Any]:
    return _bounce(parsing.parse(raw))


def _bounce(letter: Any) -> dict[str, Any]:
    sender = letter.sender.address if letter.sender else ""
    judged = automatic.judge(
        automatic.MailClues(letter.headers, letter.envelope_sender, sender, letter.subject, letter.bounce is not None,
                            answers_us=bool(letter.references))     # the mails of the set were sent to who wrote first
    )
    failures = letter.bounce.failures if letter.bounce else ()
    return {
        "is_bounce": letter.bounce is not None,
        "is_autoreply": judged is not None and judged.kind in ("out_of_office", "auto_reply"),
        "bounced_addresses": [failure.address for failure in failures],
        "bounce_status": failures[0].status if failures else "",
    }

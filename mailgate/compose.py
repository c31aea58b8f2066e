"""Composing what leaves: from everything a mail needs to the bytes that go over the wire.

All lines end with CRLF and are shorter than 998; everything is ASCII, but for header lines that hold an address
which only SMTPUTF8 can carry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape

from core import files
from core.clock import now
from core.errors import Refused
from core.html import sanitise_own, to_text
from core.i18n import gettext as _
from core.rendering import paragraphs
from desk.loops import HEADER as LOOP
from desk.loops import our_mark
from desk.signature import is_html
from desk.tickets.forwarding import parted
from mailgate import dkim, heading
from mailgate.conversation import in_reply_to
from mailgate.dkim import NotYet
from mailgate.enclosing import Enclosed, Quote, with_pictures, with_quoted_pictures
from mailgate.outgoing import Outgoing

POLICY = SMTP.clone(cte_type="7bit")
FONT = "font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;font-size:15px;line-height:1.5"
BAR = "margin:0 0 0 4px;padding:0 0 0 12px;border-left:2px solid #b8bfc9"
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")
_RESERVED = {"from", "to", "cc", "bcc", "subject", "date", "message-id", "in-reply-to", "references", "reply-to",
             "sender", "return-path", "content-type", "content-transfer-encoding", "mime-version", LOOP.lower()}


def compose(mail: Outgoing, *, at: datetime | None = None) -> bytes:
    """The whole mail, signed where its mailbox has a key. Raises Refused where it cannot be made, NotYet where it has
    to wait."""
    html, shown = _html(mail)
    text = _text(mail)
    body = _body(mail, text, html, shown)
    mark = our_mark(text, (file.digest for file in mail.files if file not in shown))
    raw = _head(mail, at or now(), mark).encode("utf-8") + body.as_bytes(policy=POLICY)
    return raw if mail.signing is None else dkim.sign(
        raw, selector=mail.signing.selector, domain=heading.wire_address(f"@{mail.signing.domain}")[1:],
        key=mail.signing.key)


def _head(mail: Outgoing, at: datetime, mark: str) -> str:
    answers = in_reply_to(mail.in_reply_to)
    lines = [
        heading.people("From", [mail.sender]),
        heading.people("To", mail.to) or "To: undisclosed-recipients:;\r\n",
        heading.people("Cc", mail.cc),
        heading.people("Reply-To", [(mail.sender[0], mail.reply_to)] if mail.reply_to else []),
        heading.words("Subject", mail.subject),
        f"Date: {format_datetime(at)}\r\n",
        heading.ids("Message-ID", [mail.message_id]),
        heading.ids("In-Reply-To", answers),
        heading.ids("References", mail.references),
        f"Content-Language: {mail.language}\r\n",
        f"{LOOP}: {mark}\r\n",
        *_automatic(mail.auto_submitted),
        *(heading.uris(name, value) if name == "List-Unsubscribe" else heading.words(name, value) for name, value in mail.headers.items()
          if name.lower() not in _RESERVED and re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", name)),
    ]
    return "".join(lines)


def _automatic(auto_submitted: str) -> list[str]:
    """RFC 3834 section 5. ``All`` would also suppress the bounces that we want (MAIL.md, Loops and bounces)."""
    if not auto_submitted:
        return []
    return [f"Auto-Submitted: {auto_submitted}\r\n", "X-Auto-Response-Suppress: OOF, AutoReply\r\n"]


def _body(mail: Outgoing, text: str, html: str, shown: list[Enclosed]) -> EmailMessage:
    body = EmailMessage(policy=POLICY)
    body.set_content(_lines(text))
    body.add_alternative(_lines(html), subtype="html")
    page = body.get_payload(1)
    for picture in shown:
        main, sub = _type(picture)
        page.add_related(_content(picture), main, sub, cid=f"<{picture.cid}>",  # type: ignore[union-attr]
                         filename=picture.name, disposition="inline")
    for file in mail.files:
        if file not in shown:
            main, sub = _type(file)
            body.add_attachment(_content(file), main, sub, filename=file.name)
    return body


def _text(mail: Outgoing) -> str:
    own, along = parted(mail.html)
    parts = [to_text(own) if along else mail.text.strip("\n") or to_text(mail.html)]
    if mail.signature.strip():
        parts.append(f"-- \n{_plain(mail.signature)}")
    if mail.quote:
        quoted = "\n".join(">" if not line else f"> {line}" for line in mail.quote.text.strip().splitlines())
        parts.append(f"{mail.quote.attribution}\n{quoted}")
    if along:
        parts.append(to_text(along))
    return "\n\n".join(filter(None, parts)) + "\n"


def _html(mail: Outgoing) -> tuple[str, list[Enclosed]]:
    """The HTML part and the pictures that it shows."""
    if mail.whole:
        return mail.html or _page(mail, [str(paragraphs(mail.text))]), []
    words, shown = with_pictures(mail.html or str(paragraphs(mail.text)), mail.files)
    words, along = parted(words)
    parts = [f"<div>{words}</div>"]
    if mail.signature.strip():
        signature = sanitise_own(mail.signature) if is_html(mail.signature) else paragraphs(mail.signature)
        parts.append(f'<div style="margin-top:16px">-- <br>{signature}</div>')
    parts.append(along)
    if mail.quote:
        parts.append(_quoted(mail.quote))
        shown += mail.quote.pictures
    return _page(mail, filter(None, parts)), shown


def _quoted(quote: Quote) -> str:
    return (f'<div style="margin-top:24px">{escape(quote.attribution)}'
            f'<blockquote type="cite" style="{BAR}">{with_quoted_pictures(quote)}</blockquote></div>')


def _page(mail: Outgoing, parts: Iterable[str]) -> str:
    inside = "\n".join(parts)
    return (f'<!doctype html>\n<html lang="{mail.language}"><head><meta charset="utf-8">'
            f'<meta name="color-scheme" content="light dark"></head>\n<body style="{FONT}">\n{inside}\n</body></html>\n')


def _lines(text: str) -> str:
    """Text that can be a body: whole characters only, ``\\n`` line ends, no NUL."""
    text = text.encode("utf-8", "replace").decode().replace("\0", "")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _plain(signature: str) -> str:
    return to_text(signature) if is_html(signature) else signature.strip()


def _type(file: Enclosed) -> tuple[str, str]:
    """The type a file is sent as. A mail in a mail may not be encoded (RFC 2046 section 5.2.1), so it goes as a file."""
    main, _, sub = file.type.lower().partition("/")
    if not _TYPE.fullmatch(file.type.lower()) or main in ("multipart", "message"):
        return "application", "octet-stream"
    return main, sub


def _content(file: Enclosed) -> bytes:
    if file.content is not None:
        return file.content
    try:
        return files.get(file.digest)
    except FileNotFoundError:
        raise Refused(_("The file %(name)s is no longer kept, so this mail cannot be put together.", name=file.name)) from None
    except OSError as error:
        raise NotYet(_("The file %(name)s cannot be read just now: %(error)s.", name=file.name, error=error)) from error

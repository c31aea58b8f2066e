"""Letters made in tests: small mails with what matters spelled out."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import format_datetime

from core.clock import now


def mail(
    sender: str = "Ole Vang <ole@kunde.example>", to: str = "support@desk.example", subject: str = "Hello",
    text: str = "The printer does not print.\n", *, message_id: str | None = None, html: str | None = None, **headers: str,
) -> bytes:
    """The bytes of a mail; header names are given with ``_`` for ``-``."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = format_datetime(now())
    message["Message-ID"] = f"<{message_id or f'{abs(hash((sender, subject, text, now())))}@kunde.example'}>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


def with_file(content: bytes, **headers: str) -> bytes:
    """The bytes of a mail with a file."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "ole@kunde.example", "support@desk.example", "With a file"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("See the file.")
    message.add_attachment(content, "application", "pdf", filename="a.pdf")
    return message.as_bytes()

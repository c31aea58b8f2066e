"""The file that Outlook makes of a mail (.msg) as an ordinary one (RFC 5322): headers, text, HTML, files."""

from __future__ import annotations

import io
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from olefile import OleFileIO
from oxmsg import Message
from oxmsg.attachment import Attachment

from core.errors import Refused
from core.i18n import N_
from core.i18n import gettext as _

#: How such a file begins (MS-CFB section 2.2).
MAGIC = bytes.fromhex("D0CF11E0A1B11AE1")
#: Taken over as the mail had them when it came by the internet.
HEADERS = ("Message-ID", "In-Reply-To", "References", "Reply-To", "Date", "From", "To", "Cc")
MOST_FILES = 100


def is_outlook(raw: bytes) -> bool:
    """Whether the bytes are such a file, or another of the same family."""
    return raw.startswith(MAGIC)


def as_mail(name: str, raw: bytes) -> bytes:
    """The mail in it. Raises Refused where there is none that can be read."""
    try:
        _not_swollen(raw)
        found = Message.load(raw)
        if not found.message_class.upper().startswith("IPM.NOTE"):
            raise ValueError(found.message_class)
        return _written(found)
    except Exception as error:   # the file may be broken in any way; what the library raises then is not said
        raise Refused(_("%(name)s is no mail that can be read. Nothing was taken over.", name=name),
                      {"files": N_("Save it as .eml and try again.")}) from error


def _not_swollen(raw: bytes) -> None:
    """Raises ValueError where the parts of a file say that they are larger than all of it: its sectors go in circles."""
    with OleFileIO(io.BytesIO(raw)) as parts:
        if sum(parts.get_size(one) for one in parts.listdir()) > 2 * len(raw):
            raise ValueError(len(raw))


def _written(found: Message) -> bytes:
    mail = EmailMessage()
    headers = {name.lower(): " ".join(str(value).split()) for name, value in found.message_headers.items()}
    for name in HEADERS:
        if value := headers.get(name.lower()):
            mail[name] = value
    if "From" not in mail:
        mail["From"] = " ".join((found.sender or "").split()) or "unknown@invalid"
    if "To" not in mail and found.recipients:
        mail["To"] = ", ".join(formataddr((one.name or "", one.email_address or "")) for one in found.recipients if one.email_address)
    if "Date" not in mail and found.sent_date:
        mail["Date"] = format_datetime(found.sent_date)
    mail["Subject"] = " ".join(found.subject.split())
    mail.set_content(found.body or "")
    if found.html_body:
        mail.add_alternative(found.html_body, subtype="html")
    for file in found.attachments[:MOST_FILES]:
        _attach(mail, file)
    return mail.as_bytes()


def _attach(mail: EmailMessage, file: Attachment) -> None:
    """One file; of what lies elsewhere (a link to a drive) there are no bytes."""
    if file.file_bytes is not None:
        main, _slash, sub = (file.mime_type or "").partition("/")
        known = main and sub and main not in ("multipart", "message")
        mail.add_attachment(file.file_bytes, main if known else "application", sub if known else "octet-stream", filename=file.file_name or "file")

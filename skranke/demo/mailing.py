"""The mails of the demo, as bytes: what a customer's mail program, a robot or a relay would have sent."""

from __future__ import annotations

import struct
import zlib
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr
from pathlib import Path

from skranke.demo.people import DOMAIN, PERSONS
from skranke.demo.story import Step

FILES = Path(__file__).with_name("files")
HOST = f"mx.{DOMAIN}"
AUTOMATIC = {"away": {"Auto-Submitted": "auto-replied", "X-Autoreply": "yes", "Precedence": "bulk"},
             "monitor": {"Auto-Submitted": "auto-generated", "X-Mailer": "nightly 4.2"}}
ATTRIBUTION = {"nb": "{when} skrev {who}:", "da": "Den {when} skrev {who}:", "sv": "Den {when} skrev {who}:",
               "en": "On {when}, {who} wrote:"}


def sender_of(name: str) -> tuple[str, str]:
    """``ingrid``, ``ingrid:1`` (an alternate address) or ``Name <address>`` → name and address."""
    key, _, which = name.partition(":")
    if key in PERSONS:
        person = PERSONS[key]
        return f"{person.first} {person.last}", person.addresses[int(which or 0)]
    return parseaddr(name)


def compose(step: Step, *, at: datetime, subject: str, answers: str = "", quoted: tuple[str, str] | None = None) -> bytes:
    """A mail of a customer. ``answers`` is the Message-ID it answers, ``quoted`` whose text it quotes below."""
    name, address = sender_of(step.options["from"])
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(name, addr_spec=address)
    mail["To"] = ", ".join(f"{to}@{DOMAIN}" for to in step.options["to"].split(","))
    if "cc" in step.options:
        mail["Cc"] = step.options["cc"]
    mail["Subject"] = step.subject or f"Re: {subject}"
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = make_msgid(domain=address.rpartition("@")[2])
    if answers:
        mail["In-Reply-To"] = mail["References"] = f"<{answers}>"
    _evidence(mail, step, address)
    text = step.text + (_quote(step, at, *quoted) if quoted else "")
    mail.set_content(text + "\n", charset=step.get("charset", "utf-8"))
    _html(mail, step)
    for file in filter(None, step.get("attach").split(",")):
        content, kind = made(file)
        mail.add_attachment(content, maintype=kind.split("/")[0], subtype=kind.split("/")[1], filename=file)
    return mail.as_bytes()


def bounce(step: Step, *, to: str, message_id: str, subject: str) -> bytes:
    """A delivery report (RFC 3464): nobody of that name any more."""
    name, address = sender_of(step.options["from"])
    return f"""\
From: Mail Delivery System <MAILER-DAEMON@{address.rpartition('@')[2]}>
To: <{to}>
Subject: Undelivered Mail Returned to Sender
Message-ID: {make_msgid(domain=address.rpartition('@')[2])}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="report"

--report
Content-Type: text/plain; charset=us-ascii

The mail for {address} could not be delivered: there is no mailbox of that name.

--report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.{address.rpartition('@')[2]}

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <{address}>: Recipient address rejected: User unknown

--report
Content-Type: text/rfc822-headers

From: {DOMAIN}
To: {name} <{address}>
Subject: {subject}
Message-ID: <{message_id}>

--report--
""".replace("\n", "\r\n").encode()


def made(name: str) -> tuple[bytes, str]:
    """A file to attach, and its type."""
    if name.endswith(".png"):
        return picture(480, 270), "image/png"
    if name.endswith(".csv"):
        return b"navn;verdi\r\nDrammensveien;12\r\nKaigata;7\r\nSluttet;3\r\n", "text/csv"
    return document(f"Faktura {name}"), "application/pdf"


Box = tuple[int, int, int, int, tuple[int, int, int]]
INK, PAPER, TEAL, SAND = (52, 64, 70), (246, 247, 247), (22, 96, 124), (214, 190, 150)
#: Left, top, right, bottom in hundredths, and a colour; later ones lie on top.
PLAN: tuple[Box, ...] = ((4, 6, 96, 94, INK), (5, 8, 95, 92, PAPER), (34, 8, 35, 60, INK), (5, 75, 20, 92, SAND),
                         (12, 30, 26, 44, TEAL), (46, 20, 60, 34, TEAL), (72, 20, 86, 34, TEAL), (58, 62, 84, 76, TEAL))
WINDOW: tuple[Box, ...] = ((0, 0, 100, 100, (206, 216, 220)), (18, 22, 82, 78, PAPER), (18, 22, 82, 32, INK),
                           (24, 44, 70, 48, (170, 60, 52)), (24, 54, 62, 57, (160, 168, 172)), (64, 66, 78, 73, TEAL))


def picture(width: int, height: int, boxes: tuple[Box, ...] = WINDOW) -> bytes:
    """A PNG of boxes: a plan of a room, or a window with a message."""
    rows = []
    for y in range(height):
        row = bytearray(bytes(PAPER) * width)
        for left, top, right, bottom, colour in boxes:
            if top * height <= y * 100 < bottom * height:
                begin, end = left * width // 100, right * width // 100
                row[begin * 3:end * 3] = bytes(colour) * (end - begin)
        rows.append(b"\0" + row)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
                           (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b"")))


def document(title: str) -> bytes:
    """A PDF of one line."""
    stream = f"BT /F1 18 Tf 60 760 Td ({title}) Tj ET".encode("latin-1")
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
               b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
               b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
               b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return (body + b"xref\n0 6\n0000000000 65535 f \n" + table +
            b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(body))


def _evidence(mail: EmailMessage, step: Step, address: str) -> None:
    """What a receiving server, a list or a robot writes into the header."""
    domain = address.rpartition("@")[2]
    if (result := step.get("auth")):
        mail["Authentication-Results"] = (
            f"{HOST}; dkim={'pass' if result == 'pass' else 'none'} header.d={domain}; "
            f"spf={result} smtp.mailfrom={domain}; dmarc={result} header.from={domain}")
    for header, value in AUTOMATIC.get(step.get("auto"), {}).items():
        mail[header] = value
    if (name := step.get("list")):
        mail["List-Id"] = f"Office Trends <{name}>"
        mail["List-Unsubscribe"] = f"<https://{domain}/unsubscribe>"
        mail["Precedence"] = "bulk"
    if "spam" in step.options:
        mail["X-Spam-Flag"] = "YES"
        mail["X-Spam-Status"] = "Yes, score=14.2 required=5.0"
    if "reply_to" in step.options:
        mail["Reply-To"] = step.options["reply_to"]


def _html(mail: EmailMessage, step: Step) -> None:
    if not (name := step.get("html")):
        return
    mail.add_alternative((FILES / name).read_text(encoding="utf-8"), subtype="html")
    if name == "quote.html":
        part = mail.get_payload(1)
        assert isinstance(part, EmailMessage)
        part.add_related(picture(640, 360, PLAN), "image", "png", cid="<plan@harbour.example>", filename="plan.png")


def _quote(step: Step, at: datetime, who: str, text: str) -> str:
    person = PERSONS.get(step.options["from"].partition(":")[0])
    line = ATTRIBUTION[person.language if person else "en"].format(when=f"{at:%d.%m.%Y}", who=who)
    return f"\n\n{line}\n" + "\n".join(f"> {row}".rstrip() for row in text.splitlines())

"""Makes a story into the bytes of a mail, as the mail programs of its writers do."""

from __future__ import annotations

from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape
from random import Random

from bench.people import Human
from bench.stories import Story

FILES = (
    ("faktura {number}.pdf", "application", "pdf"),
    ("billede-{number}.jpg", "image", "jpeg"),
    ("følgeseddel {number}.docx", "application", "vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("ordre_{number}.xlsx", "application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("skärmbild {number}.png", "image", "png"),
)

SMALLEST, LARGEST = 20_000, 200_000
"""Bytes of an attachment before base64."""


def compose(story: Story, *, to: str) -> bytes:
    """The mail as it arrives over SMTP: CRLF line ends, encoded headers, the same bytes every time."""
    random = Random(f"mime:{story.message_id}")
    message = EmailMessage(policy=policy.SMTP)
    _headers(message, story, to)
    charset = "iso-8859-1" if random.random() < 0.1 else "utf-8"
    encoding = "base64" if random.random() < 0.2 else "quoted-printable"
    message.set_content(plain_of(story), charset=_fitting(story, charset), cte=encoding)
    if story.html:
        message.add_alternative(html_of(story), subtype="html", charset="utf-8", cte=encoding)
    if story.files:
        _attach(message, random)
    _set_boundaries(message, random)
    return message.as_bytes()


def _headers(message: EmailMessage, story: Story, to: str) -> None:
    message["Return-Path"] = f"<{story.sender.address}>"
    message["Received"] = (
        f"from mail.{story.sender.company}.example by mx.desk.example with ESMTPS id {story.number:08x};"
        f" {format_datetime(story.sent_at)}"
    )
    message["From"] = _mailbox(story.sender)
    message["To"] = f"Support <{to}>"
    message["Cc"] = _mailbox(story.cc)
    message["Subject"] = story.subject
    message["Date"] = format_datetime(story.sent_at)
    message["Message-ID"] = f"<{story.message_id}>"
    if story.references:
        message["In-Reply-To"] = f"<{story.references[-1]}>"
        message["References"] = " ".join(f"<{reference}>" for reference in story.references)
    message["User-Agent"] = "Corpus 1.0"


def _mailbox(human: Human) -> str:
    return f"{human.name} <{human.address}>"


def plain_of(story: Story) -> str:
    """The text with the quote below it."""
    return story.text + ("\n\n" + story.quoted if story.quoted else "") + "\n"


def _fitting(story: Story, charset: str) -> str:
    """The charset, or UTF-8 where the text does not fit into it."""
    try:
        plain_of(story).encode(charset)
    except UnicodeEncodeError:
        return "utf-8"
    return charset


def html_of(story: Story) -> str:
    """The text as HTML in the manner of the common programs, the quote in a block of its own."""
    quote = f'<div class="gmail_quote"><blockquote style="margin:0 0 0 .8ex;border-left:1px solid #ccc">\
{_paragraphs(story.quoted)}</blockquote></div>' if story.quoted else ""  # fmt: skip
    return (
        '<html><head><meta charset="utf-8"><style>p.MsoNormal {margin:0cm; font-size:11.0pt; '
        'font-family:"Calibri",sans-serif;}</style></head>\n<body lang="NO"><div class="WordSection1">\n'
        f"{_paragraphs(story.text)}\n</div>{quote}</body></html>\n"
    )


def _paragraphs(text: str) -> str:
    return "\n".join(
        f'<p class="MsoNormal"><span style="color:#1F3864">{escape(line)}</span></p>'
        for line in text.splitlines()
        if line
    )


def _attach(message: EmailMessage, random: Random) -> None:
    """One file, sometimes two, between 20 and 200 kB together."""
    count = 2 if random.random() < 0.2 else 1
    for _ in range(count):
        name, maintype, subtype = random.choice(FILES)
        content = random.randbytes(random.randint(SMALLEST, LARGEST) // count)
        message.add_attachment(
            content, maintype=maintype, subtype=subtype, filename=name.format(number=random.randint(1000, 9999))
        )


def _set_boundaries(message: EmailMessage, random: Random) -> None:
    """The library draws boundaries at random; ours must be the same in every run."""
    for part in message.walk():
        if part.is_multipart():
            part.set_boundary(f"=_{random.getrandbits(96):024x}")

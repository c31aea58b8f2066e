"""A person hidden in mails and rows of others, in every spelling and encoding (PRIVACY 3), and what is looked for afterwards, made without the desk's code."""

from __future__ import annotations

import base64
import quopri
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any
from unicodedata import normalize
from urllib.parse import quote

from sqlalchemy.orm import Session

from contacts.company import Company
from contacts.creating import create_company
from contacts.editing import create_person
from contacts.matter_kinds import KINDS as MATTERS
from contacts.matters import add_matter
from contacts.note import Note
from contacts.order import Order, OrderLine
from contacts.person import LegalBasis, Person
from contacts.selecting import new_selection
from contacts.selection import Selection
from core.clock import now
from core.operations import Operation, OperationItem
from desk.idempotency import IdempotentAnswer
from desk.mailboxes import Alert, Mailbox
from desk.mailing import Mailing
from desk.outbound import enqueue
from desk.routing import RoutingRule
from desk.tickets.message import CannedReply, Wording
from desk.tickets.ticket import Tag, Ticket
from rules.book import RuleBook
from tests.desk.erasing.test_files import document, pdf
from tests.desk.web.listing_them import filled
from tests.mailgate.reading import raw as letter

FIRST, LAST, FORMER, PART = "Bjørnulf", "Kværnhaugen", "Oldnamewyx", "Partnamezyx"
MAIL, OTHER_MAIL, PHONE, TITLE, NUMBER = "zqx.write@planted.example", "xqz.home@planted.example", "+47 99 88 77 66", "Quartermasterqx", "K-QX77881"
NAME = f"{FIRST} {LAST}"
EVA = "Eva Lie <eva@other.example>"
#: How the person is written in the words of others.
SPELLINGS = {
    "plain": NAME, "folded": "Bjoernulf Kvaernhaugen", "half": "Bjornulf Kvaernhaugen", "turned": f"{LAST}, {FIRST}", "genitive": f"{FIRST} {LAST}s", "capitals": NAME.upper(),
    "zero width": f"{FIRST} Kværn\u200bhaugen", "soft hyphen": "Bjørn\u00adulf Kværn\u00adhaugen", "decomposed": normalize("NFD", NAME), "address": MAIL, "other address": OTHER_MAIL.upper(),
    "hidden address": MAIL.replace("@", " (at) "), "phone": PHONE, "phone in one": "99887766", "phone abroad": "0047 998 87 766", "number": NUMBER, "former": f"{FIRST} {FORMER}",
    "initial": f"B. {LAST}",
}
MARKED = {
    "entities": "Bj&oslash;rnulf Kv&aelig;rnhaugen", "numbers": "Bj&#248;rnulf Kv&#xe6;rnhaugen", "tags": f"{FIRST} <b>Kværn</b>haugen", "link": f'<a href="mailto:{MAIL}">there</a>',
    "soft": f"{FIRST} Kværn&shy;haugen",
}
EVENT = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nATTENDEE;CN={NAME}:mailto:{MAIL}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n".encode()
CARD = f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{NAME}\r\nTEL:{PHONE}\r\nEND:VCARD\r\n".encode()


def texts(count: int = 0) -> Iterator[tuple[str, str, str]]:
    """(Message-ID, spelled, how the text is transferred)."""
    ways = ("base64", "quoted-printable", "8bit")
    for n, spelled in enumerate(SPELLINGS.values()):
        yield f"text{n}@other.example", spelled, ways[(n + count) % 3]


def mails() -> Iterator[bytes]:
    """Mails of somebody else's that name the person, each in another way."""
    for message_id, spelled, way in texts():
        yield _mail(message_id, f"First line of {message_id}.\n{spelled}\nLast line, æøå.\n", cte=way)
    for n, marked in enumerate(MARKED.values()):
        yield _mail(f"markup{n}@other.example", f"Markup {n}.\n", html=f"<p>First of {n}.</p><p>{marked}</p><p>Last of {n}.</p>")
    yield _mail("quote@other.example", f"I agree.\n\nDen 3. maj 2026 skrev {NAME} <{MAIL}>:\n> Min skriver.\n> {FIRST}\n")
    yield _mail("forward@other.example", f"Se under.\n\n-----Opprinnelig melding-----\nFra: {NAME} <{MAIL}>\nSendt: 3. mai 2026 11:00\nEmne: Skriver\n\nDen er i stykker.\n", cte="base64")
    yield _mail("subject@other.example", "Nothing here.\n").replace(b"Subject: Mail", b"Subject: =?utf-8?B?" + base64.b64encode(f"Re: {NAME}s skriver".encode()) + b"?=")
    yield _mail("header@other.example", "Nothing here.\n").replace(b"Eva Lie <eva", b"=?iso-8859-1?Q?" + f"Eva for {NAME}".replace(" ", "_").encode("latin-1").replace(
        b"\xf8", b"=F8").replace(b"\xe6", b"=E6") + b"?= <eva")
    yield _mail("copied@other.example", "Nothing here.\n", Cc=f"{NAME} <{MAIL}>, Ola Vik <ola@third.example>", References=f"<abc.{MAIL}> <other@other.example>")
    yield _mail("files@other.example", "See the files.\n", files={
        "invite.ics": (EVENT, "text/calendar"), f"Tilbud til {NAME}.pdf": (pdf("Nothing of anybody"), "application/pdf"), "plain.pdf": (pdf("Offer to Bjoernulf Kvaernhaugen"), "application/pdf"),
        "split.docx": (document("Bjørnulf Kværn", "haugen"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        "list.csv": (f"name;phone\n{NAME};{PHONE}\n".encode("utf-16"), "text/csv"), "card.vcf": (CARD, "text/vcard"), "nested.eml": (_mail("n@n.example", f"Hei {NAME}\n", cte="base64"), "application/octet-stream"),
        "others.txt": (b"Nothing of anybody.\n", "text/plain")})
    yield letter("bounce_hard").replace(b"kari@kunde.example", MAIL.encode())


def others() -> Iterator[bytes]:
    """Mails that do not name them, with words that are like theirs."""
    for n, words in enumerate(("Kværna haugen står.", "Bjørn og Ulf kom.", "99887765", "zqx.wright@planted.example", "Nothing at all.")):
        yield _mail(f"plain{n}@other.example", f"Hello.\n{words}\nBye.\n", cte=("base64", "quoted-printable", "8bit")[n % 3], files={"a.txt": (words.encode(), "text/plain")})


def in_rows(db: Session, person: Person, mailbox: Mailbox, ticket: Ticket, company: Company, by: Any) -> None:
    """Where agents and the desk itself write: texts, criteria, rules, answers, ledgers, alerts."""
    told = f"Ask {NAME} ({MAIL}, {PHONE}) about it, {FIRST} {LAST}s own words."
    markup = f"<p>Ask {FIRST} <i>Kværn</i>haugen or {MAIL}.</p>"
    for one in (
        Note(text=told, company_id=company.id, author_id=by.id), CannedReply(prefix="him", name="Him", html=markup),
        Tag(ticket_id=ticket.id, name=f"{FIRST.lower()}-{LAST.lower()}"), Tag(ticket_id=ticket.id, name="printer"),
        Selection(name="Those of one address", sort_name="those", order_key="those", of="persons", kind="dynamic", criteria=[{"field": "email", "op": "contains", "value": MAIL}], owner_id=by.id),
        RoutingRule(name="His mail", place=900, conditions=[{"field": "sender", "op": "is", "value": MAIL}], acts={}), RuleBook(number=900, rules=[{"name": told, "when": [{"value": MAIL}]}]),
        Wording(mail="acknowledgement", language="en", subject=f"For {NAME}", body=told), Alert(about="support@desk.example", kind="sending", detail=told, raised_at=now()),
        IdempotentAnswer(agent_id=by.id, key="0" * 32, request="1" * 32, body=f'{{"name": "Bj\\u00f8rnulf Kv\\u00e6rnhaugen", "mail": "{MAIL}"}}'),
        LegalBasis(person_id=person.id, purpose="marketing", basis="consent", proof="note"),
        Mailing(purpose="marketing", mailbox_id=mailbox.id, selection_uid="0" * 24, name="News", language="en", by_uid=by.uid, texts={"en": {"subject": "News", "html": markup}}),
        Operation(kind="persons.import", state="paused", phase="plan", by_uid=by.uid, given={"file": f"{NAME}.csv"}, file=f"name;mail\n{NAME};{MAIL}\n".encode()),
        Operation(kind="persons.import", state="done", by_uid=by.uid, given={"told": told}, result={"said": [told]}),
    ):
        db.add(filled(one))
        db.flush()
    operation = db.query(Operation).order_by(Operation.id.desc()).first()
    db.add(OperationItem(operation_id=operation.id, kind="row", state="done", data={"row": [NAME, MAIL], "undo": {"last_name": LAST, "phone": PHONE}}, reason=told))
    add_matter(db, MATTERS["projects"], {"title": f"Project for {NAME}", "company_id": company.id, "text": told}, by=by)
    add_matter(db, MATTERS["campaigns"], {"title": f"Campaign of {LAST}, {FIRST}"}, by=by)
    add_matter(db, MATTERS["sales"], {"title": f"A chair for {NAME}s office", "company_id": company.id}, by=by)
    new_selection(db, {"of": "companies", "name": f"Like {NAME}"}, by=by)
    named = create_company(db, f"{NAME} Holding", by=by.uid)
    create_person(db, {"first_name": "Tove", "last_name": "Lie"}, by=by, addresses=[{"value": "tove@third.example"}], employments=[{"company": named}])
    order = db.query(Order).first()
    db.add(filled(OrderLine(order_id=order.id, place=90, text=f"One chair for {NAME}")))
    enqueue(db, kind="system", mailbox=mailbox, recipients=["ola@third.example", MAIL], subject=f"About {NAME}", text=told, html=markup, composed=_mail("c@desk.example", told, cte="base64"))
    enqueue(db, kind="notification", mailbox=None, recipients=["nora@desk.example"], subject="Written", text=f"{NAME} has written.", outcomes={"nora@desk.example": ["refused", f"550 {MAIL} unknown"]},
            reason=f"550 <{MAIL}> unknown", ticket_id=ticket.id)


def patterns() -> list[bytes]:
    """Bytes of which none may be left in any file: every word that is theirs alone, spelled and encoded in every way. Capital letters count as small."""
    words = [LAST, "Kvaernhaugen", "Kvärnhaugen", normalize("NFD", LAST), FORMER, PART, MAIL, OTHER_MAIL, "zqx.write@", "xqz.home@", "99887766", "99 88 77 66", "998 87 766",
             TITLE, NUMBER, "Fieldvalueqx", FIRST, "Bjoernulf", "quixotic", "Kværn\u200bhaugen", "Kværn\u00adhaugen", LAST.replace("æ", "&aelig;"), LAST.replace("æ", "&#230;"), LAST.replace("æ", "&#xe6;"),
             LAST.replace("æ", "\\u00e6"), "bjornulf"]
    found = set()
    for word in words:
        for spelled in (word, word.upper(), word.lower()):
            found |= {spelled.encode(), spelled.encode("utf-16-le"), spelled.encode("utf-16-be"), quote(spelled).encode(), quopri.encodestring(spelled.encode()).strip(),
                      spelled.encode("latin-1", "ignore") if spelled.isascii() or ("\u200b" not in spelled and len(normalize("NFC", spelled)) == len(spelled)) else b""}
            found |= {_inner(spelled.encode(), shift) for shift in range(3)}
    return sorted(one for one in found if len(one) > 5)


def _inner(text: bytes, shift: int) -> bytes:
    """What base64 makes of a text behind so many bytes, without the ends that other bytes share."""
    made = base64.b64encode(b"\0" * shift + text + b"\0" * (-(len(text) + shift) % 3))
    return made[(0, 2, 3)[shift] + (shift > 0):-4 if (len(text) + shift) % 3 else None]


def _mail(message_id: str, text: str, *, html: str = "", cte: str = "8bit", files: dict[str, tuple[bytes, str]] | None = None, **headers: str) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"], made["Message-ID"] = EVA, "support@desk.example", "Mail", f"<{message_id}>"
    for name, value in headers.items():
        made[name] = value
    made.set_content(text, cte=cte)
    if html:
        made.add_alternative(html, subtype="html", cte="quoted-printable")
    for name, (content, kind) in (files or {}).items():
        made.add_attachment(content, *kind.split("/"), filename=name)
    return made.as_bytes()

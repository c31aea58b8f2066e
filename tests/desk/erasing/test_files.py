"""Files in which a person stands: they say so in a few words in their place, and their mail's bytes too; files of others stay as they are."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from contacts.person import Person
from core import files
from core.settings import settings
from desk.erasing.contents import Unreadable, texts_in
from desk.tickets.message import Attachment
from tests import residue as looking
from tests.desk.erasing.test_running import LEFT, MADS, Desk, erase
from tests.letters_made import mail


@pytest.fixture
def desk(fresh_database):
    return Desk(fresh_database)


def document(*runs):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "<w:p>" + "".join(f"<w:r><w:t>{one}</w:t></w:r>" for one in runs) + "</w:p>")
    return made.getvalue()


def pdf(text):
    """The least that is a PDF with a page of text."""
    content = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode()
    parts = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
             b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
             b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content), b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    made, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    start = len(made)
    made += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % one for one in places)
    return made + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % start


FILES = {
    "split.docx": (document("Mads Zyx", "wold"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "plain.pdf": (pdf("Offer to Mads Zyxwold"), "application/pdf"),
    "meeting.ics": (b"BEGIN:VCALENDAR\nATTENDEE:mailto:mads.zyxwold@newplace.example\nEND:VCALENDAR\n", "text/calendar"),
    "card.vcf": (b"BEGIN:VCARD\nVERSION:3.0\nFN:Mads Zyxwold\nEND:VCARD\n", "text/vcard"),
    "list.csv": ("name;address\nMads Zyxwold;mads.zyxwold@newplace.example\n".encode("utf-16"), "text/csv"),
    "nested.eml": (bytes(mail(MADS, text="My quixotic printer.\n")), "application/octet-stream"),
    "archive.zip": (document("mads.zyxwold@newplace.example"), "application/zip"),
}
OTHERS = {"other.pdf": (pdf("Offer to Eva Lie"), "application/pdf"), "other.txt": (b"Nothing of anybody.\n", "text/plain")}


def with_files(several):
    made = EmailMessage()
    made["From"], made["To"], made["Cc"], made["Subject"], made["Message-ID"] = (
        "Eva Lie <eva@other.example>", "support@desk.example", MADS, "Files", "<files@other.example>")
    made.set_content("See the files.\n")
    for name, (content, kind) in several.items():
        made.add_attachment(content, *kind.split("/"), filename=name)
    return made.as_bytes()


@pytest.mark.parametrize("name", FILES)
def test_words_are_read(name):
    content, kind = FILES[name]
    read = "\n".join(texts_in(content, name, kind))
    assert "Mads Zyxwold" in read or "mads.zyxwold@newplace.example" in read


def test_a_sealed_or_broken_file_is_said_to_be_unreadable():
    for content in (b"%PDF-1.4 nothing follows", b"PK\x03\x04 nothing follows", b"\0\1\2" * 100):
        with pytest.raises(Unreadable):
            list(texts_in(content, "x", "application/octet-stream"))
    assert list(texts_in(b"\x89PNG" * 10, "x.png", "image/png")) == []


def test_files_that_name_the_person_go_and_others_stay(desk):
    desk.arrive()
    desk.arrive("Eva Lie <eva@other.example>", raw=with_files({**FILES, **OTHERS}))
    with desk.database.read() as db:
        before = dict(db.execute(select(Attachment.name, Attachment.digest)).all())
        assert db.scalar(select(Person.id).where(Person.last_name == "Zyxwold"))
    erase(desk)
    with desk.database.read() as db:
        after = dict(db.execute(select(Attachment.name, Attachment.digest)).all())
        assert looking.residue(db, *LEFT) == []
    assert {name for name in before if after[name] == before[name]} == set(OTHERS)
    assert files.get(after["plain.pdf"]).startswith(b"The content of this file was erased on ")
    kept = [one.read_bytes() for one in settings().files.rglob("*") if one.is_file()]
    assert not [one for one in kept if one in [content for content, _kind in FILES.values()]]
    assert [content for content, _kind in OTHERS.values() if content not in kept] == []

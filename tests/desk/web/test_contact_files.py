"""The file area of a card: uploaded, fetched from e-mails, downloaded inert, deleted by whoever may."""

from __future__ import annotations

import io
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contacts.agent import Agent
from contacts.binning import bin_person
from contacts.company import Company
from contacts.creating import create_company
from contacts.editing import create_person
from contacts.file import File
from contacts.files import files_of
from contacts.merging import merge, unmerge
from contacts.person import Person
from core import files as store
from core.clock import now
from core.database import Database
from core.options import set_option
from desk.mailboxes import Mailbox, add_mailbox
from desk.tickets.message import Attachment
from jobs.cleaning import unused
from tests.desk.web.api.conftest import arriving
from tests.desk.web.tickets.conftest import page, post, statements, words

__all__ = ["statements"]


@pytest.fixture
def ingrid(fresh_database: Database, nora: Agent) -> Person:
    with fresh_database.write() as db:
        company = create_company(db, "Kunde AS", by=nora.uid)
        return create_person(db, {"first_name": "Ingrid", "last_name": "Solheim"}, by=db.get_one(Agent, nora.id),
                             employments=[{"company": company}], addresses=[{"value": "ingrid@kunde.example"}])


def uploading(client: FlaskClient, url: str, *given: tuple[str, str, bytes], status: int = 303) -> Any:
    answer = client.post(url, data={"files": [(io.BytesIO(content), name, kind) for name, kind, content in given]}, content_type="multipart/form-data")
    assert answer.status_code == status
    return answer


def the_files(database: Database) -> list[File]:
    with database.read() as db:
        return list(db.scalars(select(File).order_by(File.id)))


@pytest.mark.parametrize("of", ["persons", "companies"])
def test_uploaded_listed_and_downloaded(agent_client: FlaskClient, visitor: FlaskClient, fresh_database: Database, ingrid: Person, of: str) -> None:
    """T33a, T33b: several files from the user's disk stand on the card with who and when; whatever they are, they are only downloaded."""
    with fresh_database.read() as db:
        uid = ingrid.uid if of == "persons" else db.scalars(select(Company.uid)).one()
    url = f"/{of}/{uid}/files"
    uploading(agent_client, url, ("offer.pdf", "application/pdf", b"%PDF"), ("evil\u202efdp.html", "text/html", b"<script>alert(1)</script>"),
              ("logo.svg", "image/svg+xml", b"<svg onload='alert(1)'/>"))
    shown = words(page(agent_client, url))
    assert all(name in shown for name in ("offer.pdf", "evilfdp.html", "logo.svg", "Nora Vik"))
    for file, kind in zip(the_files(fresh_database), ("application/pdf", "application/octet-stream", "application/octet-stream"), strict=True):
        with agent_client.get(f"{url}/{file.uid}") as answer:
            assert answer.mimetype == kind and answer.headers["Content-Disposition"].startswith("attachment")
            assert answer.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer.headers["Content-Security-Policy"]
        with visitor.get(f"{url}/{file.uid}") as answer:
            assert answer.status_code in (302, 303, 401)
    assert "File added" in words(page(agent_client, f"/{of}/{uid}/history"))
    assert visitor.post(url).status_code in (302, 303, 401)
    assert unused([file.digest for file in the_files(fresh_database)]) == []


def test_what_is_too_large_or_missing_is_said(agent_client: FlaskClient, fresh_database: Database, ingrid: Person,
                                              monkeypatch: pytest.MonkeyPatch) -> None:
    """T33b: the limit is an option; of several nothing is kept where one is too large."""
    monkeypatch.setattr("contacts.files.MEGABYTE", 100)
    with fresh_database.write() as db:
        set_option(db, "contacts.file_megabytes", 1)
    answer = uploading(agent_client, f"/persons/{ingrid.uid}/files", ("small.txt", "text/plain", b"1"), ("big.bin", "", b"0" * 101), status=422)
    assert "big.bin is larger than 1 MB." in answer.text and the_files(fresh_database) == []
    assert "Choose a file first." in agent_client.post(f"/persons/{ingrid.uid}/files", data={}).text


def test_who_may_delete(agent_client: FlaskClient, admin_client: FlaskClient, fresh_database: Database, ingrid: Person, jonas: Agent) -> None:
    """T33a, S72: deleted by who added it or an admin, for good, which is said before; a file is found on its own card alone, and not on one in the bin."""
    url = f"/persons/{ingrid.uid}/files"
    uploading(admin_client, url, ("a.txt", "text/plain", b"a"))
    uploading(agent_client, url, ("b.txt", "text/plain", b"b"))
    first, second = the_files(fresh_database)
    post(agent_client, f"{url}/{first.uid}/end", status=403)
    assert "b.txt is deleted at once. It cannot be restored." in page(agent_client, url)
    post(agent_client, f"{url}/{second.uid}/end")
    page(agent_client, f"{url}/{second.uid}", status=404)
    assert [one.uid for one in the_files(fresh_database)] == [first.uid] and agent_client.post(f"{url}/{second.uid}/restoring").status_code == 404
    with fresh_database.write() as db:
        other = create_person(db, {"last_name": "Moe"}, by=None, exempt=True)
    page(agent_client, f"/persons/{other.uid}/files/{first.uid}", status=404)
    with fresh_database.write() as db:
        bin_person(db, db.get_one(Person, ingrid.id), by=db.get_one(Agent, jonas.id))
    page(agent_client, f"{url}/{first.uid}", status=404)


def test_fetched_from_the_e_mails_that_the_agent_sees(agent_client: FlaskClient, admin_client: FlaskClient, fresh_database: Database, ingrid: Person) -> None:
    """T33c: files of the person's mails are picked from a list and stand among the card's; those of a mailbox one does not see are not offered."""
    with fresh_database.write() as db:
        support = add_mailbox(db, "support@desk.example", "Support")
        salaries = add_mailbox(db, "salaries@desk.example", "Salaries", open_to_all=False)
    for box, name in ((support, "contract.pdf"), (salaries, "payslip.pdf")):
        _arrive(fresh_database, box, name)
    url = f"/persons/{ingrid.uid}/files/mails"
    shown = page(agent_client, url)
    assert "contract.pdf" in shown and "payslip.pdf" not in shown
    with fresh_database.read() as db:
        uids = dict(db.execute(select(Attachment.name, Attachment.uid)).all())
    post(agent_client, url, attachment=uids["contract.pdf"])
    post(agent_client, url, status=404, attachment=uids["payslip.pdf"])
    assert [(file.name, file.source) for file in the_files(fresh_database)] == [("contract.pdf", "mail")]
    assert "among the files already" in page(agent_client, url) and "from an e-mail" in page(agent_client, f"/persons/{ingrid.uid}/files")
    post(agent_client, url, status=422)


def _arrive(database: Database, box: Mailbox, name: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"], message["Date"] = "ingrid@kunde.example", box.address, name, format_datetime(now())
    message.set_content("See the file.")
    message.add_attachment(b"%PDF" + name.encode(), "application", "pdf", filename=name)
    arriving(database, message.as_bytes(), box.id)


def test_files_follow_a_merge_and_go_back(fresh_database: Database, ingrid: Person, nora: Agent) -> None:
    """C19: files go over with the person and are theirs again when the two part."""
    with fresh_database.write() as db:
        by, one = db.get_one(Agent, nora.id), db.get_one(Person, ingrid.id)
        other = create_person(db, {"last_name": "Solheim"}, by=by, exempt=True)
        for card, name in ((one, "hers.txt"), (other, "other.txt")):
            db.add(File(person_id=card.id, origin_person_id=card.id, name=name, type="text/plain", size=1, digest=store.put(name.encode()), by_id=by.id))
        db.flush()
        merge(db, one, other, by=by)
        assert [file.name for file in files_of(db, other).rows] == ["other.txt", "hers.txt"]
        unmerge(db, one, by=by)
        assert [file.name for file in files_of(db, one).rows] == ["hers.txt"]


def test_a_persons_files_are_with_their_company_too(agent_client: FlaskClient, fresh_database: Database, ingrid: Person, jonas: Agent) -> None:
    """T33a, S12: what is added to a person stands on the card of the company they work at too, and each says of what else it is; not on
    another's, and on none while the person is in the bin."""
    with fresh_database.write() as db:
        kunde = db.scalars(select(Company.uid)).one()
        other = create_company(db, "Fjord AS").uid
    uploading(agent_client, f"/persons/{ingrid.uid}/files", ("cv.pdf", "application/pdf", b"%PDF"))
    uploading(agent_client, f"/companies/{kunde}/files", ("terms.pdf", "application/pdf", b"%PDF terms"))
    cv, _terms = the_files(fresh_database)

    def tab(of: str, uid: str) -> str:
        return page(agent_client, f"/{of}/{uid}/files").split('id="files"')[1].split("</section>")[0]
    assert "cv.pdf" in tab("persons", ingrid.uid) and f'href="/companies/{kunde}">Kunde AS</a>' in tab("persons", ingrid.uid)
    assert "terms.pdf" not in tab("persons", ingrid.uid) and "terms.pdf" in tab("companies", kunde)
    assert f'href="/persons/{ingrid.uid}">Ingrid Solheim</a>' in tab("companies", kunde)
    with agent_client.get(f"/companies/{kunde}/files/{cv.uid}") as answer:
        assert answer.status_code == 200
    assert "cv.pdf" not in tab("companies", other)
    page(agent_client, f"/companies/{other}/files/{cv.uid}", status=404)
    with fresh_database.write() as db:
        bin_person(db, db.get_one(Person, ingrid.id), by=db.get_one(Agent, jonas.id))
    assert "terms.pdf" in tab("companies", kunde) and "cv.pdf" not in tab("companies", kunde) and "Solheim" not in tab("companies", kunde)
    page(agent_client, f"/companies/{kunde}/files/{cv.uid}", status=404)


def test_what_the_tab_asks_the_database(agent_client: FlaskClient, fresh_database: Database, ingrid: Person, nora: Agent, statements: list[str]) -> None:
    """As many questions for fifty files as for one, and the fifty-first stands on the next page."""
    def put(*names: str) -> None:
        with fresh_database.write() as db:
            db.add_all(File(person_id=ingrid.id, name=name, type="text/plain", size=1, digest="0" * 64, by_id=nora.id) for name in names)

    put("first.txt")
    page(agent_client, f"/persons/{ingrid.uid}/files")
    before = len(statements)
    page(agent_client, f"/persons/{ingrid.uid}/files")
    few = len(statements) - before
    put(*(f"{n}.txt" for n in range(50)))
    before = len(statements)
    shown = page(agent_client, f"/persons/{ingrid.uid}/files")
    assert len(statements) - before == few and "first.txt" not in shown and "cursor=" in shown

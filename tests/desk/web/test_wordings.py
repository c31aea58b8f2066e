"""Wording of system mails in the settings."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from core.database import Database
from desk import wording
from desk.mailboxes import Mailbox, add_mailbox
from desk.system_mails import MAILS

URL = "/settings/wording/acknowledgement/nb"
OWN = {"subject": "Vi har fått {subject}", "body": "Hei {name}!\n\nSaken har nummer {number}."}


@pytest.fixture
def support(fresh_database: Database) -> Mailbox:
    with fresh_database.write() as db:
        return add_mailbox(db, "support@desk.example", "Support")


def test_every_mail_has_a_page_in_every_language(admin_client: FlaskClient, support: Mailbox) -> None:
    listed = admin_client.get("/settings/wording").text
    for name in MAILS:
        assert f"/settings/wording/{name}/" in listed
        for language in ("en", "nb", "da", "sv"):
            page = admin_client.get(f"/settings/wording/{name}/{language}")
            assert page.status_code == 200 and "Preview" in page.text, (name, language)


def test_own_wording_is_saved_shown_and_taken_back(admin_client: FlaskClient, fresh_database: Database) -> None:
    assert admin_client.post(URL, data=OWN).location == URL
    page = admin_client.get(URL).text
    assert "Vi har fått Lampen i gangen lyser ikke" in page and "Hei Kari Holm!" in page
    assert "Norsk bokmål" in admin_client.get("/settings/wording").text
    admin_client.post(f"{URL}/ours")
    with fresh_database.read() as db:
        assert wording.wording_of(db, "acknowledgement", "nb", None) is None


def test_a_mailbox_has_words_of_its_own(admin_client: FlaskClient, support: Mailbox, fresh_database: Database) -> None:
    admin_client.post(f"{URL}?mailbox={support.uid}", data=OWN)
    with fresh_database.read() as db:
        assert wording.wording_of(db, "acknowledgement", "nb", None) is None
        assert wording.wording_of(db, "acknowledgement", "nb", support).subject == OWN["subject"]
    page = admin_client.get(f"{URL}?mailbox={support.uid}").text
    assert "Support ·" in page and f"?mailbox={support.uid}" in page


def test_preview_saves_nothing(admin_client: FlaskClient, fresh_database: Database) -> None:
    page = admin_client.post(f"{URL}/preview", data=OWN).text
    assert "Hei Kari Holm!" in page
    with fresh_database.read() as db:
        assert wording.wording_of(db, "acknowledgement", "nb", None) is None


def test_unknown_placeholder_is_refused_with_those_there_are(admin_client: FlaskClient) -> None:
    for url in (URL, f"{URL}/preview"):
        page = admin_client.post(url, data=OWN | {"body": "Hei {fornavn}"}).text
        assert "{fornavn}" in page and "{number}" in page and "There is nothing to put in" in page


def test_markup_of_an_admin_is_only_text(admin_client: FlaskClient) -> None:
    page = admin_client.post(f"{URL}/preview", data=OWN | {"body": "<script>x</script> {name}"}).text
    assert "<script>x" not in page and "&lt;script&gt;x" in page


def test_our_words_stand_there_to_be_changed_and_stay_ours_where_they_are_not(admin_client: FlaskClient, fresh_database: Database) -> None:
    ours = wording.ours("acknowledgement", "nb")
    assert ours.body.splitlines()[0] in admin_client.get(URL).text
    admin_client.post(URL, data={"subject": ours.subject, "body": ours.body.replace("\n", "\r\n")})
    with fresh_database.read() as db:
        assert wording.wording_of(db, "acknowledgement", "nb", None) is None
    admin_client.post(URL, data={"subject": "Takk for {subject}", "body": ours.body})
    with fresh_database.read() as db:
        assert wording.wording_of(db, "acknowledgement", "nb", None) == wording.Text("Takk for {subject}", "")


def test_the_preview_says_what_cannot_be_saved(admin_client: FlaskClient, support: Mailbox) -> None:
    shown = admin_client.post(f"{URL}/preview", data={"subject": "Hei {nam}", "body": OWN["body"]}).text
    preview = shown.split('id="preview"')[1].split("</section>")[0]
    assert "This cannot be saved." in preview and "{nam}" in preview
    assert "This cannot be saved." not in admin_client.post(f"{URL}/preview", data=OWN).text

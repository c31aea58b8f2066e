"""Mail HTML in its frame, pictures, files and the source: nothing from outside runs here or is fetched unasked."""

from __future__ import annotations

import re
from email.message import EmailMessage

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from core.database import Database
from core.tokens import sign
from desk.tickets.message import Attachment
from desk.tickets.ticket import Ticket
from tests.desk.web.tickets.conftest import Arrive, messages_of, page, words
from tests.letters_made import mail

PNG = (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
       b"\x00\x00\x00\rIDATx\xdac\xfc\xcf\xc0P\x0f\x00\x04\x85\x01\x80\x84\xa9\x8c!\x00\x00\x00\x00IEND\xaeB`\x82")


def rich(html: str, *files: tuple[str, str, bytes]) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Ole Vang <ole@kunde.example>", "support@desk.example", "Pictures"
    message["Message-ID"] = "<rich@kunde.example>"
    message.set_content("See below.")
    message.add_alternative(html, subtype="html")
    body = message.get_payload(1)
    body.add_related(PNG, "image", "png", cid="<inside@kunde.example>")
    for name, kind, content in files:
        message.add_attachment(content, *kind.split("/"), filename=name)
    return message.as_bytes()


@pytest.fixture
def letter(arrive: Arrive) -> Ticket:
    return arrive(rich(
        '<p onclick="x()">Hello <script>alert(1)</script><b>there</b></p><img src="cid:inside@kunde.example">'
        '<img src="http://track.example/pixel.gif?a=1&amp;b=2"><form action="https://evil.example"><input></form>',
        ("page.html", "text/html", b"<script>alert(1)</script>"), ("logo.svg", "image/svg+xml", b"<svg/>"),
        ("photo.png", "image/png", PNG), ("run.exe", "application/x-msdownload", b"MZ")))


def frame_of(ticket: Ticket, **more: object) -> str:
    query = "&".join(f"{name}={value}" for name, value in more.items())
    return f"/messages/{messages_of(ticket)[0].uid}/html?{query}"


def test_the_page_shows_a_frame_and_says_what_was_not_fetched(agent_client: FlaskClient, letter: Ticket) -> None:
    text = page(agent_client, f"/tickets/{letter.number}?view=all")
    uid = messages_of(letter)[0].uid
    assert f'src="/messages/{uid}/html"' in text
    assert "One picture from the net was not fetched" in words(text)
    shown = page(agent_client, f"/tickets/{letter.number}?view=all&images={uid}")
    assert f'src="/messages/{uid}/html?images=1"' in shown
    assert "not fetched" not in shown
    plain = page(agent_client, f"/tickets/{letter.number}?plain={uid}")
    assert "<iframe" not in plain
    assert "See below." in plain or "Hello" in plain


def test_the_frame_has_a_policy_of_its_own(agent_client: FlaskClient, letter: Ticket) -> None:
    answer = agent_client.get(frame_of(letter))
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "img-src data: 'self';" in policy
    assert "script-src" not in policy
    assert "sandbox allow-same-origin allow-popups" in policy
    assert "allow-scripts" not in policy
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    for bad in ("<script", "onclick", "<form", "<input", ' src="http'):
        assert bad not in answer.text
    assert "<b>there</b>" in answer.text


def test_pictures_from_the_net_come_when_asked(agent_client: FlaskClient, letter: Ticket) -> None:
    answer = agent_client.get(frame_of(letter, images=1))
    assert "img-src data: 'self' https:;" in answer.headers["Content-Security-Policy"]
    assert 'src="https://track.example/pixel.gif?a=1&amp;b=2"' in answer.text


def test_pictures_of_the_mail_come_by_signed_addresses(
    agent_client: FlaskClient, visitor: FlaskClient, letter: Ticket,
) -> None:
    found = re.search(r'src="(/attachments/[^"]*/picture\?[^"]*)"', page(agent_client, frame_of(letter)))
    assert found is not None
    address = found[1].replace("&amp;", "&")
    answer = visitor.get(address)
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "image/png", PNG)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    page(visitor, address[:-1] + ("a" if address[-1] != "a" else "b"), 404)
    page(visitor, re.sub(r"until=\d+", "until=99999999999", address), 404)
    with time_machine.travel("2100-01-01"):
        page(visitor, address, 404)


def test_files_are_inert(agent_client: FlaskClient, letter: Ticket, fresh_database: Database) -> None:
    with fresh_database.read() as db:
        files = {row.name: row.uid for row in db.scalars(select(Attachment).where(~Attachment.inline))}
    answers = {name: agent_client.get(f"/attachments/{uid}") for name, uid in files.items()}
    assert {name: answer.mimetype for name, answer in answers.items()} == {
        "page.html": "application/octet-stream", "logo.svg": "application/octet-stream", "photo.png": "image/png",
        "run.exe": "application/octet-stream"}
    for name, answer in answers.items():
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["Content-Disposition"].startswith("inline" if name == "photo.png" else "attachment")
    text = page(agent_client, f"/tickets/{letter.number}")
    assert all(name in text for name in files)


def test_other_kinds_are_never_pictures(visitor: FlaskClient, agent_client: FlaskClient, letter: Ticket, fresh_database: Database) -> None:
    with fresh_database.read() as db:
        uid = db.scalars(select(Attachment.uid).where(Attachment.name == "logo.svg")).one()
    page(visitor, f"/attachments/{uid}/picture?until=99999999999&sign={sign('picture', f'{uid}.99999999999', length=26)}", 404)


def test_what_is_quoted_is_folded(agent_client: FlaskClient, arrive: Arrive) -> None:
    html = ('<div>It works <b>now</b>.</div><br><div>On Mon, 2 Nov 2026 at 10:00, Support &lt;support@desk.example&gt; wrote:<br>'
            "</div><blockquote>Press the green button.</blockquote>")
    text = "It works now.\n\nOn Mon, 2 Nov 2026 at 10:00, Support <support@desk.example> wrote:\n> Press the green button.\n"
    ticket = arrive(mail(text=text, html=html))
    shown = page(agent_client, f"/tickets/{ticket.number}")
    assert "Earlier text" in words(shown)
    visible, quote = page(agent_client, frame_of(ticket, part="visible")), page(agent_client, frame_of(ticket, part="quote"))
    assert "<b>now</b>" in visible
    assert "green button" not in visible
    assert "green button" in quote
    assert "<b>now</b>" not in quote


def test_quotes_of_plain_text_are_folded(agent_client: FlaskClient, arrive: Arrive) -> None:
    ticket = arrive(mail(text="It works.\n\nOn Mon, 2 Nov 2026 at 10:00, Support <support@desk.example> wrote:\n> Press green.\n"))
    text = page(agent_client, f"/tickets/{ticket.number}")
    body, _, folded = text.partition('class="fold"')
    assert "It works." in body
    assert "Press green." in folded
    assert "Press green." not in body.partition("data-thread")[2]


def test_the_source_is_text(agent_client: FlaskClient, letter: Ticket) -> None:
    uid = messages_of(letter)[0].uid
    shown = page(agent_client, f"/messages/{uid}/source")
    assert "Message-ID: &lt;rich@kunde.example&gt;" in shown
    answer = agent_client.get(f"/messages/{uid}/source?download=1")
    assert answer.mimetype == "text/plain"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.data.startswith(b"From: Ole Vang")


def test_a_note_has_no_source(agent_client: FlaskClient, ticket: Ticket) -> None:
    agent_client.post(f"/tickets/{ticket.number}/notes", data={"text": "A note"})
    answer = agent_client.get(f"/messages/{messages_of(ticket)[-1].uid}/source")
    assert answer.status_code == 422
